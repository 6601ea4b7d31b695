"""One piece of work in a process of its own, beside what this process goes on with.

In: a function of a module and its arguments. Out: nothing but what it writes, or its error.
"""

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec

from graph.errors import ReleaseError
from graph.processes import start_processes

P = ParamSpec("P")


class Beside:
    """A piece of work that has begun."""

    def __init__(self, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        self._pool = start_processes(1)
        self._result = self._pool.submit(work, *args, **kwargs)

    def wait(self) -> None:
        """Return when it is done. Raises what it raised, ReleaseError where its process died."""
        try:
            self._result.result()
        except BrokenProcessPool as error:
            raise ReleaseError("a process of this publication died, of memory perhaps") from error
        finally:
            self._pool.shutdown()

    def stop(self) -> None:
        """Return when it has ended, whatever came of it."""
        self._pool.shutdown(cancel_futures=True)
