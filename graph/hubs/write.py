"""The hubs of a release, found and written once: `hubs.sqlite`.

In: the store of a release. Out: an SQLite file. A hub is a thing that more than `LEAST` things
point to by one property; the file has those things, counted by property and kind and listed in Thai
order. The store counts candidates, property by property, so that only triples of hubs are read. A
list holds at most `MOST` things of a kind, since no reader turns that many pages.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from graph.errors import ReleaseError
from graph.hubs.read import BACKWARDS, DOCUMENT, THINGS, TYPE, part_key
from graph.rdf.facts import gather
from graph.rdf.vocab import Term, read_package, term
from graph.schema.layout import read_layout
from graph.sparql.internal import internal_query
from graph.store.embedded import Solution
from graph.store.interface import Store
from graph.text.thai import sort_key

FORMAT = 3
"""The version of the file's layout; a file of another version is not updated, but written again."""

MOST = 10_000
RESERVE = 1_000
"""How many the file holds behind the `MOST` that a list shows: they move up when others go."""
OUTWARDS = ("m8g:hasCompetentAuthority",)
"""Properties that lead from one shared thing to a thousand organisations."""

_SCHEMA = """
CREATE TABLE relation (id INTEGER PRIMARY KEY, thing TEXT, predicate TEXT, total INTEGER);
CREATE TABLE part (id INTEGER PRIMARY KEY, relation INTEGER, key TEXT, total INTEGER,
                   listed INTEGER, place REAL);
CREATE TABLE member (part INTEGER, place INTEGER, thing TEXT,
                     PRIMARY KEY (part, place)) WITHOUT ROWID;
CREATE TABLE figure (thing TEXT, name TEXT, value INTEGER,
                     PRIMARY KEY (thing, name)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX relation_thing ON relation (thing);
CREATE INDEX part_relation ON part (relation);
"""


