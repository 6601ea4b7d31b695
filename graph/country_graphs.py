"""The named graphs of a country: what was read anew, and what is as in the release before.

In: a `Country` and the release before. Out: `NamedGraphs`; one of them is in memory at a time.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from graph.country import Country
from graph.iris import ONTOLOGY, graph_iri
from graph.load import ontology_quads
from graph.named_graphs import InMemory, n_triples, read_triples
from graph.release import Release


class CountryGraphs:
    """The graphs of organisations, the shared one, what was inferred, and the ontology."""

    def __init__(self, country: Country, base: str, before: Release | None) -> None:
        self._country = country
        self._before = before
        self._ontology = InMemory(ontology_quads(base))
        self._own = graph_iri(base, ONTOLOGY)

    def names(self) -> Sequence[str]:
        """Return the IRIs of the graphs, sorted."""
        return sorted({*self._country.pieces, *self._country.kept, self._own})

    def triples(self, name: str) -> Sequence[ox.Triple]:
        """Return the triples of a graph: each once, sorted as N-Triples sorts."""
        if name == self._own:
            return self._ontology.triples(name)
        found = read_triples(piece.path for piece in self._country.pieces.get(name, ()))
        if name in self._country.kept:
            return sorted({*found, *self._kept(name)}, key=str)
        return found

    def files(self, name: str) -> Sequence[Path]:
        """Return the files that hold a graph; none where a part of it is in the release before."""
        if name in self._country.kept:
            return ()
        return [piece.path for piece in self._country.pieces.get(name, ())]

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a graph's sorted N-Triples, in hexadecimal digits."""
        pieces = self._country.pieces.get(name, ())
        kept = self._sha256_kept(name)
        if kept and not pieces:
            return kept
        if len(pieces) == 1 and name not in self._country.kept:
            return pieces[0].sha256
        return hashlib.sha256(n_triples(self.triples(name))).hexdigest()

    def _sha256_kept(self, name: str) -> str:
        """Return the same of a graph that one folder gave alone, and that is as it was; else ""."""
        kept = self._country.kept.get(name, ())
        return kept[0].sha256 if len(kept) == 1 and name not in self._country.pieces else ""

    def anew(self) -> Sequence[str]:
        """Return the IRIs of the graphs of which anything was read anew, sorted."""
        return sorted(self._country.pieces)

    def _kept(self, name: str) -> Iterator[ox.Triple]:
        """Yield what the release before says in a graph of things whose folder is as it was.

        A graph that is there as a whole may speak of other things, too.
        """
        assert self._before is not None  # what is kept is kept from there
        is_whole = self._before.manifest.digests.get(name) == self._sha256_kept(name)
        lines = b"".join(self._before.lines(name))
        for quad in ox.parse(lines, ox.RdfFormat.N_QUADS):
            subject = quad.subject
            slug = subject.value.rpartition("/")[2] if isinstance(subject, ox.NamedNode) else ""
            if is_whole or slug not in self._country.replaced:
                yield quad.triple
