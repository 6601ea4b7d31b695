"""Processes that work for this one, and end with it.

In: how many. Out: an executor. They are not forked, since a terminal's spinner is a thread of this
process, and each watches over its parent: one that is killed leaves nobody working for nothing.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread


def count_processors() -> int:
    """Return how many processors this process may use: a container may have some of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_processes(number: int) -> ProcessPoolExecutor:
    """Return an executor of so many processes, started as they are needed."""
    return ProcessPoolExecutor(number, get_context("spawn"), initializer=end_with_parent)


def end_with_parent() -> None:
    """End this process when the one that started it ends."""
    Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    assert parent is not None  # this is not the first process
    parent.join()
    os._exit(1)
