"""The headers that RFC 9110 and RFC 8288 ask of a response: validators, Vary, Link, CORS, security.

In: a function that makes a body, the facts that the body depends on, and the request. Out: a
response. HEAD and GET have the same headers. A client that has the body gets a 304, and no body is
made for it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import Request, Response
from werkzeug.datastructures import Headers

from publish.http.links import encode_iri

REVALIDATE = "public, max-age=0, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: For pages: scripts, but only files of this site, none in a page and no eval.
_PAGE_POLICY = f"{_POLICY}; script-src 'self'"
#: On every response.
SECURITY = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Location, Content-Range, ETag, Link, Location, Memento-Datetime, "
        "Repr-Digest, Retry-After"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Datetime, Accept-Language, Content-Type, If-None-Match, Range"
    ),
    "Access-Control-Max-Age": "86400",
}


@dataclass(frozen=True)
class WebLink:
    """One link of a `Link` header (RFC 8288)."""

    target: str
    relation: str
    media_type: str = ""
    language: str = ""

    def __str__(self) -> str:
        """Return it as the header writes it; the target is encoded, so no CR or LF gets in."""
        parts = [f"<{encode_iri(self.target)}>", f'rel="{self.relation}"']
        if self.media_type:
            parts.append(f'type="{self.media_type}"')
        if self.language:
            parts.append(f'hreflang="{self.language}"')
        return "; ".join(parts)


@dataclass(frozen=True)
class Variant:
    """One representation: the function that makes its body, and the facts in its headers."""

    media_type: str
    etag: str
    make: Callable[[], bytes]
    vary: tuple[str, ...] = ()
    links: tuple[WebLink, ...] = ()
    location: str = ""
    language: str = ""
    cache: str = REVALIDATE


def make_etag(*parts: str) -> str:
    """Return an entity tag for a body that depends on nothing but these parts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def answer(request: Request, variant: Variant) -> Response:
    """Return the response for a variant, or 304 where the client has it (RFC 9110, 13.1)."""
    response = Response()
    _describe(response.headers, variant)
    response.set_etag(variant.etag)
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    response.set_data(variant.make())
    response.headers["Content-Type"] = with_charset(variant.media_type)
    return response


def _describe(headers: Headers, variant: Variant) -> None:
    headers["Cache-Control"] = variant.cache
    if variant.vary:
        headers["Vary"] = ", ".join(variant.vary)
    if variant.location:
        headers["Content-Location"] = encode_iri(variant.location)
    if variant.language:
        headers["Content-Language"] = variant.language
    add_links(headers, variant.links)


def add_links(headers: Headers, links: Iterable[WebLink]) -> None:
    """Add a `Link` header that holds these links."""
    written = ", ".join(str(link) for link in links)
    if written:
        headers["Link"] = written


def add_vary(response: Response, name: str) -> None:
    """Say that a request header chooses the response, beside those it names already."""
    response.headers["Vary"] = ", ".join(dict.fromkeys([*response.vary, name]))


def see_other(target: str, links: Iterable[WebLink] = ()) -> Response:
    """Return 303 to a path of this site; the caller has found it in the store, never in a request.

    Raises ValueError for a target that could lead elsewhere (`//host`, `scheme:`).
    """
    return _redirect(303, target, links)


def moved(target: str) -> Response:
    """Return 308 to a path of this site, as `see_other` does (RFC 9110 section 15.4.9)."""
    return _redirect(308, target, ())


def _redirect(status: int, target: str, links: Iterable[WebLink]) -> Response:
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        raise ValueError(f"{target!r} is no path of this site")
    response = Response(status=status, headers={"Location": encode_iri(target), "Vary": "Accept"})
    response.headers["Cache-Control"] = REVALIDATE
    add_links(response.headers, links)
    return response


def with_charset(media_type: str) -> str:
    """Return the Content-Type: text says that it is UTF-8, the rest always is."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def secure(request: Request, response: Response) -> Response:
    """Put on every response what keeps readers safe and data open; answers CORS preflights."""
    defaults: Mapping[str, str] = SECURITY
    if request.method == "OPTIONS":
        defaults = {**SECURITY, **_PREFLIGHT}
    if response.mimetype == "text/html":
        defaults = {**defaults, "Content-Security-Policy": _PAGE_POLICY}
    for name, value in defaults.items():
        response.headers.setdefault(name, value)
    return response
