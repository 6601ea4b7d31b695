"""Search in a release: Thai and English words, narrowed by kind, topic, organisation and year.

In: the words that a reader typed. Out: things, the best first: those whose name is the words,
begins with them, or holds them; then those that hold them elsewhere. Among equals, the order is by
kind, length, and the number of things that point there. Entries, statements and corrections speak
about other things, so they come last, unless their name is the words. Where nothing holds all the
words, near misses are offered (`graph.search.near_misses`).

The index (`graph.search.index_rows`) belongs to the release's folder and is opened read-only. Typed
words reach SQLite as bound values only, and FTS5 without an operator (`graph.search.query_words`).
Every look-up has a deadline.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from graph.errors import QueryTimeout, ReleaseDamaged
from graph.search.hits import Hit, count_facets, read_hits
from graph.search.index_rows import FILE, LATE, LATE_WEIGHT
from graph.search.near_misses import nearly
from graph.search.query_words import TRIGRAM, Words, clean, match, take_apart

MAX_HITS = 1_000
"""What is ranked and counted; where more is found, the ones of least weight are left out."""
DEADLINE_S = 2.0
Places = Sequence[tuple[str, Sequence[str]]]
FEW = 3
"""With fewer hits than this, near misses are offered too: a slip of the pen finds its like."""
FACETS = ("kind", "topic", "org", "year")

_CALLED = 100  # things whose names begin with the query, ranked whatever their weight
_FEW_ROWS = 300
_OWNERS = 50  # organisations that a word of a query may name
_LONGEST = 400  # letters of names, beyond which one is as long as another
_BLOCK = 500  # hits of a long list that are read at once
_STEPS = 1_000  # of SQLite's virtual machine, between looks at the clock


@dataclass(frozen=True)
class Query:
    """What is asked: words, and values of facets; empty for any. `year` is of the Buddhist era."""

    text: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The hits of one page, and where there are few, the near misses.

    Attributes:
        words: the query taken apart.
        total: how many things hold all the words; of more than `MAX_HITS`, so many.
        hits: those of the page.
        counts: how many of all have each value, by facet, the most frequent first.
        is_more: whether there were more than `MAX_HITS`.
        near: other things, whose names come near the words.
        meant: what was perhaps meant, where nothing holds the words.
    """

    words: Words
    total: int
    hits: tuple[Hit, ...]
    counts: Mapping[str, tuple[tuple[str, int], ...]]
    is_more: bool = False
    near: tuple[Hit, ...] = ()
    meant: str = ""


