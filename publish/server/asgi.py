"""The application as the server runs it: quick requests on the loop, the others in threads.

In: HTTP requests (ASGI 3.0). Out: the responses of a WSGI application, in one of three ways. A
cached response is sent at once, from the loop. A small SPARQL query goes to its worker from the
loop, which serves others until the answer is there (`publish.sparql.endpoint`). Every other request
begins in a thread. The thread is free again after each block, so no slow reader holds one; the loop
itself sends the rest of a file where the system has it in memory.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Protocol

from publish.http.stream import close_blocks
from publish.http.wsgi_types import ASIDE, HAS_LEFT, Environ
from publish.server.cache import RawHeaders, ReadyResponse, ResponseCache
from publish.server.wsgi import (
    File,
    Scope,
    StartedResponse,
    describe,
    make,
    make_environ,
    under_prefix,
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_MOST_DISCARDED_BYTES = 16 * 1024**2  # of a body that is too long


class EarlyStart(Protocol):
    """What can begin some requests on the loop; publish.sparql.endpoint.SparqlEndpoint is one."""

    async def begin(self, environ: Environ) -> bool:
        """Begin a request; True where the application now answers it without waiting."""
        ...


class Asgi:
    """A WSGI application behind its cache, as an ASGI application."""

    def __init__(
        self,
        cache: ResponseCache,
        ahead: EarlyStart | None = None,
        *,
        prefix: str = "",
        threads: int = 32,
        turns: int = 4,
        most_body_bytes: int = 256 * 1024,
    ) -> None:
        """`prefix` is the path of a site that is not at the root of its host; of the `threads`,
        `turns` work at a time, and the others wait for something.
        """
        self._cache = cache
        self._ahead = ahead
        self._prefix = prefix
        self._most_body_bytes = most_body_bytes
        self._threads = ThreadPoolExecutor(threads, "km-request")
        self._turns = Turns(turns)

    def ready_response(self, method: str, url: bytes, headers: RawHeaders) -> ReadyResponse | None:
        """Return an answer that is ready, for a request without a body; None where none is."""
        path, _, query = url.partition(b"?")
        environ = describe(method, path, query, headers)
        under_prefix(environ, self._prefix)
        return self._find_cached(environ)

    def _find_cached(self, environ: Environ) -> ReadyResponse | None:
        """Return the response that the cache has for a request, whichever way it came in."""
        cached = self._cache.find_response(environ)
        return None if cached is None else cached.respond(environ)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. An error in mid-response is raised, and the server cuts the
        response."""
        environ = make_environ(scope)
        under_prefix(environ, self._prefix)
        try:
            body = await self._read_body(environ, receive)
        except _TooLong:
            await _refuse_body(send, receive, is_sent="HTTP_EXPECT" not in environ)
            return
        if body is None:
            return
        cached = None if body else self._find_cached(environ)
        if cached is not None:
            await _send_whole(send, cached.status, cached.raw_headers, cached.body)
            return
        environ["wsgi.input"] = BytesIO(body)
        await self._answer(environ, receive, send)

    async def _answer(self, environ: Environ, receive: Receive, send: Send) -> None:
        reader = _Reader()
        environ[HAS_LEFT] = lambda: reader.has_left
        environ[ASIDE] = self._turns.aside
        if self._ahead is not None and await self._ahead.begin(environ):
            await self._send(make(self._cache.make_response, environ), reader, environ, send)
            return
        watching = asyncio.create_task(reader.watch(receive))
        try:
            made = await self._in_thread(self._turns.take, make, self._cache.make_response, environ)
            await self._send(made, reader, environ, send)
        finally:
            watching.cancel()

    async def _send(
        self, made: StartedResponse, reader: "_Reader", environ: Environ, send: Send
    ) -> None:
        if made.rest is None:
            await _send_whole(send, made.status, made.headers, made.body)
            return
        try:
            if environ["SERVER_PROTOCOL"] == "HTTP/1.0" and not made.has_length:
                await _send_words(send, 505, "this answer needs HTTP/1.1, which can be cut")
                return
            await send(_start(made.status, made.headers))
            await send(_body(made.body, more=True))
            while (block := await self._next(made.rest)) is not None:
                if reader.has_left:
                    return
                await send(_body(block, more=True))
            await send(_body(b"", more=False))
        finally:
            self._threads.submit(close_blocks, made.blocks)

    async def _next(self, rest: Iterator[bytes]) -> bytes | memoryview | None:
        """Return the next block, from a thread where it has to be waited for; None at the end."""
        if isinstance(rest, File):
            block = rest.at_hand()
            if block:
                await asyncio.sleep(0)  # a quick reader is not to have the loop for itself
                return block
        found: bytes | None = await self._in_thread(next, rest, None)
        return found

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def _read_body(self, environ: Environ, receive: Receive) -> bytes | None:
        """Return what the request brings with it; None where its sender has gone."""
        if "CONTENT_LENGTH" not in environ and "HTTP_TRANSFER_ENCODING" not in environ:
            return b""
        if int(environ.get("CONTENT_LENGTH", 0)) > self._most_body_bytes:
            raise _TooLong
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._most_body_bytes:
                raise _TooLong
            if not message.get("more_body", False):
                return bytes(body)


class Turns:
    """How many threads work at a time: more would only keep Python's one lock from the loop.

    Measured on two processors: with 32 pages made at once a small query took 33 ms, with four 8 ms.
    """

    def __init__(self, most: int) -> None:
        self._free = threading.Semaphore(most)

    def take(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do some work when it is its turn."""
        with self._free:
            return work(*arguments)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let another work while this thread, whose turn it is, waits for something."""
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()


class _TooLong(Exception):
    """A request's body is longer than any that this site takes."""


class _Reader:
    """Whoever asked, and whether they have gone."""

    def __init__(self) -> None:
        self.has_left = False

    async def watch(self, receive: Receive) -> None:
        """Wait until they go."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.has_left = True


async def _refuse_body(send: Send, receive: Receive, *, is_sent: bool) -> None:
    """Say that a body is too long, and read on: closing now would destroy these words."""
    await _send_words(send, 413, "the request is too long", more=True)
    left_bytes = _MOST_DISCARDED_BYTES
    while is_sent and left_bytes > 0:
        message = await receive()
        left_bytes -= len(message.get("body", b""))
        is_sent = message.get("more_body", False)
    await send(_body(b"", more=False))


async def _send_words(send: Send, status: int, words: str, *, more: bool = False) -> None:
    body = f"{words}\n".encode()
    length = (b"content-length", str(len(body)).encode())
    await send(_start(status, [(b"content-type", b"text/plain"), length]))
    await send(_body(body, more=more))


async def _send_whole(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    await send(_start(status, headers))
    await send(_body(body, more=False))


def _start(status: int, headers: RawHeaders) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _body(body: bytes | memoryview, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}
