"""Building a release: named steps, one after another, beside what is being served.

In: an `Edition`: the named graphs of a checked dataset and what is to be said of them. Out: a
release that is current. The folder is filled as `releases/.tmp-ID`, synced, renamed, and only then
pointed to; a crash between any two steps leaves the old release serving, and the next publication
sweeps what is left. `STEPS` is the whole of it: each step takes the `Build` and does one thing,
graph by graph, so memory follows the largest graph and time follows what has changed.
"""

import gzip
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from graph.beside import Beside
from graph.country import LEDGER
from graph.difference import STATES, Difference, read_difference
from graph.dumps import DumpWriter
from graph.errors import KmError, ReleaseError
from graph.graph_writer import write_dumps
from graph.history import GraphLines, record
from graph.hub_index import write_hubs
from graph.hub_update import update_hubs
from graph.hubs import FILE as HUBS
from graph.named_graphs import NamedGraphs, WithGraph
from graph.preview import Preview, preview_publication
from graph.release import (
    DUMPS,
    GRAPH_FILES,
    MANIFEST,
    Manifest,
    Release,
    ReleaseFile,
    current_id,
    graph_lines,
    open_release,
    read_quads,
    release_ids,
    write_manifest,
)
from graph.release_folder import ReleaseFolder
from graph.report import EXTRACT, Report, as_extract, as_json
from graph.search_index import FILE
from graph.search_update import update_index
from graph.search_writer import write_index
from graph.sheets import load_shapes
from graph.sources import Source
from graph.store import EmbeddedStore
from graph.store_writer import change_store, load_store
from graph.switch import TMP, Shelf, activate, remove_old, sweep_leftovers, sync_folder
from graph.table_writer import TableWriter
from graph.tombstones import retired_graph
from graph.vocab import PREFIXES, ontology_version

PROGRAM = f"tambon-km {version('tambon-km')}"
_SYNC_ONE_BY_ONE = 1000
_LARGE = 100_000
"""From so many triples on, a store is made from the last release's where it can be."""

_LITTLE = 0.2
"""The part of all triples up to which changes are little."""


@dataclass(frozen=True)
class Edition:
    """What is to be published.

    Attributes:
        base: what every identifier begins with.
        licence: the IRI of the licence of the modelling.
        keep: how many releases are kept.
        plain_mb: dumps above so many MiB are kept gzipped only.
        preview: what it will change, where that has been found out already.
        ledger: what the next check may build on, to be kept with the release; see `graph.country`.
    """

    graphs: NamedGraphs
    report: Report
    sources: tuple[Source, ...]
    base: str
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    keep: int = 10
    plain_mb: int = 256
    preview: Preview | None = None
    ledger: Path | None = None


@dataclass
class Build:
    """A release on its way: what it is made of, its folder, and what the steps have found out.

    `before` is the release that was current when the build began, where it can be opened; `release`
    is the new one, once it is current. `beside` is the index of words where it is on its way.
    """

    data: Path
    edition: Edition
    id: str
    folder: ReleaseFolder
    before: Release | None
    shelf: Shelf | None = None
    counts: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    beside: Beside | None = None
    release: Release | None = None

    @property
    def model(self) -> Release | None:
        """The release before, where the same graph would have the very same files there."""
        mine = (PROGRAM, self.edition.base, self.edition.licence)
        if self.before is None:
            return None
        manifest = self.before.manifest
        is_alike = (manifest.program, manifest.base, manifest.licence) == mine
        return self.before if is_alike else None

    @cached_property
    def graphs(self) -> NamedGraphs:
        """The graphs of the release: those of the edition, and the tombstones of what is gone."""
        edition = self.edition
        preview = edition.preview or preview_publication(self.data, edition.graphs, edition.base)
        stones = (triple for stone in preview.tombstones for triple in stone.triples())
        return WithGraph(edition.graphs, retired_graph(edition.base), stones)

    @cached_property
    def dumps(self) -> DumpWriter:
        """What writes the dumps."""
        base = self.edition.base
        return DumpWriter(self.folder, base, self.edition.licence, TableWriter(load_shapes(), base))

    @property
    def changed(self) -> list[str] | None:
        """The graphs that are not as in the release before; None where they are much of it all.

        Known once the graphs are written.
        """
        before, after = (self.before.manifest if self.before else None), self.counts
        total = sum(after.values())
        if before is None or before.base != self.edition.base or total < _LARGE:
            return None
        names = {*before.digests, *self.digests}
        changed = [n for n in names if before.digests.get(n) != self.digests.get(n)]
        moved = sum(before.graphs.get(n, 0) + after.get(n, 0) for n in changed)
        return sorted(changed) if moved < total * _LITTLE else None

    @cached_property
    def difference(self) -> Difference | None:
        """What is said otherwise than before, to mend indexes by; None where they are made anew.

        Known once the history is written.
        """
        before = self.model
        if before is None or self.changed is None or not (before.folder / STATES).is_file():
            return None
        return read_difference(self.folder.path)

    @property
    def final(self) -> Path:
        """Where the folder goes when it is whole."""
        return self.data / "releases" / self.id


