"""The ontology and its schemes: labelled, grounded in public terms, read alike by both parsers."""

from importlib.resources import files

import pyoxigraph as ox
import pytest
import rdflib.namespace as public
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, XSD
from rdflib.term import Node
from support.cases import load_paths

from graph.check.check import bundled_site
from graph.check.inference import infer
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import (
    KM,
    ONTOLOGY_IRI,
    PREFIXES,
    VOCABULARY,
    compact,
    expand,
    ontology_version,
    read_package,
)

ONTOLOGY = to_rdflib(read_package("ontology"))
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
OURS = sorted(
    {s for kind in KINDS for s in ONTOLOGY.subjects(RDF.type, kind) if str(s).startswith(KM)}
)
REUSED = sorted(
    {
        s
        for s in ONTOLOGY.subjects(RDFS.label)
        if isinstance(s, URIRef) and not str(s).startswith(VOCABULARY)
    }
)
CONCEPTS = sorted(ONTOLOGY.subjects(RDF.type, SKOS.Concept))
SCHEMES = sorted(ONTOLOGY.subjects(RDF.type, SKOS.ConceptScheme))

NAMESPACES = {
    "dcat": public.DCAT,
    "dct": public.DCTERMS,
    "foaf": public.FOAF,
    "org": public.ORG,
    "owl": public.OWL,
    "prov": public.PROV,
    "rdf": public.RDF,
    "rdfs": public.RDFS,
    "schema": public.SDO,
    "skos": public.SKOS,
    "vann": public.VANN,
    "void": public.VOID,
}
"""The vocabularies whose terms rdflib knows one by one."""

ELSEWHERE = {
    # ELI 1.4, the file eli.owl of the Publications Office, http://data.europa.eu/eli/ontology
    "eli:Work",
    "eli:LegalResource",
    "eli:LegalResourceSubdivision",
    "eli:amends",
    "eli:number",
    "eli:is_part_of",
    "eli:date_document",
    # CPSV-AP 3, https://semiceu.github.io/CPSV-AP/releases/3.2.0/, tables of used terms
    "cpsv:PublicService",
    "m8g:hasCompetentAuthority",
    "m8g:hasLegalResource",
}
"""The reused terms of vocabularies that rdflib does not have, and where each was read."""


def _languages(node: Node, predicate: URIRef, graph: Graph = ONTOLOGY) -> list[str | None]:
    values = list(graph.objects(node, predicate))
    assert all(isinstance(v, Literal) and str(v).strip() for v in values)
    return sorted(v.language for v in values if isinstance(v, Literal))


def _name(node: Node) -> str:
    return compact(str(node))


# ---- our own terms ---------------------------------------------------------------------------


@pytest.mark.parametrize("term", OURS, ids=_name)
def test_own_term(term: URIRef) -> None:
    """Every class and property has one Thai and one English label and definition."""
    assert _languages(term, RDFS.label) == ["en", "th"]
    assert _languages(term, SKOS.definition) == ["en", "th"]
    assert list(ONTOLOGY.objects(term, RDFS.isDefinedBy)) == [URIRef(ONTOLOGY_IRI)]
    assert len(set(ONTOLOGY.objects(term, RDF.type)) & set(KINDS)) == 1
    for label in ONTOLOGY.objects(term, RDFS.label):
        is_thai = any("\u0e01" <= letter <= "\u0e5b" for letter in str(label))
        assert is_thai == (label.language == "th") or str(label) == "SHA-256"


def test_every_term_is_a_class_or_property() -> None:
    """Nothing in our namespace is spoken of that is not declared, and labels tell them apart."""
    spoken = {
        node
        for triple in ONTOLOGY
        for node in triple
        if isinstance(node, URIRef) and str(node).startswith(KM) and str(node) != KM
    }
    assert spoken == set(OURS)
    classes = {t for t in OURS if (t, RDF.type, OWL.Class) in ONTOLOGY}
    for group in (classes, set(OURS) - classes):
        labels = [label for term in group for label in ONTOLOGY.objects(term, RDFS.label)]
        assert len(labels) == len({(str(label).lower(), label.language) for label in labels})


@pytest.mark.parametrize("term", OURS, ids=_name)
def test_grounding(term: URIRef) -> None:
    """What a term is a kind of, its domain and its range are terms that exist."""
    known = set(OURS) | set(REUSED)
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range):
        for other in ONTOLOGY.objects(term, predicate):
            assert other in known or other in XSD or other == RDF.langString, other
    if (term, RDF.type, OWL.Class) in ONTOLOGY:
        assert (term, RDFS.subClassOf, None) in ONTOLOGY  # each hangs on a public class


