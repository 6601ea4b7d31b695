"""The cache of responses in front of the application.

In: a WSGI application (PEP 3333) whose headers say which responses may be cached: status 200, an
ETag, `Cache-Control: public`. Out: the same application. A cached response, or a 304 for a client
that has it (RFC 9110 section 13.1.2), is sent with the application's own headers before a framework
does any work.

It is the origin's own cache, so it never asks whether a response is still good. All it holds
belongs to one generation, a number that grows with each release; a new generation empties it. The
key of a response is its address and the request headers that its `Vary` names. Only a whole
response is cached; one that is too long is passed on and not held (`publish.server.cache_fill`).
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from http import HTTPStatus
from typing import Any

from werkzeug.datastructures import ResponseCacheControl
from werkzeug.http import (
    parse_cache_control_header,
    parse_etags,
    unquote_etag,
)

from publish.http.etags import plain_tags, tag_held
from publish.http.wsgi_types import Application, Environ, StartResponse
from publish.server.cache_fill import CachingBody, SpaceLimit

Words = tuple[str, ...]
HeaderList = list[tuple[str, str]]
RawHeaders = list[tuple[bytes, bytes]]

_OF_THE_BODY = (
    *("allow", "content-encoding", "content-language", "content-length", "content-md5"),
    *("content-range", "content-type", "etag", "last-modified"),
)
# Who sends one of these wants something that the cache does not judge.
_FOR_THE_APPLICATION = (
    "HTTP_RANGE",
    "HTTP_AUTHORIZATION",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
)
_MOST_ENTRY_BYTES = 4 * 1024**2
_OVERHEAD_BYTES = 1024  # what Python takes for an entry beside its texts
_MOST_SPELLINGS = 1024  # of one header, whose meaning is remembered
_LONGEST_SPELLING = 1024


@dataclass(frozen=True)
class ReadyResponse:
    """A response that is ready to leave; the server adds the date."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @cached_property
    def raw_headers(self) -> RawHeaders:
        """The headers as ASGI has them."""
        return as_raw(self.headers)

    @cached_property
    def head(self) -> bytes:
        """The headers as HTTP/1.1 writes them, and the empty line behind (RFC 9112 section 5)."""
        return b"".join(b"%b: %b\r\n" % header for header in self.raw_headers) + b"\r\n"


