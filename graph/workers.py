"""Processes that work for this one and end with it.

In: a number of processes, or a module-level function with its arguments. Out: an executor, or one
function call that runs in a second process. Processes are spawned and not forked, because the
progress spinner in the terminal is a thread of this process, and forking with threads is unsafe.
Each process watches its parent and ends when the parent is killed.
"""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from graph.errors import ReleaseError


def count_processors() -> int:
    """Return how many processors this process may use: a container may have some of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_processes(number: int) -> ProcessPoolExecutor:
    """Return an executor of `number` processes; each is started when it is first needed."""
    return ProcessPoolExecutor(number, get_context("spawn"), initializer=end_with_parent)


def end_with_parent() -> None:
    """End this process when the one that started it ends."""
    Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    assert parent is not None  # this is not the first process
    parent.join()
    os._exit(1)


class Background:
    """A function call running in a second process; `wait` for it or `stop` it."""

    def __init__(self, work: Callable[..., None], *args: object) -> None:
        context = get_context("spawn")  # not forked: a terminal's spinner is a thread
        self._told, tell = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(tell, work, args), daemon=True)
        self._process.start()
        tell.close()

    def wait(self) -> None:
        """Return when it is done. Raises what it raised, ReleaseError where its process died."""
        try:
            error = self._told.recv()
        except EOFError:
            error = ReleaseError("a process of this publication died, of memory perhaps")
        self._process.join()
        self._told.close()
        if error is not None:
            raise error

    def stop(self) -> None:
        """End it, done or not."""
        self._process.terminate()
        self._process.join()
        self._told.close()


def _run(tell: "Connection[Any, Any]", work: Callable[..., None], args: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process, which ends this
    end_with_parent()
    error = None
    try:
        work(*args)
    except Exception as raised:  # the outermost edge of this process
        error = raised
    tell.send(error)
