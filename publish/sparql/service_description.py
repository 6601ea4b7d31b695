"""The SPARQL 1.1 Service Description of the endpoint, as triples.

In: the endpoint's address and the graphs with their sizes. Out: one sd:Service. The nodes are
fragments of the endpoint's address, so that they can be named; there are no blank nodes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from graph.rdf.formats import ANSWERS, FORMATS

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class NamedGraph:
    """A graph of the dataset: its name (an absolute IRI) and how many triples it has."""

    iri: str
    triples: int


@dataclass(frozen=True)
class ServiceDescription:
    """What there is to say of the endpoint; `triples` counts the default graph, the union."""

    endpoint: str
    triples: int
    graphs: tuple[NamedGraph, ...]


def service_triples(description: ServiceDescription) -> Iterator[ox.Triple]:
    """Yield the description in the terms of SPARQL 1.1 Service Description, section 3."""
    service = _node(description, "service")
    dataset = _node(description, "dataset")
    yield ox.Triple(service, RDF_TYPE, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), ox.NamedNode(description.endpoint))
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in ANSWERS:
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(FORMATS[name].iri))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield from _dataset_triples(description, dataset)


def _dataset_triples(description: ServiceDescription, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    default = _node(description, "default-graph")
    yield ox.Triple(dataset, RDF_TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield from _graph_triples(default, description.triples)
    for number, graph in enumerate(description.graphs, start=1):
        named = _node(description, f"named-graph-{number}")
        content = _node(description, f"graph-{number}")
        yield ox.Triple(dataset, _sd("namedGraph"), named)
        yield ox.Triple(named, RDF_TYPE, _sd("NamedGraph"))
        yield ox.Triple(named, _sd("name"), ox.NamedNode(graph.iri))
        yield ox.Triple(named, _sd("graph"), content)
        yield from _graph_triples(content, graph.triples)


def _graph_triples(graph: ox.NamedNode, triples: int) -> Iterator[ox.Triple]:
    yield ox.Triple(graph, RDF_TYPE, _sd("Graph"))
    yield ox.Triple(graph, ox.NamedNode(VOID + "triples"), ox.Literal(triples))


def _node(description: ServiceDescription, fragment: str) -> ox.NamedNode:
    return ox.NamedNode(f"{description.endpoint}#{fragment}")


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)