class SearchIndex:
    """The search index of one release. Safe to share between threads; close it at the end."""

    def __init__(self, folder: Path) -> None:
        """Open the index in a release's folder. Raises ReleaseDamaged where there is none."""
        self._path = folder / FILE
        self._idle: list[sqlite3.Connection] = []
        if not self._path.is_file():
            raise ReleaseDamaged(f"{folder} holds no {FILE}; publish the release again")

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    # ---- look-ups ----

    def find(self, query: Query, offset: int = 0, limit: int = 20) -> Found:
        """Return the things that hold all the words, or else those that come near.

        Raises QueryTimeout past the deadline.
        """
        words = take_apart(query.text)
        with self._open() as connection:
            nodes = _matching(connection, words, query.facets)
            near, meant = list[int](), ""
            if words.each and len(nodes) < FEW and not offset:
                near, meant = nearly(connection, words, query.facets)
            shown = nodes[:MAX_HITS]
            return Found(
                words,
                total=len(shown),
                hits=read_hits(connection, shown[offset : offset + limit]),
                counts=count_facets(connection, shown),
                is_more=len(nodes) > MAX_HITS,
                near=read_hits(connection, [node for node in near if node not in nodes]),
                meant="" if nodes else meant,
            )

    def suggest(self, text: str, limit: int = 8) -> tuple[Hit, ...]:
        """Return the things whose names begin with the text typed so far, then those that hold it.

        Things of one name come once, the weightiest of them.
        """
        words = take_apart(text)
        if not words.whole:
            return ()
        with self._open() as connection:
            nodes = dict.fromkeys(_beginning(connection, words.whole, 4 * limit))
            if len(nodes) < limit:
                nodes |= dict.fromkeys(_naming(connection, words, 4 * limit))
            hits = sorted(read_hits(connection, list(nodes)), key=lambda hit: hit.type in LATE)
        firsts = {next(iter(hit.names.values()), hit.iri): hit for hit in reversed(hits)}
        kept = {hit.iri for hit in firsts.values()}
        return tuple(hit for hit in hits if hit.iri in kept)[:limit]

    def names(self, iris: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return what these things and terms are called, by language; the nameless are left out."""
        asked = json.dumps(list(dict.fromkeys(iris)))
        found: dict[str, dict[str, str]] = {}
        with self._open() as connection:
            for iri, lang, text in connection.execute(
                "SELECT n.iri, t.lang, t.text FROM json_each(?) a JOIN node n ON n.iri = a.value "
                "JOIN text t ON t.node = n.id AND t.role = 0 ORDER BY a.id, t.lang, t.text",
                (asked,),
            ):
                found.setdefault(iri, {}).setdefault(lang, text)
        return found

    def tally(self, facet: str, type: str = "") -> dict[str, int]:
        """Return how many things have each topic, or are of each year: of one kind or of any.

        `facet` is "topic" or "year".
        """
        with self._open() as connection:
            return dict(
                connection.execute(
                    "SELECT value, SUM(things) AS many FROM tally "
                    "WHERE name = ? AND type <> name AND (? = '' OR type = ?) "
                    "GROUP BY value ORDER BY many DESC, value",
                    (facet, type, type),
                )
            )

    def members(self, type: str) -> Iterator[Hit]:
        """Yield everything of a kind in the order of identifiers, some at a time."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT f.node FROM facet f JOIN node n ON n.id = f.node "
                "WHERE f.name = 'kind' AND f.value = ? ORDER BY n.iri",
                (clean(type),),
            ).fetchall()
        for start in range(0, len(rows), _BLOCK):
            with self._open() as connection:
                hits = read_hits(connection, [node for (node,) in rows[start : start + _BLOCK]])
            yield from hits

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that gives up at the deadline."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        end = time.monotonic() + DEADLINE_S
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            yield connection
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise QueryTimeout(f"the search took longer than {DEADLINE_S:g} s") from error
            raise
        finally:
            self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        uri = f"file:{quote(str(self._path))}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA query_only = 1")
        connection.execute("PRAGMA mmap_size = 1073741824")
        return connection


# ---- all the words ---------------------------------------------------------------------------


def _matching(connection: sqlite3.Connection, words: Words, facets: Mapping[str, str]) -> list[int]:
    """Return the nodes that hold all the words and values, the best first."""
    places = [(name, [clean(value)]) for name, value in facets.items() if value]
    if not words.each:
        return _narrowed(connection, places) if places else []
    found = _holding(connection, words, places)
    if not found and len(words.each) > 1:
        found = _of_organisation(connection, words, places)
    return _rank(connection, words, found)


def _holding(connection: sqlite3.Connection, words: Words, places: Places) -> list[int]:
    """Return nodes that hold these words: those whose names begin so, and the weightiest others."""
    inside, values = _inside(places, "rowid" if _is_few(connection, places) else "+rowid")
    asked = [(match(connection, words.each), MAX_HITS + 1)]
    if len(words.whole) > 1:
        asked.insert(0, (f'names : "\n{words.whole}"', _CALLED))
    found: dict[int, None] = {}
    for expression, most in asked:
        rows = connection.execute(
            f"SELECT rowid FROM words WHERE words MATCH ?{inside} ORDER BY rowid LIMIT ?",
            (expression, *values, most),
        )
        found |= dict.fromkeys(chain.from_iterable(rows))
    return list(found)


def _narrowed(connection: sqlite3.Connection, places: Places) -> list[int]:
    """Return the nodes that have these values, weightiest first."""
    inside, values = _inside(places, "rowid")
    rows = connection.execute(
        f"SELECT id AS rowid FROM node WHERE 1{inside} ORDER BY id LIMIT ?", (*values, MAX_HITS + 1)
    )
    return [node for (node,) in rows]


