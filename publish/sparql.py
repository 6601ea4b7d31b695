"""The SPARQL endpoint: SPARQL 1.1 Protocol (query part) and Service Description, as WSGI.

In: requests. Out: results and graphs from the query workers, the description of the service, or
errors as text, or as a problem (RFC 9457) for who reads JSON. It stands before the pages'
application, since a web framework takes longer over a small query than the engine does; what is
not for `/sparql`, and a browser that wants the query page, goes on to that application.
Nothing is known here of releases: each request asks for a `Source`, and leaves it when it is over.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import pyoxigraph as ox
from werkzeug.http import HTTP_STATUS_CODES, parse_etags
from werkzeug.wrappers import Request

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
from publish.front import Application, Environ, StartResponse
from publish.http import REVALIDATE, SECURITY
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

PATH = "/sparql"
#: Where the pages' application finds the query of a browser, a text or None.
QUERY = "km.query"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
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
_PERHAPS_NEW = re.compile("|".join(_NEW_EACH_TIME), re.IGNORECASE)
_COMMON = (("Vary", "Accept"), *SECURITY.items())
_LONGEST_ACCEPT = 1024  # of those whose meaning is remembered

log = logging.getLogger(__name__)


class Engine(Protocol):
    """What the endpoint needs of the query workers; publish.engine.EnginePool is one."""

    def query(self, query: EngineQuery) -> Answer: ...


@dataclass(frozen=True)
class Source:
    """What one request is answered from; `leave` is called once, when the answer has gone."""

    release_id: str
    engine: Engine
    describe_service: Callable[[], ServiceDescription]
    leave: Callable[[], None]


@dataclass(frozen=True)
class Reply:
    """A response before it is sent; `blocks` is closed by whoever does not read it to its end."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    blocks: Iterable[bytes] = ()


@dataclass(frozen=True)
class ForPage:
    """Not for the endpoint: a browser, with its query or without one."""

    query: str | None


