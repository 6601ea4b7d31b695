"""A published page, put together again from the graph alone.

In: the store and the IRI of a page. Out: its lines, each with its pieces: the words as published
and the text printed around them. The captured file is not read; the test of this module compares
both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from graph.sparql.internal import internal_query
from graph.store.embedded import Solution
from graph.store.interface import Store


@dataclass(frozen=True)
class QuotedPiece:
    """One quoted thing on a line: its IRI, its words, and the text printed around them."""

    iri: str
    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Line:
    """One line of the page; `number` counts from 1, blank lines included."""

    number: int
    pieces: tuple[QuotedPiece, ...]

    @property
    def text(self) -> str:
        """The line as it reads; white space between pieces is ours."""
        return " ".join(f"{p.before} {p.words}{p.after}".strip() for p in self.pieces)


def page_lines(store: Store, page: str) -> list[Line]:
    """Return the lines of the page called by the IRI `page`; no lines for an unknown one."""
    found = store.select(internal_query("source-page"), page=ox.NamedNode(page))
    return [
        Line(number, tuple(_pieces(pieces)))
        for number, pieces in groupby(found, key=lambda s: int(_value(s, "line")))
    ]


def _pieces(solutions: Iterator[Solution]) -> Iterator[QuotedPiece]:
    for solution in solutions:
        position = _value(solution, "position")
        before = _value(solution, "before") or (f"{position}." if position else "")
        iri, words = _value(solution, "piece"), _value(solution, "words")
        yield QuotedPiece(iri, before, words, _value(solution, "after"))


def _value(solution: Solution, name: str) -> str:
    term = solution.get(name)
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""
