"""Terms of pyoxigraph (parser, store) as terms of rdflib (SHACL), with the same lexical forms."""

from collections.abc import Iterable
from functools import lru_cache

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node


@lru_cache(30_000)  # the same predicates, types and things come again and again
def rdflib_term(term: object) -> Node:
    """Return the rdflib term of a pyoxigraph one. `normalize=False` keeps "01" as "01"."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise TypeError(f"no RDF 1.1 term: {term!r}")


def rdflib_triple(triple: object) -> tuple[Node, Node, Node]:
    """Return the rdflib terms of a pyoxigraph triple or quad."""
    s, p, o = triple.subject, triple.predicate, triple.object  # type: ignore[attr-defined]
    return rdflib_term(s), rdflib_term(p), rdflib_term(o)


def to_rdflib(triples: Iterable[object]) -> Graph:
    """Return an rdflib graph of pyoxigraph triples or quads; graph names are dropped."""
    graph = Graph()
    for triple in triples:
        graph.add(rdflib_triple(triple))
    return graph
