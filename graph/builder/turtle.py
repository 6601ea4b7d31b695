"""Turtle that people read, and the whole as TriG.

In: the triples of a named graph. Out: Turtle with our prefixes and a comment on top that says what
it is, where from and under which licence; subjects in the order of the sheets, keys counted as
people count (p1-2 before p1-10), the kind and the names of each first; a line between two subjects.
The same triples give the same bytes: nothing in it tells the time or the release.

The head (comment and prefixes) and the body come apart, since a graph of TriG (section 2.2) is the
same body in braces: the whole as TriG is made of the graphs' Turtle without writing it again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from graph.rdf.facts import gather
from graph.rdf.iris import parse_iri
from graph.rdf.serialize import serialize
from graph.rdf.vocab import expand
from graph.schema.layout import Layout

_FIRST = ("rdf:type", "skos:prefLabel", "rdfs:label", "skos:altLabel")
_DIGITS = re.compile(r"(\d+)")
Key = tuple[object, ...]


@dataclass(frozen=True)
class ReadingOrder:
    """In which order people read the triples of a site whose base is `base`."""

    base: str
    layout: Layout

    def sort(self, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
        """Return triples in this order."""
        said: dict[ox.NamedNode | ox.BlankNode | ox.Triple, list[ox.Triple]] = {}
        for triple in triples:
            said.setdefault(triple.subject, []).append(triple)
        keys = {node: (*self.subject(_iri(node)), str(node)) for node in said}
        subjects = sorted(said, key=keys.__getitem__)
        return [t for subject in subjects for t in sorted(said[subject], key=self._in_subject)]

    def _in_subject(self, triple: ox.Triple) -> Key:
        return (*self._predicate(triple.predicate.value), str(triple.object))

    def subject(self, iri: str) -> Key:
        """Return what subjects are sorted by: their kind's place in the workbook, then their key.

        Other subjects come last, by their IRI.
        """
        thing = parse_iri(self.base, iri)
        if thing is None:
            return (len(self._types), "", (iri,))
        return (self._types.get(thing.type, len(self._types)), thing.type, count_key(thing.slug))

    @cached_property
    def _types(self) -> dict[str, int]:
        return {kind.type: number for number, kind in enumerate(self.layout.kinds)}

    def _predicate(self, iri: str) -> Key:
        if iri in self._first:
            return (0, self._first[iri], 0.0, iri)
        place = self.layout.place((), iri)
        return (1, place.group_order, place.order, iri)

    @cached_property
    def _first(self) -> dict[str, int]:
        return {expand(name): number for number, name in enumerate(_FIRST)}


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else "_"


def count_key(text: str) -> Key:
    """Return what keys are sorted by, so that numbers in them count.

    >>> sorted(["p1-10", "p1-2", "p1"], key=count_key)
    ['p1', 'p1-2', 'p1-10']
    """
    parts = _DIGITS.split(text)
    return tuple(
        (part if n % 2 == 0 else "", int(part) if n % 2 else 0, part)
        for n, part in enumerate(parts)
    )


def title(triples: Sequence[ox.Triple], subject: str) -> str:
    """Return what `subject` is called in Thai and English, in one line; else the IRI."""
    node = ox.NamedNode(subject)
    names = gather(t for t in triples if t.subject == node).names(node)
    shown = [names[language] for language in ("th", "en") if language in names]
    return " · ".join(shown) or subject


def comment(name: str, graph: str, base: str, licence: str) -> bytes:
    """Return the comment on top of a file: its subject, its source, its licence."""
    lines = (
        name,
        f"Graph:   {graph}",
        f"Source:  {base}/dumps",
        f"Licence: {licence}",
        "         for identifiers, links, corrections and translations; words quoted from a page",
        "         (prov:wasQuotedFrom) stay their owner's.",
    )
    return "".join(f"# {line}\n" for line in lines).encode()


def write_turtle(triples: Sequence[ox.Triple]) -> tuple[bytes, bytes]:
    """Return the prefixes in use and the body, to be read in the order of the triples."""
    written = serialize(triples, "ttl")
    prefixes, body = _split(written)
    # No literal holds a line end as such, so this is the end of a subject's last statement.
    return prefixes + b"\n", body.replace(b" .\n", b" .\n\n").removesuffix(b"\n")


def _split(written: bytes) -> tuple[bytes, bytes]:
    """Cut Turtle behind its prefixes, each of which has a line of its own at the top."""
    at = 0
    while written.startswith(b"@prefix ", at):
        at = written.index(b"\n", at) + 1
    return written[:at], written[at:]
