"""A query worker as its parent sees it: a process and one end of a socket.

`subprocess` starts it: a fork would copy the locks of threads, and multiprocessing's spawn would
import the server's modules again. The other end is `publish.engine.worker`.
"""

import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from graph.errors import ReleaseDamaged
from publish.engine.scheduler import LOOK_S
from publish.engine.worker import (
    FAILED,
    QUERY,
    EngineQuery,
    Frames,
    WorkerSettings,
    encode_query,
    encode_settings,
    revive,
)

_START_S = 30.0  # a worker that has not opened its store by then never will
_LEAVE_S = 2.0

log = logging.getLogger(__name__)


class Worker:
    """One worker process. Only one thread may use it at a time, but any may kill it."""

    def __init__(self, settings: WorkerSettings) -> None:
        """Start the process; it opens its store while the caller goes on."""
        ours, theirs = socket.socketpair()
        with theirs:
            path = os.pathsep.join(part or str(Path.cwd()) for part in sys.path)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "publish.engine.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": path},
                process_group=0,  # Ctrl-C is for the server
            )
        self._connection = ours
        self._frames = Frames(ours)
        self._is_ready = False
        ours.settimeout(LOOK_S)  # set once: the call takes a third of the time of a read
        self._frames.write(QUERY, encode_settings(settings))

    @property
    def pid(self) -> int:
        return self._process.pid

    def make_ready(self) -> bool:
        """Wait until the store is open; False where the worker ended as it started.

        Raises ReleaseDamaged where the store cannot be opened.
        """
        if self._is_ready:
            return True
        try:
            kind, payload = self._first_frame()
        except EOFError:
            log.warning("a query worker ended while it started")
            return False
        if kind == FAILED:
            raise revive(payload)
        if not payload:
            log.warning("this platform cannot pass sockets from the query workers")
        self._is_ready = True
        return True

    def ask(self, query: EngineQuery) -> bool:
        """Send a query; False where the worker has died while idle."""
        try:
            self._frames.write(QUERY, encode_query(query))
        except OSError:
            return False
        return True

    def _first_frame(self) -> tuple[bytes, bytes]:
        gives_up_at = time.monotonic() + _START_S
        while time.monotonic() < gives_up_at:
            try:
                return self.read()
            except TimeoutError:
                continue
        raise ReleaseDamaged("a query worker did not start; the log says why")

    def read(self) -> tuple[bytes, bytes]:
        """Return the next frame; raises TimeoutError after LOOK_S, EOFError at the end."""
        try:
            return self._frames.read()
        except ConnectionResetError as error:
            raise EOFError from error

    @property
    def is_ready(self) -> bool:
        """Whether its store is known to be open."""
        return self._is_ready

    @property
    def descriptor(self) -> int:
        """What a loop can wait for."""
        return self._connection.fileno()

    def fetch(self) -> bytes:
        """Take what has come, without waiting; returns as `Frames.fetch`."""
        try:
            return self._frames.fetch()
        except TimeoutError:
            return b""
        except OSError:
            return FAILED

    def has_died(self) -> bool:
        return self._process.poll() is not None

    def slow_down(self) -> None:
        """Let others go first; without privileges a process never gets its priority back."""
        try:
            os.setpriority(os.PRIO_PROCESS, self.pid, 10)
        except OSError:
            log.debug("worker %d is gone already", self.pid)

    def leave(self) -> None:
        """End an idle worker by closing its socket."""
        self._connection.close()
        try:
            self._process.wait(_LEAVE_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> int:
        """End the process now and return how it ended (a signal as a negative number).

        The thread that reads the socket closes it when it comes to the end.
        """
        self._process.kill()
        return self._process.wait()

    def __del__(self) -> None:
        if hasattr(self, "_connection"):
            self._connection.close()
