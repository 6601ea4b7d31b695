"""One piece of work in a process of its own, while this process goes on with something else.

In: a function of a module and its arguments. Out: nothing but what it writes, or its error.
"""

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from graph.errors import ReleaseError
from graph.processes import end_with_parent


class Background:
    """A piece of work that has begun; `wait` for it or `stop` it."""

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
