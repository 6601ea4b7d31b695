"""The dumps of many graphs, written by several processes.

In: graphs whose triples lie in files, as the check of many folders leaves them, and the writer of
one graph's dumps. Out: the dumps, noted in the folder of the release as if this process had written
them.
"""

from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from pathlib import Path

from graph.builder.dumps import DumpWriter
from graph.builder.folder import ReleaseFolder
from graph.builder.tables import TableWriter
from graph.errors import ReleaseError
from graph.rdf.named_graphs import NamedGraphs, read_triples
from graph.release.manifest import ReleaseFile
from graph.schema.sheets import load_shapes
from graph.workers import start_processes

MANY = 64
"""From so many graphs on, processes are worth their start."""

_TOGETHER = 16

Named = tuple[str, Sequence[Path]]


def write_dumps(
    writer: DumpWriter, graphs: NamedGraphs, names: Sequence[str], workers: int
) -> dict[str, int]:
    """Write the dumps of the graphs called `names`; return how many triples each has.

    Raises OSError where a file cannot be written, ReleaseError where a process dies.
    """
    named = [(name, graphs.files(name)) for name in names]
    apart = [(name, files) for name, files in named if files]
    if workers < 2 or len(apart) < MANY:
        apart = []
    own = sorted({*names} - {name for name, _ in apart})
    if not apart:
        return _write_own(writer, graphs, own)
    chunks = [apart[n : n + _TOGETHER] for n in range(0, len(apart), _TOGETHER)]
    write = partial(
        _write, writer.folder.path, writer.folder.plain_bytes, writer.base, writer.licence
    )
    try:
        with start_processes(workers) as pool:
            try:
                results = pool.map(write, chunks)
                counts = _write_own(writer, graphs, own)  # meanwhile
                for found, files in results:
                    counts |= found
                    writer.folder.files |= files
            except BaseException:  # what waits is not begun
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    except BrokenProcessPool as error:
        raise ReleaseError("a process that wrote dumps died, of memory perhaps") from error
    return counts


def _write_own(writer: DumpWriter, graphs: NamedGraphs, names: Sequence[str]) -> dict[str, int]:
    """Write graphs in this process."""
    counts = {}
    for name in names:
        triples = graphs.triples(name)
        counts[name] = len(triples)
        writer.write_graph(name, triples)
    return counts


def _write(
    path: Path, plain_bytes: int, base: str, licence: str, chunk: Sequence[Named]
) -> tuple[dict[str, int], dict[str, ReleaseFile]]:
    folder = ReleaseFolder(path, plain_bytes)
    writer = DumpWriter(folder, base, licence, _tables(base))
    counts = {}
    for name, files in chunk:
        triples = read_triples(files)
        counts[name] = len(triples)
        writer.write_graph(name, triples)
    return counts, folder.files


@cache
def _tables(base: str) -> TableWriter:
    """Return this process's writer of tables; reading the shapes takes as long as many graphs."""
    return TableWriter(load_shapes(), base)
