"""Changes to the lists of a hub, in a copy of the hubs of the release before.

In: that copy, and the store of the new release. `graph.hubs.update` finds the changes; here a list
gains, loses and moves things, and keeps its order and its length.
"""

from bisect import bisect
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from graph.hubs import write as hub_index
from graph.hubs.read import BACKWARDS, DOCUMENT, LEAST, part_key
from graph.hubs.write import HubWriter
from graph.rdf.vocab import term


@dataclass
class Moves:
    """What became of a list: the things that it gained and lost, and those that moved in it."""

    came: set[str] = field(default_factory=set)
    went: set[str] = field(default_factory=set)


class ListUpdater(HubWriter):
    """Writes what changed into a copy of the hubs of the release before."""

    def document_key(self, thing: str) -> str:
        """Return the key of a document; few are asked for, so the store is asked about each."""
        node = ox.NamedNode(thing)
        quads = self.store.quads_for(subject=node, predicate=term("dct:type"))
        return min((part_key(self.base, node, q.object) for q in quads), default=DOCUMENT)

    def order(self, thing: str) -> tuple[tuple[str, str], str]:
        """Return what things are sorted by; few are asked for."""
        if thing not in self.names:
            self.read_names([thing])
        return super().order(thing)

    def relations(self, hub: ox.NamedNode) -> dict[str, tuple[int, int]]:
        """Return the number and total of each relation of a hub, by its property."""
        rows = self.file.execute(
            "SELECT predicate, id, total FROM relation WHERE thing = ?", (hub.value,)
        )
        return {predicate: (id, total) for predicate, id, total in rows}

    def inwards(self, hub: ox.NamedNode) -> dict[str, tuple[int, int]]:
        """Return the same for the relations that point to the hub."""
        found = self.relations(hub)
        return {p: relation for p, relation in found.items() if not p.startswith(BACKWARDS)}

    def drop(self, relation: int) -> None:
        """Remove a relation."""
        parts = "SELECT id FROM part WHERE relation = ?"
        self.file.execute(f"DELETE FROM member WHERE part IN ({parts})", (relation,))
        self.file.execute("DELETE FROM part WHERE relation = ?", (relation,))
        self.file.execute("DELETE FROM relation WHERE id = ?", (relation,))

    def rewrite(self, hub: ox.NamedNode, predicate: str) -> None:
        """Write a relation from the store, in place of its old lists."""
        for name, (relation, _) in self.relations(hub).items():
            if name == predicate:
                self.drop(relation)
        if predicate.startswith(BACKWARDS):
            property = ox.NamedNode(predicate.removeprefix(BACKWARDS))
            if len(self.store.quads_for(subject=hub, predicate=property)) > LEAST:
                self.write_outward(hub, property)
            return
        quads = self.store.quads_for(predicate=ox.NamedNode(predicate), object=hub)
        things = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}
        if quads:
            self.write_relation(hub, predicate, things)

    def change(self, relation: int, moves: dict[str, Moves]) -> bool:
        """Apply the arrivals and losses of each part of a relation; tell whether that was possible.

        It cannot where all have gone.
        """
        rows = self.file.execute("SELECT key, id, total FROM part WHERE relation = ?", (relation,))
        parts = {key: (part, total) for key, part, total in rows}
        for key, moved in moves.items():
            part, total = parts.get(key, (0, 0))
            listed, first = self._known(part)
            # Of a list that was cut, all are known up to the last one known.
            came = {t for t in moved.came if total == len(first) or t <= first[-1]}
            first = sorted({*first} - moved.went | came)
            total += len(moved.came) - len(moved.went)
            if len(first) < min(total, hub_index.MOST):
                things = (t for t in sorted(self._things(relation)) if self.key(t) == key)
                first = [*islice(things, hub_index.MOST + hub_index.RESERVE)]
            listed = self._change_list(listed, moved.came | moved.went, first[: hub_index.MOST])
            self.write_part(part or self.add_part(relation, key), total, listed, first)
        self.file.execute("DELETE FROM part WHERE relation = ? AND total = 0", (relation,))
        self.file.execute(
            "UPDATE relation SET total = (SELECT COALESCE(SUM(p.total), 0) FROM part p"
            " WHERE p.relation = relation.id) WHERE id = ?",
            (relation,),
        )
        left = "SELECT 1 FROM relation WHERE id = ? AND total > 0"
        return self.file.execute(left, (relation,)).fetchone() is not None

    def _known(self, part: int) -> tuple[list[str], list[str]]:
        """Return what a part lists, in its order, and all things known of it, by their IRIs."""
        rows = self.file.execute(
            "SELECT m.thing, m.place < p.listed FROM member m JOIN part p ON p.id = m.part"
            " WHERE m.part = ? ORDER BY m.place",
            (part,),
        ).fetchall()
        return [thing for thing, is_listed in rows if is_listed], sorted(t for t, _ in rows)

    def _things(self, relation: int) -> set[str]:
        """Return all that a relation relates to its hub now."""
        known = "SELECT thing, predicate FROM relation WHERE id = ?"
        hub, predicate = map(ox.NamedNode, self.file.execute(known, (relation,)).fetchone())
        quads = self.store.quads_for(predicate=predicate, object=hub)
        return {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}

    def _change_list(self, listed: list[str], moving: set[str], first: list[str]) -> list[str]:
        """Return a list of the `first` things, of which all but those that move have their place.

        The names of few are read.
        """
        wanted = set(first)
        staying = wanted - moving
        listed = [thing for thing in listed if thing in staying]
        for thing in sorted(wanted.difference(listed)):
            listed.insert(bisect(listed, self.order(thing), key=self.order), thing)
        return listed

    @cached_property
    def figures(self) -> dict[str, int]:
        """The figure of each law that is a hub."""
        rows = self.file.execute("SELECT thing, value FROM figure WHERE name = 'citing'")
        return dict(rows)
