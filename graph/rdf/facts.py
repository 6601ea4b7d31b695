"""Triples in memory, looked up by subject and property.

In: triples. Out: `Facts`, which answers "what is the value of this property here?" and "what is
this called?" without a query. Descriptions, the layout of pages and the shapes' help use it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import pyoxigraph as ox

from graph.rdf.vocab import Term, term

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
PropertyValues: TypeAlias = Mapping[ox.NamedNode, tuple[Term, ...]]
"""What is said of one subject: the values of each property."""


@dataclass(frozen=True)
class Facts:
    """Some triples, each once, in the order they came."""

    by_subject: Mapping[Term, PropertyValues]

    def about(self, subject: Term) -> PropertyValues:
        """Return all that is said of a subject."""
        return self.by_subject.get(subject, {})

    def values(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Return the values of a property, given as a prefixed name."""
        return self.by_subject.get(subject, {}).get(term(name), ())

    def one(self, subject: Term, name: str) -> Term | None:
        """Return the first value of a property, if there is one."""
        return next(iter(self.values(subject, name)), None)

    def text(self, subject: Term, name: str) -> str:
        """Return the first literal of a property, or an empty string."""
        found = (v.value for v in self.values(subject, name) if isinstance(v, ox.Literal))
        return next(found, "")

    def texts(self, subject: Term, name: str) -> dict[str, str]:
        """Return the first literal of each language ("" for none)."""
        found: dict[str, str] = {}
        for value in self.values(subject, name):
            if isinstance(value, ox.Literal):
                found.setdefault(value.language or "", value.value)
        return found

    def names(self, subject: Term) -> dict[str, str]:
        """Return what a thing is called, by language: skos:prefLabel, else rdfs:label."""
        return self.texts(subject, "skos:prefLabel") or self.texts(subject, "rdfs:label")

    def triples(self, subject: Subject) -> Iterator[ox.Triple]:
        """Yield what is said of one subject."""
        for predicate, values in self.by_subject.get(subject, {}).items():
            for value in values:
                yield ox.Triple(subject, predicate, value)

    def joined(self, triples: Iterable[ox.Triple]) -> "Facts":
        """Return these facts and some more."""
        joined = dict(self.by_subject)
        for subject, said in gather(triples).by_subject.items():
            known = joined.get(subject, {})
            more = {p: tuple(dict.fromkeys((*known.get(p, ()), *said[p]))) for p in said}
            joined[subject] = {**known, **more}
        return Facts(joined)

    def closure(self, subject: Subject) -> Iterator[ox.Triple]:
        """Yield what is said of a subject and of the blank nodes that it holds."""
        waiting, seen = [subject], {subject}
        while waiting:
            for triple in self.triples(waiting.pop()):
                yield triple
                if isinstance(triple.object, ox.BlankNode) and triple.object not in seen:
                    seen.add(triple.object)
                    waiting.append(triple.object)

    def subjects(self, name: str, value: Term | None = None) -> list[Subject]:
        """Return the subjects that have a property, or that have this value of it."""
        wanted = term(name)
        return [
            subject
            for subject, said in self.by_subject.items()
            if wanted in said
            and (value is None or value in said[wanted])
            and not isinstance(subject, ox.Literal)
        ]

    def members(self, head: Term | None) -> list[Term]:
        """Return the members of an RDF collection."""
        members: list[Term] = []
        while isinstance(head, ox.BlankNode):
            members.extend(self.values(head, "rdf:first")[:1])
            head = self.one(head, "rdf:rest")
        return members


def nodes_of(said: PropertyValues, name: str) -> list[ox.NamedNode]:
    """Return the nodes that a property leads to."""
    return [value for value in said.get(term(name), ()) if isinstance(value, ox.NamedNode)]


def literals_of(said: PropertyValues, name: str) -> list[str]:
    """Return the texts of the literals of a property."""
    return [value.value for value in said.get(term(name), ()) if isinstance(value, ox.Literal)]


def gather(triples: Iterable[ox.Triple], order: Callable[[Term], str] | None = None) -> Facts:
    """Return these triples as facts; the values of a property sorted by `order`, if any."""
    said: dict[Term, dict[ox.NamedNode, dict[Term, None]]] = {}
    for t in triples:
        said.setdefault(t.subject, {}).setdefault(t.predicate, {})[t.object] = None
    return Facts({s: {p: _values(v, order) for p, v in of.items()} for s, of in said.items()})


def _values(values: dict[Term, None], order: Callable[[Term], str] | None) -> tuple[Term, ...]:
    return tuple(values if order is None or len(values) < 2 else sorted(values, key=order))
