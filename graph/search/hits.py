"""The hits of a search: the words of each thing with their roles and languages, and its place.

In: nodes of the search index, in order. Out: a `Hit` for each, and counts of the values they share.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.search.index_rows import NAME


@dataclass(frozen=True)
class IndexedText:
    """Some words of a thing: their role, as `index_rows` numbers them, and language."""

    role: int
    lang: str
    text: str


@dataclass(frozen=True)
class Hit:
    """A thing that was found; `facets` are its values, by name, and "part" the list it is in."""

    iri: str
    type: str
    kind: str
    texts: tuple[IndexedText, ...]
    facets: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> dict[str, str]:
        """What it is called, by language."""
        return {t.lang: t.text for t in reversed(self.texts) if t.role == NAME}


def read_hits(connection: sqlite3.Connection, nodes: Sequence[int]) -> tuple[Hit, ...]:
    """Return these nodes with their words and facets, in this order."""
    asked = json.dumps(nodes)
    texts: dict[int, list[IndexedText]] = {}
    for node, *text in connection.execute(
        "SELECT t.node, t.role, t.lang, t.text FROM json_each(?) a JOIN text t ON t.node = a.value "
        "ORDER BY t.node, t.role, t.lang, t.text",
        (asked,),
    ):
        texts.setdefault(node, []).append(IndexedText(*text))
    facets: dict[int, dict[str, tuple[str, ...]]] = {}
    for node, name, value in connection.execute(
        "SELECT f.node, f.name, f.value FROM json_each(?) a JOIN facet f ON f.node = a.value",
        (asked,),
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


def count_facets(
    connection: sqlite3.Connection, nodes: Sequence[int]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return how many of these nodes have each value, by facet, the most frequent first."""
    counts: dict[str, list[tuple[str, int]]] = {}
    for name, value, count in connection.execute(
        "SELECT f.name, f.value, COUNT(*) AS many "
        "FROM json_each(?) a JOIN facet f ON f.node = a.value "
        "WHERE f.name <> 'part' GROUP BY f.name, f.value ORDER BY f.name, many DESC, f.value",
        (json.dumps(nodes),),
    ):
        counts.setdefault(name, []).append((value, count))
    return {name: tuple(values) for name, values in counts.items()}
