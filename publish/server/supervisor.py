"""Several processes on one port, since Python works on one processor at a time.

In: the settings. Out: the site, served by as many processes as they say. This process starts the
others and replaces one that ends. They are forked before any thread exists, so they share all
imported modules. Each has its own cache and query workers and watches for releases itself, so a new
release is everywhere within a second.

Each process listens on the same port by itself (SO_REUSEPORT, socket(7)), and the kernel divides
the connections among them. With one socket for all, one process often took all of eight connections
that came at once. This process holds no socket: if a process ends, or cannot start, its socket
closes and the kernel sends new connections to the others.
"""

import gc
import logging
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from graph.errors import KmError
from publish.config import Config
from publish.server.run import listen
from publish.server.run import serve as serve_alone

_FORK = multiprocessing.get_context("fork")
_PAUSE_S = 0.5  # before another takes the place of one that ended
_LONGEST_PAUSE_S = 30.0  # where one after the other ends before it could answer

log = logging.getLogger(__name__)


def serve(config: Config, ready: Callable[[], None]) -> None:
    """Serve until told to end (SIGTERM) or interrupted; `ready` is called once all can answer.

    Raises NoRelease or ReleaseDamaged, and SettingError where the address cannot be listened on.
    """
    if config.processes == 1:
        serve_alone(config, ready)
    else:
        # It refuses a port that others listen on already, even by sharing it; two that begin at the
        # same moment would both have it.
        listen(config).close()
        _serve_together(config.share, config.processes, ready)


class _Child:
    """One of the processes, and the pipe on which it reports its start."""

    def __init__(self, config: Config) -> None:
        self._told, tells = _FORK.Pipe(duplex=False)
        with tells:
            self._process: BaseProcess = _FORK.Process(
                target=_serve_one, args=(config, tells), daemon=True
            )
            self._process.start()
        self.sentinel = self._process.sentinel
        self.was_ready = False

    def wait_until_ready(self) -> None:
        """Return when it can answer. Raises what it raised, as `serve` does."""
        try:
            trouble = self._told.recv()
        except EOFError:
            trouble = KmError("a server process ended while it started")
        if trouble is not None:
            raise trouble
        self.was_ready = True

    def end(self) -> str:
        """Wait until it has ended; return what it told of that, else its exit code."""
        self._process.join()
        trouble = None
        with self._told, suppress(EOFError):
            while (trouble := self._told.recv()) is None:
                self.was_ready = True
        return str(trouble or self._process.exitcode)

    def stop(self) -> None:
        """Tell it to end in order."""
        self._process.terminate()


class _Place:
    """Where one process stands, and after it another."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._pause_s = _PAUSE_S
        self.child: _Child | None = _Child(config)
        self.due_s = 0.0

    def lose(self) -> None:
        """Its process has ended: another is due soon, or later where it has never answered."""
        child, self.child = self.child, None
        if child is not None:
            why = child.end()
            self._wait(why, _PAUSE_S if child.was_ready else 2 * self._pause_s)

    def fill(self) -> None:
        """Begin another process; where there can be none now, it is due later."""
        try:
            self.child = _Child(self._config)
        except OSError as error:
            self._wait(str(error), 2 * self._pause_s)

    def _wait(self, why: str, pause_s: float) -> None:
        self._pause_s = min(pause_s, _LONGEST_PAUSE_S)
        self.due_s = time.monotonic() + self._pause_s
        log.error("a server process ended (%s); starting another in %g s", why, self._pause_s)


def _serve_together(config: Config, processes: int, ready: Callable[[], None]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    gc.collect()
    gc.freeze()  # or looking for garbage would copy all that is shared
    places: list[_Place] = []
    try:
        places += (_Place(config) for _ in range(processes))
        for child in _children(places):
            child.wait_until_ready()
        ready()
        while True:
            _look_after(places)
    finally:
        children = _children(places)
        for child in children:
            child.stop()
        for child in children:
            child.end()


def _look_after(places: list[_Place]) -> None:
    """Wait until a process ends or another is due, and do what there is to do."""
    due = [place.due_s for place in places if place.child is None]
    patience_s = max(0.0, min(due) - time.monotonic()) if due else None
    ended = wait([child.sentinel for child in _children(places)], patience_s)
    for place in places:
        if place.child is not None and place.child.sentinel in ended:
            place.lose()
        elif place.child is None and place.due_s <= time.monotonic():
            place.fill()


def _children(places: list[_Place]) -> list[_Child]:
    return [place.child for place in places if place.child is not None]


def _serve_one(config: Config, tells: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        serve_alone(config, ready=partial(tells.send, None), is_shared=True)
    except KmError as error:
        tells.send(error)
    except KeyboardInterrupt:
        pass  # the one that began this one tells of it
