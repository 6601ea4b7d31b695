"""The SPARQL endpoint: SPARQL 1.1 Protocol (query part) and Service Description, as a blueprint.

In: requests. Out: results and graphs from the query workers, the description of the service, or the
query page for a browser; errors as text, or as a problem (RFC 9457) for who reads JSON.
Nothing is known here of releases: what the endpoint needs comes as functions, called each time.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import pyoxigraph as ox
from flask import Blueprint, Response, request
from werkzeug.http import HTTP_STATUS_CODES

from graph.errors import (
    EngineBusy,
    KmError,
    QueryError,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    StoreUnavailable,
)
from graph.gate import GateLimits, admit, tokens
from graph.store import Answer, format_named
from publish.engine_worker import EngineQuery
from publish.excel import for_excel
from publish.http import REVALIDATE
from publish.negotiate import (
    HTML,
    RDF_OFFERS,
    RESULT_OFFERS,
    NotAcceptable,
    Offer,
    negotiate,
)
from publish.protocol import Asked, ProtocolError, read_request
from publish.service_description import ServiceDescription, service_triples

_METHODS = ["GET", "HEAD", "POST", "OPTIONS"]
_OTHER_METHODS = ["PUT", "DELETE", "PATCH"]  # so that their 405 has our headers too
_PLAIN = Offer("text", "text/plain")
_PROBLEM = Offer(
    "problem",
    "application/problem+json",
    ("application/json", "application/ld+json", "application/sparql-results+json"),
)
#: CSV that Excel opens rightly and runs nothing of; only asked for by name, with `format=`.
EXCEL = Offer("excel", "text/csv")
_EXCEL_NAMES = ("excel", "excel.csv")
_NEW_EACH_TIME = frozenset(["NOW", "RAND", "UUID", "STRUUID", "BNODE"])


class Engine(Protocol):
    """What the endpoint needs of the query workers; publish.engine.EnginePool is one."""

    def query(self, query: EngineQuery) -> Answer: ...


@dataclass(frozen=True)
class Endpoint:
    """What the endpoint works with; each function is called once a request.

    `page` is the query page: it is given the query of a browser that sent one. `prefixes` are used
    in the Turtle of the service description.
    """

    engine: Callable[[], Engine]
    release_id: Callable[[], str]
    describe_service: Callable[[], ServiceDescription]
    page: Callable[[str | None], Response]
    prefixes: Mapping[str, str]
    limits: GateLimits = field(default_factory=GateLimits)
    most_request_bytes: int = 256 * 1024


def create_blueprint(endpoint: Endpoint) -> Blueprint:
    """Return the blueprint with the one address `/sparql`."""
    blueprint = Blueprint("sparql", __name__)

    @blueprint.route("/sparql", methods=_METHODS + _OTHER_METHODS)
    def sparql() -> Response:
        try:
            response = _answer(endpoint)
        except KmError as error:
            response = error_response(error)
        return _with_common_headers(response)

    return blueprint


def status_of(error: KmError) -> int:
    """Return the HTTP status of an exception (SPARQL 1.1 Protocol section 2.1.7, RFC 9110)."""
    match error:
        case ProtocolError():
            return error.status
        case NotAcceptable():
            return 406
        case QueryRefused():
            return 403
        case QueryTimeout():
            return 504
        case EngineBusy() | StoreUnavailable():
            return 503
        case QueryError():
            return 400
    return 500


def error_response(error: KmError) -> Response:
    """Return an error as text, or as application/problem+json where JSON is preferred."""
    status = status_of(error)
    try:
        offer = negotiate(request.headers.get("Accept"), (_PLAIN, _PROBLEM))
    except NotAcceptable:
        offer = _PLAIN
    body = f"{error}\n"
    if offer is _PROBLEM:
        body = json.dumps(_problem(error, status), ensure_ascii=False)
    response = Response(body, status, content_type=f"{offer.media_type}; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "5"
    if status == 405:
        response.headers["Allow"] = ", ".join(_METHODS)
    return response


def _problem(error: KmError, status: int) -> dict[str, object]:
    problem: dict[str, object] = {
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": str(error),
    }
    if isinstance(error, QuerySyntax) and error.line:
        problem |= {"line": error.line, "column": error.column}
    return problem


def _answer(endpoint: Endpoint) -> Response:
    if request.method == "OPTIONS":
        return _options()
    if request.method not in _METHODS:
        raise ProtocolError(405, f"{request.method} is not for a SPARQL endpoint; GET or POST")
    asked = read_request(request, endpoint.most_request_bytes)
    if asked.query is None:
        return _about(endpoint, asked)
    shape = admit(asked.query, endpoint.limits)
    offer = _choose(asked, RESULT_OFFERS if shape.form in ("SELECT", "ASK") else RDF_OFFERS)
    if offer is HTML:
        return endpoint.page(asked.query)
    if offer.name == "csv" and (asked.format or "").strip().lower() in _EXCEL_NAMES:
        offer = EXCEL
    return _evaluate(endpoint, asked, asked.query, offer)


def _about(endpoint: Endpoint, asked: Asked) -> Response:
    """Answer a GET without a query: the page, or SPARQL 1.1 Service Description section 2."""
    offer = _choose(asked, RDF_OFFERS)
    if offer is HTML:
        return endpoint.page(None)
    target = format_named(offer.name)
    assert isinstance(target.engine, ox.RdfFormat)
    triples = service_triples(endpoint.describe_service())
    body = ox.serialize(triples, None, target.engine, prefixes=dict(endpoint.prefixes))
    response = Response(body, content_type=target.media_type)
    response.set_etag(_digest(endpoint.release_id(), "service", offer.name), weak=True)
    response.headers["Cache-Control"] = REVALIDATE
    response.make_conditional(request)
    return response


def _evaluate(endpoint: Endpoint, asked: Asked, query: str, offer: Offer) -> Response:
    # The release's name is taken before its engine: where a new one comes between, the answer is
    # kept under the old name and asked for again; the other way round it would be kept for good.
    etag = _etag(endpoint.release_id(), asked, query, offer)
    is_read = request.method in ("GET", "HEAD")
    if is_read and etag and request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        graphs = (asked.default_graphs, asked.named_graphs)
        name = "csv" if offer is EXCEL else offer.name
        answer = endpoint.engine().query(EngineQuery(query, name, *graphs))
        answer = for_excel(answer) if offer is EXCEL else answer
        response = Response(answer.chunks, content_type=answer.media_type, direct_passthrough=True)
        if answer.size_bytes is not None:
            response.content_length = answer.size_bytes
        if asked.is_download or offer is EXCEL:
            file_name = "result-excel.csv" if offer is EXCEL else f"result.{offer.name}"
            response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    if is_read and etag:
        response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = REVALIDATE if etag else "no-store"
    return response


def _choose(asked: Asked, offers: Sequence[Offer]) -> Offer:
    """Return what to write: by `format=` where that fits the kind of query, else by Accept.

    HTML comes last, so that only who prefers it (a browser) gets the page.
    """
    if asked.format is not None:
        wanted = asked.format.strip().lower()
        for offer in (*offers, HTML):
            if wanted in _names(offer):
                return offer
        if not any(wanted in _names(offer) for offer in (*RESULT_OFFERS, *RDF_OFFERS)):
            raise NotAcceptable(offers)
    return negotiate(request.headers.get("Accept"), (*offers, HTML))


def _names(offer: Offer) -> tuple[str, ...]:
    """Return what people and clients type for a format; SPARQLWrapper sends several of these."""
    typed = {
        "ttl": ("turtle", "n3"),
        "jsonld": ("json-ld", "json"),
        "rdf": ("rdf+xml", "rdfxml", "xml"),
        "nt": ("ntriples", "n-triples"),
        "csv": _EXCEL_NAMES,
    }
    return (offer.name, offer.media_type, *offer.aliases, *typed.get(offer.name, ()))


def _etag(release: str, asked: Asked, query: str, offer: Offer) -> str | None:
    """Return a name for the answer, or None where it is another one each time."""
    if any(t.kind == "word" and t.text.upper() in _NEW_EACH_TIME for t in tokens(query)):
        return None
    return _digest(release, repr(replace(asked, format=None)), offer.name)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def _options() -> Response:
    response = Response(status=204)
    del response.headers["Content-Type"]
    response.headers["Allow"] = ", ".join(_METHODS)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _with_common_headers(response: Response) -> Response:
    response.vary.add("Accept")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
