"""Answers gzipped for who takes them so: a page costs a reader on a phone a fifth.

In: a WSGI application that says its headers before it returns, as Flask does. Out: the same one,
whose whole answers of text leave in the gzip coding to clients that accept it (RFC 9110 sections
8.4 and 12.5.3), with an ETag of their own and `Vary: Accept-Encoding`. It stands behind the cache
(`publish.front`), which keeps what came out, so that each answer is packed once.

As they are leave: parts and what is asked for in parts, what says a digest of its bytes (the files
of a release, of which most are there gzipped too), what is no text, and streams, whose length
nobody knows yet. Nothing secret and no cookie is ever in an answer, so its length betrays nothing
(the attack called BREACH needs a secret beside text that the attacker chose).
"""

import gzip
import re
from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

from publish.front import Application, Environ, StartResponse
from publish.tags import coded_tag, plain_tags, tag_held

_LEVEL = 6
_FEWEST_BYTES = 500  # fewer fit one packet either way
_MOST_BYTES = 8 * 1024**2
_TEXT = re.compile(
    r"text/.+|image/svg\+xml|application/(?:.+\+)?(?:json|xml)|"
    r"application/(?:n-triples|n-quads|trig|javascript|link-format)"
)
_TAGS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")


class Compressed:
    """The application whose answers are gzipped, and as such an application again."""

    def __init__(self, application: Application) -> None:
        """Stand before `application`."""
        self._application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, gzipped where the client and the answer let us."""
        is_wanted = "HTTP_RANGE" not in environ and accepts_gzip(
            environ.get("HTTP_ACCEPT_ENCODING", "")
        )
        asked = _for_the_application(environ, is_wanted)
        begun: list[Any] = []

        def begin(*said: Any) -> Any:
            begun[:] = said
            return _write

        blocks = self._application(asked, begin)
        status, listed, *error = begun
        headers = Headers(listed)
        if status.startswith("304 "):
            _own(headers, environ)
        elif _is_packable(status, headers):
            _vary(headers)
            if is_wanted:
                blocks = _pack(headers, blocks)
        start_response(status, list(headers), *error)
        if asked["REQUEST_METHOD"] != environ["REQUEST_METHOD"]:
            _close(blocks)
            return ()
        return blocks


def accepts_gzip(header: str) -> bool:
    """Tell whether the client likes gzip at least as well as no coding (RFC 9110 12.5.3).

    >>> accepts_gzip("br, gzip;q=0.5"), accepts_gzip("gzip;q=0, *"), accepts_gzip("")
    (True, False, False)
    """
    wishes = parse_accept_header(header.lower().replace("x-gzip", "gzip"))
    quality = wishes.quality("gzip")
    return 0 < quality >= wishes.quality("identity")


def _for_the_application(environ: Environ, is_wanted: bool) -> Environ:
    """Return the request as the application knows it: its own tags, and GET for a HEAD.

    What HEAD says of a gzipped answer can be said only once that is made.
    """
    asked = {**environ, **{n: plain_tags(environ[n]) for n in _TAGS if n in environ}}
    if is_wanted and environ["REQUEST_METHOD"] == "HEAD":
        asked["REQUEST_METHOD"] = "GET"
    return asked


def _is_packable(status: str, headers: Headers) -> bool:
    length = headers.get("Content-Length", 0, type=int)
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return (
        not status.startswith("206 ")
        and _FEWEST_BYTES <= length <= _MOST_BYTES
        and not any(name in headers for name in ("Content-Encoding", "Repr-Digest"))
        and _TEXT.fullmatch(media_type) is not None
    )


def _pack(headers: Headers, blocks: Iterable[bytes]) -> Iterable[bytes]:
    """Return the body gzipped, and say so in the headers; the same bytes for the same body."""
    try:
        body = b"".join(blocks)
    finally:
        _close(blocks)
    packed = gzip.compress(body, _LEVEL, mtime=0)
    if len(body) != headers.get("Content-Length", type=int) or len(packed) >= len(body):
        return (body,)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(packed))
    headers.remove("Accept-Ranges")  # parts are of what is not packed
    if "ETag" in headers:
        headers["ETag"] = coded_tag(headers["ETag"])
    return (packed,)


def _own(headers: Headers, environ: Environ) -> None:
    """Let a 304 name the answer that the client has."""
    if "ETag" in headers and "Repr-Digest" not in headers:
        headers["ETag"] = tag_held(headers["ETag"], environ.get("HTTP_IF_NONE_MATCH", ""))
        _vary(headers)


def _vary(headers: Headers) -> None:
    said = headers.get("Vary", "")
    if "accept-encoding" not in said.lower():
        headers["Vary"] = f"{said}, Accept-Encoding" if said else "Accept-Encoding"


def _close(blocks: Iterable[bytes]) -> None:
    close = getattr(blocks, "close", None)
    if close is not None:
        close()


def _write(_: bytes) -> None:
    raise NotImplementedError("an application returns its body, it does not write it")
