"""The hubs of a release, found and written once: `hubs.sqlite`.

In: the store of a release. Out: an SQLite file with, for every thing that more than `LEAST` things
point to by one property, what points to it: counted by property and kind, and listed in Thai order.
Candidates are counted by the store, property by property, so only what belongs to a hub is ever
read. A list holds at most `MOST` things of a kind, by identifier, for nobody turns so many pages.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from graph.describe import internal_query
from graph.facts import gather
from graph.hubs import BACKWARDS, part_key
from graph.layout import Layout, read_layout
from graph.seam import Store
from graph.thai_order import sort_key
from graph.vocab import read_package, term

MOST = 10_000
_OUTWARDS = ("m8g:hasCompetentAuthority",)
"""Properties that lead from one shared thing to a thousand organisations."""

_SCHEMA = """
CREATE TABLE relation (id INTEGER PRIMARY KEY, thing TEXT, predicate TEXT, total INTEGER);
CREATE TABLE part (relation INTEGER, key TEXT, total INTEGER, listed INTEGER, first INTEGER);
CREATE TABLE member (relation INTEGER, place INTEGER, thing TEXT,
                     PRIMARY KEY (relation, place)) WITHOUT ROWID;
CREATE TABLE figure (thing TEXT, name TEXT, value INTEGER,
                     PRIMARY KEY (thing, name)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX relation_thing ON relation (thing);
CREATE INDEX part_relation ON part (relation);
"""


def write_hubs(path: Path, store: Store, base: str) -> None:
    """Write the hubs of a release into a new file at `path`."""
    layout = read_layout(gather(read_package("shapes")))
    file = sqlite3.connect(path)
    try:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.executescript(_SCHEMA)
        writer = _Writer(file, store, base, layout)
        for thing in writer.find_hubs():
            writer.write_hub(thing)
        writer.write_outwards()
        writer.write_figures()
        file.executescript(_INDEXES)
        file.commit()
    finally:
        file.close()


class _Writer:
    """Writes hubs into an open file."""

    def __init__(self, file: sqlite3.Connection, store: Store, base: str, layout: Layout) -> None:
        self.file = file
        self.store = store
        self.base = base
        self.layout = layout
        self.hubs: list[ox.NamedNode] = []

    def find_hubs(self) -> list[ox.NamedNode]:
        """Return the hubs, in the order of their IRIs."""
        found = set()
        for row in self.store.select(internal_query("properties")):
            property = row["property"]
            if isinstance(property, ox.NamedNode):
                rows = self.store.select(internal_query("hubs"), property=property)
                found |= {r["hub"] for r in rows if isinstance(r["hub"], ox.NamedNode)}
        self.hubs = sorted(found, key=str)
        return self.hubs

    def write_hub(self, hub: ox.NamedNode) -> None:
        """Write everything that points to a hub, also by properties that few things use."""
        rows = self.store.select(internal_query("incoming-properties"), thing=hub)
        for property in sorted(_nodes(row["property"] for row in rows), key=str):
            rows = self.store.select(internal_query("subjects"), thing=hub, property=property)
            self.write_relation(hub, property.value, _nodes(row["subject"] for row in rows))

    def write_outwards(self) -> None:
        """Write what a thing leads to by a property that leads to very many."""
        for name in _OUTWARDS:
            rows = self.store.select(internal_query("wide"), property=term(name))
            for thing in _nodes(row["thing"] for row in rows):
                quads = self.store.quads_for(subject=thing, predicate=term(name))
                others = _nodes(quad.object for quad in quads)
                self.write_relation(thing, BACKWARDS + term(name).value, others)

    def write_relation(
        self, hub: ox.NamedNode, predicate: str, things: Iterable[ox.NamedNode]
    ) -> None:
        """Write what one property relates to a hub: kind after kind, each in Thai order."""
        parts = self._parts(sorted(set(things), key=str))
        total = sum(len(of) for of in parts.values())
        made = self.file.execute(
            "INSERT INTO relation (thing, predicate, total) VALUES (?, ?, ?)",
            (hub.value, predicate, total),
        )
        first = 0
        for key in sorted(parts, key=self._order):
            listed = self._in_order(parts[key][:MOST])
            self.file.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?, ?)",
                (made.lastrowid, key, len(parts[key]), len(listed), first),
            )
            self.file.executemany(
                "INSERT INTO member VALUES (?, ?, ?)",
                ((made.lastrowid, first + n, thing.value) for n, thing in enumerate(listed)),
            )
            first += len(listed)

    def write_figures(self) -> None:
        """Count the organisations that cite each law that is a hub."""
        for hub in self.hubs:
            if hub.value.startswith(f"{self.base}/id/law/"):
                rows = self.store.select(internal_query("citing"), law=hub)
                value = getattr(rows[0]["organisations"], "value", "0") if rows else "0"
                self.file.execute(
                    "INSERT INTO figure VALUES (?, 'citing', ?)", (hub.value, int(value))
                )

    def _parts(self, things: Sequence[ox.NamedNode]) -> dict[str, list[ox.NamedNode]]:
        documents = [t for t in things if "/id/document/" in t.value]
        typed = self.store.triples_about(documents, [term("dct:type")])
        kinds = {t.subject: t.object for t in typed}
        parts: dict[str, list[ox.NamedNode]] = {}
        for thing in things:
            parts.setdefault(part_key(self.base, thing, kinds.get(thing)), []).append(thing)
        return parts

    def _in_order(self, things: Sequence[ox.NamedNode]) -> list[ox.NamedNode]:
        """Return things in the order of their Thai names; those of one name by identifier."""
        labels = self.store.triples_about(things, [term("skos:prefLabel")])
        names = {
            label.subject: sort_key(label.object.value)
            for label in labels
            if isinstance(label.object, ox.Literal) and label.object.language == "th"
        }
        return sorted(things, key=lambda thing: (names.get(thing, ("", "")), thing.value))

    def _order(self, key: str) -> tuple[float, str]:
        kind = self.layout.kind(key.partition(".")[0])
        return (kind.order if kind else 1_000.0, key)


def _nodes(terms: Iterable[object]) -> Iterator[ox.NamedNode]:
    return (t for t in terms if isinstance(t, ox.NamedNode))
