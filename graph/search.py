"""Search in a release: Thai and English words, narrowed by kind, topic, organisation and year.

In: what a reader typed. Out: things, the best first: whose name is just that, begins with it, holds
it, and then who say it elsewhere; among equals by kind, relevance (bm25) and how much points to
them. What is about other things (entries, statements, corrections) comes after them, unless it is
called just that. Where nothing holds all the words, what comes near, with the words that were perhaps meant.

The index (`graph.search_index`) belongs to the release's folder and is opened read-only. Whatever
is typed reaches SQLite as bound values: letters and digits in quotes, so no operator of FTS5 is
left in it. Every look-up has a deadline.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from graph.errors import QueryTimeout, ReleaseDamaged
from graph.fold import read_folder
from graph.near import align, bigrams
from graph.search_index import ERA, FILE, LATE, LATE_WEIGHT, NAME

MAX_LETTERS = 200
MAX_WORDS = 8
MAX_HITS = 5_000
"""What is ranked and counted; where more is found, the ones of least weight are left out."""
DEADLINE_S = 2.0
FACETS = ("kind", "topic", "org", "year")

_TRIGRAM = 3
_NEAR_LETTERS, _NEAR_CANDIDATES, _NEAR_ALIGNED, _NEAR_TEXT = 60, 400, 8, 200
_NEAR_ENOUGH = 0.6
_STEPS = 1_000  # of SQLite's virtual machine, between looks at the clock


@dataclass(frozen=True)
class Query:
    """What is asked: words, and values of facets; empty for any. `year` is of the Buddhist era."""

    text: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """A query taken apart: the words to look up, and the whole as a name would be written."""

    whole: str
    each: tuple[str, ...]

    @property
    def long(self) -> tuple[str, ...]:
        """The words that trigrams can find."""
        return tuple(word for word in self.each if len(word) >= _TRIGRAM)

    @property
    def short(self) -> tuple[str, ...]:
        """The words that are too short for that."""
        return tuple(word for word in self.each if len(word) < _TRIGRAM)


@dataclass(frozen=True)
class Text:
    """Some words of a thing: their role, as `graph.search_index` numbers them, and language."""

    role: int
    lang: str
    text: str


@dataclass(frozen=True)
class Hit:
    """A thing that was found; `facets` are its values, by name, and "part" the list it is in."""

    iri: str
    type: str
    kind: str
    texts: tuple[Text, ...]
    facets: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> dict[str, str]:
        """What it is called, by language."""
        return {t.lang: t.text for t in reversed(self.texts) if t.role == NAME}


@dataclass(frozen=True)
class Found:
    """The hits of one page; `counts` are of all hits, by facet. `is_more` where not all counted."""

    words: Words
    total: int
    hits: tuple[Hit, ...]
    counts: Mapping[str, tuple[tuple[str, int], ...]]
    is_more: bool = False
    is_near: bool = False
    meant: str = ""


def take_apart(text: str) -> Words:
    """Return the words of what was typed, cut at a length where nobody types on.

    >>> take_apart("พรบ. ควบคุมอาคาร").each
    ('พระราชบัญญัติ', 'ควบคุมอาคาร')
    """
    folder, typed = read_folder(), text[:MAX_LETTERS]
    each = tuple(dict.fromkeys(folder.split(typed)))[:MAX_WORDS]
    return Words(folder.fold(typed), each)


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
            if nodes or not words.each:
                return _gather(connection, words, nodes, offset, limit)
            nodes, meant = _nearly(connection, words, query.facets)
            found = _gather(connection, words, nodes, offset, limit)
        return Found(words, found.total, found.hits, found.counts, is_near=True, meant=meant)

    def suggest(self, text: str, limit: int = 8) -> tuple[Hit, ...]:
        """Return the things whose names begin with what was typed so far, then those that hold it.

        Things of one name come once, the weightiest of them.
        """
        words = take_apart(text)
        if not words.whole:
            return ()
        with self._open() as connection:
            nodes = dict.fromkeys(_beginning(connection, words.whole, 4 * limit))
            if len(nodes) < limit:
                nodes |= dict.fromkeys(_naming(connection, words, 4 * limit))
            hits = sorted(_hits(connection, list(nodes)), key=lambda hit: hit.type in LATE)
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

    def each(self, query: Query, most: int) -> Iterator[Hit]:
        """Yield the things of a query, in its order, in one go: for lists to take home."""
        yield from self.find(query, 0, most).hits

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


def _matching(
    connection: sqlite3.Connection, words: Words, facets: Mapping[str, str]
) -> list[int]:
    """Return the nodes that hold all the words and values, the best first."""
    match, short = _match(words.long), words.short
    places = [facet for facet in facets.items() if facet[1]]
    values: list[object] = [words.whole, words.whole, *words.each]
    named = " AND ".join(["instr(f.names, ?) > 0"] * len(words.each)) or "0"
    if match:
        source = "words JOIN folded f ON f.node = words.rowid WHERE words MATCH ?"
        score, node = "bm25(words, 10.0, 4.0, 1.0)", "words.rowid"
        values.append(match)
    else:
        source, score, node = "folded f WHERE 1", "0.0", "f.node"
    for word in short:
        source += " AND instr(f.names || f.others || f.about, ?) > 0"
        values.append(word)
    for name, value in places:
        source += f" AND {node} IN (SELECT node FROM facet WHERE name = ? AND value = ?)"
        values += (name, value)
    rows = connection.execute(
        f"""
        SELECT hit.node FROM (
          SELECT {node} AS node, {score} AS score,
                 CASE WHEN instr(f.names, char(10) || ? || char(10)) THEN 0
                      WHEN instr(f.names, char(10) || ?) THEN 1
                      WHEN {named} THEN 2 ELSE 3 END AS tier
          FROM {source} ORDER BY {node} LIMIT {MAX_HITS + 1}
        ) AS hit JOIN node n ON n.id = hit.node
        ORDER BY hit.tier + 2 * (hit.tier > 0 AND n.weight < {LATE_WEIGHT}),
                 hit.score - n.weight, hit.node
        """,
        values,
    )
    return [node for (node,) in rows]


def _match(words: Sequence[str]) -> str:
    """Return what FTS5 looks for: each word as a phrase of trigrams; a year in either era."""
    return " AND ".join(
        "(" + " OR ".join(f'"{form}"' for form in _forms(word)) + ")" for word in words
    )


def _forms(word: str) -> tuple[str, ...]:
    """Return a word, and a year of the common era also as one of the Buddhist era."""
    if word.isdigit() and len(word) == 4 and 1800 <= int(word) <= 2200:
        return word, str(int(word) + ERA)
    return (word,)


def _beginning(connection: sqlite3.Connection, whole: str, most: int) -> Iterator[int]:
    """Yield nodes with a name that begins so, weightiest first."""
    if len(whole) + 1 >= _TRIGRAM:
        rows = connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?",
            (f'names : "\n{whole}"', most),
        )
    else:
        rows = connection.execute(
            "SELECT node FROM folded WHERE instr(names, ?) > 0 ORDER BY node LIMIT ?",
            (f"\n{whole}", most),
        )
    yield from (node for (node,) in rows)


def _naming(connection: sqlite3.Connection, words: Words, most: int) -> Iterator[int]:
    """Yield nodes with all the words in their names, weightiest first."""
    if not words.long:
        return
    short = "".join(" AND instr(f.names, ?) > 0" for _ in words.short)
    rows = connection.execute(
        "SELECT words.rowid FROM words JOIN folded f ON f.node = words.rowid "
        f"WHERE words MATCH ?{short} ORDER BY words.rowid LIMIT ?",
        (f"names : ({_match(words.long)})", *words.short, most),
    )
    yield from (node for (node,) in rows)


# ---- near misses -----------------------------------------------------------------------------


def _nearly(
    connection: sqlite3.Connection, words: Words, facets: Mapping[str, str]
) -> tuple[list[int], str]:
    """Return the nodes whose names come near the words, and what was perhaps meant."""
    typed = "".join(words.each)[:_NEAR_LETTERS]
    rarest = _rarest_trigrams(connection, typed)
    if not rarest:
        return [], ""
    places = "".join(
        " AND rowid IN (SELECT node FROM facet WHERE name = ? AND value = ?)"
        for value in facets.values()
        if value
    )
    bound = [part for facet in facets.items() if facet[1] for part in facet]
    rows = connection.execute(
        "SELECT f.node, substr(f.names || f.others, 1, ?) FROM folded f WHERE f.node IN "
        f"(SELECT rowid FROM words WHERE words MATCH ?{places} ORDER BY rowid LIMIT ?)",
        (_NEAR_TEXT, " OR ".join(f'"{t}"' for t in rarest), *bound, _NEAR_CANDIDATES),
    ).fetchall()
    pairs = bigrams(typed)
    rows.sort(key=lambda row: (-len(pairs & bigrams(row[1])), row[0]))
    scored = sorted(
        (-_closeness(words, text), node, text) for node, text in rows[:_NEAR_ALIGNED]
    )
    near = [(node, text) for closeness, node, text in scored if -closeness >= _NEAR_ENOUGH]
    return [node for node, _ in near], _meant(words, near[0][1]) if near else ""


def _rarest_trigrams(connection: sqlite3.Connection, typed: str) -> list[str]:
    """Return the trigrams that tell most: those in the fewest things, but in some."""
    trigrams = {typed[at : at + _TRIGRAM] for at in range(len(typed) - _TRIGRAM + 1)}
    rows = connection.execute(
        "SELECT t.term FROM json_each(?) a JOIN trigram t ON t.term = a.value "
        "ORDER BY t.doc, t.term LIMIT 12",
        (json.dumps(sorted(trigrams)),),
    )
    return [term for (term,) in rows]


def _closeness(words: Words, text: str) -> float:
    """Return the share of the typed letters that stand in the text, 1 for all."""
    letters = sum(map(len, words.each))
    return 1 - sum(align(word[:_NEAR_LETTERS], text).distance for word in words.each) / letters


def _meant(words: Words, text: str) -> str:
    """Return the words as this text writes them, where each is a slip away; else nothing."""
    meant = []
    for word in words.each:
        found = align(word[:_NEAR_LETTERS], text)
        if found.distance > max(1, len(word) // 3):
            return ""
        meant.append(text[found.start : found.end].strip("\n"))
    said = " ".join(meant)
    return said if "\n" not in said and meant != list(words.each) else ""


# ---- what is shown ---------------------------------------------------------------------------


def _gather(
    connection: sqlite3.Connection, words: Words, nodes: list[int], offset: int, limit: int
) -> Found:
    is_more = len(nodes) > MAX_HITS
    nodes = nodes[:MAX_HITS]
    hits = _hits(connection, nodes[offset : offset + limit])
    return Found(words, len(nodes), hits, _counts(connection, nodes), is_more)


def _hits(connection: sqlite3.Connection, nodes: Sequence[int]) -> tuple[Hit, ...]:
    """Return these nodes with their words and facets, in this order."""
    asked = json.dumps(nodes)
    texts: dict[int, list[Text]] = {}
    for node, *text in connection.execute(
        "SELECT t.node, t.role, t.lang, t.text FROM json_each(?) a JOIN text t ON t.node = a.value "
        "ORDER BY t.node, t.role, t.lang, t.text",
        (asked,),
    ):
        texts.setdefault(node, []).append(Text(*text))
    facets: dict[int, dict[str, tuple[str, ...]]] = {}
    for node, name, value in connection.execute(
        "SELECT f.node, f.name, f.value FROM json_each(?) a JOIN facet f ON f.node = a.value", (asked,)
    ):
        of = facets.setdefault(node, {})
        of[name] = (*of.get(name, ()), value)
    rows = connection.execute(
        "SELECT n.id, n.iri, n.type, n.kind FROM json_each(?) a JOIN node n ON n.id = a.value "
        "ORDER BY a.id",
        (asked,),
    )
    return tuple(
        Hit(iri, type, kind, tuple(texts.get(node, ())), facets.get(node, {}))
        for node, iri, type, kind in rows
    )


def _counts(
    connection: sqlite3.Connection, nodes: Sequence[int]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return how many of these nodes have each value, by facet, the most frequent first."""
    counts: dict[str, tuple[tuple[str, int], ...]] = {}
    for name, value, count in connection.execute(
        "SELECT f.name, f.value, COUNT(*) AS many FROM json_each(?) a JOIN facet f ON f.node = a.value "
        "WHERE f.name <> 'part' GROUP BY f.name, f.value ORDER BY f.name, many DESC, f.value",
        (json.dumps(nodes),),
    ):
        counts[name] = (*counts.get(name, ()), (value, count))
    return counts
