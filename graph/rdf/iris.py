"""Minting and parsing the identifiers of things: `{base}/id/{type}/{slug}`.

A slug is ASCII `[a-z0-9-]` and comes from a key column, so it stays when rows move. Named graphs
are `{base}/graph/{name}`: one for each organisation, and `shared`, `inferred`,
`ontology` and `retired`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
SHARED, INFERRED, ONTOLOGY, RETIRED = "shared", "inferred", "ontology", "retired"
RESERVED = frozenset([SHARED, INFERRED, ONTOLOGY, RETIRED, "all", "shapes", "tables"])
"""Names of graphs and of files for download that no organisation may take as its key."""


@dataclass(frozen=True)
class Thing:
    """The parts of a thing's IRI: its type ("plan") and slug ("sao-301107-km-1")."""

    type: str
    slug: str


def mint_iri(base: str, type: str, slug: str) -> str:
    """Return the IRI of a thing. Raises ValueError where `slug` is not `[a-z0-9-]`.

    >>> mint_iri("http://localhost:8000", "topic", "local-tax")
    'http://localhost:8000/id/topic/local-tax'
    """
    if not SLUG.match(slug):
        raise ValueError(f"{slug!r} is no slug: small Latin letters, digits and single hyphens")
    return f"{base}/id/{type}/{slug}"


@lru_cache(maxsize=4096)
def parse_iri(base: str, iri: str) -> Thing | None:
    """Return the parts of a thing's IRI, or None where `iri` is not one under `base`.

    >>> parse_iri("http://localhost:8000", "http://localhost:8000/id/topic/local-tax")
    Thing(type='topic', slug='local-tax')
    """
    if not iri.startswith(f"{base}/id/"):
        return None
    type, _, slug = iri[len(base) + 4 :].partition("/")
    if not SLUG.match(type) or not SLUG.match(slug):
        return None
    return Thing(type, slug)


def graph_iri(base: str, name: str) -> str:
    """Return the IRI of a named graph: an organisation's slug, or one of those above."""
    return f"{base}/graph/{name}"
