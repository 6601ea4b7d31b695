"""The steps that make a release: each takes the `Build` and does one thing, graph by graph.

In: a build whose earlier steps are done; `graph.builder.build` has their order. Out: files in its
folder, and at the end a release that is current. Memory follows the largest graph, time follows
the changes. The steps raise OSError and KmError.
"""

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from graph.builder.inputs import LARGE, PROGRAM, Build
from graph.builder.parallel_dumps import write_dumps
from graph.builder.store import change_store, load_store
from graph.check.country import VERDICTS
from graph.check.report import EXTRACT, as_extract, as_json
from graph.history.record import GraphLines, record
from graph.hubs.read import FILE as HUBS
from graph.hubs.update import update_hubs
from graph.hubs.write import write_hubs
from graph.rdf.iris import RETIRED, graph_iri
from graph.rdf.vocab import PREFIXES, ontology_version
from graph.release.activate import activate, remove_old, sync_folder
from graph.release.manifest import (
    DUMPS,
    GRAPH_FILES,
    MANIFEST,
    REPORT,
    Manifest,
    ReleaseFile,
    current_id,
    graph_lines,
    read_quads,
    unpacked_lines,
    write_manifest,
)
from graph.search.index_rows import FILE
from graph.search.update import update_index
from graph.search.write import write_index
from graph.store.embedded import EmbeddedStore
from graph.workers import Background, count_processors

_SYNC_ONE_BY_ONE = 1000


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
    build.counts |= write_dumps(build.dumps, graphs, new, count_processors())


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
    if build.difference is None and sum(build.counts.values()) >= LARGE:
        build.indexing = Background(_index_words, build.folder.path, build.inputs.base)


def write_search(build: Build) -> None:
    """Index the names and words of everything that is there, if that has not been begun."""
    path, base, difference = build.folder.path / FILE, build.inputs.base, build.difference
    if build.indexing is not None:
        build.indexing.wait()
        build.indexing = None
        return
    if difference is not None:
        assert build.before is not None  # from which it differs
        store = EmbeddedStore(build.folder.path / "store", PREFIXES)
        if update_index(path, build.before.folder / FILE, store, difference, base):
            return
    _index_words(build.folder.path, base)


def _index_words(folder: Path, base: str) -> None:
    """Write the index of words from the whole dump; tombstones are no results."""
    gone = ox.NamedNode(graph_iri(base, RETIRED))
    quads = (quad for quad in read_quads(folder) if quad.graph_name != gone)
    write_index(folder / FILE, quads, base)


def write_hub_index(build: Build) -> None:
    """Count and list what points to the things that a thousand others point to."""
    path, base, difference = build.folder.path / HUBS, build.inputs.base, build.difference
    store = EmbeddedStore(build.folder.path / "store", PREFIXES)
    if difference is not None:
        assert build.before is not None  # from which it differs
        stores = EmbeddedStore(build.before.store_path, PREFIXES), store
        if update_hubs(path, build.before.folder / HUBS, stores, difference, base):
            return
    write_hubs(path, store, base)


def write_report(build: Build) -> None:
    """Write the report, and the verdicts that the next check may build on."""
    report = as_json(build.inputs.report).encode()
    (build.folder.path / REPORT).write_bytes(report)
    (build.folder.path / EXTRACT).write_bytes(as_extract(build.inputs.report))
    if build.inputs.verdicts is not None:
        shutil.copyfile(build.inputs.verdicts, build.folder.path / VERDICTS)


def write_history(build: Build) -> None:
    """Write down what is different from the release before, where that has the same base."""
    before = build.before
    if before and before.manifest.base != build.inputs.base:
        before = None
    record(
        build.folder.path,
        build.id,
        build.inputs.base,
        _lines(build.folder.path, build.folder.files.values()),
        before.folder if before else None,
        _lines(before.folder, before.graph_files) if before else {},
    )


def _lines(folder: Path, files: Iterable[ReleaseFile]) -> dict[str, GraphLines]:
    return {
        file.graph: GraphLines(file.sha256, partial(unpacked_lines, folder / file.name))
        for file in files
        if file.format == "nq" and file.graph
    }


def describe(build: Build) -> None:
    """Write the checksums and the manifest."""
    build.dumps.write_sums()
    inputs, folder = build.inputs, build.folder
    of_graphs = [folder.files[name] for name in sorted(folder.files) if folder.files[name].graph]
    (folder.path / GRAPH_FILES).write_bytes(graph_lines(of_graphs))
    folder.add_rest(build.before)
    whole = [folder.files[name] for name in sorted(folder.files) if not folder.files[name].graph]
    write_manifest(
        folder.path,
        Manifest(
            id=build.id,
            created=datetime.now(UTC).replace(microsecond=0),
            base=inputs.base,
            program=PROGRAM,
            ontology_version=ontology_version(),
            triples=sum(build.counts.values()),
            graphs=dict(sorted(build.counts.items())),
            files=tuple(whole),
            sources=inputs.sources,
            findings={s.value: n for s, n in inputs.report.counts().items()},
            previous=current_id(build.data),
            licence=inputs.licence,
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


def load_copies(build: Build) -> None:
    """Load the release on the SPARQL server, where there is one."""
    if build.copies is not None:
        build.copies.put(build.id, read_quads(build.folder.path))


def rename(build: Build) -> None:
    """Give the whole folder its name."""
    build.folder.path.rename(build.final)
    sync_folder(build.final.parent)


def switch(build: Build) -> None:
    """Point `current` to it."""
    build.release = activate(build.data, build.id, build.copies)


def clean(build: Build) -> None:
    """Remove the oldest releases."""
    remove_old(build.data, build.inputs.keep)