def _is_few(connection: sqlite3.Connection, places: Places) -> bool:
    """Tell whether few things have these values: then FTS5 is asked about each of them.

    Of many it is asked for all that match, and they are sorted out; the sign + says so to SQLite.
    """
    inside, values = _inside(places[:1], "id")
    rows = connection.execute(f"SELECT id FROM node WHERE 1{inside} LIMIT ?", (*values, _FEW_ROWS))
    return len(rows.fetchall()) < _FEW_ROWS


def _inside(places: Places, column: str) -> tuple[str, list[str]]:
    """Return an SQL condition, that a row has a value of each facet, and its parameters."""
    condition = " AND {1} IN (SELECT node FROM facet WHERE name = ? AND value IN ({0}))"
    written = (condition.format("?" + ", ?" * (len(v) - 1), column) for _, v in places)
    return "".join(written), [text for name, values in places for text in (name, *values)]


def _of_organisation(connection: sqlite3.Connection, words: Words, places: Places) -> list[int]:
    """Return what holds the other words and is of an organisation that one of the words names."""
    for word in words.each:
        if len(word) >= TRIGRAM:
            rows = connection.execute(
                "SELECT o.value FROM facet k CROSS JOIN folded f ON f.node = k.node "
                "CROSS JOIN facet o ON o.node = k.node AND o.name = 'org' "
                "WHERE k.name = 'kind' AND k.value = 'org' AND instr(f.names, ?) LIMIT ?",
                (word, _OWNERS),
            )
            owners = [owner for (owner,) in rows]
            others = tuple(other for other in words.each if other != word)
            rest = Words(" ".join(others), others)
            found = _holding(connection, rest, [*places, ("org", owners)]) if owners else []
            if found:
                return found
    return []


def _rank(connection: sqlite3.Connection, words: Words, nodes: list[int]) -> list[int]:
    """Return the nodes in order: called just that, beginning so, holding the words, saying them.

    Every hit holds every word, so what BM25 adds to this is the length: a short name that holds
    them is more about them. It is taken directly: the function itself first counts each word in
    the whole index, which among three million triples made a look-up four times as long (4.7 ms
    of processor time for 1.1 ms, the median of `tests/search_queries.csv`).
    """
    named = " AND ".join(["instr(f.names, ?)"] * len(words.each)) or "0"
    # Materialized, as SQLite would otherwise work out the tier again each time it is named.
    rows = connection.execute(
        f"""
        WITH hit AS MATERIALIZED (
          SELECT f.node, n.weight, n.iri, length(f.names) AS size,
                 CASE WHEN instr(f.names, ?) THEN 0
                      WHEN instr(f.names, ?) THEN 1
                      WHEN {named} THEN 2 ELSE 3 END AS tier
          FROM json_each(?) a JOIN folded f ON f.node = a.value JOIN node n ON n.id = a.value)
        SELECT node FROM hit
        ORDER BY tier + 2 * (tier > 0 AND weight < {LATE_WEIGHT}),
                 min(size, {_LONGEST}) / {_LONGEST / 4} - weight, iri
        """,
        (f"\n{words.whole}\n", f"\n{words.whole}", *words.each, json.dumps(nodes)),
    )
    return [node for (node,) in rows]


def _beginning(connection: sqlite3.Connection, whole: str, most: int) -> Iterator[int]:
    """Yield nodes with a name that begins so, weightiest first."""
    begins = f'"\n{whole}"' if len(whole) > 1 else match(connection, [whole])
    rows = connection.execute(
        "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?",
        (f"names : ({begins})", most),
    )
    yield from (node for (node,) in rows)


def _naming(connection: sqlite3.Connection, words: Words, most: int) -> Iterator[int]:
    """Yield nodes with all the words in their names, weightiest first."""
    rows = connection.execute(
        "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?",
        (f"names : ({match(connection, words.each)})", most),
    )
    yield from (node for (node,) in rows)