class SparqlEndpoint:
    """The endpoint in front of the pages' application; a WSGI application itself."""

    def __init__(
        self,
        enter: Callable[[Environ], Source],
        pages: Application,
        prefixes: Mapping[str, str],
        limits: GateLimits | None = None,
        most_request_bytes: int = 256 * 1024,
    ) -> None:
        """`enter` is called for each request; `prefixes` are for the service description."""
        self._enter = enter
        self._pages = pages
        self._prefixes = dict(prefixes)
        self._limits = limits or GateLimits()
        self._most_request_bytes = most_request_bytes
        self._remembered = lru_cache(256)(negotiate)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer what comes to `/sparql`; hand on the rest."""
        if environ.get("PATH_INFO") != PATH:
            return self._pages(environ, start_response)
        request, source = Request(environ), self._enter(environ)
        try:
            reply = self._reply(request, source)
        except KmError as error:
            reply = error_reply(error, request)
        except Exception as error:
            log.exception("%s %s", request.method, request.path, exc_info=error)
            reply = error_reply(KmError("this should not have happened; it is in the log"), request)
        if isinstance(reply, ForPage):
            source.leave()
            environ[QUERY] = reply.query
            return self._pages(environ, start_response)
        blocks = _Leaving(reply.blocks, source.leave)
        start_response(
            f"{reply.status} {HTTP_STATUS_CODES[reply.status]}", [*reply.headers, *_COMMON]
        )
        if request.method == "HEAD":
            blocks.close()
        return blocks

    def _reply(self, request: Request, source: Source) -> Reply | ForPage:
        if request.method == "OPTIONS":
            return _OPTIONS
        if request.method not in _METHODS:
            raise ProtocolError(405, f"{request.method} is not for a SPARQL endpoint; GET or POST")
        if self._is_browsers(request):
            return ForPage(request.args["query"])
        asked = read_request(request, self._most_request_bytes)
        if asked.query is None:
            return self._about(request, asked, source)
        shape = admit(asked.query, self._limits)
        is_table = shape.form in ("SELECT", "ASK")
        offer = self._choose(request, asked, RESULT_OFFERS if is_table else RDF_OFFERS)
        if offer is HTML:
            return ForPage(asked.query)
        if offer.name == "csv" and (asked.format or "").strip().lower() in _EXCEL_NAMES:
            offer = EXCEL
        return _evaluate(request, asked, asked.query, offer, source)

    def _is_browsers(self, request: Request) -> bool:
        """Tell whether a browser sends a query, so that its errors, too, stand on the page."""
        accept = request.headers.get("Accept", "")
        if request.method not in ("GET", "HEAD") or "html" not in accept.lower():
            return False
        if "query" not in request.args or request.args.get("format", "") not in ("html", ""):
            return False
        try:
            return self._negotiate(accept, (*RESULT_OFFERS, HTML)) is HTML
        except NotAcceptable:
            return False

    def _about(self, request: Request, asked: Asked, source: Source) -> Reply | ForPage:
        """Answer a GET without a query: SPARQL 1.1 Service Description section 2, or the page."""
        offer = self._choose(request, asked, RDF_OFFERS)
        if offer is HTML:
            return ForPage(None)
        target = format_named(offer.name)
        assert isinstance(target.engine, ox.RdfFormat)
        etag = _digest(source.release_id, "service", offer.name)
        if _has_already(request, etag):
            return Reply(304, _validators(etag))
        triples = service_triples(source.describe_service())
        body = ox.serialize(triples, None, target.engine, prefixes=self._prefixes) or b""
        headers = (("Content-Type", target.media_type), ("Content-Length", str(len(body))))
        return Reply(200, (*headers, *_validators(etag)), (body,))

    def _choose(self, request: Request, asked: Asked, offers: Sequence[Offer]) -> Offer:
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
        return self._negotiate(request.headers.get("Accept", ""), (*offers, HTML))

    def _negotiate(self, accept: str, offers: tuple[Offer, ...]) -> Offer:
        is_short = len(accept) < _LONGEST_ACCEPT
        return self._remembered(accept, offers) if is_short else negotiate(accept, offers)


class _Leaving(Iterator[bytes]):
    """The blocks of an answer; once they are over or given up, their source is left."""

    def __init__(self, blocks: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._blocks = iter(blocks)
        self._leave: Callable[[], None] | None = leave

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        """Free the worker where it still writes, and leave the source."""
        leave, self._leave = self._leave, None
        if leave is None:
            return
        try:
            close = getattr(self._blocks, "close", None)
            self._blocks = iter(())
            if close is not None:
                close()
        finally:
            leave()


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
        headers.append(("Allow", ", ".join(_METHODS)))
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


def _evaluate(request: Request, asked: Asked, query: str, offer: Offer, source: Source) -> Reply:
    etag = _etag(source.release_id, asked, query, offer)
    is_read = request.method in ("GET", "HEAD")
    if is_read and etag and _has_already(request, etag):
        return Reply(304, _validators(etag))
    graphs = (asked.default_graphs, asked.named_graphs)
    name = "csv" if offer is EXCEL else offer.name
    answer = source.engine.query(EngineQuery(query, name, *graphs))
    answer = for_excel(answer) if offer is EXCEL else answer
    headers = [("Content-Type", answer.media_type)]
    if answer.size_bytes is not None:
        headers.append(("Content-Length", str(answer.size_bytes)))
    if asked.is_download or offer is EXCEL:
        file_name = "result-excel.csv" if offer is EXCEL else f"result.{offer.name}"
        headers.append(("Content-Disposition", f'attachment; filename="{file_name}"'))
    if not etag:
        headers.append(("Cache-Control", "no-store"))
    elif is_read:
        headers += _validators(etag)
    else:
        headers.append(("Cache-Control", "no-cache"))
    return Reply(200, tuple(headers), answer.chunks)


def _validators(etag: str) -> tuple[tuple[str, str], ...]:
    return ("ETag", f'W/"{etag}"'), ("Cache-Control", REVALIDATE)


def _has_already(request: Request, etag: str) -> bool:
    """Tell whether the client has this answer (RFC 9110 section 13.1.2)."""
    known = request.headers.get("If-None-Match")
    return known is not None and parse_etags(known).contains_weak(etag)


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
    if _PERHAPS_NEW.search(query) and any(
        t.kind == "word" and t.text.upper() in _NEW_EACH_TIME for t in tokens(query)
    ):
        return None
    return _digest(release, repr(replace(asked, format=None)), offer.name)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


_OPTIONS = Reply(
    204,
    (
        ("Allow", ", ".join(_METHODS)),
        ("Access-Control-Allow-Methods", ", ".join(_METHODS)),
        ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match"),
        ("Access-Control-Max-Age", "86400"),
    ),
)
