"""The ontology and its schemes: labelled, grounded in public terms, read alike by both parsers."""

import pytest
import rdflib.namespace as public
from rdflib import URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, XSD
from support.ontology import (
    ELSEWHERE,
    KINDS,
    NAMESPACES,
    ONTOLOGY,
    OURS,
    REUSED,
    languages_of,
    name_of,
)

from graph.rdf.vocab import KM, ONTOLOGY_IRI, PREFIXES, ontology_version


@pytest.mark.parametrize("term", OURS, ids=name_of)
def test_own_term(term: URIRef) -> None:
    """Every class and property has one Thai and one English label and definition."""
    assert languages_of(term, RDFS.label) == ["en", "th"]
    assert languages_of(term, SKOS.definition) == ["en", "th"]
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


@pytest.mark.parametrize("term", OURS, ids=name_of)
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
    assert languages_of(header, RDFS.label) == ["en", "th"]
    assert languages_of(header, DCTERMS.description) == ["en", "th"]
    version = ontology_version()
    assert list(ONTOLOGY.objects(header, OWL.versionIRI)) == [URIRef(f"{ONTOLOGY_IRI}/{version}")]
    assert str(ONTOLOGY.value(header, public.VANN.preferredNamespaceUri)) == KM
    assert str(ONTOLOGY.value(header, public.VANN.preferredNamespacePrefix)) == "km"
    assert ONTOLOGY.value(header, DCTERMS.license) is not None


@pytest.mark.parametrize("term", REUSED, ids=name_of)
def test_reused_term(term: URIRef) -> None:
    """A public term has our words in both languages, and exists where it is said to be defined."""
    assert languages_of(term, RDFS.label) == ["en", "th"]
    assert languages_of(term, SKOS.definition) == ["en", "th"]
    prefix, _, local = name_of(term).partition(":")
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
