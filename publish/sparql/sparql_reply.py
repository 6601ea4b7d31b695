"""The responses of the SPARQL endpoint to errors.

In: an exception. Out: a `Reply` with the status of SPARQL 1.1 Protocol and RFC 9110, as text or,
for clients that read JSON, as a problem (RFC 9457).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request

from graph.errors import KmError, QuerySyntax
from publish.http.negotiate import NotAcceptable, Offer, negotiate
from publish.http.status import status_of

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_PLAIN = Offer("text", "text/plain")
_PROBLEM = Offer(
    "problem",
    "application/problem+json",
    ("application/json", "application/ld+json", "application/sparql-results+json"),
)


@dataclass(frozen=True)
class Reply:
    """A response before it is sent; a caller that does not read `blocks` to the end closes it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    blocks: Iterable[bytes] = ()


def error_reply(error: KmError, request: Request) -> Reply:
    """Return an error as text, or as application/problem+json where JSON is preferred."""
    status = status_of(error)
    try:
        offer = negotiate(request.headers.get("Accept"), (_PLAIN, _PROBLEM))
    except NotAcceptable:
        offer = _PLAIN
    text = f"{error}\n"
    if offer is _PROBLEM:
        text = json.dumps(_problem(error, status), ensure_ascii=False)
    body = text.encode(errors="replace")
    headers = [
        ("Content-Type", f"{offer.media_type}; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    if status == 503:
        headers.append(("Retry-After", "5"))
    if status == 405:
        headers.append(("Allow", ", ".join(METHODS)))
    return Reply(status, tuple(headers), (body,))


def _problem(error: KmError, status: int) -> dict[str, object]:
    problem: dict[str, object] = {
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": str(error),
    }
    if isinstance(error, QuerySyntax) and error.line:
        problem |= {"line": error.line, "column": error.column}
    return problem
