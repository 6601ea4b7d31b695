"""Several processes on one port: Python works on one processor at a time, a machine has more.

In: the settings. Out: the site, served by as many processes as they say. This one only listens,
begins the others and puts another in the place of one that ends. They are forked before there is
any thread, so they share what has been imported; each has its own cache and query workers, and
follows the releases for itself, so a new one is everywhere within a second.

Each has a socket of its own on the port (SO_REUSEPORT, socket(7)), among which the kernel divides
the connections. From one socket for all, whoever woke first took a burst of eight whole, in half of
ten trials. Who is sent to one that has just ended waits for the next.
"""

import gc
import logging
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from graph.errors import KmError
from publish.config import Config
from publish.server import listen
from publish.server import serve as serve_alone

_FORK = multiprocessing.get_context("fork")
_PAUSE_S = 0.5  # before another takes the place of one that ended

log = logging.getLogger(__name__)


def serve(config: Config, ready: Callable[[], None]) -> None:
    """Serve until told to end (SIGTERM) or interrupted; `ready` is called once all can answer.

    Raises NoRelease or ReleaseDamaged, and SettingError where the address cannot be listened on.
    """
    with listen(config) as listener:  # it refuses a port that others listen on, even by sharing it
        if config.processes == 1:
            serve_alone(config, listener, ready)
            return
    with ExitStack() as stack:
        shared = [
            stack.enter_context(listen(config, is_shared=True)) for _ in range(config.processes)
        ]
        _serve_together(config.share, shared, ready)


class _Child:
    """One of the processes, and what it tells of its beginning."""

    def __init__(self, config: Config, listener: socket.socket) -> None:
        self._told, tells = _FORK.Pipe(duplex=False)
        with tells:
            self._process: BaseProcess = _FORK.Process(
                target=_serve_one, args=(config, listener, tells), daemon=True
            )
            self._process.start()
        self.listener = listener
        self.sentinel = self._process.sentinel

    def wait_until_ready(self) -> None:
        """Return when it can answer. Raises what it raised, as `serve` does."""
        try:
            trouble = self._told.recv()
        except EOFError:
            trouble = KmError("a process of the server ended as it started")
        if trouble is not None:
            raise trouble

    def end(self) -> str:
        """Wait until it has ended; return what it told of that, else its exit code."""
        self._process.join()
        trouble = None
        with self._told, suppress(EOFError):
            while trouble is None:
                trouble = self._told.recv()
        return str(trouble or self._process.exitcode)

    def stop(self) -> None:
        """Tell it to end in order."""
        self._process.terminate()


def _serve_together(
    config: Config, listeners: Sequence[socket.socket], ready: Callable[[], None]
) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    gc.collect()
    gc.freeze()  # or looking for garbage would copy all that is shared
    children: list[_Child] = []
    try:
        children += (_Child(config, listener) for listener in listeners)
        for child in children:
            child.wait_until_ready()
        ready()
        while True:
            ended = wait([child.sentinel for child in children])
            for child in [child for child in children if child.sentinel in ended]:
                log.error("a process of the server ended (%s); another begins", child.end())
                children.remove(child)
                time.sleep(_PAUSE_S)
                children.append(_Child(config, child.listener))
    finally:
        for child in children:
            child.stop()
        for child in children:
            child.end()


def _serve_one(config: Config, listener: socket.socket, tells: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        serve_alone(config, listener, ready=partial(tells.send, None))
    except KmError as error:
        tells.send(error)
    except KeyboardInterrupt:
        pass  # the one that began this one tells of it
