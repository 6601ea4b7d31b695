"""The ontology and its schemes: labelled, grounded in public terms, read alike by both parsers."""

from importlib.resources import files

import pyoxigraph as ox
import pytest
import rdflib.namespace as public
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import Node
from support.cases import load_paths
from support.ontology import ELSEWHERE, NAMESPACES, ONTOLOGY, OURS, REUSED, languages_of, name_of

from graph.check.check import bundled_site
from graph.check.inference import infer
from graph.rdf.vocab import KM, PREFIXES, VOCABULARY, compact, expand

CONCEPTS = sorted(ONTOLOGY.subjects(RDF.type, SKOS.Concept))

SCHEMES = sorted(ONTOLOGY.subjects(RDF.type, SKOS.ConceptScheme))


def test_terms_of_elsewhere_are_used() -> None:
    """The list of terms that no module holds has none that is used no more."""
    used = {name_of(term) for term in REUSED}
    assert used >= ELSEWHERE
    assert {name.partition(":")[0] for name in used - ELSEWHERE} <= set(NAMESPACES)


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("foaf", "FOAF"),
        ("org", "ORG"),
        ("dcat", "DCAT"),
        ("prov", "PROV"),
        ("skos", "SKOS"),
        ("sh", "SH"),
        ("void", "VOID"),
        ("vann", "VANN"),
        ("csvw", "CSVW"),
        ("xsd", "XSD"),
        ("dct", "DCTERMS"),
        ("schema", "SDO"),
    ],
)
def test_prefixes(prefix: str, name: str) -> None:
    """Our prefix table spells public namespaces as rdflib does."""
    assert str(getattr(public, name)) == PREFIXES[prefix]


@pytest.mark.parametrize("concept", CONCEPTS, ids=name_of)
def test_concept(concept: URIRef) -> None:
    """A concept has its words, its scheme, and its code at the end of its address."""
    assert languages_of(concept, SKOS.prefLabel) == ["en", "th"]
    assert languages_of(concept, SKOS.definition) == ["en", "th"]
    schemes = list(ONTOLOGY.objects(concept, SKOS.inScheme))
    assert len(schemes) == 1
    assert schemes[0] in SCHEMES
    code = str(concept).rpartition("/")[2]
    assert [str(n) for n in ONTOLOGY.objects(concept, SKOS.notation)] == [code]
    assert str(concept) == f"{schemes[0]}/{code}"


@pytest.mark.parametrize("scheme", SCHEMES, ids=name_of)
def test_scheme(scheme: URIRef) -> None:
    """A scheme has its words, and no two of its concepts share a label."""
    assert languages_of(scheme, SKOS.prefLabel) == ["en", "th"]
    assert languages_of(scheme, SKOS.definition) == ["en", "th"]
    labels = [
        str(label)
        for concept in ONTOLOGY.subjects(SKOS.inScheme, scheme)
        for label in ONTOLOGY.objects(concept, SKOS.prefLabel)
    ]
    assert len(labels) == len(set(labels))


def test_there_are_schemes() -> None:
    """The schemes that the shapes and the tables speak of are all there."""
    assert {name_of(s).strip("<>").removeprefix(VOCABULARY) for s in SCHEMES} == {
        "kind",
        "statement",
        "confidence",
        "fault",
        "scope",
        "area-level",
        "topic",
        "indicator:oit",
        "indicator:lpa",
    }
    assert len(CONCEPTS) > 35


def test_every_term_of_the_data_is_labelled() -> None:
    """Each class, property and code that the bundled site uses has words to show for it."""
    data = load_paths(bundled_site()).quads
    quads = [*data, *infer(data, "http://localhost:8000")]
    used = {q.predicate for q in quads}
    used |= {
        q.object
        for q in quads
        if isinstance(q.object, ox.NamedNode) and q.object.value.startswith("http")
    }
    subjects = {q.subject for q in quads}
    for term in used - subjects:
        assert isinstance(term, ox.NamedNode)
        node = URIRef(term.value)
        words = [*ONTOLOGY.objects(node, RDFS.label), *ONTOLOGY.objects(node, SKOS.prefLabel)]
        assert {getattr(word, "language", None) for word in words} == {"th", "en"}, term


FILES = [
    (package, file.name)
    for package in ("ontology", "shapes")
    for file in sorted(files(package).iterdir(), key=lambda f: f.name)
    if file.name.endswith(".ttl")
]


def _canonical(text: str, syntax: ox.RdfFormat) -> set[ox.Quad]:
    dataset = ox.Dataset(ox.parse(text.encode(), syntax))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert len(dataset) > 0
    return set(dataset)


@pytest.mark.parametrize(("package", "name"), FILES)
def test_two_parsers_agree(package: str, name: str) -> None:
    """rdflib and the store's parser read the same triples, and each prefix is our own."""
    text = (files(package) / name).read_text(encoding="utf-8")
    one = Graph().parse(data=text, format="turtle").serialize(format="nt")
    assert _canonical(one, ox.RdfFormat.N_TRIPLES) == _canonical(text, ox.RdfFormat.TURTLE)
    for line in text.splitlines():
        if line.startswith("@prefix"):
            _, prefix, iri, _ = line.split()
            assert PREFIXES[prefix.rstrip(":")] == iri.strip("<>")


def test_nothing_is_said_twice() -> None:
    """No two files of the ontology label the same term."""
    labelled: dict[Node, str] = {}
    for package, name in FILES:
        if package == "ontology":
            text = (files(package) / name).read_text(encoding="utf-8")
            for subject in set(Graph().parse(data=text, format="turtle").subjects(RDFS.label)):
                assert labelled.setdefault(subject, name) == name


def test_expand_and_compact() -> None:
    """Every prefix is one namespace, and a name comes back from its IRI."""
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    for term in (*OURS, *REUSED, *CONCEPTS):
        assert expand(compact(str(term))) == str(term)
    assert Namespace(KM)["Plan"] == URIRef(expand("km:Plan"))
