"""The names of a release's graphs on a server that many releases share.

In: the public names of a release's graphs. Out: their names on the server, and back.

A reader must never see half a release, and SPARQL 1.1 has no switch over many graphs that is atomic
on every server. One update request of MOVEs is atomic on Oxigraph and on Fuseki's TDB2, not on
Virtuoso. Even there, a page that sends several queries would see two releases. So nothing is ever
switched on the server. Each release is loaded under names of its own: the graph's name with the
release behind it. Each query names its dataset (SPARQL 1.1 Protocol section 2.1.4). The symlink
`current` alone says which release is asked, as with the embedded store.

The renaming is an isomorphism. It is applied to the data, to the names in a query and, in reverse,
to the answer, so that readers meet public names only. One difference remains: a text that a query
computes from a graph's name includes the release, as in STRLEN(STR(?g)).

One more graph holds the triples of all graphs once, as the default graph. So the union costs one
name in a query, whatever the number of organisations, and Virtuoso, which gives a triple of two
graphs twice, gives it once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import pyoxigraph as ox

from graph.rdf.vocab import Term

#: No graph has this name, so a dataset of it is empty; an empty list would mean every graph.
NOWHERE = "urn:tambon-km:no-such-graph"

T = TypeVar("T", bound=Term)


@dataclass(frozen=True)
class ReleaseGraphs:
    """The graphs of one release by their public names, and their names on a server.

    >>> graphs = ReleaseGraphs("2026-11-22T101500Z", "http://km", ("http://km/graph/shared",))
    >>> graphs.inside("http://km/graph/shared")
    'http://km/graph/shared--release-2026-11-22T101500Z'
    >>> graphs.union
    'http://km/graph/--union-of-2026-11-22T101500Z'
    """

    release_id: str
    base: str
    names: tuple[str, ...]

    @cached_property
    def suffix(self) -> str:
        """The end of a name on the server: letters, digits and hyphens, which no format escapes."""
        return f"--release-{self.release_id}"

    @cached_property
    def union(self) -> str:
        """The graph of all triples; its name does not end like those of the other graphs."""
        return f"{self.base}/graph/--union-of-{self.release_id}"

    @cached_property
    def _inside(self) -> dict[str, str]:
        return {name: name + self.suffix for name in self.names}

    def inside(self, name: str) -> str:
        """Return the name on the server; a name that is no graph of this release stays as it is."""
        return self._inside.get(name, name)

    def holds(self, name: str) -> bool:
        """Tell whether this is the public name of one of the graphs."""
        return name in self._inside

    def listed(self, names: Iterable[str]) -> list[str]:
        """Return the names on the server of those that are graphs of this release.

        Graphs of other releases and of other sites are left out. If no graph remains, the list
        holds `NOWHERE`, because a server takes an empty list to mean every graph.
        """
        return [self._inside[name] for name in names if name in self._inside] or [NOWHERE]

    def rename(self, term: T) -> T:
        """Return a term with the name that it has on the server."""
        if isinstance(term, ox.NamedNode) and term.value in self._inside:
            return ox.NamedNode(self._inside[term.value])  # type: ignore[return-value]
        return term

    def restore(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield an answer with the public names, in whichever format it comes."""
        mark, held = self.suffix.encode(), b""
        for block in blocks:
            data = (held + block).replace(mark, b"")
            begun = _begun(data, mark)
            held = data[len(data) - begun :]
            if len(data) > begun:
                yield data[: len(data) - begun]
        if held:
            yield held


def _begun(data: bytes, mark: bytes) -> int:
    """Return how many bytes at the end may be the beginning of `mark`."""
    longest = min(len(mark) - 1, len(data))
    return next((n for n in range(longest, 0, -1) if data.endswith(mark[:n])), 0)
