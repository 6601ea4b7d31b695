"""One client's connection: uvicorn's, with limits of time and size.

In: bytes of a client. Out: requests for the ASGI application, or a cached response at once. A
client may take a minute over a request and over each block of a response. Headers, trailers,
chunked bodies and pipelined requests have an upper bound, which uvicorn does not set.

The application finds cached responses too (`publish.server.asgi`), for every kind of request. This
class asks it before uvicorn makes a request of a plain one, since that is most of the work: with
8 connections kept alive, one process sent a warm page 41,600 times a second so, and 17,500 times
without (bundled site, a law of 21 KB, wrk, 1 December 2026).

uvicorn does not promise the methods and attributes that are used here, so its version is pinned.

The server ignores `Upgrade` (RFC 9110 section 7.8). The parser then takes all that follows for
another protocol, so this class reads the body itself and closes the connection after the response.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from publish.server.cache import RawHeaders, ReadyResponse

PATIENCE_S = 60.0  # for a request to come whole, or for a reader to take a block
_MOST_ADDRESS_BYTES = 128 * 1024
_MOST_HEADER_BYTES = 32 * 1024
_MOST_CHUNKED_BYTES = 1024 * 1024  # of a body whose length was not said, and its trailers
_MOST_PIPELINED = 16
_MOST_JOINED_BYTES = 64 * 1024  # larger bodies are not copied for each reader


class _Refused(Exception):
    """A request that goes no further."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Connection(HttpToolsProtocol):
    """A connection that sends what is ready before anything is made for a request.

    `waits_since` tells since when it waits for its client to ask, `stuck_since` since when for it
    to read; None where it does not.
    """

    def __init__(
        self,
        find: Callable[[str, bytes, RawHeaders], ReadyResponse | None],
        most_connections: int,
        **said: Any,
    ) -> None:
        """`find` gives an answer that is ready, for a method, an address and headers."""
        super().__init__(**said)
        self._most_connections = most_connections
        self.waits_since: float | None = time.monotonic()
        self.stuck_since: float | None = None
        self._find = find
        self._ready: ReadyResponse | None = None
        self._running: RequestResponseCycle | None = None
        self._is_in_head = True
        self._requests = self._head_bytes = self._fed_bytes = 0
        self._is_chunked = self._is_deaf = False
        self._hidden_bytes: int | None = None  # of a body that the parser does not read

    def is_overdue(self, now: float) -> bool:
        """Tell whether it has kept us waiting for too long."""
        since = min(self.waits_since or now, self.stuck_since or now)
        return now - since > PATIENCE_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; where there are too many, close the connection that was silent or stuck
        longest."""
        super().connection_made(transport)
        if len(self.connections) > self._most_connections:
            now = time.monotonic()
            ours = [c for c in self.connections if isinstance(c, Connection)]
            min(ours, key=lambda c: c.waits_since or c.stuck_since or now).transport.abort()

    # ---- reading ------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Read on, unless nothing more is wanted of this client."""
        if self._is_deaf or self.transport.is_closing():
            return
        if self._hidden_bytes is not None:
            self._read_hidden(data)
            return
        self._unset_keepalive_if_required()
        before = self._requests
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._read_hidden(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            cause = error.__context__
            status = cause.status if isinstance(cause, _Refused) else HTTPStatus.BAD_REQUEST
            self._refuse(status)
        else:
            self._count(data, is_same=self._requests == before)

    def _count(self, data: bytes, is_same: bool) -> None:
        """Bound what the parser holds of a header, or a trailer, that has no end."""
        self._fed_bytes = self._fed_bytes + len(data) if is_same else 0
        if self._is_in_head and self._fed_bytes > _MOST_ADDRESS_BYTES + _MOST_HEADER_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._is_chunked and self._fed_bytes > _MOST_CHUNKED_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin the head of a request, unless too many wait already."""
        if len(self.pipeline) >= _MOST_PIPELINED:
            raise _Refused(HTTPStatus.TOO_MANY_REQUESTS)
        super().on_message_begin()
        self._requests += 1
        self._is_in_head, self._head_bytes, self._is_chunked = True, 0, False
        if not self._is_answering():
            self.waits_since = time.monotonic()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        super().on_url(url)
        if len(self.url) > _MOST_ADDRESS_BYTES:
            raise _Refused(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers are counted and dropped."""
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > _MOST_HEADER_BYTES:
            raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """End the head; where the answer is ready, nothing more is made for this request."""
        self._is_in_head = False
        said = dict(self.headers)
        self._is_chunked = b"transfer-encoding" in said
        is_upgrade = self.parser.should_upgrade()
        if is_upgrade:
            if self._is_chunked:
                raise _Refused(HTTPStatus.BAD_REQUEST)
            self._hidden_bytes = int(said.get(b"content-length", 0))
        has_body = self._is_chunked or b"content-length" in said
        self._ready = None if is_upgrade or has_body else self._find_ready()
        if self._ready is None:
            super().on_headers_complete()
            if is_upgrade:
                self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The client has done its part; now it is for us."""
        if self._hidden_bytes:
            return
        self._fed_bytes = 0
        if self._ready is None:
            super().on_message_complete()
            self.waits_since = None
        else:
            self._send(self._ready)

    def _read_hidden(self, data: bytes) -> None:
        """Read a body that the parser does not know of; bytes after it are not read."""
        part = data[: self._hidden_bytes]
        if part and self._hidden_bytes:
            self._hidden_bytes -= len(part)
            self.on_body(part)
            self.on_message_complete()

    def _refuse(self, status: HTTPStatus) -> None:
        """Read no further; earlier requests are still answered, then the connection ends."""
        self._is_deaf = True
        if self._is_answering() and not self.cycle.more_body:
            self.cycle.keep_alive = False
            return
        text = b"content-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b\n"
        words = status.phrase.encode()
        self.transport.write(STATUS_LINE[status] + text % (len(words) + 1, words))
        self.transport.close()

    # ---- answering ----------------------------------------------------------------------------

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _find_ready(self) -> ReadyResponse | None:
        """Return the answer where it is ready and nothing is in its way."""
        is_plain = self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()
        method = self.parser.get_method()
        if self._is_answering() or not is_plain or method not in (b"GET", b"HEAD"):
            return None
        if self.flow.write_paused:
            return None
        return self._find(method.decode(), self.url, self.headers)

    def _send(self, held: ReadyResponse) -> None:
        date = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        head = b"".join((STATUS_LINE[held.status], date, held.head))
        if len(held.body) <= _MOST_JOINED_BYTES:
            self.transport.write(head + held.body)
        else:
            self.transport.write(head)
            self.transport.write(held.body)
        self.server_state.total_requests += 1
        self.waits_since = time.monotonic()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """The next request may come."""
        super().on_response_complete()
        if self.waits_since is None and not self._is_answering():
            self.waits_since = time.monotonic()

    def pause_writing(self) -> None:
        """The client takes nothing more for now."""
        super().pause_writing()
        self.stuck_since = time.monotonic()

    def resume_writing(self) -> None:
        """It took what was waiting."""
        super().resume_writing()
        self.stuck_since = None

    # ---- ending -------------------------------------------------------------------------------

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the answer on its way, and drop what was asked for after it."""
        self.pipeline.clear()
        running = self._running
        if running is not None and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End in order; a request that has not come whole is not waited for."""
        if self._is_answering() and self.cycle.more_body:
            self.transport.abort()
        else:
            super().shutdown()
