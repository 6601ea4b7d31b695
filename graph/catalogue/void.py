"""VoID: how much a release holds, graph by graph, and where it can be had.

In: the states of the graphs, as the release's history keeps them, and its dumps. Out: triples of
the document `/.well-known/void` (Describing Linked Datasets with the VoID Vocabulary, W3C 2011):
the whole with its partitions by class and property, one void:Dataset for each named graph, and a
linkset for each property and target of links between the graphs or to other sites.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from graph.history.counts import GraphStatistics
from graph.history.read import GraphState
from graph.rdf.formats import RDF
from graph.rdf.triple_builder import TripleBuilder, node, whole_number, words
from graph.rdf.vocab import PREFIXES, VOCABULARY, compact, expand
from graph.release.manifest import DUMPS, Manifest, Release, ReleaseFile

_MAX_EXAMPLES = 5


@dataclass(frozen=True)
class VoidSettings:
    """What the document says beside counts: `whole` is the IRI of the data set of everything."""

    base: str
    whole: str
    titles: Mapping[str, str]
    licence: str


def describe_void(
    settings: VoidSettings, manifest: Manifest, states: Mapping[str, GraphState]
) -> list[ox.Triple]:
    """Return the document on the whole: of each graph only the IRI and the number of triples.

    `describe_graph` describes the graphs of thousands of organisations, one at a time.
    """
    said = TripleBuilder()
    document = f"{settings.base}/.well-known/void"
    said.add(document, "rdf:type", node(expand("void:DatasetDescription")))
    said.add(document, "foaf:primaryTopic", node(settings.whole))
    total = combine([state.statistics for state in states.values()])
    whole = settings.whole
    said.add(whole, "rdf:type", node(expand("void:Dataset")))
    said.add(whole, "dct:title", *words(settings.titles))
    said.add(whole, "foaf:homepage", node(settings.base + "/"))
    said.add(whole, "void:sparqlEndpoint", node(f"{settings.base}/sparql"))
    said.add(whole, "void:rootResource", node(f"{settings.base}/catalog"))
    said.add(whole, "void:uriLookupEndpoint", node(f"{settings.base}/doc/"))
    _common(said, settings, whole)
    _counts(said, whole, total)
    _partitions(said, f"{document}#all", whole, total)
    whole_files = (f for f in manifest.files if f.name.startswith(f"{DUMPS}all."))
    _dumps(said, f"{settings.base}/dumps/{manifest.id}/", whole, whole_files)
    for graph in sorted(manifest.graphs):
        said.add(whole, "void:subset", node(graph))
        said.add(graph, "rdf:type", node(expand("void:Dataset")))
        said.add(graph, "void:triples", whole_number(manifest.graphs[graph]))
    _linksets(said, f"{document}#links", whole, whole, total.links, settings.base)
    return said.triples


def describe_graph(
    settings: VoidSettings, release: Release, graph: str, state: GraphState
) -> list[ox.Triple]:
    """Return the description of one named graph."""
    said = TripleBuilder()
    said.add(graph, "rdf:type", node(expand("void:Dataset")))
    said.add(settings.whole, "void:subset", node(graph))
    _common(said, settings, graph)
    _counts(said, graph, state.statistics)
    _partitions(said, graph + "#void", graph, state.statistics)
    files = release.by_graph.get(graph, ())
    _dumps(said, f"{settings.base}/dumps/{release.id}/", graph, files)
    _linksets(said, f"{graph}#links", graph, graph, state.statistics.links, settings.base)
    return said.triples


def combine(parts: Iterable[GraphStatistics]) -> GraphStatistics:
    """Return the counts of several graphs together.

    Subjects and objects are summed, so one that stands in two graphs counts twice.
    """
    classes, properties = Counter[str](), Counter[str]()
    links = Counter[tuple[str, str]]()
    examples: dict[str, str] = {}
    topics, periods = set[str](), set[str]()
    triples = subjects = objects = 0
    for part in parts:
        triples, subjects, objects = (
            triples + part.triples,
            subjects + part.subjects,
            objects + part.objects,
        )
        classes.update(part.classes)
        properties.update(part.properties)
        links.update({(p, target): count for p, target, count in part.links})
        examples = {**part.examples, **examples}
        topics |= {*part.topics}
        periods |= {*part.periods}
    return GraphStatistics(
        triples=triples,
        subjects=subjects,
        objects=objects,
        classes=dict(sorted(classes.items())),
        properties=dict(sorted(properties.items())),
        examples=dict(sorted(examples.items())),
        links=tuple((p, target, count) for (p, target), count in sorted(links.items())),
        topics=tuple(sorted(topics)),
        periods=tuple(sorted(periods)),
    )


def _common(said: TripleBuilder, settings: VoidSettings, iri: str) -> None:
    said.add(iri, "dct:license", node(settings.licence))
    said.add(iri, "void:uriSpace", ox.Literal(f"{settings.base}/id/"))
    for format in ("ttl", "jsonld", "rdf", "nt"):
        said.add(iri, "void:feature", node(RDF[format].iri))


def _counts(said: TripleBuilder, iri: str, counted: GraphStatistics) -> None:
    said.add(iri, "void:triples", whole_number(counted.triples))
    said.add(iri, "void:entities", whole_number(counted.subjects))
    said.add(iri, "void:distinctSubjects", whole_number(counted.subjects))
    said.add(iri, "void:distinctObjects", whole_number(counted.objects))
    said.add(iri, "void:classes", whole_number(len(counted.classes)))
    said.add(iri, "void:properties", whole_number(len(counted.properties)))
    for namespace in sorted(_namespaces((*counted.classes, *counted.properties))):
        said.add(iri, "void:vocabulary", node(namespace))
    ours = {**counted.examples}.values()
    for example in sorted(e for e in ours if "/id/" in e)[:_MAX_EXAMPLES]:
        said.add(iri, "void:exampleResource", node(example))


def _namespaces(iris: Iterable[str]) -> set[str]:
    found = {PREFIXES.get(compact(iri).partition(":")[0], "") for iri in iris}
    return found - {""}


def _partitions(said: TripleBuilder, start: str, iri: str, counted: GraphStatistics) -> None:
    for kind, counts, about, number in (
        ("class", counted.classes, "void:class", "void:entities"),
        ("property", counted.properties, "void:property", "void:triples"),
    ):
        for value, count in counts.items():
            part = f"{start}-{kind}-{compact(value).strip('<>').replace(':', '-')}"
            said.add(iri, f"void:{kind}Partition", node(part))
            said.add(part, about, node(value))
            said.add(part, number, whole_number(count))


def _dumps(said: TripleBuilder, start: str, iri: str, files: Iterable[ReleaseFile]) -> None:
    """Name the dumps of a data set; their addresses begin with `start`."""
    for file in files:
        if file.format in RDF:
            said.add(iri, "void:dataDump", node(start + file.name.removeprefix(DUMPS)))


def _linksets(
    said: TripleBuilder,
    start: str,
    iri: str,
    subjects: str,
    links: Iterable[tuple[str, str, int]],
    base: str,
) -> None:
    """Describe how a data set leads to others, by property and target."""
    for number, (predicate, target, count) in enumerate(links, 1):
        linkset = f"{start}-{number}"
        said.add(iri, "void:subset", node(linkset))
        said.add(linkset, "rdf:type", node(expand("void:Linkset")))
        said.add(linkset, "void:linkPredicate", node(predicate))
        said.add(linkset, "void:subjectsTarget", node(subjects))
        said.add(linkset, "void:objectsTarget", _objects_target(target, base))
        said.add(linkset, "void:triples", whole_number(count))
        said.add(linkset, "void:uriSpace", ox.Literal(target))


def _objects_target(target: str, base: str) -> ox.NamedNode:
    if target == f"{base}/id/":
        return node(f"{base}/graph/shared")
    if target == VOCABULARY:
        return node(f"{base}/graph/ontology")
    return node(target)
