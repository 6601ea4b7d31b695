"""The production server that `km serve` runs: uvicorn's loop, with limits for slow clients.

One loop reads and writes for all connections, so half-sent requests and slow readers hold no
thread. uvicorn itself would wait for them without end and take headers of any length, so
`publish.server.http_connection` limits time and size. Put nginx or Caddy in front for TLS.

Measured, processor time of a request before any code of ours: waitress 101-138 µs, uvicorn with
httptools and uvloop 25 µs, granian 18-39 µs. gunicorn's threaded worker stopped answering after
four half-sent requests, and granian failed on slow bodies.
"""

import asyncio
import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from graph.errors import KmError, SettingError
from publish.config import Config
from publish.server.asgi import Asgi
from publish.server.http_connection import PATIENCE_S, Connection
from publish.server.stack import assemble

_MOST_CONNECTIONS = 800  # who has been silent longest makes room for the next
_FILES_EACH = 2  # a connection, and the file that it is sent
_FILES_BESIDE = 200  # the store, the search index, query workers
_LAST_BYTES_S = 3.0  # for answers to leave, after the longest query
_LOOK_TURNS = 20  # of uvicorn's, ten a second


def allow_files() -> int:
    """Open as many files as this system lets us; returns how many connections that is for."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return max(16, min(_MOST_CONNECTIONS, (most - _FILES_BESIDE) // _FILES_EACH))


class Uvicorn(uvicorn.Server):
    """uvicorn, which looks now and then who keeps it waiting, and whether its parent lives."""

    async def on_tick(self, counter: int) -> bool:
        """Do what uvicorn does ten times a second."""
        if counter % _LOOK_TURNS == 0:
            parent = multiprocessing.parent_process()
            if parent is not None and os.getppid() != parent.pid:
                self.should_exit = True  # nobody is left who could stop this process
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection) and connection.is_overdue(now):
                    connection.transport.abort()
        return await super().on_tick(counter)


class Server:
    """An application behind uvicorn. `run` it in one thread; stop it from any."""

    def __init__(self, application: Asgi, config: Config, listener: socket.socket) -> None:
        """`listener` listens already, see `listen`."""
        self._listener = listener
        called: Any = application
        if config.proxy:
            called = ProxyHeadersMiddleware(called, config.proxy)
        self._uvicorn = Uvicorn(
            uvicorn.Config(
                called,
                http=partial(Connection, application.ready_response, allow_files()),  # type: ignore[arg-type]
                ws="none",
                loop="uvloop",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=int(PATIENCE_S),
                timeout_graceful_shutdown=int(config.query_timeout_s + _LAST_BYTES_S),
            )
        )

    def run(self) -> None:
        """Serve until `stop`; requests that came by then are answered, as long as a query may
        take."""
        self._uvicorn.run(sockets=[self._listener])

    def stop(self) -> None:
        """End soon and in order."""
        self._uvicorn.should_exit = True

    def close(self) -> None:
        """End now."""
        self._uvicorn.should_exit = self._uvicorn.force_exit = True


class Brief(logging.Filter):
    """Tells of an answer that was cut in one line: the reader was told, and nothing is broken.

    Nothing is logged about requests that a second Ctrl-C gave up.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of an exception of ours."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, asyncio.CancelledError):
            return False
        if isinstance(error, KmError):
            record.msg, record.args = "an answer was cut: %s", (error,)
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


def listen(config: Config, *, is_shared: bool = False) -> socket.socket:
    """Return a socket that listens, on a port that others may share if all of them do.

    Raises SettingError where that cannot be.
    """
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server(
            (config.host, config.port), family=family, backlog=2048, reuse_port=is_shared
        )
    except OSError as error:
        raise SettingError(
            f"cannot listen on {config.address}: {error}; set KM_PORT or KM_HOST to a free address"
        ) from error


def serve(config: Config, ready: Callable[[], None], *, is_shared: bool = False) -> None:
    """Serve in this process until told to end (SIGTERM) or interrupted.

    It listens, on a port that others may share if `is_shared`, and calls `ready`, once there is
    something to serve. Raises NoRelease or ReleaseDamaged, and SettingError as `listen` does.
    """
    application = assemble(config)
    log = logging.getLogger("uvicorn.error")
    log.addFilter(Brief())
    log.setLevel(logging.ERROR)  # what clients send wrongly is no news
    gc.collect()
    gc.freeze()  # what is here stays: looking through it again and again would delay answers
    try:
        with listen(config, is_shared=is_shared) as listener:
            server = Server(application.asgi, config, listener)
            signal.signal(signal.SIGTERM, lambda *_: server.stop())
            ready()
            server.run()
    finally:
        application.close()  # and with it the queries that a second Ctrl-C gives up