def write_hubs(path: Path, store: Store, base: str) -> None:
    """Write the hubs of a release into a new file at `path`."""
    with opened(path) as file:
        file.executescript(_SCHEMA)
        writer = HubWriter(file, store, base)
        hubs = writer.find_hubs()
        for thing in hubs:
            writer.write_hub(thing)
        writer.write_outwards()
        writer.write_figures(hubs)
        writer.write_counts(_nodes(row["class"] for row in writer.ask("counts")))
        file.executescript(f"{_INDEXES}; PRAGMA user_version = {FORMAT}")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file of hubs to be written, and keep what was written where all went well.

    Raises ReleaseError where it cannot be written.
    """
    try:
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA journal_mode = OFF")
            file.execute("PRAGMA synchronous = OFF")
            yield file
            file.commit()
    except sqlite3.Error as error:
        raise ReleaseError(f"cannot write the hubs: {error}") from error


class HubWriter:
    """Writes hubs into an open file. Things are IRIs here, as text: there may be millions."""

    def __init__(self, file: sqlite3.Connection, store: Store, base: str) -> None:
        self.file = file
        self.store = store
        self.base = base
        self.layout = read_layout(gather(read_package("shapes")))
        self.names: dict[str, tuple[str, str]] = {}

    def find_hubs(self) -> list[ox.NamedNode]:
        """Return the hubs, in the order of their IRIs."""
        found = set[ox.NamedNode]()
        for property in _nodes(row["property"] for row in self.ask("properties")):
            found.update(_nodes(row["hub"] for row in self.ask("hubs", property=property)))
        return sorted(found, key=str)

    def write_hub(self, hub: ox.NamedNode) -> None:
        """Write everything that points to a hub, also by properties that few things use."""
        rows = self.ask("incoming-properties", thing=hub)
        for property in sorted(_nodes(row["property"] for row in rows), key=str):
            quads = self.store.quads_for(predicate=property, object=hub)
            things = {
                quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)
            }
            self.write_relation(hub, property.value, things)

    def write_outwards(self) -> None:
        """Write what a thing leads to by a property that leads to very many."""
        for name in OUTWARDS:
            rows = self.ask("wide", property=term(name))
            for thing in _nodes(row["thing"] for row in rows):
                self.write_outward(thing, term(name))

    def write_outward(self, thing: ox.NamedNode, property: ox.NamedNode) -> None:
        """Write what one thing leads to by a property."""
        quads = self.store.quads_for(subject=thing, predicate=property)
        others = {node.value for node in _nodes(quad.object for quad in quads)}
        self.write_relation(thing, BACKWARDS + property.value, others)

    def write_relation(self, hub: ox.NamedNode, predicate: str, things: Iterable[str]) -> None:
        """Write what one property relates to a hub: kind after kind, each in Thai order."""
        parts: dict[str, list[str]] = {}
        for thing in sorted(things):
            parts.setdefault(self.key(thing), []).append(thing)
        made = self.file.execute(
            "INSERT INTO relation (thing, predicate, total) VALUES (?, ?, ?)",
            (hub.value, predicate, sum(len(of) for of in parts.values())),
        )
        for key in sorted(parts, key=self._order):
            part = self.add_part(made.lastrowid or 0, key)
            of = parts[key]
            self.write_part(part, len(of), self.in_order(of[:MOST]), of)

    def add_part(self, relation: int, key: str) -> int:
        """Add an empty part to a relation, and return its number."""
        place, _ = self._order(key)
        made = self.file.execute(
            "INSERT INTO part (relation, key, total, listed, place) VALUES (?, ?, 0, 0, ?)",
            (relation, key, place),
        )
        return made.lastrowid or 0

    def write_part(
        self, part: int, total: int, listed: Sequence[str], first: Sequence[str]
    ) -> None:
        """Write how many things a part has, and which of them its pages show, in their order.

        `first` are its first things by their IRIs; the spare ones are those behind the list.
        """
        self.file.execute(
            "UPDATE part SET total = ?, listed = ? WHERE id = ?", (total, len(listed), part)
        )
        self.file.execute("DELETE FROM member WHERE part = ?", (part,))
        spare = first[MOST : MOST + RESERVE]
        rows = ((part, place, thing) for place, thing in enumerate([*listed, *spare]))
        self.file.executemany("INSERT INTO member VALUES (?, ?, ?)", rows)

    def write_counts(self, classes: Iterable[ox.NamedNode]) -> None:
        """Count the things of each class."""
        for class_ in classes:
            found = self.file.execute(
                "SELECT total FROM relation WHERE thing = ? AND predicate = ?",
                (class_.value, TYPE.value),
            ).fetchone()
            total = found[0] if found else self._count(class_)
            if total:
                row = (class_.value, THINGS, total)
                self.file.execute("INSERT INTO figure VALUES (?, ?, ?)", row)

    def _count(self, class_: ox.NamedNode) -> int:
        quads = self.store.quads_for(predicate=TYPE, object=class_)
        return len({*_nodes(quad.subject for quad in quads)})

    def write_figures(self, hubs: Iterable[ox.NamedNode]) -> None:
        """Count the organisations that cite each law among the hubs."""
        for hub in hubs:
            if hub.value.startswith(f"{self.base}/id/law/"):
                rows = self.ask("citing", law=hub)
                value = getattr(rows[0]["organisations"], "value", "0") if rows else "0"
                self.file.execute(
                    "INSERT INTO figure VALUES (?, 'citing', ?)", (hub.value, int(value))
                )

    def ask(self, name: str, **bindings: Term) -> list[Solution]:
        """Return the solutions of one of our own queries."""
        return self.store.select(internal_query(name), **bindings)

    def key(self, thing: str) -> str:
        """Return what `part_key` does; this is asked a million times."""
        start = f"{self.base}/id/"
        if not thing.startswith(start):
            return ""
        type = thing[len(start) :].partition("/")[0]
        return self.document_key(thing) if type == DOCUMENT else type

    def document_key(self, thing: str) -> str:
        """Return the key of a document; of one that has two kinds, the first of them."""
        return self._kinds.get(thing, DOCUMENT)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """Return the keys of all documents that have a kind."""
        start, found = f"{self.base}/id/{DOCUMENT}/", dict[str, str]()
        for quad in self.store.quads_for(predicate=term("dct:type")):
            subject = quad.subject
            if isinstance(subject, ox.NamedNode) and subject.value.startswith(start):
                key = part_key(self.base, subject, quad.object)
                found[subject.value] = min(key, found.get(subject.value, key))
        return found

    def in_order(self, things: Sequence[str]) -> list[str]:
        """Return things in the order of their Thai names; those of one name by identifier."""
        self.read_names(thing for thing in things if thing not in self.names)
        return sorted(things, key=self.order)

    def order(self, thing: str) -> tuple[tuple[str, str], str]:
        """Return what things are sorted by, once their names have been read."""
        return (self.names[thing], thing)

    def read_names(self, things: Iterable[str]) -> None:
        """Read the Thai names of things."""
        nodes = [ox.NamedNode(thing) for thing in things]
        self.names |= {node.value: ("", "") for node in nodes}
        for label in self.store.triples_about(nodes, [term("skos:prefLabel")]):
            words = label.object
            if isinstance(words, ox.Literal) and words.language == "th":
                self.names[str(label.subject)[1:-1]] = sort_key(words.value)

    def _order(self, key: str) -> tuple[float, str]:
        kind = self.layout.kind(key.partition(".")[0])
        return (kind.order if kind else 1_000.0, key)


def _nodes(terms: Iterable[object]) -> Iterator[ox.NamedNode]:
    return (t for t in terms if isinstance(t, ox.NamedNode))
