"""The search index of a release, written once: `search.sqlite`, with the names of everything.

In: the quads of a release, in any order, as a stream. Out: an SQLite file with an FTS5 index of
trigrams (portal text in Thai needs no word segmenter so) and tables of names and facets, as
`search.sql` describes them. Memory does not grow with the words: they are staged in a table of
SQLite's own and come back sorted, thing by thing.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from graph.errors import ReleaseError
from graph.facts import gather
from graph.fold import read_folder
from graph.iris import INFERRED, ONTOLOGY, SHARED, graph_iri, parse_iri
from graph.layout import read_layout
from graph.vocab import KM, expand, read_package

FILE = "search.sqlite"
NAME, OTHER, QUOTED, ABOUT, NEAR = range(5)
"""The roles of texts; NEAR are names of what a thing belongs to, indexed but not stored."""

ERA = 543
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
_TEXTS = {expand(name): role for name, role in _ROLES.items()}
_YEAR = expand("km:yearBE")
_DATES = frozenset(expand(name) for name in ("dct:issued", "eli:date_document"))
_TYPE = expand("rdf:type")
_LINKS = {
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

_UNSEARCHED = "link"  # a candidate is not asserted, so it is no result
_MAX_ABOUT = 400  # characters of a description that are indexed
_BATCH = 20_000

_STAGE = """
CREATE TABLE stage.text (subject TEXT, role INTEGER, lang TEXT, text TEXT);
CREATE TABLE stage.link (subject TEXT, role TEXT, object TEXT);
"""
_NODES = """
INSERT INTO node (iri, type, kind, weight)
SELECT subject, type_of(subject) AS type,
       COALESCE((SELECT MIN(object) FROM stage.link l
                 WHERE l.subject = t.subject AND role = 'kind'),
                (SELECT object FROM stage.link l WHERE l.subject = t.subject AND role = 'class'
                 ORDER BY object NOT LIKE :own, object LIMIT 1), ''),
       weight_of(type_of(subject),
                 (SELECT COUNT(*) FROM stage.link l WHERE l.object = t.subject)) AS weight
FROM (SELECT DISTINCT subject FROM stage.text WHERE role < 3) AS t
ORDER BY weight DESC, subject
"""
_FISCAL_YEARS = """
INSERT INTO stage.link (subject, role, object)
SELECT l.subject, 'year', y.object
  FROM stage.link l JOIN stage.link y ON y.subject = l.object AND y.role = 'year'
  WHERE l.role = 'fiscal'
"""
_PLACES = """
INSERT OR IGNORE INTO facet (name, value, node)
SELECT 'kind' AS name, type AS value, id FROM node WHERE type <> ''
UNION ALL SELECT type, slug_of(iri), id FROM node WHERE type IN ('topic', 'org')
UNION ALL SELECT l.role, CASE l.role WHEN 'part' THEN l.object WHEN 'topic' THEN slug_of(l.object)
                         ELSE l.object END, n.id
  FROM stage.link l JOIN node n ON n.iri = l.subject
  WHERE n.type <> '' AND l.role IN ('topic', 'org', 'year', 'part')
ORDER BY 1, 2, 3
"""
_WORDS = """
SELECT n.id, n.type, t.role, t.lang, t.text
  FROM node n JOIN stage.text t ON t.subject = n.iri
UNION
SELECT n.id, n.type, 4, t.lang, t.text
  FROM node n JOIN stage.link l ON l.subject = n.iri
   AND l.role IN ('class', 'kind', 'topic', 'service', 'scheme')
  JOIN stage.text t ON t.subject = l.object AND t.role < 2
UNION
SELECT n.id, n.type, 4, '', l.object
  FROM node n JOIN stage.link l ON l.subject = n.iri AND l.role = 'year'
ORDER BY 1, 3, 4, 5
"""


def write_index(path: Path, quads: Iterable[ox.Quad], base: str) -> None:
    """Write the index of these quads to `path`, which must not exist. Raises ReleaseError."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _write(connection, quads, base)
    except sqlite3.Error as error:
        raise ReleaseError(f"cannot write the search index: {error}") from error
    finally:
        connection.close()


def _write(connection: sqlite3.Connection, quads: Iterable[ox.Quad], base: str) -> None:
    run = connection.execute
    run("PRAGMA journal_mode = OFF")
    run("PRAGMA synchronous = OFF")
    run("PRAGMA cache_size = -131072")
    run("ATTACH '' AS stage")
    connection.create_function("type_of", 1, lambda iri: _type(base, iri), deterministic=True)
    connection.create_function("slug_of", 1, lambda iri: iri.rpartition("/")[2], deterministic=True)
    connection.create_function("weight_of", 2, _weight, deterministic=True)
    connection.executescript((files("graph") / "search.sql").read_text(encoding="utf-8") + _STAGE)
    run("BEGIN")
    _stage(connection, quads, base)
    run("CREATE INDEX stage.text_of ON text (subject)")
    run("CREATE INDEX stage.link_of ON link (subject)")
    run("CREATE INDEX stage.link_to ON link (object)")
    run(_FISCAL_YEARS)
    run(_NODES, {"own": f"{KM}%"})
    run(_PLACES)
    for batch in _batches(groupby(run(_WORDS), key=lambda row: (row[0], row[1]))):
        _store(connection, batch)
    run("INSERT INTO words (words) VALUES ('rebuild')")
    run("INSERT INTO words (words) VALUES ('optimize')")
    run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, words, row)")
    run("INSERT INTO trigram SELECT term, doc FROM temp.vocabulary")
    run("DROP TABLE temp.vocabulary")
    run("COMMIT")
    run("DETACH stage")


