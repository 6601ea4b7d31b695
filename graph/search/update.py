"""The search index of the release before, brought up to date with the changes since.

In: that index, the store of the new release, and the difference of the two. Out: the index of the
new release: row for row the same as `graph.search.write` would write, except for the numbers of its
rows. The changed things are taken out of a copy, staged again from the store, and put in again.
Three kinds of thing change: things with other statements; things that bear the name of such a thing
as their kind or topic; things whose number of links changed, which gives them another weight.
"""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox

from graph.history.delta import Difference
from graph.rdf.iris import RETIRED, graph_iri
from graph.search.index_rows import (
    LINKS,
    TEXTS,
    YEAR,
    Links,
    Texts,
    sort_out,
    stage,
    type_of,
    weigh,
)
from graph.search.write import FORMAT, fill, opened
from graph.store.interface import Store

MOST_TOUCHED = 0.1
"""The part of all things from which on an index is made anew: that is quicker then."""

_SCHEMA = """
CREATE TEMP TABLE touched (iri TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE temp.few USING fts5 (names, others, about, tokenize='trigram');
CREATE VIRTUAL TABLE temp.few_terms USING fts5vocab (temp, few, row);
"""
_TAKE_OUT = (
    "INSERT INTO stage.was SELECT n.iri, n.id FROM touched JOIN node n USING (iri)",
    "INSERT INTO few (rowid, names, others, about) SELECT node, names, others, about"
    " FROM folded WHERE node IN (SELECT id FROM stage.was)",
    "INSERT INTO words (words, rowid, names, others, about) SELECT 'delete', rowid, names, others,"
    " about FROM few",
    "UPDATE trigram SET docs = docs - t.doc FROM few_terms t WHERE t.term = trigram.term",
    "DELETE FROM few",
    "UPDATE tally SET things = tally.things - gone.things FROM ("
    "SELECT f.name, f.value, n.type, COUNT(*) AS things FROM stage.was w JOIN node n ON n.id = w.id"
    " JOIN facet f ON f.node = n.id GROUP BY 1, 2, 3) AS gone WHERE gone.name = tally.name"
    " AND gone.value = tally.value AND gone.type = tally.type",
    "DELETE FROM folded WHERE node IN (SELECT id FROM stage.was)",
    "DELETE FROM text WHERE node IN (SELECT id FROM stage.was)",
    "DELETE FROM facet WHERE (name, value, node) IN (SELECT f.name, f.value, f.node"
    " FROM stage.was w JOIN facet f ON f.node = w.id)",
    "DELETE FROM node WHERE id IN (SELECT id FROM stage.was)",
)
_PUT_IN = (
    "INSERT INTO few (rowid, names, others, about) SELECT node, names, others, about"
    " FROM folded WHERE node IN (SELECT node FROM stage.fresh)",
    "INSERT INTO words (rowid, names, others, about) SELECT rowid, names, others, about FROM few",
    "INSERT INTO trigram (term, docs) SELECT term, doc FROM few_terms WHERE true"
    " ON CONFLICT (term) DO UPDATE SET docs = docs + excluded.docs",
    "DELETE FROM trigram WHERE docs = 0",
    "DELETE FROM tally WHERE things = 0",
)


def update_index(path: Path, before: Path, store: Store, difference: Difference, base: str) -> bool:
    """Write an index to `path` from that in `before`, and tell whether it was worth it.

    `store` holds the new release. Where much is touched, or the older index has another layout,
    nothing is written. Raises ReleaseError.
    """
    difference = difference.less(graph_iri(base, RETIRED))
    touched = _told_otherwise(store, difference)
    with closing(sqlite3.connect(f"{before.absolute().as_uri()}?mode=ro", uri=True)) as old:
        (format,) = old.execute("PRAGMA user_version").fetchone()
        if format != FORMAT:
            return False
        links = _count_links(old, store, difference, base)
        touched |= {iri for iri in links if _is_moved(old, iri, links[iri], base)}
        (things,) = old.execute("SELECT COUNT(*) FROM node").fetchone()
        links |= {iri: _links_of(old, store, iri, base) for iri in touched - links.keys()}
    if len(touched) > things * MOST_TOUCHED:
        return False
    shutil.copyfile(before, path)
    with opened(path, base) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        _mend(connection, store, sorted(touched), links, base)
        connection.execute("COMMIT")
    return True


