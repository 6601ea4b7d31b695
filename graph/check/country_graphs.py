"""The named graphs of a country: parts read anew, and parts kept from the release before.

In: a `CountryResult` and the release before. Out: `NamedGraphs`. One graph is in memory at a time.
A graph that many folders feed is put together from both kinds of part.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from graph.check.country import CountryResult
from graph.check.folder_check import GraphPart
from graph.check.verdict_store import parts_of_graphs
from graph.intake.load import ontology_quads
from graph.rdf.iris import ONTOLOGY, graph_iri
from graph.rdf.named_graphs import InMemory, n_triples, read_triples
from graph.release.manifest import Release


class CountryGraphs:
    """The graphs of organisations, and the graphs `shared`, `inferred` and `ontology`."""

    def __init__(self, country: CountryResult, base: str, before: Release | None) -> None:
        self._country = country
        self._before = before
        self._ontology = InMemory(ontology_quads(base))
        self._own = graph_iri(base, ONTOLOGY)
        self._digests: dict[str, str] = {}
        self._held: dict[str, Sequence[ox.Triple]] = {}  # several ask for a graph in turn

    def names(self) -> Sequence[str]:
        """Return the IRIs of the graphs, sorted."""
        return sorted({*self._country.pieces, *self._country.kept, self._own})

    def triples(self, name: str) -> Sequence[ox.Triple]:
        """Return the triples of a graph: each once, sorted as N-Triples sorts."""
        if name == self._own:
            return self._ontology.triples(name)
        if name not in self._held:
            self._held = {n: held for n, held in self._held.items() if self._is_joined(n)}
            self._held[name] = self._read(name)
        return self._held[name]

    def _is_joined(self, name: str) -> bool:
        """Tell whether a graph has both kept and new parts: few have, but those are large."""
        return name in self._country.kept and name in self._country.pieces

    def _read(self, name: str) -> Sequence[ox.Triple]:
        found = read_triples(piece.path for piece in self._country.pieces.get(name, ()))
        if name in self._country.kept:
            return sorted({*found, *self._kept(name)}, key=str)
        return found

    def files(self, name: str) -> Sequence[Path]:
        """Return the files that hold a graph; empty if any part comes from the release before."""
        if name in self._country.kept:
            return ()
        return [piece.path for piece in self._country.pieces.get(name, ())]

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a graph's sorted N-Triples, in hexadecimal digits."""
        if name not in self._digests:
            self._digests[name] = self._find_digest(name)
        return self._digests[name]

    def _find_digest(self, name: str) -> str:
        """Return the digest of a graph; that of an unchanged one comes from the release before."""
        if self._before is not None and self._is_as_it_was(name):
            return self._before.manifest.digests[name]
        parts = self._parts(name)
        if len(parts) == 1:
            return parts[0]
        return hashlib.sha256(n_triples(self.triples(name))).hexdigest()

    def _is_as_it_was(self, name: str) -> bool:
        """Tell whether the release before had a graph of the same parts."""
        known = self._before.manifest.digests if self._before else {}
        return name in known and [*self._country.former.get(name, ())] == self._parts(name) != []

    def _parts(self, name: str) -> list[str]:
        """Return the SHA-256 sums of the parts of a graph, sorted; our own graphs have no parts."""
        given = (self._pieces(name), self._country.kept.get(name, ()))
        return parts_of_graphs(given).get(name, [])

    def _pieces(self, name: str) -> Sequence[GraphPart]:
        return self._country.pieces.get(name, ())

    def anew(self) -> Sequence[str]:
        """Return the IRIs of the graphs of which anything was read anew, sorted."""
        return sorted(self._country.pieces)

    def _kept(self, name: str) -> Iterator[ox.Triple]:
        """Yield what the release before says in a graph of things whose folder is as it was.

        A graph that is there as a whole may speak of other things, too.
        """
        assert self._before is not None  # what is kept is kept from there
        lines: Iterable[bytes] = self._before.lines(name)
        if not self._is_as_it_was(name):
            lines = (line for line in lines if _slug(line) not in self._country.replaced)
        for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS):
            yield quad.triple


def _slug(line: bytes) -> str:
    """Return the end of the IRI that a line is about, empty where it is about a blank node."""
    subject = line.partition(b" ")[0].decode()
    return subject.rpartition("/")[2].removesuffix(">") if subject.startswith("<") else ""