def test_kinds_of_properties() -> None:
    """Properties with texts, numbers and dates are datatype properties, the others object ones."""
    for term in OURS:
        for kind in ONTOLOGY.objects(term, RDFS.range):
            literal = kind in XSD or kind == RDF.langString
            wanted = OWL.DatatypeProperty if literal else OWL.ObjectProperty
            assert (term, RDF.type, wanted) in ONTOLOGY, term


def test_no_cycle_of_classes() -> None:
    """No class is a kind of itself."""
    for term in OURS:
        assert term not in set(ONTOLOGY.transitive_objects(term, RDFS.subClassOf)) - {term}
        for parent in ONTOLOGY.objects(term, RDFS.subClassOf):
            assert term not in ONTOLOGY.transitive_objects(parent, RDFS.subClassOf)


def test_header() -> None:
    """The ontology names itself, its version, licence and prefix."""
    header = URIRef(ONTOLOGY_IRI)
    assert (header, RDF.type, OWL.Ontology) in ONTOLOGY
    assert _languages(header, RDFS.label) == ["en", "th"]
    assert _languages(header, DCTERMS.description) == ["en", "th"]
    version = ontology_version()
    assert list(ONTOLOGY.objects(header, OWL.versionIRI)) == [URIRef(f"{ONTOLOGY_IRI}/{version}")]
    assert str(ONTOLOGY.value(header, public.VANN.preferredNamespaceUri)) == KM
    assert str(ONTOLOGY.value(header, public.VANN.preferredNamespacePrefix)) == "km"
    assert ONTOLOGY.value(header, DCTERMS.license) is not None


# ---- reused terms ----------------------------------------------------------------------------


@pytest.mark.parametrize("term", REUSED, ids=_name)
def test_reused_term(term: URIRef) -> None:
    """A public term has our words in both languages, and exists where it is said to be defined."""
    assert _languages(term, RDFS.label) == ["en", "th"]
    assert _languages(term, SKOS.definition) == ["en", "th"]
    prefix, _, local = _name(term).partition(":")
    if prefix in NAMESPACES:
        assert local in _local_names(prefix)
    else:
        assert f"{prefix}:{local}" in ELSEWHERE
    defined = [str(iri) for iri in ONTOLOGY.objects(term, RDFS.isDefinedBy)]
    assert len(defined) == 1
    assert str(term).startswith(defined[0])
    assert PREFIXES[prefix].rstrip("#/") == defined[0].rstrip("#/")


def _local_names(prefix: str) -> set[str]:
    namespace = NAMESPACES[prefix]
    assert str(namespace) == PREFIXES[prefix]
    return {str(term).removeprefix(PREFIXES[prefix]) for term in dir(namespace)} | {
        str(term).removeprefix(PREFIXES[prefix]) for term in namespace.__annotations__
    }


def test_terms_of_elsewhere_are_used() -> None:
    """The list of terms that no module holds has none that is used no more."""
    used = {_name(term) for term in REUSED}
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


# ---- schemes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", CONCEPTS, ids=_name)
def test_concept(concept: URIRef) -> None:
    """A concept has its words, its scheme, and its code at the end of its address."""
    assert _languages(concept, SKOS.prefLabel) == ["en", "th"]
    assert _languages(concept, SKOS.definition) == ["en", "th"]
    schemes = list(ONTOLOGY.objects(concept, SKOS.inScheme))
    assert len(schemes) == 1
    assert schemes[0] in SCHEMES
    code = str(concept).rpartition("/")[2]
    assert [str(n) for n in ONTOLOGY.objects(concept, SKOS.notation)] == [code]
    assert str(concept) == f"{schemes[0]}/{code}"


@pytest.mark.parametrize("scheme", SCHEMES, ids=_name)
def test_scheme(scheme: URIRef) -> None:
    """A scheme has its words, and no two of its concepts share a label."""
    assert _languages(scheme, SKOS.prefLabel) == ["en", "th"]
    assert _languages(scheme, SKOS.definition) == ["en", "th"]
    labels = [
        str(label)
        for concept in ONTOLOGY.subjects(SKOS.inScheme, scheme)
        for label in ONTOLOGY.objects(concept, SKOS.prefLabel)
    ]
    assert len(labels) == len(set(labels))


def test_there_are_schemes() -> None:
    """The schemes that the shapes and the tables speak of are all there."""
    assert {_name(s).strip("<>").removeprefix(VOCABULARY) for s in SCHEMES} == {
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


# ---- the data --------------------------------------------------------------------------------


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


# ---- files -----------------------------------------------------------------------------------


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
