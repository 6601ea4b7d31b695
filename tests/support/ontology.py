"""What the tests of whole.ontology share."""

import rdflib.namespace as public
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS
from rdflib.term import Node

from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import KM, VOCABULARY, compact, read_package

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


def languages_of(node: Node, predicate: URIRef, graph: Graph = ONTOLOGY) -> list[str | None]:
    """Return the languages of the texts that a property gives a node."""
    values = list(graph.objects(node, predicate))
    assert all(isinstance(v, Literal) and str(v).strip() for v in values)
    return sorted(v.language for v in values if isinstance(v, Literal))


def name_of(node: Node) -> str:
    """Return the short name of a term."""
    return compact(str(node))
