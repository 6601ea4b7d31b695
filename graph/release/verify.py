"""The check of a release, byte by byte.

In: the folder of a release. Out: its faults: files that are missing, changed or in excess,
checksums that other programs would read differently, a store or a dump that differs from the
manifest. Opening a release (`graph.release.manifest`) checks only what serving needs. This reads
everything, and takes as long.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from graph.errors import KmError
from graph.release.manifest import (
    DUMPS,
    MANIFEST,
    STORE,
    SUMS,
    Release,
    check_file,
    find_release,
    unpacked_lines,
)
from graph.store.embedded import EmbeddedStore

_COUNTS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@dataclass(frozen=True)
class Verdict:
    """What was found: how much was looked at, and the problems, each one line; none is clean."""

    release: str
    files: int
    size_bytes: int
    triples: int
    problems: tuple[str, ...]


def verify_release(
    data: Path, release_id: str | None = None, step: Callable[[str], None] = lambda name: None
) -> Verdict:
    """Return the verdict on a release, the current one by default.

    `step` hears what is being looked at. Raises NoRelease, and ReleaseDamaged where the
    manifest or the list of the graphs' dumps cannot be read.
    """
    release = find_release(data, release_id)
    manifest = release.manifest
    step("files")
    changed = _changed(release)
    problems = [*changed.values(), *_unlisted(release)]
    step("sums")
    problems += _sums(release)
    step("dumps")
    problems += _dump(release)
    step("store")
    # Where a block cannot be read, pyoxigraph counts and sorts on without end, taking all memory.
    if not any(file.startswith(STORE) for file in changed):
        problems += _store(release)
    size_bytes = sum(file.size_bytes for file in release.files)
    count = len(release.files)
    return Verdict(release.id, count, size_bytes, manifest.triples, tuple(problems))


def _changed(release: Release) -> dict[str, str]:
    """Return what is wrong with the files that are missing or differ, by their names."""
    wrong = {}
    for file in release.files:
        try:
            check_file(release, file)
        except KmError as error:
            wrong[file.name] = str(error)
    return wrong


def _unlisted(release: Release) -> Iterator[str]:
    """Yield the files that the manifest does not know."""
    known = {file.name for file in release.files} | {MANIFEST}
    for path in sorted(p for p in release.folder.rglob("*") if not p.is_dir()):
        name = path.relative_to(release.folder).as_posix()
        if name not in known:
            yield f"release {release.id}: {name} is not in the manifest"


def _sums(release: Release) -> Iterator[str]:
    """Yield the dumps whose sum for other programs is not that of the manifest."""
    try:
        text = (release.dumps / SUMS).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        yield f"release {release.id}: {SUMS}: {error}"
        return
    told = {tuple(line.split("  ", 1)[::-1]) for line in text.splitlines()}
    known = {
        (file.name.removeprefix(DUMPS), file.sha256)
        for file in release.files
        if file.name.startswith(DUMPS) and file.name != f"{DUMPS}{SUMS}"
    }
    for name in sorted({str(pair[0]) for pair in told ^ known}):
        yield f"release {release.id}: {SUMS} and the manifest differ about {name}"


def _dump(release: Release) -> Iterator[str]:
    """Yield whether the whole dump has another number of lines than the manifest says."""
    try:
        found = sum(1 for _ in unpacked_lines(release.dumps / "all.nq.gz"))
    except (OSError, EOFError, ValueError) as error:
        yield f"release {release.id}: all.nq.gz: {error}"
        return
    if found != release.manifest.triples:
        yield f"release {release.id}: all.nq.gz holds {found} of {release.manifest.triples} triples"


def _store(release: Release) -> Iterator[str]:
    """Yield the graphs of which the store holds another number of triples."""
    try:
        rows = EmbeddedStore(release.store_path, {}).select(_COUNTS)
    except (KmError, OSError, RuntimeError) as error:
        yield f"release {release.id}: the store: {error}"
        return
    found = {
        row["g"].value: int(row["n"].value)
        for row in rows
        if isinstance(row["g"], ox.NamedNode) and isinstance(row["n"], ox.Literal)
    }
    expected = release.manifest.graphs
    for graph in sorted({*found} | {*expected}):
        there, told = found.get(graph, 0), expected.get(graph, 0)
        if there != told:
            yield f"release {release.id}: the store holds {there} of {told} triples of {graph}"
