"""The search index of a release, written once: `search.sqlite`, with the names of everything.

In: the quads of a release, in any order, as a stream. Out: an SQLite file with an FTS5 index of
trigrams, which needs no word segmenter for Thai, and tables of names and facets, as `search.sql`
describes them. Memory does not grow with the words: they are staged in a table of SQLite and come
back sorted, thing by thing. `graph.search.update` stages a few things of an existing index with the
same statements.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from graph.errors import ReleaseError
from graph.rdf.facts import gather
from graph.rdf.vocab import KM, read_package
from graph.schema.layout import read_layout
from graph.search.index_rows import (
    ABOUT,
    NAME,
    NEAR,
    OTHER,
    QUOTED,
    fold_once,
    stage,
    type_of,
    weigh,
)
from graph.text.thai import ERA

FORMAT = 3
"""The version of the file's layout; a file of another version is not updated, but written again."""

_UNSEARCHED = "link"  # a candidate is not asserted, so it is no result
_MAX_ABOUT = 400  # characters of a description that are indexed
_BATCH = 2_000

_STAGE = """
CREATE TABLE stage.text (subject TEXT, role INTEGER, lang TEXT, text TEXT);
CREATE TABLE stage.link (subject TEXT, role TEXT, object TEXT);
CREATE TABLE stage.linked (thing TEXT PRIMARY KEY, links INTEGER) WITHOUT ROWID;
CREATE TABLE stage.was (iri TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID;
CREATE TABLE stage.fresh (node INTEGER PRIMARY KEY);
"""
_STAGE_INDEXES = """
CREATE INDEX stage.text_of ON text (subject);
CREATE INDEX stage.link_of ON link (subject);
"""
COUNT_LINKS = "INSERT INTO stage.linked SELECT object, COUNT(*) FROM stage.link GROUP BY object"
_FISCAL_YEARS = """
INSERT INTO stage.link (subject, role, object)
SELECT l.subject, 'year', y.object
  FROM stage.link l JOIN stage.link y ON y.subject = l.object AND y.role = 'year'
  WHERE l.role = 'fiscal'
"""
# An id is a place by weight, and behind the 32nd bit a number among those of one weight. A thing
# that was there keeps its id while its weight is the same; others are numbered behind the last.
_NODES = """
WITH named AS (
  SELECT t.subject AS iri, type_of(t.subject) AS type, COALESCE(l.links, 0) AS links
  FROM (SELECT DISTINCT subject FROM stage.text WHERE role < 3) AS t
  LEFT JOIN stage.linked l ON l.thing = t.subject
), weighed AS (
  SELECT iri, type, links, weight_of(type, links) AS weight FROM named
), placed AS (
  SELECT *, CAST(128 - 8 * weight AS INTEGER) AS place FROM weighed
)
INSERT INTO node (id, iri, type, kind, weight, links)
SELECT CASE WHEN w.id >> 32 = place THEN w.id ELSE
         MAX(place << 32,
             COALESCE((SELECT MAX(id) FROM node
                       WHERE id > place << 32 AND id < (place + 1) << 32), 0),
             COALESCE((SELECT MAX(id) FROM stage.was WHERE id >> 32 = place), 0))
         + ROW_NUMBER() OVER (PARTITION BY place ORDER BY p.iri) END AS id,
       p.iri, type,
       COALESCE((SELECT MIN(object) FROM stage.link l
                 WHERE l.subject = p.iri AND role = 'kind'),
                (SELECT object FROM stage.link l WHERE l.subject = p.iri AND role = 'class'
                 ORDER BY object NOT LIKE :own, object LIMIT 1), ''),
       weight, links
FROM placed p LEFT JOIN stage.was w ON w.iri = p.iri
ORDER BY 1
"""
_FRESH = """
INSERT INTO stage.fresh SELECT n.id FROM (SELECT DISTINCT subject FROM stage.text) AS t
  JOIN node n ON n.iri = t.subject
"""
_TEXTS = """
INSERT OR IGNORE INTO text (node, role, lang, text)
SELECT n.id, t.role, t.lang, t.text FROM stage.text t JOIN node n ON n.iri = t.subject
ORDER BY 1, 2, 3, 4
"""
_PLACES = """
INSERT OR IGNORE INTO facet (name, value, node)
SELECT 'kind' AS name, type AS value, id FROM stage.fresh JOIN node ON id = node WHERE type <> ''
UNION ALL SELECT type, slug_of(iri), id FROM stage.fresh JOIN node ON id = node
  WHERE type IN ('topic', 'org')
UNION ALL SELECT l.role, CASE l.role WHEN 'part' THEN l.object WHEN 'topic' THEN slug_of(l.object)
                         ELSE l.object END, n.id
  FROM stage.link l JOIN node n ON n.iri = l.subject
  WHERE n.type <> '' AND l.role IN ('topic', 'org', 'year', 'part')
ORDER BY 1, 2, 3
"""
_TALLY = """
INSERT INTO tally (name, value, type, things)
SELECT f.name, f.value, n.type, COUNT(*)
  FROM stage.fresh s JOIN facet f ON f.node = s.node JOIN node n ON n.id = s.node
  WHERE f.name IN ('topic', 'year')
  GROUP BY 1, 2, 3
ON CONFLICT (name, value, type) DO UPDATE SET things = things + excluded.things
"""
_WORDS = """
SELECT n.id, n.type, t.role, t.lang, t.text
  FROM stage.fresh f JOIN node n ON n.id = f.node JOIN text t ON t.node = n.id
UNION
SELECT n.id, n.type, 4, t.lang, t.text
  FROM stage.fresh f JOIN node n ON n.id = f.node JOIN stage.link l ON l.subject = n.iri
   AND l.role IN ('class', 'kind', 'topic', 'service', 'scheme')
  JOIN node o ON o.iri = l.object JOIN text t ON t.node = o.id AND t.role < 2
UNION
SELECT n.id, n.type, 4, '', l.object
  FROM stage.fresh f JOIN node n ON n.id = f.node
  JOIN stage.link l ON l.subject = n.iri AND l.role = 'year'
ORDER BY 1, 3, 4, 5
"""


