"""Gzipped responses for clients that accept them: a fifth of the bytes of a page.

In: a WSGI application that sends its headers before it returns, as Flask does. Out: the same
application, whose whole text responses have the gzip coding for clients that accept it (RFC 9110
sections 8.4 and 12.5.3), with an ETag of their own and `Vary: Accept-Encoding`. It stands behind
the cache (`publish.server.cache`), so each response is compressed once.

Not compressed: ranges, responses with a digest header (the files of a release, most of which exist
gzipped), non-text types, and streams of unknown length. No response holds a secret or a cookie, so
its length betrays nothing (the BREACH attack needs a secret beside text of the attacker).
"""

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from werkzeug.http import parse_accept_header

from publish.http.etags import coded_tag, plain_tags, tag_held
from publish.http.stream import close_blocks
from publish.http.wsgi_types import Application, Environ, StartResponse
from publish.server.cache import HeaderList, by_name

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
        status, headers, *error = begun
        said = by_name(headers)
        if status.startswith("304 "):
            headers = _own(headers, said, environ)
        elif _is_packable(status, said):
            headers = _vary(headers, said)
            if is_wanted:
                headers, blocks = _pack(headers, said, blocks)
        start_response(status, headers, *error)
        if asked["REQUEST_METHOD"] != environ["REQUEST_METHOD"]:
            close_blocks(blocks)
            return ()
        return blocks


@lru_cache(1024)
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

    The headers of a gzipped response are known only once it is made, for HEAD too.
    """
    asked = {**environ, **{n: plain_tags(environ[n]) for n in _TAGS if n in environ}}
    if is_wanted and environ["REQUEST_METHOD"] == "HEAD":
        asked["REQUEST_METHOD"] = "GET"
    return asked


def _is_packable(status: str, said: Mapping[str, str]) -> bool:
    return (
        _FEWEST_BYTES <= int(said.get("content-length", 0)) <= _MOST_BYTES
        and not status.startswith("206 ")
        and "content-encoding" not in said
        and "repr-digest" not in said
        and _is_text(said.get("content-type", ""))
    )


@lru_cache(1024)
def _is_text(content_type: str) -> bool:
    return _TEXT.fullmatch(content_type.partition(";")[0].strip().lower()) is not None


def _pack(
    headers: HeaderList, said: Mapping[str, str], blocks: Iterable[bytes]
) -> tuple[HeaderList, Iterable[bytes]]:
    """Return headers and body of the gzipped answer; the same bytes for the same body."""
    try:
        body = b"".join(blocks)
    finally:
        close_blocks(blocks)
    packed = gzip.compress(body, _LEVEL, mtime=0)
    if len(body) != int(said["content-length"]) or len(packed) >= len(body):
        return headers, (body,)
    changed = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}
    if "etag" in said:
        changed["ETag"] = coded_tag(said["etag"])
    # Accept-Ranges goes: ranges are of the uncompressed bytes.
    return _with(headers, changed, without=("accept-ranges",)), (packed,)


def _own(headers: HeaderList, said: Mapping[str, str], environ: Environ) -> HeaderList:
    """Let a 304 name the answer that the client has."""
    if "etag" not in said or "repr-digest" in said:
        return headers
    held = tag_held(said["etag"], environ.get("HTTP_IF_NONE_MATCH", ""))
    return _vary(_with(headers, {"ETag": held}), said)


def _vary(headers: HeaderList, said: Mapping[str, str]) -> HeaderList:
    named = said.get("vary", "")
    if "accept-encoding" in named.lower():
        return headers
    return _with(headers, {"Vary": f"{named}, Accept-Encoding" if named else "Accept-Encoding"})


def _with(
    headers: HeaderList, changed: Mapping[str, str], without: Sequence[str] = ()
) -> HeaderList:
    """Return the headers with some of them changed or left out."""
    gone = {*(name.lower() for name in changed), *without}
    return [*((n, v) for n, v in headers if n.lower() not in gone), *changed.items()]


def _write(_: bytes) -> None:
    raise NotImplementedError("an application returns its body, it does not write it")
