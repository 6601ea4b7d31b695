"""A checked dataset as its named graphs, one at a time.

In: quads, each in a named graph. Out: for each graph its triples in canonical order, sorted and
each once. A release is built from this interface alone, so a whole country's data need not be in
memory: a class that names the graphs and gives one of them at a time is enough.
"""

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox


class NamedGraphs(Protocol):
    """What a release is made from."""

    def names(self) -> Sequence[str]:
        """Return the IRIs of the graphs, sorted."""

    def triples(self, name: str) -> Sequence[ox.Triple]:
        """Return the triples of a graph: each once, sorted as N-Triples sorts."""

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a graph's sorted N-Triples, in hexadecimal digits."""

    def files(self, name: str) -> Sequence[Path]:
        """Return files of gzipped N-Triples that together are a graph, for another process to read.

        There are none where the graph is in memory, or not in files alone.
        """


class InMemory:
    """The named graphs of a dataset that fits in memory."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._graphs: dict[str, set[ox.Triple]] = {}
        self._digests: dict[str, str] = {}
        for quad in quads:
            self._graphs.setdefault(graph_name(quad), set()).add(quad.triple)

    def names(self) -> Sequence[str]:
        """Return the IRIs of the graphs, sorted."""
        return sorted(self._graphs)

    def triples(self, name: str) -> Sequence[ox.Triple]:
        """Return the triples of a graph: each once, sorted as N-Triples sorts."""
        return sorted(self._graphs[name], key=str)

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a graph's sorted N-Triples, in hexadecimal digits."""
        if name not in self._digests:
            self._digests[name] = hashlib.sha256(n_triples(self.triples(name))).hexdigest()
        return self._digests[name]

    def files(self, name: str) -> Sequence[Path]:
        """Return no files."""
        return ()


def read_triples(files: Iterable[Path]) -> list[ox.Triple]:
    """Return the triples of files of gzipped N-Triples, each once, sorted as N-Triples sorts."""
    found = set()
    for path in files:
        data = gzip.decompress(path.read_bytes())
        found |= {quad.triple for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES)}
    return sorted(found, key=str)


def n_triples(triples: Iterable[ox.Triple]) -> bytes:
    """Return triples as canonical N-Triples, in the order given."""
    written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert written is not None  # no output file was given
    return written


def n_quads(name: str, triples: Iterable[ox.Triple]) -> bytes:
    """Return the triples of the graph called `name` as canonical N-Quads, in the order given."""
    # Line ends are escaped in literals, so " .\n" is always the end of a statement.
    return n_triples(triples).replace(b" .\n", f" {ox.NamedNode(name)} .\n".encode())


class WithGraph:
    """Named graphs and one more, which takes the place of any of the same name."""

    def __init__(self, graphs: NamedGraphs, name: str, triples: Iterable[ox.Triple]) -> None:
        self._graphs = graphs
        self._name = name
        self._triples = sorted(set(triples), key=str)

    def names(self) -> Sequence[str]:
        """Return the IRIs of the graphs, sorted; an empty graph is none."""
        added = {self._name} if self._triples else set[str]()
        return sorted({*self._graphs.names()} - {self._name} | added)

    def triples(self, name: str) -> Sequence[ox.Triple]:
        """Return the triples of a graph."""
        return self._triples if name == self._name else self._graphs.triples(name)

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a graph's sorted N-Triples, in hexadecimal digits."""
        if name != self._name:
            return self._graphs.sha256(name)
        return hashlib.sha256(n_triples(self._triples)).hexdigest()

    def files(self, name: str) -> Sequence[Path]:
        """Return the files that hold a graph."""
        return () if name == self._name else self._graphs.files(name)


def graph_name(quad: ox.Quad) -> str:
    """Return the IRI of the named graph that a loaded quad is in."""
    assert isinstance(quad.graph_name, ox.NamedNode)  # loading names every graph
    return quad.graph_name.value
