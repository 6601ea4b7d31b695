"""The processes that share the check of a country.

In: folders, and a function that checks some of them. Out: its results, in the order of the folders.
The shared things are written to a file once; each process reads them when it starts.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import TypeVar

from graph.check.folder_check import SharedThings
from graph.errors import SourceError
from graph.intake.sources import Folder
from graph.workers import start_processes

R = TypeVar("R")
Work = Callable[[str, Path, Sequence[Folder]], Iterator[R]]
_COMMON_FILE = "common.pickle"


class Pool:
    """Processes that check folders; work for one process runs in this one."""

    def __init__(self, base: str, spool: Path, workers: int, common: SharedThings) -> None:
        self._base, self._spool, self._workers = base, spool, workers
        (spool / _COMMON_FILE).write_bytes(pickle.dumps(common))
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        """Return the processes, started when there is something for more than one."""
        if self._executor is None:
            self._executor = start_processes(self._workers)
        return self._executor

    def map(
        self,
        work: Work[R],
        folders: Sequence[Folder],
        size: int,
    ) -> Iterator[R]:
        """Yield what `work` makes of the folders, `size` at a time, in their order."""
        chunks = [folders[n : n + size] for n in range(0, len(folders), size)]
        run = partial(_run, work, self._base, self._spool)
        is_alone = self._workers < 2 or len(chunks) < 2
        results = map(run, chunks) if is_alone else self._start().map(run, chunks)
        try:
            for result in results:
                yield from result
        except BrokenProcessPool as error:
            raise SourceError("a process that read the sources died, of memory perhaps") from error


def _run(
    work: Work[R],
    base: str,
    spool: Path,
    folders: Sequence[Folder],
) -> list[R]:
    return list(work(base, spool, folders))


def read_shared(spool: Path) -> SharedThings:
    """Return what is common, in any of the processes."""
    common: SharedThings = pickle.loads(
        (spool / _COMMON_FILE).read_bytes()
    )  # our own, of a moment ago
    return common
