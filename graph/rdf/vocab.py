"""Namespaces, prefixes, and the ontology and shapes as they ship with the program.

In: the Turtle files of the packages `ontology` and `shapes`. Out: namespaces, one prefix table for
every serialisation and query, and the parsed graphs.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

import pyoxigraph as ox

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

KM = "https://w3id.org/tambon-km/ns#"
SHAPE = "https://w3id.org/tambon-km/shapes#"
VOCABULARY = "https://w3id.org/tambon-km/"
ONTOLOGY_IRI = "https://w3id.org/tambon-km/ns"

PREFIXES: dict[str, str] = {
    "area-level": VOCABULARY + "area-level/",
    "confidence": VOCABULARY + "confidence/",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "fault": VOCABULARY + "fault/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "indicator": VOCABULARY + "indicator/",
    "kind": VOCABULARY + "kind/",
    "km": KM,
    "m8g": "http://data.europa.eu/m8g/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "scope": VOCABULARY + "scope/",
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": SHAPE,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "statement": VOCABULARY + "statement/",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Every prefix this program writes or understands without a declaration."""


def expand(name: str) -> str:
    """Return the IRI of a prefixed name.

    >>> expand("km:Plan")
    'https://w3id.org/tambon-km/ns#Plan'
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


@lru_cache(maxsize=4096)
def term(name: str) -> ox.NamedNode:
    """Return the node of a prefixed name."""
    return ox.NamedNode(expand(name))


@lru_cache(maxsize=4096)
def compact(iri: str) -> str:
    """Return the prefixed name of an IRI, or the IRI in angle brackets where no prefix fits.

    >>> compact("https://w3id.org/tambon-km/kind/act")
    'kind:act'
    """
    candidates = [(len(ns), prefix) for prefix, ns in PREFIXES.items() if iri.startswith(ns)]
    if not candidates:
        return f"<{iri}>"
    length, prefix = max(candidates)
    return f"{prefix}:{iri[length:]}"


def read_package(package: str) -> Iterator[ox.Triple]:
    """Yield the triples of every Turtle file of `ontology` or `shapes`, file by file by name.

    Blank nodes are renamed, so that two files never share one by accident.
    """
    for file in sorted(files(package).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".ttl"):
            for quad in ox.parse(file.read_bytes(), ox.RdfFormat.TURTLE, rename_blank_nodes=True):
                yield quad.triple


def ontology_version() -> str:
    """Return owl:versionInfo of the ontology that ships with the program."""
    version = term("owl:versionInfo")
    return next(
        t.object.value
        for t in read_package("ontology")
        if t.predicate == version and isinstance(t.object, ox.Literal)
    )
