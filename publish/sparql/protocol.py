"""The request of the endpoint: SPARQL 1.1 Protocol section 2.1, read strictly.

In: a WSGI request. Out: a ProtocolRequest, or a ProtocolError with its status. Werkzeug's own
reading of forms is not used: it replaces bytes that are not UTF-8, which makes another query.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from graph.errors import QueryRefused
from publish.http.status import ProtocolError

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_MOST_PARAMETERS = 200
_UPDATE = "this endpoint answers queries only; it takes no updates"

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ProtocolRequest:
    """A request, read: a query, or None for one about the endpoint itself.

    The graphs are None where the request names no dataset (section 2.1.4), which clients also say
    by an empty name. `format` is what the
    reader typed as format=, output= or results=.
    """

    query: str | None
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    format: str | None
    is_download: bool


def read_request(request: Request, most_bytes: int) -> ProtocolRequest:
    """Read a GET, HEAD or POST. Raises ProtocolError, and QueryRefused for an update."""
    pairs = _pairs(request.query_string)
    if request.method == "POST":
        pairs = _posted(request, pairs, most_bytes)
    if _all(pairs, "update"):
        raise QueryRefused(_UPDATE)
    queries = _all(pairs, "query")
    if len(queries) > 1:
        raise ProtocolError(400, "there is more than one query in this request")
    default, named = (
        tuple(filter(None, _all(pairs, name))) for name in ("default-graph-uri", "named-graph-uri")
    )
    if not queries and (request.method == "POST" or default or named):
        raise ProtocolError(400, "there is no query in this request")
    return ProtocolRequest(
        query=queries[0] if queries else None,
        default_graphs=default if default or named else None,
        named_graphs=named if default or named else None,
        format=next((value for value in _all(pairs, "format", "output", "results") if value), None),
        is_download=bool(_all(pairs, "download")),
    )


def _posted(request: Request, in_address: Pairs, most_bytes: int) -> Pairs:
    """Add what the body says, by section 2.1.2 (a form) or 2.1.3 (the query itself)."""
    content_type, options = parse_options_header(request.content_type)
    content_type = content_type.lower()
    if content_type == "application/sparql-update":
        raise QueryRefused(_UPDATE)
    if content_type not in (FORM, DIRECT):
        raise ProtocolError(415, f"send a query as {DIRECT} or as {FORM}")
    if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise ProtocolError(415, "send the query in UTF-8")
    body = _body(request, most_bytes)
    if content_type == FORM:
        return [*in_address, *_pairs(body)]
    return [*in_address, ("query", _text(body))]


def _body(request: Request, most_bytes: int) -> bytes:
    if request.content_length is None:
        raise ProtocolError(411, "say the length of the query in Content-Length")
    if request.content_length > most_bytes:
        raise ProtocolError(413, f"a request may be {most_bytes:,} bytes long")
    return request.get_data()


def _pairs(encoded: bytes) -> Pairs:
    """Read name=value pairs, percent-encoded UTF-8."""
    try:
        return parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except UnicodeError as error:
        raise ProtocolError(400, "the parameters are not percent-encoded UTF-8") from error
    except ValueError as error:
        raise ProtocolError(400, f"more than {_MOST_PARAMETERS} parameters") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(400, "the query is not UTF-8") from error


def _all(pairs: Pairs, *names: str) -> tuple[str, ...]:
    return tuple(value for name, value in pairs if name in names)
