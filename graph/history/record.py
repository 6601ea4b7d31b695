"""The history of a release, written when it is built: the changes since the release before.

In: the sorted N-Quads lines of each graph, of the new release and of the one before. Out: the
folder `history/` of the new release:

    graphs.tsv     each graph: the SHA-256 of its dump, the releases that changed it, its counts
    resources.tsv  each thing: in how many graphs it is, the release that changed it last
    changes.tsv    each subject that changed, graph by graph, and where its lines stand in
    added.nq, removed.nq  the statements that came and went, as N-Quads, gzipped too
    summary.json   the counts of all this

A graph with an unchanged hash is skipped. Two graphs that differ are merged line by line, so memory
holds the lines of one subject and an index of the changes, however large the release is.
`graph.history.read` reads these files.
"""

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import IO

from graph.history.counts import measure
from graph.history.diff import SubjectChange, compare
from graph.history.read import (
    ADDED,
    CHANGES,
    FOLDER,
    GRAPHS,
    REMOVED,
    RESOURCES,
    SUMMARY,
    GraphRow,
    Summary,
    read_rows,
)
from graph.rdf.iris import RETIRED, graph_iri

# Each graph's line lists at most this many releases, so that it does not grow with every release.
_MAX_VERSIONS = 50


@dataclass(frozen=True)
class GraphLines:
    """A graph of a release: its hash, and a function that gives its N-Quads lines, sorted.

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
    before = {row.name: row for row in read_rows(previous)} if previous else {}
    if not before:
        previous = None
    rows: dict[str, GraphRow] = {}
    with (
        (folder / ADDED).open("wb") as added,
        (folder / REMOVED).open("wb") as removed,
        (folder / CHANGES).open("wb") as changes,
    ):
        journal = _Journal(added, removed, changes, base)
        for name, lines in sorted(graphs.items()):
            known = before.get(name)
            if known and known.sha256 == lines.sha256:
                rows[name] = known
                continue
            old = previous_graphs[name].read() if known else ()
            is_new = _note(journal, name, compare(old, lines.read()), is_first=previous is None)
            versions = known.versions.split(",") if known else []
            versions = [release_id, *versions][:_MAX_VERSIONS] if is_new else versions
            counted = measure(lines.read(), name, base).to_json()
            rows[name] = GraphRow(name, lines.sha256, ",".join(versions), counted)
        for name in sorted({*before} - {*graphs}):
            _note(journal, name, compare(previous_graphs[name].read(), ()), is_first=False)
    text = "".join(row.line() for _, row in sorted(rows.items()))
    (folder / GRAPHS).write_text(text, encoding="utf-8")
    things = _write_resources(folder / RESOURCES, release_id, journal, previous)
    statements = sum(row.triples for row in rows.values())
    summary = Summary(None, statements, things.pop("things"))
    if previous is not None:
        anew = {n for n, row in rows.items() if release_id in row.versions.split(",")}
        changed = {*before} - {*rows} | anew
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
    is_data = graph != graph_iri(journal.base, RETIRED)  # things in it no longer exist
    prefix = f"<{journal.base}/id/".encode()
    start = len(prefix) - len(b"/id/")
    for change in changes:
        if is_data and change.subject.startswith(prefix):
            path = change.subject[start:-1]
            journal.presence[path] += bool(change.after) - bool(change.before)
            journal.touched.add(path)
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


def _write_resources(
    path: Path, release_id: str, journal: _Journal, previous: Path | None
) -> Counter[str]:
    """Merge the index of the release before with the changes; return the counts of things.

    Both are sorted. Of a million lines nearly all are copied as they are.
    """
    counts = Counter[str](things=0)
    old = previous / FOLDER / RESOURCES if previous else None
    touched = iter(sorted(journal.touched))
    name = next(touched, None)

    def note(name: bytes, graphs: int, was_there: bool) -> bytes:
        """Count what became of a thing, and return its line if it is still there."""
        what = "added" if not was_there else "changed" if graphs else "removed"
        counts[f"things_{what}"] += 1
        return b"%s\t%d\t%s\n" % (name, graphs, release_id.encode()) if graphs else b""

    with path.open("wb") as file, _opened(old) as lines:
        for line in lines:
            at, _, rest = line.partition(b"\t")
            while name is not None and name < at:
                counts["things"] += file.write(note(name, journal.presence[name], False)) > 0
                name = next(touched, None)
            if name == at:
                graphs = int(rest.partition(b"\t")[0]) + journal.presence[at]
                line, name = note(at, graphs, True), next(touched, None)
            counts["things"] += file.write(line) > 0
        while name is not None:
            counts["things"] += file.write(note(name, journal.presence[name], False)) > 0
            name = next(touched, None)
    return counts


def _opened(path: Path | None) -> IO[bytes]:
    """Open an index of things; there is none in a release without a history."""
    return path.open("rb") if path is not None and path.is_file() else BytesIO()


def _gzip(path: Path) -> None:
    with (
        path.open("rb") as plain,
        path.with_name(path.name + ".gz").open("wb") as out,
        gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed)
