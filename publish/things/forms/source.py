"""The page of a source page: its text with the faults marked, and what the graph says of each line.

In: a view of the source page. Out: a `SourcePage`: every line with its pieces. Each piece shows its
kind, the thing that it names, and the corrections of its faults.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from graph.describe.source_page import QuotedPiece as Quoted
from graph.describe.source_page import page_lines
from publish.things.sections import cut_at_faults, read_correction
from publish.things.view import Form, View
from publish.web.page_data import Correction, Label, Link, Piece

_SAID = ("rdf:type", "dct:type", "schema:item", "dct:isPartOf")
_CORRECTION = (
    "km:publishedWords",
    "km:correctedWords",
    "dct:type",
    "dct:description",
    "km:confidence",
)


@dataclass(frozen=True)
class SourcePiece:
    """One thing quoted on a line: its words cut at their faults, and what the graph says of it."""

    before: str
    words: tuple[Piece, ...]
    after: str
    kind: Label | None
    link: Link
    names: Link | None
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class SourceLine:
    """A line of the page; numbers count from 1, blank lines included."""

    number: int
    pieces: tuple[SourcePiece, ...]


@dataclass(frozen=True)
class SourcePage:
    """A source page; `faults` counts what was corrected on it."""

    lines: tuple[SourceLine, ...]
    faults: str


def compose(view: View) -> Form:
    """Return the form of a source page."""
    lines = page_lines(view.store, view.iri.value)
    pieces = [ox.NamedNode(piece.iri) for line in lines for piece in line.pieces]
    corrections = _corrections(view)
    view = view.with_facts_of(pieces, *_SAID)
    view = view.with_facts_of((c for of in corrections.values() for c in of), *_CORRECTION)
    shown = tuple(
        SourceLine(line.number, tuple(_piece(view, p, corrections) for p in line.pieces))
        for line in lines
    )
    total = sum(len(of) for of in corrections.values())
    faults = view.namer.texts("source.faults", count=total) if total else ""
    return Form(
        template="source.html",
        own=SourcePage(shown, faults),
        keys=("dct:publisher",),
        incoming=frozenset({"prov:wasQuotedFrom"}),
        query="source-page",
    )


def _corrections(view: View) -> dict[str, list[ox.NamedNode]]:
    found: dict[str, list[ox.NamedNode]] = {}
    for row in view.ask("source-faults", page=view.iri):
        piece, correction = row["piece"], row["correction"]
        if isinstance(piece, ox.NamedNode) and isinstance(correction, ox.NamedNode):
            found.setdefault(piece.value, []).append(correction)
    return found


def _piece(view: View, quoted: Quoted, corrections: dict[str, list[ox.NamedNode]]) -> SourcePiece:
    thing = ox.NamedNode(quoted.iri)
    mended = tuple(read_correction(view.namer, c) for c in corrections.get(quoted.iri, ()))
    named = next(iter(view.values("schema:item", thing)), None)
    return SourcePiece(
        before=quoted.before,
        words=tuple(cut_at_faults(quoted.words, _faults(mended))),
        after=quoted.after,
        kind=_kind(view, thing),
        link=view.namer.link(thing),
        names=view.namer.link(named) if named is not None else None,
        corrections=mended,
    )


def _faults(corrections: Iterable[Correction]) -> list[str]:
    return [c.published.text for c in corrections if c.published.text]


def _kind(view: View, thing: ox.NamedNode) -> Label | None:
    """Return the kind of a piece: the kind of statement, else its class."""
    for name in ("dct:type", "rdf:type"):
        found = view.facts.one(thing, name)
        if found is not None:
            return view.namer.name(found)
    return None