# ---- staging ---------------------------------------------------------------------------------


def _stage(connection: sqlite3.Connection, quads: Iterable[ox.Quad], base: str) -> None:
    texts, links = list[tuple[str, int, str, str]](), list[tuple[str, str, str]]()
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            _sort(quad, base, texts, links)
        if len(texts) + len(links) > _BATCH:
            _flush(connection, texts, links)
    _flush(connection, texts, links)


def _sort(
    quad: ox.Quad,
    base: str,
    texts: list[tuple[str, int, str, str]],
    links: list[tuple[str, str, str]],
) -> None:
    """Put what a quad says where it belongs; most quads say nothing that is searched."""
    subject, predicate, value = quad.subject, quad.predicate.value, quad.object
    assert isinstance(subject, ox.NamedNode)  # the caller has looked
    if isinstance(value, ox.NamedNode):
        role = _LINKS.get(predicate)
        if role or value.value.startswith(f"{base}/id/"):
            links.append((subject.value, role or "", value.value))
        if role == "class":
            links.extend((subject.value, "org", slug) for slug in _owner(base, quad.graph_name))
    elif isinstance(value, ox.Literal):
        if predicate in _TEXTS:
            texts.append((subject.value, _TEXTS[predicate], value.language or "", value.value))
        year = _year(predicate, value.value)
        if year:
            links.append((subject.value, "year", str(year)))


def _flush(
    connection: sqlite3.Connection,
    texts: list[tuple[str, int, str, str]],
    links: list[tuple[str, str, str]],
) -> None:
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
    if predicate == _YEAR and text.isdigit():
        return int(text)
    if predicate in _DATES:
        try:
            return date.fromisoformat(text[:10]).year + ERA
        except ValueError:
            return 0
    return 0


def _type(base: str, iri: str) -> str:
    thing = parse_iri(base, iri)
    return thing.type if thing else ""


def _weight(type: str, links: int) -> float:
    """Return what a thing counts for: its type, and a little how much points to it."""
    return (_WEIGHTS.get(type, 0.0) if type else -9.0) + min(links.bit_length() / 8, 1.5)


# ---- words -----------------------------------------------------------------------------------

Row = tuple[int, str, int, str, str]
Group = tuple[tuple[int, str], list[Row]]


def _batches(groups: Iterable[tuple[tuple[int, str], Iterator[Row]]]) -> Iterator[list[Group]]:
    batch = list[Group]()
    for key, rows in groups:
        batch.append((key, list(rows)))
        if len(batch) == _BATCH // 10:
            yield batch
            batch = []
    yield batch


def _store(connection: sqlite3.Connection, groups: Iterable[Group]) -> None:
    """Write the texts of these things, and what is compared of them."""
    texts, folded = list[tuple[int, int, str, str]](), list[tuple[int, str, str, str]]()
    for (node, type), rows in groups:
        said: dict[int, list[str]] = {role: [] for role in range(5)}
        for _, _, role, lang, text in rows:
            said[role].append(text)
            if role != NEAR:
                texts.append((node, role, lang, text))
        if type and type != _UNSEARCHED:
            said[NEAR] += _kind_names().get(type, ())
            folded.append((node, *_fold(said)))
    connection.executemany("INSERT OR IGNORE INTO text VALUES (?, ?, ?, ?)", texts)
    connection.executemany("INSERT INTO folded VALUES (?, ?, ?, ?)", folded)


@cache
def _kind_names() -> Mapping[str, tuple[str, ...]]:
    """Return what the lists of things are called, "Laws", by the type in identifiers."""
    kinds = read_layout(gather(read_package("shapes"))).kinds
    return {kind.type: tuple(kind.names.values()) for kind in kinds}


def _fold(said: Mapping[int, list[str]]) -> tuple[str, str, str]:
    years = [year for text in said[NEAR] if text.isdigit() for year in (text, str(int(text) - ERA))]
    near = [text for text in said[NEAR] if not text.isdigit()]
    return (
        _lines(said[NAME] + said[OTHER] or said[QUOTED]),
        _lines(said[QUOTED] + years),
        _lines([text[:_MAX_ABOUT] for text in said[ABOUT]] + near),
    )


def _lines(texts: Iterable[str]) -> str:
    """Return texts as they are compared, each between line ends."""
    lines = dict.fromkeys(fold_once(text) for text in texts)
    return "\n" + "".join(f"{line}\n" for line in lines if line)


@lru_cache(maxsize=65536)
def fold_once(text: str) -> str:
    """Return the folded text; names of kinds, topics and organisations come again and again."""
    return read_folder().fold(text)
