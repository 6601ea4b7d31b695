"""Writing a store afresh, or from another with what has changed."""

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import BASE, thing

from graph.builder.store import change_store, load_store
from graph.errors import ReleaseError
from graph.history.delta import Difference
from graph.rdf.named_graphs import n_quads

NAMES = [f"{BASE}/graph/{name}" for name in ("a", "b", "c")]


def _triples(name: str, number: int) -> list[ox.Triple]:
    return [
        ox.Triple(thing("topic", f"{name}-{n}"), thing("topic", "p"), ox.Literal(f"{n}"))
        for n in range(number)
    ]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of three graphs of ten triples each."""
    dump = b"".join(n_quads(name, _triples(name[-1], 10)) for name in NAMES)
    (tmp_path / "all.nq.gz").write_bytes(gzip.compress(dump))
    load_store(tmp_path / "store", tmp_path / "all.nq.gz", 30)
    return tmp_path / "store"


def _quads(graph: str, number: int) -> list[ox.Quad]:
    node = ox.NamedNode(graph)
    triples = _triples(graph[-1], number)
    return [ox.Quad(t.subject, t.predicate, t.object, node) for t in triples]


def _held(path: Path) -> set[str]:
    return {str(quad) for quad in ox.Store.read_only(str(path))}


def test_changed(store: Path, tmp_path: Path) -> None:
    """What is changed, gone and new is so in the new store; the old one is as it was."""
    before, new = _held(store), f"{BASE}/graph/d"
    came = (*_quads(NAMES[0], 12)[10:], *_quads(new, 3))
    difference = Difference(tuple(came), tuple(_quads(NAMES[1], 10)))
    change_store(tmp_path / "next", store, difference, [NAMES[1]], 25)
    expected = {NAMES[0]: _triples("a", 12), NAMES[2]: _triples("c", 10), new: _triples("d", 3)}
    quads = b"".join(n_quads(name, triples) for name, triples in expected.items())
    assert _held(tmp_path / "next") == {str(q) for q in ox.parse(quads, ox.RdfFormat.N_QUADS)}
    assert _held(store) == before
    names = ox.Store.read_only(str(tmp_path / "next")).named_graphs()
    assert {name.value for name in names} == expected.keys()  # type: ignore[union-attr]


def test_unchanged_is_linked(store: Path, tmp_path: Path) -> None:
    """The data of what stayed lies on the disk once."""
    change_store(tmp_path / "next", store, Difference((), tuple(_quads(NAMES[0], 10))), [], 20)
    inodes = {file.stat().st_ino for file in store.glob("*.sst")}
    assert inodes & {file.stat().st_ino for file in (tmp_path / "next").glob("*.sst")}


def test_wrong_number(store: Path, tmp_path: Path) -> None:
    """A store that does not hold what it should is refused."""
    with pytest.raises(ReleaseError, match="20 of 21"):
        change_store(tmp_path / "next", store, Difference((), tuple(_quads(NAMES[0], 10))), [], 21)
    with pytest.raises(ReleaseError, match="30 of 31"):
        load_store(tmp_path / "other", tmp_path / "all.nq.gz", 31)
