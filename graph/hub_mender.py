"""A file of hubs that is being mended: its relations changed one by one.

In: a copy of the hubs of the release before and the store of the new one. `graph.hub_update` knows
what has changed; here a list gains, loses and moves things, and stays in its order and its length.
"""

from bisect import bisect
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from graph import hub_index
from graph.hub_index import HubWriter
from graph.hubs import BACKWARDS, DOCUMENT, LEAST, part_key
from graph.vocab import term


@dataclass
class Moves:
    """What became of a list: the things that it gained and lost, and those that moved in it."""

    came: set[str] = field(default_factory=set)
    went: set[str] = field(default_factory=set)


class Mender(HubWriter):
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
        """Return the same of what points to the hub."""
        found = self.relations(hub)
        return {p: relation for p, relation in found.items() if not p.startswith(BACKWARDS)}

    def drop(self, relation: int) -> None:
        """Remove a relation."""
        parts = "SELECT id FROM part WHERE relation = ?"
        self.file.execute(f"DELETE FROM member WHERE part IN ({parts})", (relation,))
        self.file.execute("DELETE FROM part WHERE relation = ?", (relation,))
        self.file.execute("DELETE FROM relation WHERE id = ?", (relation,))

    def rewrite(self, hub: ox.NamedNode, predicate: str) -> None:
        """Write a relation from the store, whatever was known of it."""
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
        """Change the parts of a relation by what came and went in each, and tell whether it could.

        It cannot where all have gone.
        """
        rows = self.file.execute("SELECT key, id, total FROM part WHERE relation = ?", (relation,))
        parts = {key: (part, total) for key, part, total in rows}
        for key, moved in moves.items():
            part, total = parts.get(key, (0, 0))
            listed = self._listed(part)
            came = {*moved.came}
            if total > len(listed) and {*listed} & (moved.went - moved.came):
                # The list was cut, and has lost one of those it shows: the next ones move up.
                things = (t for t in sorted(self._things(relation)) if self.key(t) == key)
                came |= {*islice(things, hub_index.MOST)} - {*listed}
            total += len(moved.came) - len(moved.went)
            listed = self._change_list(listed, moved.went | moved.came, came)
            self.write_part(part or self.add_part(relation, key), total, listed)
        self.file.execute("DELETE FROM part WHERE relation = ? AND total = 0", (relation,))
        self.file.execute(
            "UPDATE relation SET total = (SELECT COALESCE(SUM(p.total), 0) FROM part p"
            " WHERE p.relation = relation.id) WHERE id = ?",
            (relation,),
        )
        left = "SELECT 1 FROM relation WHERE id = ? AND total > 0"
        return self.file.execute(left, (relation,)).fetchone() is not None

    def _listed(self, part: int) -> list[str]:
        rows = self.file.execute("SELECT thing FROM member WHERE part = ? ORDER BY place", (part,))
        return [thing for (thing,) in rows]

    def _things(self, relation: int) -> set[str]:
        """Return all that a relation relates to its hub now."""
        known = "SELECT thing, predicate FROM relation WHERE id = ?"
        hub, predicate = map(ox.NamedNode, self.file.execute(known, (relation,)).fetchone())
        quads = self.store.quads_for(predicate=predicate, object=hub)
        return {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}

    def _change_list(self, listed: list[str], moving: set[str], came: set[str]) -> list[str]:
        """Return a list without those that move, and with those that come in their places."""
        listed = [thing for thing in listed if thing not in moving]
        for thing in sorted(came):
            listed.insert(bisect(listed, self.order(thing), key=self.order), thing)
        for thing in sorted(listed)[hub_index.MOST :]:
            listed.remove(thing)
        return listed

    @cached_property
    def figures(self) -> dict[str, int]:
        """The figure of each law that is a hub."""
        rows = self.file.execute("SELECT thing, value FROM figure WHERE name = 'citing'")
        return dict(rows)