def build_release(
    data: Path,
    edition: Edition,
    shelf: Shelf | None = None,
    step: Callable[[str], None] = lambda name: None,
) -> Release:
    """Write a release, make it current and remove all but the newest.

    With a `shelf`, the release is put there before it is current. `step` hears the name of each of
    `STEPS` as it begins. Call it inside `publication_lock`. Raises ReleaseError where a file cannot
    be written or the shelf does not take the release; then nothing has changed for readers.
    """
    sweep_leftovers(data)
    release_id = _new_id(next(iter(release_ids(data)), ""))
    path = data / "releases" / f"{TMP}{release_id}"
    folder = ReleaseFolder(path, edition.plain_mb * 1024**2)
    build = Build(data, edition, release_id, folder, _before(data), shelf)
    try:
        path.mkdir(parents=True)
        for name, run in STEPS:
            step(name)
            run(build)
    except OSError as error:
        _give_up(build)
        raise ReleaseError(f"cannot write the release: {error}") from error
    except KmError:
        _give_up(build)
        raise
    assert build.release is not None  # the step `switch` came by
    return build.release


def _give_up(build: Build) -> None:
    if build.beside is not None:
        build.beside.stop()
    shutil.rmtree(build.folder.path, ignore_errors=True)


def _new_id(newest: str) -> str:
    """Return the UTC time as an identifier that sorts after `newest`, whatever the clock says.

    A number is added where the second is taken, so that no identifier comes twice.
    """
    stamp = max(datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ"), newest[:18])
    candidates = [stamp, *(f"{stamp}-{n:03}" for n in range(2, 1000))]
    return next(c for c in candidates if c > newest)


def _before(data: Path) -> Release | None:
    """Return the current release; a damaged one is no help, and no hindrance either."""
    try:
        return open_release(data)
    except KmError:
        return None


# ---- the steps -------------------------------------------------------------------------------


def write_graphs(build: Build) -> None:
    """Write the dumps of each named graph, or take them over where it is as it was."""
    graphs, before = build.graphs, build.model
    was = before.manifest.digests if before else {}
    build.digests = {graph: graphs.sha256(graph) for graph in graphs.names()}
    if before is not None:
        for graph in (g for g, digest in build.digests.items() if was.get(g) == digest):
            build.counts[graph] = before.manifest.graphs[graph]
            build.dumps.link_graph(graph, before)
    new = [graph for graph in build.digests if graph not in build.counts]
    build.counts |= write_dumps(build.dumps, graphs, new, os.cpu_count() or 1)


def write_whole(build: Build) -> None:
    """Put the whole together from the graphs' files."""
    build.dumps.write_shapes()
    build.dumps.write_whole(sorted(build.counts))
    model = build.model
    was = model.manifest.digests if model else {}
    names = {*was, *build.digests}
    changed = {name for name in names if was.get(name) != build.digests.get(name)}
    build.dumps.write_tables(sorted(build.counts), model, changed)


def write_store(build: Build) -> None:
    """Write the store: from the last release's where little has changed, else from the whole dump.

    Raises ReleaseError where it holds another number of triples than was written.
    """
    path, expected = build.folder.path / "store", sum(build.counts.values())
    difference = build.difference
    if difference is None:
        load_store(path, build.folder.path / DUMPS / "all.nq.gz", expected)
        return
    assert build.before is not None  # from which it differs
    gone = build.before.manifest.graphs.keys() - build.counts.keys()
    change_store(path, build.before.store_path, difference, sorted(gone), expected)


def begin_search(build: Build) -> None:
    """Begin the index of words in a process of its own, where much is to be indexed anew."""
    if build.difference is None and sum(build.counts.values()) >= _LARGE:
        build.beside = Beside(_index_words, build.folder.path, build.edition.base)


def write_search(build: Build) -> None:
    """Index the names and words of everything that is there, if that has not been begun."""
    path, base, difference = build.folder.path / FILE, build.edition.base, build.difference
    if build.beside is not None:
        build.beside.wait()
        return
    if difference is not None:
        assert build.before is not None  # from which it differs
        store = EmbeddedStore(build.folder.path / "store", PREFIXES)
        if update_index(path, build.before.folder / FILE, store, difference, base):
            return
    _index_words(build.folder.path, base)


def _index_words(folder: Path, base: str) -> None:
    """Write the index of words from the whole dump; tombstones are no results."""
    gone = ox.NamedNode(retired_graph(base))
    quads = (quad for quad in read_quads(folder) if quad.graph_name != gone)
    write_index(folder / FILE, quads, base)


def write_hub_index(build: Build) -> None:
    """Count and list what points to the things that a thousand others point to."""
    path, base, difference = build.folder.path / HUBS, build.edition.base, build.difference
    store = EmbeddedStore(build.folder.path / "store", PREFIXES)
    if difference is not None:
        assert build.before is not None  # from which it differs
        stores = EmbeddedStore(build.before.store_path, PREFIXES), store
        if update_hubs(path, build.before.folder / HUBS, stores, difference, base):
            return
    write_hubs(path, store, base)


def write_report(build: Build) -> None:
    """Keep what the check found, and what the next one may build on."""
    report = as_json(build.edition.report).encode()
    (build.folder.path / "report.json").write_bytes(report)
    (build.folder.path / EXTRACT).write_bytes(as_extract(build.edition.report))
    if build.edition.ledger is not None:
        shutil.copyfile(build.edition.ledger, build.folder.path / LEDGER)


def write_history(build: Build) -> None:
    """Write down what is different from the release before, where that has the same base."""
    before = build.before
    if before and before.manifest.base != build.edition.base:
        before = None
    record(
        build.folder.path,
        build.id,
        build.edition.base,
        _lines(build.folder.path, build.folder.files.values()),
        before.folder if before else None,
        _lines(before.folder, before.graph_files) if before else {},
    )


def _lines(folder: Path, files: Iterable[ReleaseFile]) -> dict[str, GraphLines]:
    return {
        file.graph: GraphLines(file.sha256, partial(_unpack, folder / file.name))
        for file in files
        if file.format == "nq" and file.graph
    }


def _unpack(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as lines:
        yield from lines


def describe(build: Build) -> None:
    """Write the checksums and the manifest."""
    build.dumps.write_sums()
    edition, folder = build.edition, build.folder
    of_graphs = [folder.files[name] for name in sorted(folder.files) if folder.files[name].graph]
    (folder.path / GRAPH_FILES).write_bytes(graph_lines(of_graphs))
    folder.add_rest(build.before)
    whole = [folder.files[name] for name in sorted(folder.files) if not folder.files[name].graph]
    write_manifest(
        folder.path,
        Manifest(
            id=build.id,
            created=datetime.now(UTC).replace(microsecond=0),
            base=edition.base,
            program=PROGRAM,
            ontology_version=ontology_version(),
            triples=sum(build.counts.values()),
            graphs=dict(sorted(build.counts.items())),
            files=tuple(whole),
            sources=edition.sources,
            findings={s.value: n for s, n in edition.report.counts().items()},
            previous=current_id(build.data),
            licence=edition.licence,
            digests=dict(sorted(build.digests.items())),
        ),
    )


def sync(build: Build) -> None:
    """Let everything new survive a power cut; many files at once by one sync of all."""
    new = [build.folder.path / MANIFEST, *build.folder.written()]
    if len(new) > _SYNC_ONE_BY_ONE:
        os.sync()
        return
    for path in new:
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for path in (build.folder.path, *(p for p in build.folder.path.iterdir() if p.is_dir())):
        sync_folder(path)


def put_on_shelf(build: Build) -> None:
    """Load the release on the SPARQL server, where there is one."""
    if build.shelf is not None:
        build.shelf.put(build.id, read_quads(build.folder.path))


def rename(build: Build) -> None:
    """Give the whole folder its name."""
    build.folder.path.rename(build.final)
    sync_folder(build.final.parent)


def switch(build: Build) -> None:
    """Point `current` to it."""
    build.release = activate(build.data, build.id, build.shelf)


def clean(build: Build) -> None:
    """Remove the oldest releases."""
    remove_old(build.data, build.edition.keep)


STEPS: tuple[tuple[str, Callable[[Build], None]], ...] = (
    ("graphs", write_graphs),
    ("whole", write_whole),
    ("history", write_history),
    ("words", begin_search),
    ("store", write_store),
    ("hubs", write_hub_index),
    ("search", write_search),
    ("report", write_report),
    ("manifest", describe),
    ("sync", sync),
    ("shelf", put_on_shelf),
    ("rename", rename),
    ("switch", switch),
    ("clean", clean),
)