def _mend(
    connection: sqlite3.Connection,
    store: Store,
    touched: list[str],
    links: dict[str, int],
    base: str,
) -> None:
    """Take the changed things out of the index, and put them in as they are now."""
    connection.executemany("INSERT INTO touched VALUES (?)", ((iri,) for iri in touched))
    for statement in _TAKE_OUT:
        connection.execute(statement)
    connection.executemany("INSERT INTO stage.linked VALUES (?, ?)", links.items())
    connection.execute(
        "UPDATE node SET links = l.links FROM stage.linked l WHERE l.thing = node.iri"
    )
    stage(connection, _said_of(store, touched, base), base)
    fill(connection)
    for statement in _PUT_IN:
        connection.execute(statement)


def _said_of(store: Store, things: Iterable[str], base: str) -> Iterator[ox.Quad]:
    """Yield what the new release says of things, and the years of their fiscal years."""
    gone = ox.NamedNode(graph_iri(base, RETIRED))
    years = set[ox.NamedNode]()
    for iri in things:
        for quad in store.quads_for(subject=ox.NamedNode(iri)):
            if quad.graph_name != gone:
                yield quad
                if LINKS.get(quad.predicate.value) == "fiscal":
                    years |= {quad.object} if isinstance(quad.object, ox.NamedNode) else set()
    for year in sorted(years, key=str):
        if year.value not in things:
            yield from store.quads_for(subject=year, predicate=ox.NamedNode(YEAR))


# ---- what is touched -------------------------------------------------------------------------


def _told_otherwise(store: Store, difference: Difference) -> set[str]:
    """Return the things of which something else is said, or that bear the names of such things."""
    touched = {subject.value for subject in difference.subjects}
    naming = {
        quad.subject
        for quad in (*difference.came, *difference.went)
        if isinstance(quad.subject, ox.NamedNode)
        and (TEXTS.get(quad.predicate.value, 9) < 2 or quad.predicate.value == YEAR)
    }
    for thing in naming:
        for predicate, role in LINKS.items():
            if role != "part":
                bearers = store.quads_for(predicate=ox.NamedNode(predicate), object=thing)
                touched |= {q.subject.value for q in bearers if isinstance(q.subject, ox.NamedNode)}
    return touched


def _links(quads: Iterable[ox.Quad], base: str) -> Counter[str]:
    """Return how many of these quads are links, by the thing that they lead to."""
    texts, links = Texts(), Links()
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            sort_out(quad, base, texts, links)
    return Counter(object for _, role, object in links if role != "org")


def _count_links(
    old: sqlite3.Connection, store: Store, difference: Difference, base: str
) -> dict[str, int]:
    """Return the things to which more or fewer links lead now, with how many."""
    more, fewer = _links(difference.came, base), _links(difference.went, base)
    found = {}
    for iri in more | fewer:
        if more[iri] != fewer[iri]:
            known = old.execute("SELECT links FROM node WHERE iri = ?", (iri,)).fetchone()
            change = more[iri] - fewer[iri]
            found[iri] = known[0] + change if known else _count(store, iri, base)
    return found


def _is_moved(old: sqlite3.Connection, iri: str, links: int, base: str) -> bool:
    """Tell whether so many links give a thing of the index another weight."""
    row = old.execute("SELECT weight FROM node WHERE iri = ?", (iri,)).fetchone()
    return row is not None and row[0] != weigh(type_of(base, iri), links)


def _links_of(old: sqlite3.Connection, store: Store, iri: str, base: str) -> int:
    """Return how many links lead to a thing, to which as many led before if it was there."""
    row = old.execute("SELECT links FROM node WHERE iri = ?", (iri,)).fetchone()
    return row[0] if row else _count(store, iri, base)


def _count(store: Store, iri: str, base: str) -> int:
    gone = ox.NamedNode(graph_iri(base, RETIRED))
    quads = store.quads_for(object=ox.NamedNode(iri))
    return _links((quad for quad in quads if quad.graph_name != gone), base)[iri]
