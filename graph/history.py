"""What changed from one release to the next, written into the release when it is built.

In: the sorted N-Quads lines of each graph, of the new release and of the one before. Out: the
folder `history/` of the new release:

    graphs.tsv     each graph: the SHA-256 of its dump, the releases that changed it, its counts
    resources.tsv  each thing: in how many graphs it is, the release that changed it last
    changes.tsv    each subject that changed, graph by graph, and where its lines stand in
    added.nq, removed.nq  the statements that came and went, as N-Quads, gzipped too
    summary.json   how much of what

Graph by graph: one with the same hash is passed over, two that differ are merged line by line. So
memory holds one subject's lines and an index of what changed, whatever the size of the release.
`graph.history_files` reads what is written here.
"""

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO

from graph.compare import SubjectChange, compare
from graph.history_files import (
    ADDED,
    CHANGES,
    FOLDER,
    GRAPHS,
    REMOVED,
    RESOURCES,
    SUMMARY,
    GraphState,
    Summary,
    read_graphs,
    read_things,
)
from graph.iris import RETIRED, graph_iri
from graph.statistics import measure

_MAX_VERSIONS = 50


@dataclass(frozen=True)
class GraphLines:
    """A graph of a release: a hash of it, and what gives its N-Quads lines, sorted.

    `read` may be called twice; equal hashes mean equal lines.
    """

    sha256: str
    read: Callable[[], Iterable[bytes]]


@dataclass
class _Journal:
    """What is noted down while graphs are compared; things by their path under the base."""

    added: IO[bytes]
    removed: IO[bytes]
    changes: IO[bytes]
    base: str
    statements: Counter[str] = field(default_factory=Counter)
    presence: Counter[bytes] = field(default_factory=Counter)
    touched: set[bytes] = field(default_factory=set)


def record(
    release: Path,
    release_id: str,
    base: str,
    graphs: Mapping[str, GraphLines],
    previous: Path | None,
    previous_graphs: Mapping[str, GraphLines],
) -> Summary:
    """Write the history of a release being built in the folder `release`; return its summary.

    `graphs` and `previous_graphs` map the IRIs of named graphs to their lines. `previous` is the
    folder of the release before; where that has no history, this one counts as the first.
    Raises OSError, ValueError for lines that are not sorted, ReleaseDamaged.
    """
    folder = release / FOLDER
    folder.mkdir()
    before = read_graphs(previous) if previous else {}
    if not before:
        previous = None
    states: dict[str, GraphState] = {}
    with (
        (folder / ADDED).open("wb") as added,
        (folder / REMOVED).open("wb") as removed,
        (folder / CHANGES).open("wb") as changes,
    ):
        journal = _Journal(added, removed, changes, base)
        for name, lines in sorted(graphs.items()):
            known = before.get(name)
            if known and known.sha256 == lines.sha256:
                states[name] = known
                continue
            old = previous_graphs[name].read() if known else ()
            is_new = _note(journal, name, compare(old, lines.read()), is_first=previous is None)
            versions = known.versions if known else ()
            versions = (release_id, *versions)[:_MAX_VERSIONS] if is_new else versions
            states[name] = GraphState(lines.sha256, versions, measure(lines.read(), name, base))
        for name in sorted({*before} - {*graphs}):
            _note(journal, name, compare(previous_graphs[name].read(), ()), is_first=False)
    _write_graphs(folder / GRAPHS, states)
    things = _write_resources(folder / RESOURCES, release_id, journal, previous)
    statements = sum(state.statistics.triples for state in states.values())
    summary = Summary(None, statements, things.pop("things"))
    if previous is not None:
        changed = {*before} - {*states} | {n for n in states if release_id in states[n].versions}
        summary = replace(
            summary,
            previous=previous.name,
            **journal.statements,
            **things,
            graphs=tuple(sorted(changed)),
        )
    text = json.dumps(asdict(summary), ensure_ascii=False, indent=1) + "\n"
    (folder / SUMMARY).write_text(text, encoding="utf-8")
    for file in (ADDED, REMOVED):
        _gzip(folder / file)
    return summary


def _note(
    journal: _Journal, graph: str, changes: Iterable[SubjectChange], *, is_first: bool
) -> bool:
    """Write down what changed in one graph, and tell whether anything did.

    Of the first release, only which things there are is written down.
    """
    any_change = False
    is_data = graph != graph_iri(journal.base, RETIRED)  # what is there is not there any more
    prefix = f"<{journal.base}/id/".encode()
    start = len(prefix) - len(b"/id/")
    for change in changes:
        if is_data and change.subject.startswith(prefix):
            path = change.subject[start:-1]
            journal.presence[path] += bool(change.after) - bool(change.before)
            if change.added or change.removed:
                journal.touched.add(path)
        if change.added or change.removed:
            any_change = True
            if not is_first:
                _write_change(journal, graph, change)
    return any_change


def _write_change(journal: _Journal, graph: str, change: SubjectChange) -> None:
    numbers = (
        len(change.added),
        len(change.removed),
        journal.added.tell(),
        journal.removed.tell(),
    )
    row = (change.sign, graph, change.subject.decode(), *(str(n) for n in numbers))
    journal.changes.write("\t".join(row).encode() + b"\n")
    journal.added.writelines(change.added)
    journal.removed.writelines(change.removed)
    journal.statements["statements_added"] += len(change.added)
    journal.statements["statements_removed"] += len(change.removed)


def _write_graphs(path: Path, states: Mapping[str, GraphState]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for name, state in sorted(states.items()):
            fields = (name, state.sha256, ",".join(state.versions), state.statistics.to_json())
            file.write("\t".join(fields) + "\n")


def _write_resources(
    path: Path, release_id: str, journal: _Journal, previous: Path | None
) -> Counter[str]:
    """Merge the index of the release before with what changed; return the counts of things."""
    counts = Counter[str](things=0)
    known = read_things(previous) if previous else iter(())
    old = ((thing.path.encode(), thing.graphs, thing.version) for thing in known)
    new = ((name, journal.presence[name], "") for name in sorted(journal.touched))
    with path.open("w", encoding="utf-8") as file:
        for name, found in groupby(merge(old, new, key=itemgetter(0)), key=itemgetter(0)):
            rows = list(found)
            was_there, is_touched = bool(rows[0][2]), not rows[-1][2]
            graphs = sum(row[1] for row in rows)
            if is_touched:
                what = "added" if not was_there else "changed" if graphs else "removed"
                counts[f"things_{what}"] += 1
            if graphs:
                counts["things"] += 1
                version = release_id if is_touched else rows[0][2]
                file.write(f"{name.decode()}\t{graphs}\t{version}\n")
    return counts


def _gzip(path: Path) -> None:
    with (
        path.open("rb") as plain,
        path.with_name(path.name + ".gz").open("wb") as out,
        gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed)