@dataclass(frozen=True)
class CachedResponse:
    """A whole response, and the forms in which it leaves, each made once."""

    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        texts = sum(len(name) + len(value) for name, value in self.headers)
        return len(self.body) + 4 * texts + _OVERHEAD_BYTES

    def respond(self, environ: Environ) -> ReadyResponse:
        """Return the response to one request: 304 where the client has it (RFC 9110 13.1.2)."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known == self.etag:
            return self._not_modified
        if known is not None and self._is_known(known):
            return self._say_not_modified(tag_held(self.etag, known))
        return self._without_body if environ["REQUEST_METHOD"] == "HEAD" else self._whole

    @cached_property
    def _whole(self) -> ReadyResponse:
        return ReadyResponse(200, self.headers, self.body)

    @cached_property
    def _without_body(self) -> ReadyResponse:
        return ReadyResponse(200, self.headers, b"")

    @cached_property
    def _not_modified(self) -> ReadyResponse:
        return self._say_not_modified(self.etag)

    def _is_known(self, known: str) -> bool:
        tag, _ = unquote_etag(plain_tags(self.etag))
        return parse_etags(plain_tags(known)).contains_weak(tag or "")

    def _say_not_modified(self, etag: str) -> ReadyResponse:
        """Return a 304: it repeats no header that describes the body (RFC 9110 15.4.5)."""
        others = ((n, v) for n, v in self.headers if n.lower() not in _OF_THE_BODY)
        return ReadyResponse(304, (*others, ("ETag", etag)), b"")


class ResponseCache:
    """The application behind its cache, and as such an application again. Thread-safe."""

    def __init__(
        self,
        application: Application,
        generation: Callable[[], int],
        most_bytes: int,
        meanings: Mapping[str, Callable[[str], str]],
    ) -> None:
        """`generation` is asked at each request; `most_bytes` bounds what is held, 0 for nothing.

        `meanings` has, for the name of a request header, a function that gives one text to all
        spellings which mean the same to the application; other headers are taken as they are.
        """
        self._application = application
        self._generation = generation
        self.answers = ResponseStore(most_bytes)
        self._room = SpaceLimit(most_bytes)
        self._most_entry_bytes = min(_MOST_ENTRY_BYTES, most_bytes // 8)
        self._is_off = not self._most_entry_bytes
        self._meanings = {
            variable(name): lru_cache(_MOST_SPELLINGS)(meaning)
            for name, meaning in meanings.items()
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request from the cache, or let the application answer it and keep that."""
        kept = self.find_response(environ)
        if kept is not None:
            return _send(kept, environ, start_response)
        return self.make_response(environ, start_response)

    def make_response(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application answer a request, and keep that where it may be kept."""
        if self._is_off or environ["REQUEST_METHOD"] != "GET" or not _is_for_the_cache(environ):
            return self._application(environ, start_response)
        return self._pass(environ, start_response, self._generation(), _address(environ))

    def find_response(self, environ: Environ) -> CachedResponse | None:
        """Return the answer to a request where it is held."""
        if self._is_off or not _is_for_the_cache(environ):
            return None
        values = partial(self._values, environ)
        return self.answers.find(self._generation(), _address(environ), values)

    def _pass(
        self, environ: Environ, start_response: StartResponse, generation: int, address: Words
    ) -> Iterable[bytes]:
        """Return the application's answer, to be kept on its way where it may be."""
        begun: list[tuple[str, HeaderList]] = []

        def begin(status: str, headers: HeaderList, *error: Any) -> Any:
            begun.append((status, headers))
            return start_response(status, headers, *error)

        blocks = self._application(environ, begin)
        if len(begun) != 1:
            return blocks
        status, headers = begun[0]
        said = by_name(headers)
        if not self._may_keep(status, said):
            return blocks

        def keep(body: bytes) -> None:
            if int(said.get("content-length", len(body))) == len(body):
                names = _varying(said.get("vary", ""))
                values = self._values(environ, names)
                self.answers.keep(generation, address, names, values, _freeze(headers, body))

        return CachingBody(self._most_entry_bytes, self._room, keep).pass_on(blocks)

    def _may_keep(self, status: str, said: Mapping[str, str]) -> bool:
        """Tell whether an answer that begins like this may be kept (RFC 9111 section 3)."""
        return (
            status.startswith("200 ")
            and "etag" in said
            and "set-cookie" not in said
            and _is_public(said.get("cache-control", ""))
            and "*" not in said.get("vary", "")
            and int(said.get("content-length", 0)) <= self._most_entry_bytes
        )

    def _values(self, environ: Environ, names: Words) -> Words:
        """Return the values of these headers, one text for all spellings with the same meaning."""
        return tuple(self._meaning(name, environ.get(name, "")) for name in names)

    def _meaning(self, name: str, value: str) -> str:
        meaning = self._meanings.get(name)
        return value if meaning is None or len(value) > _LONGEST_SPELLING else meaning(value)


class ResponseStore:
    """The cached responses; past the bound, the least recently used goes first. Thread-safe.

    An address is the key of the names of the headers that choose among its responses; the address
    and the values of those headers are the key of a response.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[tuple[object, ...], tuple[Words | CachedResponse, int]] = (
            OrderedDict()
        )
        self._held_bytes = 0
        self._generation = -1
        self._lock = threading.Lock()

    def find(
        self, generation: int, address: Words, values: Callable[[Words], Words]
    ) -> CachedResponse | None:
        """Return the answer to an address; `values` gives what the request says in headers."""
        with self._lock:
            self._begin(generation)
            if generation != self._generation:
                return None
            names = self._use(address)
            if not isinstance(names, tuple):
                return None
            kept = self._use((address, values(names)))
        return kept if isinstance(kept, CachedResponse) else None

    def keep(
        self, generation: int, address: Words, names: Words, values: Words, kept: CachedResponse
    ) -> None:
        """Hold an answer, unless a newer generation has begun since it was asked for."""
        key_bytes = sum(map(len, address + values))
        with self._lock:
            if generation == self._generation:
                self._put(address, names, key_bytes + _OVERHEAD_BYTES)
                self._put((address, values), kept, key_bytes + kept.size_bytes)

    @property
    def held_bytes(self) -> int:
        """About how much is held."""
        return self._held_bytes

    def _begin(self, generation: int) -> None:
        if generation > self._generation:
            self._generation = generation
            self._held.clear()
            self._held_bytes = 0

    def _use(self, key: tuple[object, ...]) -> Words | CachedResponse | None:
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def _put(self, key: tuple[object, ...], value: Words | CachedResponse, size_bytes: int) -> None:
        _, before = self._held.pop(key, (None, 0))
        self._held[key] = value, size_bytes
        self._held_bytes += size_bytes - before
        while self._held_bytes > self._most_bytes:
            _, (_, freed) = self._held.popitem(last=False)
            self._held_bytes -= freed


def _is_for_the_cache(environ: Environ) -> bool:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return False
    if any(name in environ for name in _FOR_THE_APPLICATION):
        return False
    # A date counts only where there is no ETag to go by (RFC 9110 section 13.2.2).
    return "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" not in environ


def _send(cached: CachedResponse, environ: Environ, start_response: StartResponse) -> list[bytes]:
    response = cached.respond(environ)
    status = HTTPStatus(response.status)
    start_response(f"{status.value} {status.phrase.upper()}", list(response.headers))
    return [response.body] if response.body else []


def as_raw(headers: Iterable[tuple[str, str]]) -> RawHeaders:
    """Return headers as ASGI has them; the server dates each answer itself."""
    return [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers if n != "Date"]


def _address(environ: Environ) -> Words:
    return (
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
    )


def by_name(headers: HeaderList) -> dict[str, str]:
    """Return headers by their names in small letters; of several of a name, all in one."""
    said: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        said[key] = f"{said[key]}, {value}" if key in said else value
    return said


@lru_cache(_MOST_SPELLINGS)
def _is_public(cache_control: str) -> bool:
    cache = parse_cache_control_header(cache_control, cls=ResponseCacheControl)
    return cache.public and not cache.no_store


def _freeze(headers: HeaderList, body: bytes) -> CachedResponse:
    """Return an answer as it will leave each time; the server dates each anew."""
    kept = [(name, value) for name, value in headers if name.lower() != "date"]
    if not any(name.lower() == "content-length" for name, _ in kept):
        kept.append(("Content-Length", str(len(body))))
    return CachedResponse(tuple(kept), by_name(headers)["etag"], body)


@lru_cache(_MOST_SPELLINGS)
def _varying(vary: str) -> Words:
    """Return the headers that choose an answer, by their names in the environment."""
    return tuple(sorted(variable(name) for name in vary.split(",") if name.strip()))


def variable(name: str) -> str:
    """Return what a request header is called in an environment (PEP 3333)."""
    return f"HTTP_{name.strip().upper().replace('-', '_')}"
