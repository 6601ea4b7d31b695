"""The hubs of the release before, brought up to date with the changes since.

In: their file, the stores of both releases, and the difference of the two. Out: the file of the new
release: row for row the same as `graph.hubs.write` would write, except for the numbers of its rows
and the size of the reserve behind a list that is cut. A thing stands in the lists of the things
that it points to. If its name or kind changes, its place in them changes too. Only lists that
gained, lost or moved a thing are written again.
"""

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from graph.history.delta import Difference
from graph.hubs.lists import ListUpdater, Moves
from graph.hubs.read import BACKWARDS, LEAST, THINGS, TYPE
from graph.hubs.write import FORMAT, OUTWARDS, opened
from graph.rdf.vocab import term
from graph.sparql.internal import internal_query
from graph.store.interface import Store

MOST_TOUCHED = 20_000
"""From so many things on, it is quicker to write all anew."""

_WIDE = tuple(term(name) for name in OUTWARDS)
_SECTION = term("eli:is_part_of")
_KIND, _NAME = term("dct:type"), term("skos:prefLabel")
_OWNERS = (term("dct:publisher"), term("prov:wasAttributedTo"))
_LIST = term("dct:isPartOf")

Key = tuple[ox.NamedNode, str]
"""A thing, and the property of which it is the hub, as the file has it."""


@dataclass(frozen=True)
class _Side:
    """One of the two releases, to be asked about single things."""

    store: Store
    base: str

    def roles(self, thing: ox.NamedNode) -> set[Key]:
        """Return the lists that a thing is in."""
        found = {
            (quad.object, quad.predicate.value)
            for quad in self.store.quads_for(subject=thing)
            if isinstance(quad.object, ox.NamedNode)
        }
        for property in _WIDE:
            quads = self.store.quads_for(predicate=property, object=thing)
            found |= {
                (quad.subject, BACKWARDS + property.value)
                for quad in quads
                if isinstance(quad.subject, ox.NamedNode)
            }
        return found

    def bearing(self, thing: ox.NamedNode) -> tuple[object, ...]:
        """Return what a thing's place in lists hangs on."""
        said = self.store.quads_for(subject=thing)
        return tuple(sorted({str(q.triple) for q in said if q.predicate in (_KIND, _NAME)}))

    def owners(self, thing: ox.NamedNode) -> Iterator[ox.NamedNode]:
        """Yield the organisations whose a thing is, or the list that it is part of."""
        lists = [q.object for q in self.store.quads_for(subject=thing, predicate=_LIST)]
        for owned in (thing, *(node for node in lists if isinstance(node, ox.NamedNode))):
            for property in _OWNERS:
                for quad in self.store.quads_for(subject=owned, predicate=property):
                    if isinstance(quad.object, ox.NamedNode):
                        yield quad.object

    def laws(self, organisation: ox.NamedNode) -> set[str]:
        """Return the laws that an organisation names."""
        rows = self.store.select(internal_query("cited"), organisation=organisation)
        return {row["law"].value for row in rows if isinstance(row["law"], ox.NamedNode)}


def update_hubs(
    path: Path, before: Path, stores: tuple[Store, Store], difference: Difference, base: str
) -> bool:
    """Write the hubs of a release to `path` from those in `before`; tell whether it was worth it.

    `stores` are those of the older release and of the new one. Where much is touched, or the older
    file has another layout, nothing is written.
    """
    with closing(sqlite3.connect(f"{before.absolute().as_uri()}?mode=ro", uri=True)) as file:
        (format,) = file.execute("PRAGMA user_version").fetchone()
    if format != FORMAT or len(difference.subjects) > MOST_TOUCHED:
        return False
    shutil.copyfile(before, path)
    old, new = (_Side(store, base) for store in stores)
    with opened(path) as file:
        mender = ListUpdater(file, new.store, base)
        hubs = _mend(mender, _moves(mender, old, new, difference))
        _mend_figures(mender, old, new, difference, hubs)
        _mend_counts(mender, difference)
    return True


