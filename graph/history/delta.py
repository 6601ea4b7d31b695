"""The difference between a release and the one before, for indexes that are updated in place.

In: the folder of a release whose history is written (`graph.history.record`). Out: a `Difference`:
the quads that were added and those that were removed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from graph.history.read import ADDED, FOLDER, GRAPHS, REMOVED

STATES = f"{FOLDER}/{GRAPHS}"
"""The file that a release must have for the next one's history to tell a difference."""

# A larger difference is not read into memory; the caller writes its index anew instead.
_MOST_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Difference:
    """The quads that were added (`came`) and removed (`went`)."""

    came: tuple[ox.Quad, ...]
    went: tuple[ox.Quad, ...]

    def less(self, graph: str) -> "Difference":
        """Return the difference of all graphs but one."""
        node = ox.NamedNode(graph)
        came, went = (
            tuple(quad for quad in quads if quad.graph_name != node)
            for quads in (self.came, self.went)
        )
        return Difference(came, went)

    @cached_property
    def subjects(self) -> frozenset[ox.NamedNode]:
        """The things of which something else is said."""
        quads = (*self.came, *self.went)
        return frozenset(q.subject for q in quads if isinstance(q.subject, ox.NamedNode))


def read_difference(release: Path) -> Difference | None:
    """Return the difference that the history in a release's folder tells; None where it is large.

    Raises OSError.
    """
    sizes = (release / FOLDER / name for name in (ADDED, REMOVED))
    if sum(path.stat().st_size for path in sizes) > _MOST_BYTES:
        return None
    came, went = (tuple(_read(release / FOLDER / name)) for name in (ADDED, REMOVED))
    return Difference(came, went)


def _read(path: Path) -> Iterator[ox.Quad]:
    with path.open("rb") as file:
        yield from ox.parse(cast(IO[bytes], file), ox.RdfFormat.N_QUADS)