def write_index(path: Path, quads: Iterable[ox.Quad], base: str) -> None:
    """Write the index of these quads to `path`, which must not exist. Raises ReleaseError."""
    with opened(path, base) as connection:
        run = connection.execute
        schema = (files("graph.search") / "search.sql").read_text(encoding="utf-8")
        connection.executescript(f"{schema}; PRAGMA user_version = {FORMAT}")
        run("BEGIN")
        stage(connection, quads, base)
        run(COUNT_LINKS)
        fill(connection)
        run("INSERT INTO words (words) VALUES ('rebuild')")
        run("INSERT INTO words (words) VALUES ('optimize')")
        run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, words, row)")
        run("INSERT INTO trigram SELECT term, doc FROM temp.vocabulary")
        run("DROP TABLE temp.vocabulary")
        run("COMMIT")


@contextmanager
def opened(path: Path, base: str) -> Iterator[sqlite3.Connection]:
    """Open an index to be written, with an empty stage beside it. Raises ReleaseError."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        run, make = connection.execute, connection.create_function
        run("PRAGMA journal_mode = OFF")
        run("PRAGMA synchronous = OFF")
        run("PRAGMA cache_size = -131072")
        run("ATTACH '' AS stage")
        make("type_of", 1, lambda iri: type_of(base, iri), deterministic=True)
        make("slug_of", 1, lambda iri: iri.rpartition("/")[2], deterministic=True)
        make("weight_of", 2, weigh, deterministic=True)
        connection.executescript(_STAGE)
        yield connection
        run("DETACH stage")
    except sqlite3.Error as error:
        raise ReleaseError(f"cannot write the search index: {error}") from error
    finally:
        connection.close()


def fill(connection: sqlite3.Connection) -> None:
    """Take what is staged into the tables of the index, but for the index of trigrams itself."""
    run = connection.execute
    for statement in _STAGE_INDEXES.split(";"):
        run(statement)
    run(_FISCAL_YEARS)
    run(_NODES, {"own": f"{KM}%"})
    run(_FRESH)
    run(_TEXTS)
    run(_PLACES)
    run(_TALLY)
    for batch in _batches(groupby(run(_WORDS), key=lambda row: (row[0], row[1]))):
        rows = [row for group in batch for row in _compared(*group)]
        connection.executemany("INSERT INTO folded VALUES (?, ?, ?, ?)", rows)


# ---- words -----------------------------------------------------------------------------------

Row = tuple[int, str, int, str, str]
Group = tuple[tuple[int, str], list[Row]]


def _batches(groups: Iterable[tuple[tuple[int, str], Iterator[Row]]]) -> Iterator[list[Group]]:
    batch = list[Group]()
    for key, rows in groups:
        batch.append((key, list(rows)))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _compared(key: tuple[int, str], rows: Iterable[Row]) -> Iterator[tuple[int, str, str, str]]:
    """Yield the normalised words of a thing as a row; nothing for a thing that is not searched."""
    node, type = key
    if type and type != _UNSEARCHED:
        said: dict[int, list[str]] = {role: [] for role in range(5)}
        for _, _, role, _, text in rows:
            said[role].append(text)
        said[NEAR] += _kind_names().get(type, ())
        yield (node, *_normalise(said))


@cache
def _kind_names() -> Mapping[str, tuple[str, ...]]:
    """Return what the lists of things are called, "Laws", by the type in identifiers."""
    kinds = read_layout(gather(read_package("shapes"))).kinds
    return {kind.type: tuple(kind.names.values()) for kind in kinds}


def _normalise(said: Mapping[int, list[str]]) -> tuple[str, str, str]:
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
