"""Hubs as a server reads them: counts and pages of the things that point to one thing.

In: `hubs.sqlite` of a release, which `graph.hubs.write` has written. Out: for a hub, how many
things point to it by each property and of each kind, and those things a page at a time, in order.
Nothing is counted when a page is asked for: a law that 7,850 organisations name answers as fast as
any other. A thing that is no hub is not in the file; the store answers for it.
"""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.errors import ReleaseDamaged
from graph.rdf.iris import parse_iri
from graph.rdf.vocab import Term, expand, term

FILE = "hubs.sqlite"
LEAST = 50
"""A thing is a hub when more things than this point to it by one property."""
PAGE_SIZE = 50
BACKWARDS = "^"
"""Before a property that is followed from the hub outwards, as SPARQL paths are written."""
DOCUMENT = "document"
THINGS = "things"
"""The figure of a class: how many things are of it."""
TYPE = term("rdf:type")


@dataclass(frozen=True)
class Part:
    """Those of one kind: `key` is a type ("law"), for documents with their kind after a point.

    `total` counts them all, `listed` those that pages hold, which begin at `first` among those of
    the relation; `id` is the part's number in the file, 0 for a part that is put together.
    """

    key: str
    total: int
    listed: int
    first: int
    id: int = 0


@dataclass(frozen=True)
class Relation:
    """What points to a hub by one property."""

    id: int
    predicate: str
    total: int
    parts: tuple[Part, ...]

    def part(self, key: str) -> Part | None:
        """Return the part of one kind, or where `key` is empty all of them as one."""
        if not key:
            return Part("", self.total, sum(part.listed for part in self.parts), 0)
        return next((part for part in self.parts if part.key == key), None)

    def of_type(self, type: str) -> Part | None:
        """Return the part of one type, of documents those of all kinds as one."""
        parts = [part for part in self.parts if part.key.partition(".")[0] == type]
        if len(parts) < 2:
            return parts[0] if parts else None
        total, listed = sum(part.total for part in parts), sum(part.listed for part in parts)
        return Part(type, total, listed, parts[0].first)


class Hubs:
    """The hubs of one release. Safe to share between threads."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, if there is one; without it nothing is a hub. Raises ReleaseDamaged."""
        self._lock = threading.Lock()
        self._file: sqlite3.Connection | None = None
        if path is not None and path.is_file():
            try:
                self._file = sqlite3.connect(
                    f"{path.absolute().as_uri()}?mode=ro&immutable=1",
                    uri=True,
                    check_same_thread=False,
                )
            except sqlite3.Error as error:
                raise ReleaseDamaged(f"{path} cannot be read: {error}") from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def relations(self, thing: str) -> dict[str, Relation]:
        """Return what points to a hub, by the IRI of the property; nothing where it is no hub."""
        rows = self._rows(
            "SELECT r.id, r.predicate, r.total, p.key, p.total, p.listed, p.id "
            "FROM relation r JOIN part p ON p.relation = r.id "
            "WHERE r.thing = ? ORDER BY r.predicate, p.place, p.key",
            thing,
        )
        found: dict[str, Relation] = {}
        for id, predicate, total, key, count, listed, part in rows:
            before = found[predicate].parts if predicate in found else ()
            first = sum(earlier.listed for earlier in before)
            parts = (*before, Part(key, count, listed, first, part))
            found[predicate] = Relation(id, predicate, total, parts)
        return found

    def page(self, of: Relation, part: Part, page: int, size: int) -> tuple[ox.NamedNode, ...]:
        """Return one page of a part, counted from 1."""
        first = part.first + (page - 1) * size
        last = min(first + size, part.first + part.listed)
        found: list[ox.NamedNode] = []
        for one in of.parts:
            start, end = max(first, one.first), min(last, one.first + one.listed)
            if start < end:
                rows = self._rows(
                    "SELECT thing FROM member WHERE part = ? AND place >= ? AND place < ? "
                    "ORDER BY place",
                    one.id,
                    start - one.first,
                    end - one.first,
                )
                found += (ox.NamedNode(row[0]) for row in rows)
        return tuple(found)

    def figure(self, thing: str, name: str) -> int | None:
        """Return a number that was counted when the release was made, None where it was not."""
        rows = self._rows("SELECT value FROM figure WHERE thing = ? AND name = ?", thing, name)
        return int(rows[0][0]) if rows else None

    def counts(self) -> dict[str, int]:
        """Return how many things each class has, by IRI; nothing where they were not counted."""
        rows = self._rows("SELECT thing, value FROM figure WHERE name = ?", THINGS)
        return dict(rows)

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        if self._file is None:
            return []
        with self._lock:
            return self._file.execute(query, values).fetchall()


def part_key(base: str, thing: ox.NamedNode, kind: Term | None) -> str:
    """Return what a thing is sorted by among others: its type, for a document with its kind.

    >>> law = ox.NamedNode("http://a/id/law/x")
    >>> part_key("http://a", law, ox.NamedNode("https://w3id.org/tambon-km/kind/act"))
    'law'
    """
    parsed = parse_iri(base, thing.value)
    type = parsed.type if parsed else ""
    if type != DOCUMENT or not isinstance(kind, ox.NamedNode):
        return type
    return f"{type}.{kind.value.rpartition('/')[2]}"


def kind_of_key(key: str) -> ox.NamedNode | None:
    """Return the kind that a part's key names, None where it names a type alone."""
    _, point, code = key.partition(".")
    return ox.NamedNode(expand(f"kind:{code}")) if point else None
