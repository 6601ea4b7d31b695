"""The files of a release's history, read a page at a time.

In: the folder of a release, as `graph.history.record` wrote it. Out: summaries, the states of
graphs and things, and what changed. Only the needed part of a file is read, found by offset or by
bisection, so a page costs the same in a release of a thousand statements and of a hundred million.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from graph.errors import ReleaseDamaged
from graph.history.counts import GraphStatistics, from_json

FOLDER = "history"
ADDED, REMOVED, CHANGES = "added.nq", "removed.nq", "changes.tsv"
GRAPHS, RESOURCES, SUMMARY = "graphs.tsv", "resources.tsv", "summary.json"
MAX_STATEMENTS = 100
"""A change lists at most this many added and this many removed statements."""


@dataclass(frozen=True)
class GraphState:
    """A graph in a release: `versions` are the releases that changed it, newest first."""

    sha256: str
    versions: tuple[str, ...]
    statistics: GraphStatistics


@dataclass(frozen=True)
class Summary:
    """How much there is and how much changed.

    A thing counts once, a statement in each graph that holds it. `previous` is the release compared
    with, None for the first one, where no change is counted.
    """

    previous: str | None
    statements: int = 0
    things: int = 0
    statements_added: int = 0
    statements_removed: int = 0
    things_added: int = 0
    things_removed: int = 0
    things_changed: int = 0
    graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ThingState:
    """A thing: its path under the base, its number of graphs, the release that changed it last."""

    path: str
    graphs: int
    version: str


@dataclass(frozen=True)
class Change:
    """What changed about one subject in one graph; `sign` is A new, D gone, M different.

    `added` and `removed` hold the first statements, `came` and `went` say how many there are.
    """

    sign: str
    graph: str
    subject: str
    came: int
    went: int
    added: tuple[ox.Triple, ...]
    removed: tuple[ox.Triple, ...]


def read_graphs(release: Path) -> dict[str, GraphState]:
    """Return the graphs of a release by IRI; none where it has no history.

    Raises ReleaseDamaged for a file that is not ours.
    """
    try:
        return {
            row.name: GraphState(row.sha256, tuple(row.versions.split(",")), row.statistics())
            for row in read_rows(release)
        }
    except (ValueError, TypeError, KeyError) as error:
        raise ReleaseDamaged(f"{release / FOLDER / GRAPHS}: {error}") from error


@dataclass(frozen=True)
class GraphRow:
    """The state of a graph as it stands in the file, for callers that only copy it."""

    name: str
    sha256: str
    versions: str
    written: str

    def statistics(self) -> GraphStatistics:
        """Return the counts. Raises ValueError or TypeError for a foreign line."""
        return from_json(self.written)

    @property
    def triples(self) -> int:
        """How many triples the graph holds: the first of the counts."""
        return int(self.written.partition(":")[2].partition(",")[0])

    def line(self) -> str:
        """Return it as a line of the file."""
        return "\t".join((self.name, self.sha256, self.versions, self.written)) + "\n"


def read_rows(release: Path) -> Iterator[GraphRow]:
    """Yield the states of the graphs of a release; none where it has no history.

    Raises ReleaseDamaged for a file that is not ours.
    """
    path = release / FOLDER / GRAPHS
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        parts = line.split("\t", 3)
        if len(parts) < 4:
            raise ReleaseDamaged(f"{path}: {line[:80]!r}")
        yield GraphRow(*parts)


def read_summary(release: Path) -> Summary | None:
    """Return the summary of a release, None where it has no history. Raises ReleaseDamaged."""
    path = release / FOLDER / SUMMARY
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Summary(**raw | {"graphs": tuple(raw["graphs"])})
    except (ValueError, TypeError, KeyError) as error:
        raise ReleaseDamaged(f"{path}: {error}") from error


def read_things(release: Path, skip: int = 0) -> Iterator[ThingState]:
    """Yield the things of a release in the order of their paths, all but the first `skip`."""
    path = release / FOLDER / RESOURCES
    if path.is_file():
        with path.open("rb") as file:
            for line in islice(file, skip, None):
                yield _thing(line)


def count_things(release: Path) -> int:
    """Return how many things a release has."""
    path = release / FOLDER / RESOURCES
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def newest_versions(release: Path, size: int) -> list[str]:
    """Return, for each `size` things in their order, the newest release that changed one."""
    path = release / FOLDER / RESOURCES
    if not path.is_file():
        return []
    with path.open("rb") as file:
        parts = iter(lambda: list(islice(file, size)), [])
        newest = [max(line.rsplit(b"\t", 1)[1] for line in part) for part in parts]
    return [version.decode().strip() for version in newest]


def find_thing(release: Path, path: str) -> ThingState | None:
    """Return a thing by its path (`/id/law/act-2522`), None if the release does not hold it."""
    file_path = release / FOLDER / RESOURCES
    if not file_path.is_file():
        return None
    wanted = path.encode()
    with file_path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:
            middle = (low + high) // 2
            line = _line_from(file, middle)
            if line and line.split(b"\t", 1)[0] < wanted:
                low = middle + 1
            else:
                high = middle
        line = _line_from(file, low)
    return _thing(line) if line.split(b"\t", 1)[0] == wanted else None


def _line_from(file: IO[bytes], offset: int) -> bytes:
    """Return the first line that begins at `offset` or after it."""
    file.seek(max(offset - 1, 0))
    if offset:
        file.readline()
    return file.readline()


def _thing(line: bytes) -> ThingState:
    path, graphs, version = line.decode().rstrip("\n").split("\t")
    return ThingState(path, int(graphs), version)


def read_changes(
    release: Path, skip: int, limit: int, hidden: Sequence[str] = ()
) -> tuple[list[Change], int]:
    """Return `limit` changes after the first `skip`, and how many there are in all.

    Changes of the graphs that `hidden` names are passed over.
    """
    folder = release / FOLDER
    if not (folder / CHANGES).is_file():
        return [], 0
    with (folder / CHANGES).open(encoding="utf-8") as file:
        seen = (line for line in file if line.split("\t", 2)[1] not in hidden)
        passed = sum(1 for _ in islice(seen, skip))
        rows = list(islice(seen, limit))
        total = passed + len(rows) + sum(1 for _ in seen)
    with (folder / ADDED).open("rb") as added, (folder / REMOVED).open("rb") as removed:
        return [_change(row, added, removed) for row in rows], total


def _change(row: str, added: IO[bytes], removed: IO[bytes]) -> Change:
    sign, graph, subject, *numbers = row.rstrip("\n").split("\t")
    came, went, added_at, removed_at = (int(number) for number in numbers)
    return Change(
        sign,
        graph,
        subject.strip("<>"),
        came,
        went,
        _triples(added, added_at, min(came, MAX_STATEMENTS)),
        _triples(removed, removed_at, min(went, MAX_STATEMENTS)),
    )


def _triples(file: IO[bytes], offset: int, count: int) -> tuple[ox.Triple, ...]:
    file.seek(offset)
    lines = b"".join(islice(file, count))
    return tuple(quad.triple for quad in ox.parse(lines, ox.RdfFormat.N_QUADS))