def _moves(
    mender: ListUpdater, old: _Side, new: _Side, difference: Difference
) -> dict[Key, dict[str, Moves]]:
    """Return what came to and went from each list, by the part of it."""
    former = ListUpdater(mender.file, old.store, old.base)
    found: dict[Key, dict[str, Moves]] = defaultdict(lambda: defaultdict(Moves))
    wide = {q.object for q in (*difference.came, *difference.went) if q.predicate in _WIDE}
    things = {*difference.subjects, *(node for node in wide if isinstance(node, ox.NamedNode))}
    for quad in (*difference.came, *difference.went):
        if isinstance(quad.object, ox.NamedNode):  # also one that another graph says
            found[quad.object, quad.predicate.value]
    for thing in sorted(things, key=str):
        was, is_now = old.roles(thing), new.roles(thing)
        if old.bearing(thing) == new.bearing(thing):
            was, is_now = was - is_now, is_now - was
        for role in was:
            found[role][former.key(thing.value)].went.add(thing.value)
        for role in is_now:
            found[role][mender.key(thing.value)].came.add(thing.value)
    return found


def _mend(mender: ListUpdater, moves: dict[Key, dict[str, Moves]]) -> set[ox.NamedNode]:
    """Change the relations of each hub; return those things that are hubs only now or no more."""
    turned = set[ox.NamedNode]()
    by_hub: dict[ox.NamedNode, dict[str, dict[str, Moves]]] = defaultdict(dict)
    for (hub, predicate), parts in moves.items():
        if predicate.startswith(BACKWARDS):
            mender.rewrite(hub, predicate)
        else:
            by_hub[hub][predicate] = parts
    for hub, changes in sorted(by_hub.items(), key=str):
        known = mender.inwards(hub)
        is_hub = _is_hub(mender, hub, known, changes)
        if is_hub != bool(known):
            turned.add(hub)
        if not is_hub:
            for relation, _ in known.values():
                mender.drop(relation)
        elif not known:
            mender.write_hub(hub)
        else:
            for predicate, parts in changes.items():
                relation, _ = known.get(predicate, (0, 0))
                if not relation or not mender.change(relation, parts):
                    mender.rewrite(hub, predicate)
    return turned


def _is_hub(
    mender: ListUpdater,
    hub: ox.NamedNode,
    known: dict[str, tuple[int, int]],
    changes: dict[str, dict[str, Moves]],
) -> bool:
    """Tell whether more than `LEAST` statements lead to a thing by one property."""
    for predicate, (_, total) in known.items():
        if total - sum(len(m.went) for m in changes.get(predicate, {}).values()) > LEAST:
            return True
    return any(
        len(mender.store.quads_for(predicate=ox.NamedNode(predicate), object=hub)) > LEAST
        for predicate in {**known, **changes}
    )


def _mend_counts(mender: ListUpdater, difference: Difference) -> None:
    """Count again what is of the classes of which something came or went."""
    quads = (q for q in (*difference.came, *difference.went) if q.predicate == TYPE)
    classes = {q.object for q in quads if isinstance(q.object, ox.NamedNode)}
    delete = "DELETE FROM figure WHERE thing = ? AND name = ?"
    mender.file.executemany(delete, ((class_.value, THINGS) for class_ in classes))
    mender.write_counts(classes)


def _mend_figures(
    mender: ListUpdater, old: _Side, new: _Side, difference: Difference, turned: set[ox.NamedNode]
) -> None:
    """Count the organisations on that cite each law, by those of which something else is said."""
    quads = (*difference.came, *difference.went)
    laws = {law.value for law in turned if law.value.startswith(f"{mender.base}/id/law/")}
    if any(quad.predicate == _SECTION for quad in quads):
        laws |= mender.figures.keys()
    mender.file.executemany(
        "DELETE FROM figure WHERE thing = ? AND name = 'citing'", ((law,) for law in laws)
    )
    hubs = (ox.NamedNode(law) for law in sorted(laws))
    mender.write_figures(hub for hub in hubs if mender.inwards(hub))
    more = Counter[str]()
    for organisation in {
        owner for s in difference.subjects for side in (old, new) for owner in side.owners(s)
    }:
        more.update(new.laws(organisation))
        more.subtract(old.laws(organisation))
    mender.file.executemany(
        "UPDATE figure SET value = value + ? WHERE thing = ? AND name = 'citing'",
        ((number, law) for law, number in more.items() if number and law not in laws),
    )
