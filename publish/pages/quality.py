"""The quality of the data, in the open: /quality.

In: the check report of the release, and the faults that the graph itself records. Out: a page that
counts both by kind, in bars, and leads from each line to the thing, to its cell or line, and to the
words that an officer needs to mend it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response

from graph.check.report import EXTRACT, name_column
from graph.rdf.facts import Facts, gather
from graph.rdf.vocab import SHAPE, VOCABULARY, Term, term
from graph.release.manifest import CURRENT, REPORT
from publish.drawings.charts import CountBar, draw_bars
from publish.web.context import RequestContext, request_context
from publish.web.formats import send_page
from publish.web.page_data import Label, Link

MAX_FAULTS = 30
"""How many of each kind are shown."""

_CORRECTION = "correction"


@dataclass(frozen=True)
class Finding:
    """One line of the check report; `line` leads to the words on the source page."""

    level: str
    severity: str
    problem: Label
    fix: Label | None
    place: str
    value: Label | None
    subject: Link | None
    line: Link | None
    rule: Link


@dataclass(frozen=True)
class FindingGroup:
    """What one rule found; `more` leads to the whole report where not all is shown."""

    id: str
    title: Label
    total: str
    findings: tuple[Finding, ...]
    more: str = ""


@dataclass(frozen=True)
class Fault:
    """A fault in published words: the words, the right ones where known, and where they stand."""

    record: Link
    published: Label
    corrected: Label | None
    of: Link
    line: Link | None


@dataclass(frozen=True)
class FaultGroup:
    """The recorded faults of one kind; `more` leads to all where not all are shown."""

    id: str
    title: Label
    about: Label | None
    total: str
    faults: tuple[Fault, ...]
    more: str = ""


@dataclass(frozen=True)
class Quality:
    """The page: the verdict, the findings of the rules, and the faults that the graph records."""

    conforms: bool
    looked: str
    rules_href: str
    counts: tuple[tuple[str, str, str], ...]
    rules: tuple[CountBar, ...]
    findings: tuple[FindingGroup, ...]
    kinds: tuple[CountBar, ...]
    faults: tuple[FaultGroup, ...]
    faults_href: str


def create_blueprint() -> Blueprint:
    """Return the route of the quality page."""
    blueprint = Blueprint("quality", __name__)
    blueprint.add_url_rule("/quality", view_func=quality)
    return blueprint


def quality() -> Response:
    """Send the quality of the release."""
    context = request_context()
    return send_page(context, "/quality", lambda: _page(context))


def _page(context: RequestContext) -> bytes:
    report = json.loads((context.serving.release.folder / EXTRACT).read_text(encoding="utf-8"))
    texts = context.texts
    findings = tuple(_finding_groups(context, report["rules"], report["findings"]))
    faults = tuple(_fault_groups(context))
    page = Quality(
        conforms=report["conforms"],
        looked=texts(
            "quality.looked",
            files=texts.number(report["files"]),
            triples=texts.number(report["triples"]),
        ),
        rules_href=context.links.to("/shapes"),
        counts=tuple(
            (level, texts(f"severity.{level}"), texts.number(count))
            for level, count in report["counts"].items()
        ),
        rules=_bars(context, [(g.id, g.title, g.total) for g in findings]),
        findings=findings,
        kinds=_bars(context, [(g.id, g.title, g.total) for g in faults]),
        faults=faults,
        faults_href=context.links.to("/queries/corrections"),
    )
    frame = context.frame("/quality", texts("quality.title"), "quality")
    return context.render("quality.html", frame, page)


def _bars(
    context: RequestContext, groups: Sequence[tuple[str, Label, str]]
) -> tuple[CountBar, ...]:
    rows = [(Link(title, f"#{id}"), int(total.replace(",", ""))) for id, title, total in groups]
    return draw_bars(rows, context.texts)


# ---- what the rules found --------------------------------------------------------------------


def _finding_groups(
    context: RequestContext, totals: Mapping[str, int], records: list[dict[str, object]]
) -> Iterator[FindingGroup]:
    """Yield the findings by rule, in the order of the report: violations first."""
    shown: dict[str, list[dict[str, object]]] = {rule: [] for rule in totals}
    for record in records:
        shown[str(record["rule"])].append(record)
    facts = _facts(
        context, [str(r["subject"]) for rs in shown.values() for r in rs if r["subject"]]
    )
    whole = context.links.to(f"/dumps/{CURRENT}/{REPORT}")
    for rule, total in totals.items():
        yield FindingGroup(
            id=f"rule-{rule.rpartition('#')[2]}",
            title=_rule(context, rule).label,
            total=context.texts.number(total),
            findings=tuple(_finding(context, record, facts) for record in shown[rule]),
            more=whole if len(shown[rule]) < total else "",
        )


def _finding(context: RequestContext, record: dict[str, object], facts: Facts) -> Finding:
    namer = context.namer(context.site.shapes)
    fix, problem = record["fix"], record["problem"]
    assert isinstance(fix, dict) and isinstance(problem, dict)
    level = str(record["severity"])
    subject = ox.NamedNode(str(record["subject"])) if record["subject"] else None
    return Finding(
        level=level,
        severity=context.texts(f"severity.{level}"),
        problem=namer.pick(problem) or Label(""),
        fix=namer.pick({lang: text for lang, text in fix.items() if text}),
        place=_place(context, record),
        value=namer.label(str(record["value"])) if record["value"] else None,
        subject=context.namer(facts).link(subject) if subject else None,
        line=_line(context, facts.one(subject, "prov:wasQuotedFrom"), facts.text(subject, _LINE))
        if subject
        else None,
        rule=_rule(context, str(record["rule"])),
    )


_LINE = "km:sourceLine"
_SHOWN = ("skos:prefLabel", "rdfs:label", "skos:definition", _LINE, "prov:wasQuotedFrom")


def _facts(context: RequestContext, iris: Sequence[str]) -> Facts:
    """Return the names of these things, and where they stand on a source page."""
    return gather(sorted(_about(context, iris), key=str))


def _about(context: RequestContext, iris: Iterable[str]) -> list[ox.Triple]:
    nodes = [ox.NamedNode(iri) for iri in dict.fromkeys(iris)]
    return context.serving.store.triples_about(nodes, [term(name) for name in _SHOWN])


def _place(context: RequestContext, record: dict[str, object]) -> str:
    texts = context.texts
    parts = ["/".join(str(record["file"]).split("/")[-2:])]  # every folder has an entries.csv
    called = name_column(record["sheet"], record["column"])
    shown = record | {"column": called.th if texts.lang == "th" else called.en}
    for name in ("row", "column", "line"):
        if shown[name]:
            key = "doc.line" if name == "line" else f"quality.{name}"
            parts.append(texts(key, **{name: shown[name]}))
    return " · ".join(parts)


def _rule(context: RequestContext, rule: str) -> Link:
    if not rule.startswith(SHAPE):
        return Link(Label(rule))
    iri = ox.NamedNode(rule)
    namer = context.namer(context.site.shapes)
    href = context.links.href(rule)
    return Link(namer.words(iri, "sh:name") or namer.name(iri), href.url if href else "")


def _line(context: RequestContext, page: Term | None, line: str) -> Link | None:
    """Return "line 31", with the way to that line of the source page."""
    if not isinstance(page, ox.NamedNode) or not line:
        return None
    href = context.links.href(page.value)
    return Link(
        Label(context.texts("doc.line", line=line)), f"{href.url}#line-{line}" if href else ""
    )


# ---- what the graph records ------------------------------------------------------------------


def _fault_groups(context: RequestContext) -> Iterator[FaultGroup]:
    """Yield the faults that are recorded in published words, by kind, the most frequent first."""
    vocabulary = context.namer(context.serving.vocabulary.facts)
    kinds = vocabulary.facts.subjects("skos:inScheme", ox.NamedNode(f"{VOCABULARY}fault"))
    found = [(kind, *_recorded(context, kind)) for kind in kinds if isinstance(kind, ox.NamedNode)]
    for kind, total, shown in sorted(found, key=lambda row: (-row[1], row[0].value)):
        if total:
            href = context.links.href(kind.value)
            yield FaultGroup(
                id=f"fault-{kind.value.rpartition('/')[2]}",
                title=vocabulary.name(kind),
                about=vocabulary.words(kind, "skos:definition"),
                total=context.texts.number(total),
                faults=tuple(_faults(context, shown)),
                more=href.url if href and len(shown) < total else "",
            )


def _recorded(context: RequestContext, kind: ox.NamedNode) -> tuple[int, Sequence[ox.NamedNode]]:
    """Return how many corrections are of a kind, and the first of them.

    Of very many they were counted with the release, and come in Thai order; of few by identifier.
    """
    hubs, property = context.serving.hubs, term("dct:type")
    relation = hubs.relations(kind.value).get(property.value)
    part = relation.part(_CORRECTION) if relation else None
    if relation and part:
        return part.total, hubs.page(relation, part, 1, MAX_FAULTS)
    quads = context.serving.store.quads_for(predicate=property, object=kind)
    named = {q.subject for q in quads if isinstance(q.subject, ox.NamedNode)}
    found = [thing for thing in named if f"/id/{_CORRECTION}/" in thing.value]
    return len(found), sorted(found, key=str)[:MAX_FAULTS]


def _faults(context: RequestContext, corrections: Sequence[ox.NamedNode]) -> Iterator[Fault]:
    """Yield what corrections say, by two questions to the store."""
    names = ("km:corrects", "km:publishedWords", "km:correctedWords")
    said = context.serving.store.triples_about(corrections, [term(name) for name in names])
    said += _about(context, [thing.value for thing in _values(gather(said), corrections)])
    facts = gather(sorted(said, key=str))
    for correction in corrections:
        for of in _values(facts, [correction]):
            yield _fault(context, facts, correction, of)


def _values(facts: Facts, corrections: Iterable[ox.NamedNode]) -> Iterator[ox.NamedNode]:
    """Yield the things that were corrected."""
    found = (value for thing in corrections for value in facts.values(thing, "km:corrects"))
    return (value for value in found if isinstance(value, ox.NamedNode))


def _fault(context: RequestContext, facts: Facts, record: ox.NamedNode, of: ox.NamedNode) -> Fault:
    namer = context.namer(facts)
    corrected = facts.text(record, "km:correctedWords")
    page, line = facts.one(of, "prov:wasQuotedFrom"), facts.text(of, _LINE)
    return Fault(
        record=Link(Label(context.texts("quality.why")), namer.link(record).href),
        published=namer.label(facts.text(record, "km:publishedWords")),
        corrected=namer.label(corrected) if corrected else None,
        of=namer.link(of),
        line=_line(context, page, line),
    )
