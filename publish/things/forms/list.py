"""The page of a plan or a collection: its entries in order, and what a plan still lacks.

In: a view of the list. Out: a `ListPage`. Each entry shows the thing that it names, the kind of
that thing, and the laws behind it: those that the thing explains or refers to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from graph.rdf.facts import PropertyValues, literals_of, nodes_of
from graph.rdf.iris import parse_iri
from graph.rdf.vocab import term
from publish.things.view import Form, View
from publish.web.page_data import Flag, Label, Link

_LAWS = ("km:explains", "dct:references")
_SHOWN = ("km:truncated", "km:asAmended", "km:sourceLine", "schema:item", "dct:isPartOf")


@dataclass(frozen=True)
class Entry:
    """One line: `title` links to the thing that it names, `record` to the line itself.

    `names` is that thing where its name differs from the line; `laws` are the laws behind it.
    """

    position: str
    title: Link
    kind: Label | None
    names: Link | None
    laws: tuple[Link, ...]
    flags: tuple[Flag, ...]
    record: Link
    line: str


@dataclass(frozen=True)
class Lack:
    """Something that the plan lacks and an officer can add, with a link to the details."""

    text: str
    link: Link | None = None


@dataclass(frozen=True)
class ListPage:
    """A plan or collection; `lacks` is None for a collection, empty where a plan lacks nothing."""

    entries: tuple[Entry, ...]
    lacks: tuple[Lack, ...] | None


def compose(view: View) -> Form:
    """Return the form of a plan or a collection."""
    # The query has the class in a filter: as a pattern, Oxigraph would read all entries there are.
    rows = view.ask("list-entries", list=view.iri)
    entries = [row["entry"] for row in rows if isinstance(row["entry"], ox.NamedNode)]
    missing = [e for e in entries if e not in view.pointing("dct:isPartOf")]
    if missing:  # a description holds the first 50
        view = view.with_facts_of(missing, *_SHOWN, "schema:position")
        view = view.with_facts_of(_named(view, missing), "dct:type", *_LAWS)
    faults = {row["entry"]: view.number(row["faults"]) for row in rows}
    shown = tuple(_entry(view, entry, faults.get(entry, 0)) for entry in entries)
    is_plan = view.type == "plan"
    return Form(
        template="list.html",
        is_printed=True,
        own=ListPage(shown, tuple(_lacks(view, shown, sum(faults.values()))) if is_plan else None),
        keys=("dct:publisher", "dct:subject", "dct:temporal", "km:scope", "km:confidence"),
        rows=frozenset({"schema:position", *(("km:issue",) if _says_issue(view) else ())}),
        incoming=frozenset({"dct:isPartOf"}),
        query="list-entries",
    )


def _named(view: View, entries: list[ox.NamedNode]) -> list[ox.NamedNode]:
    return [named for entry in entries for named in view.values("schema:item", entry)]


def _says_issue(view: View) -> bool:
    """Tell whether the title contains the issue, in each language of the issue."""
    names, issues = view.facts.names(view.iri), view.facts.texts(view.iri, "km:issue")
    return all(words.casefold() in names.get(lang, "").casefold() for lang, words in issues.items())


def _entry(view: View, entry: ox.NamedNode, faults: int) -> Entry:
    namer, said = view.namer, view.facts.about(entry)
    item = next(iter(nodes_of(said, "schema:item")), None)
    record, named = namer.link(entry), namer.link(item) if item is not None else None
    of_item = view.facts.about(item) if item is not None else {}
    kind = of_item.get(term("dct:type"), ())[:1]
    flags = view.flags(entry)
    if faults:
        flags += (Flag(namer.texts("list.faults", count=faults), "warn"),)
    line = next(iter(literals_of(said, "km:sourceLine")), "")
    return Entry(
        position=next(iter(literals_of(said, "schema:position")), ""),
        title=Link(record.label, (named or record).href),
        kind=namer.name(kind[0]) if kind else None,
        names=named if named and named.label != record.label else None,
        laws=tuple(namer.link(law) for law in _laws(namer.links.base, of_item)),
        flags=flags,
        record=record,
        line=namer.texts("doc.line", line=line) if line else "",
    )


def _laws(base: str, said: PropertyValues) -> Iterator[ox.NamedNode]:
    """Yield the laws behind the thing that an entry names; `said` is what is said of it."""
    for law in dict.fromkeys(law for name in _LAWS for law in nodes_of(said, name)):
        thing = parse_iri(base, law.value)
        if thing is not None and thing.type in ("law", "provision"):
            yield law


def _lacks(view: View, entries: tuple[Entry, ...], faults: int) -> Iterator[Lack]:
    texts = view.namer.texts
    owner = next(iter(view.values("dct:publisher")), None)
    if not view.values("dct:temporal"):
        yield Lack(texts("lack.year"))
    untied = [e.position for e in entries if not e.laws and "/law/" not in e.title.href]
    if untied:
        numbers = texts.list(untied)
        yield Lack(texts("lack.law", count=len(untied), numbers=numbers))
    cut = [e.position for e in entries if any(f.text == texts("doc.truncated") for f in e.flags)]
    if cut:
        link = _question(view, "cut-titles", owner)
        yield Lack(texts("lack.title", count=len(cut), numbers=texts.list(cut)), link)
    faults += view.total("km:corrects")
    if faults:
        yield Lack(texts("lack.words", count=faults), _question(view, "corrections", owner))
    items = view.ask("evidence-missing", organisation=owner) if owner is not None else []
    if items:
        link = _question(view, "evidence-missing", owner)
        yield Lack(texts("lack.evidence", count=view.number(items[0]["indicators"])), link)


def _question(view: View, name: str, owner: ox.NamedNode | None) -> Link:
    key = view.key_of(owner) if owner is not None else ""
    only = {"organisation": key} if key else {}
    href = view.namer.links.to(f"/queries/{name}", **only)
    return Link(Label(view.namer.texts("lack.see")), href)
