"""A builder of triples, and of the terms they are made of.

In: subjects as IRIs, properties as prefixed names. Out: triples, each once, in the order added.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import pyoxigraph as ox

from graph.rdf.vocab import Term, term


class TripleBuilder:
    """Collects triples, each once, in the order in which they are added."""

    def __init__(self) -> None:
        self._triples: dict[ox.Triple, None] = {}

    def add(self, subject: str, name: str, *objects: Term) -> None:
        """Add triples about a subject; `name` is the property's prefixed name."""
        for object in objects:
            self._triples[ox.Triple(node(subject), term(name), object)] = None

    @property
    def triples(self) -> list[ox.Triple]:
        """All triples that were added."""
        return list(self._triples)


def node(iri: str) -> ox.NamedNode:
    """Return the node of an IRI."""
    return ox.NamedNode(iri)


def words(texts: Mapping[str, str]) -> Iterator[ox.Literal]:
    """Yield words with their language."""
    return (ox.Literal(text, language=language) for language, text in texts.items())


def moment(when: datetime) -> ox.Literal:
    """Return a moment, in C.E. and with its offset."""
    return ox.Literal(when.isoformat(), datatype=term("xsd:dateTime"))


def whole_number(value: int) -> ox.Literal:
    """Return a count."""
    return ox.Literal(str(value), datatype=term("xsd:nonNegativeInteger"))
