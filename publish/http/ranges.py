"""A file of a release as a response: whole or in part, read and sent by the server.

In: a file that the manifest lists. Out: a response with its length, type, entity tag (its SHA-256)
and date; a part of it for a range request; a 304 for a client that has it (RFC 9110 sections 13 and
14). The body is the server's `wsgi.file_wrapper` (PEP 3333): the server sends the open file, or a
part of it, without a copy through the application.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from flask import Request, Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date, parse_range_header, quote_etag

from publish.http.response import with_charset

_BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True)
class ServedFile:
    """A file to send: `sha256` in hexadecimal digits, `cache` what Cache-Control says of it."""

    path: Path
    media_type: str
    size_bytes: int
    sha256: str
    modified: datetime
    cache: str


def send_served(request: Request, file: ServedFile) -> Response:
    """Return the response for a file that is there.

    Raises OSError, and RequestedRangeNotSatisfiable (416) for a part that lies outside of it.
    """
    response = Response(content_type=with_charset(file.media_type))
    response.headers["Cache-Control"] = file.cache
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Last-Modified"] = http_date(file.modified)
    response.headers["Repr-Digest"] = f"sha-256=:{_base64(file.sha256)}:"
    response.set_etag(file.sha256)
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    start, stop = 0, file.size_bytes
    wanted = _asked_for(request, file)
    if wanted is not None:
        start, stop = wanted
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size_bytes}"
    response.content_length = stop - start
    if request.method != "HEAD":
        response.response = _body(file.path, start, stop - start, request.environ)
        response.direct_passthrough = True
    return response


def _asked_for(request: Request, file: ServedFile) -> tuple[int, int] | None:
    """Return the one part that is asked for, None for the whole (RFC 9110 section 14.2).

    Several parts at once may be answered by the whole, and are.
    """
    wanted = parse_range_header(request.headers.get("Range"))
    if request.method != "GET" or wanted is None or wanted.units != "bytes":
        return None
    known = request.headers.get("If-Range")
    if known not in (None, quote_etag(file.sha256), http_date(file.modified)):
        return None  # what the client has a part of is not this file (section 13.1.5)
    if len(wanted.ranges) > 1:
        return None
    begin, end = wanted.ranges[0]  # of the last n bytes, `begin` is -n
    start = begin if begin >= 0 else max(0, file.size_bytes + begin)
    if start >= file.size_bytes:
        raise RequestedRangeNotSatisfiable(file.size_bytes)
    return start, min(file.size_bytes if end is None else end, file.size_bytes)


def _body(path: Path, start: int, length: int, environ: dict[str, Any]) -> Iterable[bytes]:
    """Return the open file as the server sends it, to the Content-Length and no further."""
    file = path.open("rb", buffering=0)
    file.seek(start)
    wrapper = environ.get("wsgi.file_wrapper")
    if wrapper is not None:
        return cast(Iterable[bytes], wrapper(file, _BLOCK_BYTES))
    return _blocks(file, length)


def _blocks(file: IO[bytes], length: int) -> Iterator[bytes]:
    """Yield the next `length` bytes, where no server offers to."""
    with file:
        while length and (block := file.read(min(length, _BLOCK_BYTES))):
            length -= len(block)
            yield block


def _base64(sha256: str) -> str:
    return b64encode(bytes.fromhex(sha256)).decode()
