"""The production server that `km serve` runs: uvicorn's loop, with limits for whoever is slow.

One loop reads and writes for all connections, so half-sent requests and slow readers hold no
thread; uvicorn itself would wait for them without end, and take headers of any length, so
`Connection` gives each a time and a size. Put nginx or Caddy in front for TLS.

Measured, processor time a request before any code of ours: waitress 101-138 µs, uvicorn with
httptools and uvloop 25 µs, granian 18-39 µs; gunicorn's threaded worker stopped answering after
four half-sent requests, and granian failed on slow bodies.
"""

import asyncio
import gc
import logging
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from graph.errors import KmError, SettingError
from publish.app import assemble
from publish.asgi import Asgi, Held
from publish.config import Config
from publish.front import RawHeaders

# Each costs a file, of 1,024; who has been silent longest makes room for the next.
_MOST_CONNECTIONS = 800
_MOST_HEAD_BYTES = 128 * 1024
_PATIENCE_S = 60.0  # for a request to come whole, or for a reader to take a block
_LAST_BYTES_S = 3.0  # for answers to leave, after the longest query
_LOOK_TURNS = 20  # of uvicorn's, ten a second


class Connection(HttpToolsProtocol):
    """A connection that sends what is ready before anything is made for a request; it ends when
    its client keeps it waiting, or sends headers without end.

    What it asks of uvicorn's own class is not promised by uvicorn, whose version is pinned.
    """

    def __init__(self, find: Callable[[str, bytes, RawHeaders], Held | None], **said: Any) -> None:
        """`find` gives an answer that is ready, for a method, an address and headers."""
        super().__init__(**said)
        self._find = find

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, in the place of another where there is none free."""
        super().connection_made(transport)
        self.waits_since: float | None = time.monotonic()
        self.stuck_since: float | None = None
        self._head_bytes = 0
        self._is_in_head = True
        self._held: Held | None = None
        if len(self.connections) > _MOST_CONNECTIONS:
            _make_room(self.connections)  # type: ignore[arg-type]  # all are of this class

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head of this request is too long (RFC 6585 section 5)."""
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MOST_HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_TOO_LONG)
                self.transport.close()

    def on_message_begin(self) -> None:
        """Begin the head of a request."""
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0
        if self.waits_since is None:
            self.waits_since = time.monotonic()

    def on_headers_complete(self) -> None:
        """End it; where the answer is ready, nothing more is made for this request."""
        self._is_in_head = False
        self._held = self._find_held()
        if self._held is None:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The client has done its part; now it is for us."""
        if self._held is None:
            super().on_message_complete()
            self.waits_since = None
        else:
            self._send(self._held)

    def _find_held(self) -> Held | None:
        """Return the answer where it is ready and nothing is in its way."""
        is_first = self.cycle is None or self.cycle.response_complete
        is_plain = self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()
        method = self.parser.get_method()
        if not (is_first and is_plain and method in (b"GET", b"HEAD")) or self.flow.write_paused:
            return None
        if any(name in (b"content-length", b"transfer-encoding") for name, _ in self.headers):
            return None
        return self._find(method.decode(), self.url, self.headers)

    def _send(self, held: Held) -> None:
        date = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        self.transport.write(b"".join((STATUS_LINE[held.status], date, held.head, held.body)))
        self.server_state.total_requests += 1
        self.waits_since = time.monotonic()

    def on_response_complete(self) -> None:
        """The next request may come."""
        super().on_response_complete()
        if self.waits_since is None and not self.pipeline:
            self.waits_since = time.monotonic()

    def pause_writing(self) -> None:
        """The client takes nothing more for now."""
        super().pause_writing()
        self.stuck_since = time.monotonic()

    def resume_writing(self) -> None:
        """It took what was waiting."""
        super().resume_writing()
        self.stuck_since = None

    def is_overdue(self, now: float) -> bool:
        """Tell whether it has kept us waiting for too long."""
        since = min(self.waits_since or now, self.stuck_since or now)
        return now - since > _PATIENCE_S


def _make_room(connections: set[Connection]) -> None:
    """End the connection that has been silent longest, or the longest stuck."""
    now = time.monotonic()
    oldest = min(connections, key=lambda c: c.waits_since or c.stuck_since or now)
    oldest.transport.abort()


class Uvicorn(uvicorn.Server):
    """uvicorn, which looks now and then whether a client keeps it waiting."""

    async def on_tick(self, counter: int) -> bool:
        """Do what uvicorn does ten times a second."""
        if counter % _LOOK_TURNS == 0:
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection) and connection.is_overdue(now):
                    connection.transport.abort()
        return await super().on_tick(counter)


class Server:
    """An application behind uvicorn. `run` it in one thread; stop it from any."""

    def __init__(self, application: Asgi, config: Config) -> None:
        """Listen. Raises OSError where that cannot be."""
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        self._socket = socket.create_server((config.host, config.port), family=family, backlog=2048)
        called: Any = application
        if config.proxy:
            called = ProxyHeadersMiddleware(called, config.proxy)
        self._uvicorn = Uvicorn(
            uvicorn.Config(
                called,
                http=partial(Connection, application.held),  # type: ignore[arg-type]
                ws="none",
                loop="uvloop",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=int(_PATIENCE_S),
                timeout_graceful_shutdown=int(config.query_timeout_s + _LAST_BYTES_S),
            )
        )

    def run(self) -> None:
        """Serve until `stop`; who has asked by then gets an answer, as long as a query may take."""
        self._uvicorn.run(sockets=[self._socket])

    def stop(self) -> None:
        """End soon and in order."""
        self._uvicorn.should_exit = True

    def close(self) -> None:
        """End now."""
        self._uvicorn.should_exit = self._uvicorn.force_exit = True


class Brief(logging.Filter):
    """Tells of an answer that was cut in one line: the reader was told, and nothing is broken."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of an exception of ours."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, KmError):
            record.msg, record.args = "an answer was cut: %s", (error,)
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


def serve(config: Config, ready: Callable[[], None]) -> None:
    """Serve until told to end (SIGTERM) or interrupted; `ready` is called once the port listens.

    Raises NoRelease or ReleaseDamaged, and SettingError where the address cannot be listened on.
    """
    application = assemble(config).asgi
    try:
        server = Server(application, config)
    except OSError as error:
        where = f"{config.host}:{config.port}"
        raise SettingError(
            f"cannot listen on {where}: {error}; set KM_PORT or KM_HOST to a free address"
        ) from error
    log = logging.getLogger("uvicorn.error")
    log.addFilter(Brief())
    log.setLevel(logging.ERROR)  # what clients send wrongly is no news
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    gc.collect()
    gc.freeze()  # what is here stays: looking through it again and again would delay answers
    ready()
    server.run()


_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
