"""The store of a release: written from the dump, or from the last release's store and the changes.

In: a whole dump, or a store and the quads that went and came. Out: a store in a folder.
A store of millions of triples takes minutes to load and milliseconds to back up: RocksDB never
changes a data file once it is written, so the copy is hard links and only the changes are new.
"""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from graph.errors import ReleaseError
from graph.history.delta import Difference


def load_store(path: Path, dump: Path, expected: int) -> None:
    """Load a store from gzipped N-Quads. Raises ReleaseError where it holds another number."""
    _load(path, dump)
    _count(path, expected)


def change_store(
    path: Path, before: Path, difference: Difference, gone: Iterable[str], expected: int
) -> None:
    """Write a store that is another but for the quads that went and came, and the graphs `gone`.

    Raises ReleaseError where it holds another number of triples than `expected`.
    """
    ox.Store.read_only(str(before)).backup(str(path))
    _change(path, difference, gone)
    _count(path, expected)


# A store is closed when nothing refers to it any more, so each of these has it for itself: one that
# a writer still has open moves its files about, and must not be read.


def _load(path: Path, dump: Path) -> None:
    store = ox.Store(str(path))
    with gzip.open(dump) as quads:
        store.bulk_load(cast(IO[bytes], quads), ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()


def _change(path: Path, difference: Difference, gone: Iterable[str]) -> None:
    store = ox.Store(str(path))
    for quad in difference.went:
        store.remove(quad)
    for name in gone:
        store.remove_graph(ox.NamedNode(name))
    store.bulk_extend(difference.came)
    store.flush()


def _count(path: Path, expected: int) -> None:
    found = len(ox.Store.read_only(str(path)))
    if found != expected:
        raise ReleaseError(f"the new store holds {found} of {expected} triples")
