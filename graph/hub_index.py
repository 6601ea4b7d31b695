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
from graph.hubs import BACKWARDS, DOCUMENT, part_key
from graph.layout import Layout, read_layout
from graph.seam import Store
from graph.store import Solution, Term
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
    """Writes hubs into an open file. Things are IRIs here, as text: there may be millions."""

    def __init__(self, file: sqlite3.Connection, store: Store, base: str, layout: Layout) -> None:
        self.file = file
        self.store = store
        self.base = base
        self.layout = layout
        self.hubs: list[ox.NamedNode] = []
        self.names: dict[str, tuple[str, str]] = {}
        self.kinds = self._read_kinds()

    def find_hubs(self) -> list[ox.NamedNode]:
        """Return the hubs, in the order of their IRIs."""
        found = set[ox.NamedNode]()
        for property in _nodes(row["property"] for row in self._ask("properties")):
            found.update(_nodes(row["hub"] for row in self._ask("hubs", property=property)))
        self.hubs = sorted(found, key=str)
        return self.hubs

    def write_hub(self, hub: ox.NamedNode) -> None:
        """Write everything that points to a hub, also by properties that few things use."""
        rows = self._ask("incoming-properties", thing=hub)
        for property in sorted(_nodes(row["property"] for row in rows), key=str):
            quads = self.store.quads_for(predicate=property, object=hub)
            things = {
                quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)
            }
            self.write_relation(hub, property.value, things)

    def write_outwards(self) -> None:
        """Write what a thing leads to by a property that leads to very many."""
        for name in _OUTWARDS:
            rows = self._ask("wide", property=term(name))
            for thing in _nodes(row["thing"] for row in rows):
                quads = self.store.quads_for(subject=thing, predicate=term(name))
                others = {node.value for node in _nodes(quad.object for quad in quads)}
                self.write_relation(thing, BACKWARDS + term(name).value, others)

    def write_relation(self, hub: ox.NamedNode, predicate: str, things: Iterable[str]) -> None:
        """Write what one property relates to a hub: kind after kind, each in Thai order."""
        parts: dict[str, list[str]] = {}
        for thing in sorted(things):
            parts.setdefault(self._key(thing), []).append(thing)
        made = self.file.execute(
            "INSERT INTO relation (thing, predicate, total) VALUES (?, ?, ?)",
            (hub.value, predicate, sum(len(of) for of in parts.values())),
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
                ((made.lastrowid, first + n, thing) for n, thing in enumerate(listed)),
            )
            first += len(listed)

    def write_figures(self) -> None:
        """Count the organisations that cite each law that is a hub."""
        for hub in self.hubs:
            if hub.value.startswith(f"{self.base}/id/law/"):
                rows = self._ask("citing", law=hub)
                value = getattr(rows[0]["organisations"], "value", "0") if rows else "0"
                self.file.execute(
                    "INSERT INTO figure VALUES (?, 'citing', ?)", (hub.value, int(value))
                )

    def _ask(self, name: str, **bindings: Term) -> list[Solution]:
        return self.store.select(internal_query(name), **bindings)

    def _read_kinds(self) -> dict[str, str]:
        """Return the kind of each document, as part of its key."""
        start = f"{self.base}/id/{DOCUMENT}/"
        quads = self.store.quads_for(predicate=term("dct:type"))
        return {
            quad.subject.value: part_key(self.base, quad.subject, quad.object)
            for quad in quads
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(start)
        }

    def _key(self, thing: str) -> str:
        """Return what `part_key` does; this is asked a million times."""
        known = self.kinds.get(thing)
        start = f"{self.base}/id/"
        is_ours = thing.startswith(start)
        return known or (thing[len(start) :].partition("/")[0] if is_ours else "")

    def _in_order(self, things: Sequence[str]) -> list[str]:
        """Return things in the order of their Thai names; those of one name by identifier."""
        unknown = [ox.NamedNode(thing) for thing in things if thing not in self.names]
        self.names |= {node.value: ("", "") for node in unknown}
        for label in self.store.triples_about(unknown, [term("skos:prefLabel")]):
            words = label.object
            if isinstance(words, ox.Literal) and words.language == "th":
                self.names[str(label.subject)[1:-1]] = sort_key(words.value)
        return sorted(things, key=lambda thing: (self.names[thing], thing))

    def _order(self, key: str) -> tuple[float, str]:
        kind = self.layout.kind(key.partition(".")[0])
        return (kind.order if kind else 1_000.0, key)


def _nodes(terms: Iterable[object]) -> Iterator[ox.NamedNode]:
    return (t for t in terms if isinstance(t, ox.NamedNode))
