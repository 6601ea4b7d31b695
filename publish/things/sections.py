"""Composes the sections that many kinds of thing have: quotes, corrections, unconfirmed links.

In: a description and a namer. Out: `ComposedSections`: the sections, and the properties that they
show, so that the rows of the page do not repeat them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.describe.resource import Description
from graph.rdf.vocab import term
from publish.web.labels import Namer
from publish.web.page_data import Candidate, Correction, Label, Link, Motto, Piece, Quote, Standing

_STANDING = ("entry", "statement")


@dataclass(frozen=True)
class ComposedSections:
    """Sections, and the properties they show: of the thing (`rows`), and to it (`incoming`)."""

    standing: Standing | None = None
    mottos: tuple[Motto, ...] = ()
    quote: Quote | None = None
    corrections: tuple[Correction, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    rows: frozenset[str] = frozenset()
    incoming: frozenset[str] = frozenset()


def compose_sections(
    description: Description, namer: Namer, type: str, waiting: Iterable[str] = ()
) -> ComposedSections:
    """Return the sections of a thing; `type` is the one in its identifier.

    Unconfirmed links of a relation in `waiting` are left out: the form of the kind shows them.
    """
    made = ComposedSections()
    for build in (_mottos, _quote, _corrections):
        made = build(made, description, namer)
    made = _candidates(made, description, namer, [term(name) for name in waiting])
    return _standing(made, description, namer) if type in _STANDING else made


def _standing(made: ComposedSections, description: Description, namer: Namer) -> ComposedSections:
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
    """Return the slogan and the vision of an organisation, as far as it has them."""
    found = ((name, namer.words(thing, name)) for name in ("schema:slogan", "km:vision"))
    return tuple(Motto(namer.link(term(name)), words) for name, words in found if words)


def _mottos(made: ComposedSections, description: Description, namer: Namer) -> ComposedSections:
    mottos = read_mottos(namer, description.iri)
    return replace(made, mottos=mottos, rows=made.rows | {"schema:slogan", "km:vision"})


def _quote(made: ComposedSections, description: Description, namer: Namer) -> ComposedSections:
    facts, thing = namer.facts, description.iri
    published = facts.text(thing, "km:verbatim")
    if not published:
        return made
    faults = [facts.text(c, "km:publishedWords") for c in _pointing(description, "km:corrects")]
    thai = facts.texts(thing, "schema:text").get("th") or facts.names(thing).get("th")
    corrected = namer.label(thai, "th") if thai and thai != published else None
    quote = Quote(
        words=published,
        published=tuple(cut_at_faults(published, [f for f in faults if f])),
        corrected=corrected,
        has_faults=bool(faults),
        source=namer.linked(thing, "prov:wasQuotedFrom"),
        line=facts.text(thing, "km:sourceLine"),
    )
    used = {"km:verbatim", "prov:wasQuotedFrom", "km:sourceLine"}
    return replace(made, quote=quote, rows=made.rows | used)


def cut_at_faults(text: str, faults: Iterable[str]) -> Iterator[Piece]:
    """Yield a text in pieces, faulty words apart; of faults that overlap, the first counts."""
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


def _corrections(
    made: ComposedSections, description: Description, namer: Namer
) -> ComposedSections:
    corrections = tuple(read_correction(namer, c) for c in _pointing(description, "km:corrects"))
    return replace(made, corrections=corrections, incoming=made.incoming | {"km:corrects"})


def read_correction(namer: Namer, thing: ox.NamedNode) -> Correction:
    """Return a correction: the words as published, the right ones if known, and the reason."""
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


def _candidates(
    made: ComposedSections, description: Description, namer: Namer, shown: Sequence[ox.NamedNode]
) -> ComposedSections:
    found = [
        _candidate(namer, record, end)
        for point, end in (("rdf:subject", "rdf:object"), ("rdf:object", "rdf:subject"))
        for record in _pointing(description, point)
        if namer.facts.one(record, "rdf:predicate") not in shown
    ]
    used = {"rdf:subject", "rdf:object"}
    return replace(made, candidates=tuple(found), incoming=made.incoming | used)


def _candidate(namer: Namer, record: ox.NamedNode, end: str) -> Candidate:
    nothing = Link(Label(""))
    return Candidate(
        relation=namer.linked(record, "rdf:predicate") or nothing,
        other=namer.linked(record, end) or nothing,
        confidence=namer.linked(record, "km:confidence"),
        record=namer.link(record),
    )


def _pointing(description: Description, name: str) -> tuple[ox.NamedNode, ...]:
    wanted = term(name)
    return next((i.subjects for i in description.incoming if i.predicate == wanted), ())
