"""Turns every exception into a response.

In: an exception. Out: a page for a browser, `application/problem+json` (RFC 9457) for clients that
accept JSON, text for all others. `publish.http.status` has the status of each exception. The answer
to an unexpected exception says only that something went wrong; the log has the rest.
"""

import json
import logging

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from graph.errors import KmError
from publish.http.negotiate import HTML, NotAcceptable, Offer, negotiate, refuses
from publish.http.response import WebLink, add_links
from publish.http.status import status_of
from publish.web.context import RequestContext, request_context
from publish.web.not_found import near_things, words_of
from publish.web.page_data import Alternate, Problem

_PLAIN = Offer("text", "text/plain")
_PROBLEM = Offer("problem", "application/problem+json", ("application/json", "application/ld+json"))
_KNOWN = frozenset([400, 403, 404, 405, 406, 409, 410, 413, 500, 503, 504])
_RETRY_S = "5"

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Let the app answer every exception."""
    app.register_error_handler(KmError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _known(error: KmError) -> Response:
    status = status_of(error)
    if status >= 500:
        log.error("%s: %s", request.path, error)
    detail = "" if status == 500 else str(error)
    return _respond(status, detail, error.offers if isinstance(error, NotAcceptable) else ())


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = _respond(status, "", ())
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return _respond(500, "", ())


def _respond(status: int, detail: str, offers: tuple[Offer, ...]) -> Response:
    """Return an error in the format the client prefers."""
    offer, others = _choose(status), _formats(offers)
    if offer is HTML and "serving" in g:
        body, media_type = (
            _page(request_context(), status, detail, others),
            "text/html; charset=utf-8",
        )
    elif offer is _PROBLEM:
        body, media_type = _problem(status, detail), _PROBLEM.media_type
    else:
        body, media_type = _text(status, detail), "text/plain; charset=utf-8"
    response = Response(body, status, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language"
    add_links(response.headers, [WebLink(o.href, "alternate", o.media_type) for o in others])
    if status == 503:
        response.headers["Retry-After"] = _RETRY_S
    return response


def _choose(status: int) -> Offer:
    """Return the format of an error.

    A client that accepts none of our formats gets text. A 406 is a page unless the client refuses
    HTML, since people can follow its links to the formats there are; RFC 9110 section 15.5.7 allows
    any type.
    """
    accept = request.headers.get("Accept")
    try:
        return negotiate(accept, (_PLAIN, _PROBLEM, HTML))
    except NotAcceptable:
        return HTML if status == 406 and not refuses(accept, HTML) else _PLAIN


def _formats(offers: tuple[Offer, ...]) -> tuple[Alternate, ...]:
    """Return the address of the requested resource in each of these formats."""
    path = request.path
    if len(offers) == 1:
        return tuple(Alternate(o.name, o.media_type, request.script_root + path) for o in offers)
    if "." in path:
        return ()
    if path.startswith("/id/"):
        path = f"/doc/{path.removeprefix('/id/')}"
    start = request.script_root + path
    return tuple(Alternate(o.name, o.media_type, f"{start}.{o.name}") for o in offers)


def _page(
    context: RequestContext, status: int, detail: str, offers: tuple[Alternate, ...]
) -> bytes:
    shown = status if status in _KNOWN else 500 if status >= 500 else 400
    path = request.path
    page = Problem(
        status=status,
        title=context.texts(f"error.{shown}"),
        text=context.texts(f"error.{shown}_text"),
        detail="" if offers else detail,
        offers=offers,
        words=words_of(path) if status == 404 else "",
        near=near_things(context, path) if status == 404 else (),
    )
    frame = context.frame("/", page.title, is_indexed=False)
    return context.render("error.html", frame, page)


def _problem(status: int, detail: str) -> bytes:
    problem = {"title": HTTP_STATUS_CODES.get(status, "Error"), "status": status}
    return json.dumps({**problem, "detail": detail} if detail else problem).encode()


def _text(status: int, detail: str) -> bytes:
    title = HTTP_STATUS_CODES.get(status, "Error")
    return f"{status} {title}\n{detail}\n".encode() if detail else f"{status} {title}\n".encode()
