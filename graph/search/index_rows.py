"""The rows of the search index: which words and links of a thing count, and how much.

In: quads, in any order, as a stream. Out: rows of two staging tables. From these
`graph.search.write` makes the index of a release, and `graph.search.update` changes that of the
release before.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

import pyoxigraph as ox

from graph.rdf.iris import INFERRED, ONTOLOGY, SHARED, graph_iri, parse_iri
from graph.rdf.vocab import expand
from graph.text.normalise import read_normaliser
from graph.text.thai import ERA

FILE = "search.sqlite"
NAME, OTHER, QUOTED, ABOUT, NEAR = range(5)
"""The roles of texts; NEAR are the names of the things that a thing belongs to, indexed but not
stored."""

_ROLES = {
    "skos:prefLabel": NAME,
    "rdfs:label": NAME,
    "skos:altLabel": OTHER,
    "skos:notation": OTHER,
    "dct:identifier": OTHER,
    "km:verbatim": QUOTED,
    "km:publishedWords": QUOTED,
    "km:correctedWords": QUOTED,
    "skos:definition": ABOUT,
    "dct:description": ABOUT,
    "schema:text": ABOUT,
    "schema:slogan": ABOUT,
    "km:issue": ABOUT,
    "km:vision": ABOUT,
}
TEXTS = {expand(name): role for name, role in _ROLES.items()}
YEAR = expand("km:yearBE")
_DATES = frozenset(expand(name) for name in ("dct:issued", "eli:date_document"))
_TYPE = expand("rdf:type")
LINKS = {
    _TYPE: "class",
    expand("dct:type"): "kind",
    expand("dct:subject"): "topic",
    expand("dct:isPartOf"): "part",
    expand("km:aboutService"): "service",
    expand("skos:inScheme"): "scheme",
    expand("dct:temporal"): "fiscal",
}
_WEIGHTS = {
    "topic": 3.0,
    "service": 2.5,
    "law": 2.0,
    "leaflet": 2.0,
    "plan": 1.5,
    "collection": 1.5,
    "org": 1.5,
    "document": 1.0,
    "entry": -4.0,
    "statement": -5.0,
    "correction": -6.0,
}
LATE_WEIGHT = -1.0
LATE = frozenset(type for type, weight in _WEIGHTS.items() if weight < LATE_WEIGHT)
"""The kinds that say something about other things, and come after them."""

_BATCH = 20_000

Texts = list[tuple[str, int, str, str]]
Links = list[tuple[str, str, str]]


def stage(connection: sqlite3.Connection, quads: Iterable[ox.Quad], base: str) -> None:
    """Put what quads say on the stage: the tables `stage.text` and `stage.link`."""
    texts, links = Texts(), Links()
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            sort_out(quad, base, texts, links)
        if len(texts) + len(links) > _BATCH:
            _flush(connection, texts, links)
    _flush(connection, texts, links)


def sort_out(quad: ox.Quad, base: str, texts: Texts, links: Links) -> None:
    """Sort a quad into the tables; most quads are skipped."""
    subject, predicate, value = quad.subject, quad.predicate.value, quad.object
    assert isinstance(subject, ox.NamedNode)  # the caller has looked
    if isinstance(value, ox.NamedNode):
        role = LINKS.get(predicate)
        if role or value.value.startswith(f"{base}/id/"):
            links.append((subject.value, role or "", value.value))
        if role == "class":
            links.extend((subject.value, "org", slug) for slug in _owner(base, quad.graph_name))
    elif isinstance(value, ox.Literal):
        if predicate in TEXTS:
            texts.append((subject.value, TEXTS[predicate], value.language or "", value.value))
        year = _year(predicate, value.value)
        if year:
            links.append((subject.value, "year", str(year)))


def _flush(connection: sqlite3.Connection, texts: Texts, links: Links) -> None:
    connection.executemany("INSERT INTO stage.text VALUES (?, ?, ?, ?)", texts)
    connection.executemany("INSERT INTO stage.link VALUES (?, ?, ?)", links)
    texts.clear()
    links.clear()


def _owner(base: str, graph: object) -> Iterator[str]:
    """Yield the slug of the organisation whose graph this is, if it is one's."""
    name = graph.value.removeprefix(graph_iri(base, "")) if isinstance(graph, ox.NamedNode) else ""
    if name and name not in (SHARED, INFERRED, ONTOLOGY):
        yield name


def _year(predicate: str, text: str) -> int:
    """Return the Buddhist-era year that a value names, 0 for none."""
    if predicate == YEAR and text.isdigit():
        return int(text)
    if predicate in _DATES:
        try:
            return date.fromisoformat(text[:10]).year + ERA
        except ValueError:
            return 0
    return 0


def type_of(base: str, iri: str) -> str:
    """Return the type in an identifier, "" for an IRI that is no thing of this site."""
    thing = parse_iri(base, iri)
    return thing.type if thing else ""


def weigh(type: str, links: int) -> float:
    """Return what a thing counts for: its type, and a little how much points to it; in eighths."""
    return (_WEIGHTS.get(type, 0.0) if type else -9.0) + min(links.bit_length() / 8, 1.5)


@lru_cache(maxsize=65536)
def fold_once(text: str) -> str:
    """Return the folded text; names of kinds, topics and organisations come again and again."""
    return read_normaliser().normalise(text)
