"""The sections that some kinds of thing have beyond rows: lists, quoted words, source pages.

In: a description and a namer. Out: `Made`: the sections, and which properties they have used up,
so that the general page does not say them again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.describe import Description
from graph.vocab import term
from publish.labels import Namer
from publish.pages import (
    Candidate,
    Correction,
    Entry,
    Label,
    Line,
    Link,
    Motto,
    Piece,
    Quote,
    Standing,
    Statement,
    StatementGroup,
)


@dataclass(frozen=True)
class Made:
    """Sections, and the properties they stand for: of the thing (`rows`), to it (`shelves`)."""

    standing: Standing | None = None
    mottos: tuple[Motto, ...] = ()
    quote: Quote | None = None
    corrections: tuple[Correction, ...] = ()
    entries: tuple[Entry, ...] = ()
    lines: tuple[Line, ...] = ()
    statements: tuple[StatementGroup, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    rows: frozenset[str] = frozenset()
    shelves: frozenset[str] = frozenset()


def make(description: Description, namer: Namer, type: str) -> Made:
    """Return the sections of a thing; `type` is the one in its identifier."""
    made = Made()
    for build in (_mottos, _quote, _corrections, _candidates):
        made = build(made, description, namer)
    by_type: dict[str, Callable[[Made, Description, Namer], Made]] = {
        "plan": _entries,
        "collection": _entries,
        "entry": _standing,
        "statement": _standing,
        "org": _statements,
        "source": _lines,
    }
    return by_type[type](made, description, namer) if type in by_type else made


def _standing(made: Made, description: Description, namer: Namer) -> Made:
    facts, thing = namer.facts, description.iri
    whole = namer.linked(thing, "dct:isPartOf")
    position = facts.text(thing, "schema:position")
    if whole is None:
        return made
    texts = namer.texts
    words = texts("doc.standing", position=position) if position else texts("doc.standing_in")
    used = {"dct:isPartOf", "schema:position"}
    return replace(made, standing=Standing(words, whole), rows=made.rows | used)


def read_mottos(namer: Namer, thing: ox.NamedNode) -> tuple[Motto, ...]:
    """Return the slogan and vision of an organisation, where it has them."""
    found = ((name, namer.words(thing, name)) for name in ("schema:slogan", "km:vision"))
    return tuple(Motto(namer.link(term(name)), words) for name, words in found if words)


def _mottos(made: Made, description: Description, namer: Namer) -> Made:
    mottos = read_mottos(namer, description.iri)
    return replace(made, mottos=mottos, rows=made.rows | {"schema:slogan", "km:vision"})


def _quote(made: Made, description: Description, namer: Namer) -> Made:
    facts, thing = namer.facts, description.iri
    published = facts.text(thing, "km:verbatim")
    if not published:
        return made
    faults = [facts.text(c, "km:publishedWords") for c in _pointing(description, "km:corrects")]
    thai = facts.texts(thing, "schema:text").get("th") or facts.names(thing).get("th")
    corrected = namer.label(thai, "th") if thai and thai != published else None
    quote = Quote(
        words=published,
        published=tuple(_pieces(published, [f for f in faults if f])),
        corrected=corrected,
        has_faults=bool(faults),
        source=namer.linked(thing, "prov:wasQuotedFrom"),
        line=facts.text(thing, "km:sourceLine"),
    )
    used = {"km:verbatim", "prov:wasQuotedFrom", "km:sourceLine"}
    return replace(made, quote=quote, rows=made.rows | used)


def _pieces(text: str, faults: Iterable[str]) -> Iterator[Piece]:
    """Yield the text cut at the faulty words; of words that overlap, the first count."""
    found = sorted((text.find(fault), -len(fault)) for fault in faults if fault in text)
    at = 0
    for start, length in found:
        if start >= at:
            if start > at:
                yield Piece(text[at:start])
            at = start - length
            yield Piece(text[start:at], fault=True)
    if at < len(text):
        yield Piece(text[at:])


def _corrections(made: Made, description: Description, namer: Namer) -> Made:
    corrections = tuple(_correction(namer, c) for c in _pointing(description, "km:corrects"))
    return replace(made, corrections=corrections, shelves=made.shelves | {"km:corrects"})


def _correction(namer: Namer, thing: ox.NamedNode) -> Correction:
    facts = namer.facts
    corrected = facts.text(thing, "km:correctedWords")
    return Correction(
        link=namer.link(thing),
        published=namer.label(facts.text(thing, "km:publishedWords")),
        corrected=namer.label(corrected) if corrected else None,
        kind=namer.linked(thing, "dct:type"),
        reason=namer.words(thing, "dct:description"),
        confidence=namer.linked(thing, "km:confidence"),
    )


def _candidates(made: Made, description: Description, namer: Namer) -> Made:
    found = [
        _candidate(namer, record, end)
        for point, end in (("rdf:subject", "rdf:object"), ("rdf:object", "rdf:subject"))
        for record in _pointing(description, point)
    ]
    used = {"rdf:subject", "rdf:object"}
    return replace(made, candidates=tuple(found), shelves=made.shelves | used)


def _candidate(namer: Namer, record: ox.NamedNode, end: str) -> Candidate:
    nothing = Link(Label(""))
    return Candidate(
        relation=namer.linked(record, "rdf:predicate") or nothing,
        other=namer.linked(record, end) or nothing,
        confidence=namer.linked(record, "km:confidence"),
        record=namer.link(record),
    )


def _entries(made: Made, description: Description, namer: Namer) -> Made:
    entries = tuple(_entry(namer, e) for e in _pointing(description, "dct:isPartOf"))
    return replace(made, entries=entries, shelves=made.shelves | {"dct:isPartOf"})


def _entry(namer: Namer, thing: ox.NamedNode) -> Entry:
    facts = namer.facts
    named = facts.one(thing, "schema:item")
    kind = facts.one(named, "dct:type") if named is not None else None
    note = namer.name(kind) if kind is not None else None
    return Entry(
        position=facts.text(thing, "schema:position"),
        link=namer.link(thing),
        names=None if named is None else namer.link(named, note=note),
        truncated=facts.text(thing, "km:truncated") == "true",
    )


def _statements(made: Made, description: Description, namer: Namer) -> Made:
    """Group what a page states by kind, in the order of the page; its headings come last."""
    groups: dict[object, list[ox.NamedNode]] = {}
    for statement in _pointing(description, "prov:wasAttributedTo"):
        kind = namer.facts.one(statement, "dct:type")
        groups.setdefault(kind, []).append(statement)
    ordered = sorted(groups, key=lambda kind: kind == term("statement:heading"))
    made_groups = tuple(
        StatementGroup(
            namer.link(kind) if isinstance(kind, ox.NamedNode) else None,
            tuple(Statement(namer.link(s), namer.words(s, "schema:text")) for s in groups[kind]),
        )
        for kind in ordered
    )
    return replace(made, statements=made_groups, shelves=made.shelves | {"prov:wasAttributedTo"})


def _lines(made: Made, description: Description, namer: Namer) -> Made:
    lines, last = list[Line](), ""
    for thing in _pointing(description, "prov:wasQuotedFrom"):
        number = namer.facts.text(thing, "km:sourceLine")
        lines.append(_line(namer, thing, "" if number == last else number))
        last = number
    return replace(made, lines=tuple(lines), shelves=made.shelves | {"prov:wasQuotedFrom"})


def _line(namer: Namer, thing: ox.NamedNode, number: str) -> Line:
    facts = namer.facts
    position = facts.text(thing, "schema:position")
    return Line(
        number=number,
        before=facts.text(thing, "km:textBefore") or (f"{position}." if position else ""),
        words=facts.text(thing, "km:verbatim"),
        after=facts.text(thing, "km:textAfter"),
        link=namer.link(thing),
    )


def _pointing(description: Description, name: str) -> tuple[ox.NamedNode, ...]:
    wanted = term(name)
    return next((i.subjects for i in description.incoming if i.predicate == wanted), ())
