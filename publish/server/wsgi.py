"""A WSGI application as this server calls it: its environment, and the start of its response.

In: an ASGI request. Out: an environment (PEP 3333); of the response the beginning, and an iterator
for the rest. The server's own keys stand beside those of PEP 3333.
"""

import os
import sys
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from publish.http.stream import close_blocks
from publish.http.wsgi_types import Application, Environ
from publish.server.cache import RawHeaders, as_raw, by_name, variable

Scope = MutableMapping[str, Any]

_HELD_BYTES = 64 * 1024  # of an answer are made before its first byte leaves
_FILE_BLOCK_BYTES = 256 * 1024
_IF_AT_HAND: int = getattr(os, "RWF_NOWAIT", 0)  # Linux: read what is in memory, or nothing
_UNNAMED = (b"content-type", b"content-length")  # have no HTTP_ in their names, PEP 3333


@dataclass(frozen=True)
class StartedResponse:
    """An answer whose beginning is made: `rest` is still to come, None where there is no more."""

    status: int
    headers: RawHeaders
    has_length: bool
    body: bytes
    rest: Iterator[bytes] | None
    blocks: Iterable[bytes]


def make(application: Application, environ: Environ) -> StartedResponse:
    """Let a WSGI application make its answer, or the first 64 KB of a long one."""
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        said[:] = status, headers
        return _write

    blocks = application(environ, start_response)
    if isinstance(blocks, File):
        blocks.left_bytes = int(by_name(said[1]).get("content-length", sys.maxsize))
    rest = iter(blocks)
    body, is_whole = bytearray(), True
    try:
        for block in rest:
            body += block
            if len(body) >= _HELD_BYTES:
                is_whole = False
                break
    except BaseException:
        close_blocks(blocks)
        raise
    if is_whole:
        close_blocks(blocks)
    status, headers = said
    return StartedResponse(
        status=int(status[:3]),
        headers=as_raw(headers),
        has_length="content-length" in by_name(headers),
        body=bytes(body),
        rest=None if is_whole else rest,
        blocks=blocks,
    )


class File(Iterator[bytes]):
    """An open file, sent from where it stands in blocks that are worth a thread's while."""

    def __init__(self, file: IO[bytes], _: int = 0) -> None:
        """Take a file; the block size that the caller suggests is ignored."""
        self.file = file
        self.left_bytes = sys.maxsize  # an answer ends with its Content-Length, PEP 3333

    def __next__(self) -> bytes:
        block = self.file.read(min(_FILE_BLOCK_BYTES, self.left_bytes))
        if not block:
            raise StopIteration
        self.left_bytes -= len(block)
        return block

    def at_hand(self) -> memoryview:
        """Return the next block where the system has it in memory, so that no disk is waited for.

        An empty one may mean that the file has ended, or that it has to be waited for.
        """
        if not _IF_AT_HAND or not self.left_bytes:
            return memoryview(b"")
        block = memoryview(bytearray(min(_FILE_BLOCK_BYTES, self.left_bytes)))
        place = self.file.tell()
        try:
            count = os.preadv(self.file.fileno(), [block], place, _IF_AT_HAND)
        except OSError:  # not in memory, or a file system that cannot tell
            return block[:0]
        self.file.seek(place + count)
        self.left_bytes -= count
        return block[:count]

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def make_environ(scope: Scope) -> Environ:
    """Return an ASGI request as the environment of a WSGI one (PEP 3333), without a body.

    A header whose name has an underscore is left out: it could pass for another.
    """
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    return {
        **describe(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"]),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.errors": _NOWHERE,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": File,
    }


def describe(method: str, path: bytes, query: bytes, headers: RawHeaders) -> Environ:
    """Return the part of an environment that depends on the request alone."""
    path = unquote_to_bytes(path) if b"%" in path else path
    environ: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
    }
    for name, value in headers:
        if b"_" in name:
            continue
        key, text = _VARIABLES.get(name) or _variable(name), value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


def under_prefix(environ: Environ, prefix: str) -> None:
    """Serve a site whose base has a path, whether or not the proxy before it takes the path off."""
    if not prefix:
        return
    path = environ["PATH_INFO"]
    if path == prefix or path.startswith(prefix + "/"):
        environ["PATH_INFO"] = path[len(prefix) :] or "/"
    environ["SCRIPT_NAME"] = prefix


def _variable(name: bytes) -> str:
    named = variable(name.decode("latin-1"))
    return named.removeprefix("HTTP_") if name in _UNNAMED else named


_VARIABLES = {
    name: _variable(name)
    for name in (
        *_UNNAMED,
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"connection",
        b"host",
        b"if-none-match",
        b"user-agent",
    )
}


class _Nowhere:
    """Where a WSGI application may write its errors; ours write to the log."""

    def write(self, _: str) -> None: ...

    def flush(self) -> None: ...


_NOWHERE = _Nowhere()


def _write(_: bytes) -> None:
    raise NotImplementedError("an application returns its body, it does not write it")
