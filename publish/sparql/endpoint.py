"""The SPARQL endpoint: SPARQL 1.1 Protocol (query part) and Service Description, as WSGI.

In: requests. Out: results and graphs from the query workers, the description of the service, or
errors, as text or, for clients that read JSON, as a problem (RFC 9457). It stands in front of the
Flask application, since a web framework takes longer over a small query than the engine does.
Requests for other paths, and browsers that want the query page, go on to that application. The
endpoint knows nothing of releases: each request takes a `Source`, and leaves it at its end.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import pyoxigraph as ox
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request

from graph.errors import KmError, QuerySyntax
from graph.sparql.guard import QueryLimits, check_query, quick_check
from graph.store.embedded import Answer, format_named
from publish.engine.worker import EngineQuery
from publish.http.excel_csv import for_excel
from publish.http.negotiate import HTML, RDF_OFFERS, RESULT_OFFERS, NotAcceptable
from publish.http.response import SECURITY
from publish.http.status import ProtocolError
from publish.http.stream import Stream, close_blocks
from publish.http.wsgi_types import Application, Environ, StartResponse
from publish.sparql.protocol import ProtocolRequest, read_request
from publish.sparql.response import (
    METHODS,
    Reply,
    Wanted,
    choose,
    digest,
    error_reply,
    has_already,
    prefer,
    validators,
    want,
)
from publish.sparql.service_description import ServiceDescription, service_triples

PATH = "/sparql"
#: Where the pages' application finds the query of a browser, a text or None.
QUERY = "km.query"
_COMMON = (("Vary", "Accept"), *SECURITY.items())
_STEP = (
    "km.step"  # where a request that has begun keeps its `PendingRequest`, in a list to be emptied
)
_SMALL_BYTES = 4 * 1024

log = logging.getLogger(__name__)


class Engine(Protocol):
    """What the endpoint needs of the query workers; publish.engine.pool.EnginePool is one."""

    def query(self, query: EngineQuery) -> Answer: ...

    async def begin(self, query: EngineQuery) -> "PendingQuery | None": ...


class PendingQuery(Protocol):
    """A query that a worker has; `is_whole` where `finish` need not wait."""

    is_whole: bool

    def finish(self) -> Answer: ...


@dataclass(frozen=True)
class Source:
    """What one request is answered from; `leave` is called once, when the answer has gone."""

    release_id: str
    engine: Engine
    describe_service: Callable[[], ServiceDescription]
    leave: Callable[[], None]


@dataclass(frozen=True)
class ForPage:
    """Not for the endpoint: a browser, with its query or without one."""

    query: str | None


Next = TypeVar("Next")


@dataclass
class PendingRequest:
    """How far a request has come: `begun` once a worker has its query."""

    request: Request
    source: Source
    next: "Reply | ForPage | Wanted"
    begun: "PendingQuery | None" = None


class SparqlEndpoint:
    """The endpoint in front of the pages' application; a WSGI application itself."""

    def __init__(
        self,
        enter: Callable[[Environ], Source],
        pages: Application,
        prefixes: Mapping[str, str],
        limits: QueryLimits | None = None,
        most_request_bytes: int = 256 * 1024,
    ) -> None:
        """`enter` is called for each request; `prefixes` are for the service description."""
        self._enter = enter
        self._pages = pages
        self._prefixes = dict(prefixes)
        self._limits = limits or QueryLimits()
        self._most_request_bytes = most_request_bytes

    async def begin(self, environ: Environ) -> bool:
        """Begin a request on the running loop, as far as that is quick.

        Returns whether it is for the endpoint and can now be answered without waiting. Either way
        the request must be given to the endpoint next: it goes on from here.
        """
        if environ["PATH_INFO"] != PATH or not _is_quick(environ):
            return False
        step = self._step(environ)
        environ[_STEP] = [step]
        if isinstance(step.next, Wanted):
            try:
                step.begun = await step.source.engine.begin(step.next.query)
            except KmError as error:
                step.next = error_reply(error, step.request)
            except BaseException:
                step.source.leave()
                raise
            else:
                return step.begun is not None and step.begun.is_whole
        return isinstance(step.next, Reply)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer what comes to `/sparql`; hand on the rest."""
        if environ.get("PATH_INFO") != PATH:
            return self._pages(environ, start_response)
        begun = environ.get(_STEP)
        step = begun.pop() if begun else self._step(environ)
        if isinstance(step.next, Wanted):
            step.next = _guard(step.request, partial(self._evaluate, step, step.next))
        if isinstance(step.next, ForPage):
            step.source.leave()
            environ[QUERY] = step.next.query
            return self._pages(environ, start_response)
        reply = step.next
        blocks = Stream(reply.blocks, partial(_leave, reply.blocks, step.source))
        start_response(
            f"{reply.status} {HTTP_STATUS_CODES[reply.status]}", [*reply.headers, *_COMMON]
        )
        if environ["REQUEST_METHOD"] == "HEAD":
            blocks.close()
        return blocks

    def _step(self, environ: Environ) -> "PendingRequest":
        request, source = Request(environ, populate_request=False), self._enter(environ)
        return PendingRequest(
            request, source, _guard(request, partial(self._plan, request, source))
        )

    def _plan(self, request: Request, source: Source) -> "Reply | ForPage | Wanted":
        """Say what a request asks for; all but a query is answered here."""
        if request.method == "OPTIONS":
            return _OPTIONS
        if request.method not in METHODS:
            raise ProtocolError(405, f"{request.method} is not for a SPARQL endpoint; GET or POST")
        if self._is_browsers(request):
            return ForPage(request.args["query"])
        asked = read_request(request, self._most_request_bytes)
        if asked.query is None:
            return self._about(request, asked, source)
        shape = quick_check(asked.query, self._limits) or check_query(asked.query, self._limits)
        is_table = shape.form in ("SELECT", "ASK")
        offer = choose(request, asked, RESULT_OFFERS if is_table else RDF_OFFERS)
        if offer is HTML:
            return ForPage(asked.query)
        return want(request, asked, asked.query, offer, source.release_id)

    def _evaluate(self, step: "PendingRequest", wanted: "Wanted") -> Reply:
        """Return the engine's answer, which it may have begun already."""
        begun, engine = step.begun, step.source.engine
        try:
            answer = engine.query(wanted.query) if begun is None else begun.finish()
        except QuerySyntax:
            check_query(wanted.query.text, self._limits)  # says some things more clearly
            raise
        answer = for_excel(answer) if wanted.is_for_excel else answer
        headers = [("Content-Type", answer.media_type), *wanted.headers]
        if answer.size_bytes is not None:
            headers.append(("Content-Length", str(answer.size_bytes)))
        return Reply(200, tuple(headers), answer.chunks)

    def _is_browsers(self, request: Request) -> bool:
        """Tell whether a browser sends a query, so that its errors, too, stand on the page."""
        accept = request.headers.get("Accept", "")
        if request.method not in ("GET", "HEAD") or "html" not in accept.lower():
            return False
        if "query" not in request.args or request.args.get("format", "") not in ("html", ""):
            return False
        try:
            return prefer(accept, (*RESULT_OFFERS, HTML)) is HTML
        except NotAcceptable:
            return False

    def _about(self, request: Request, asked: ProtocolRequest, source: Source) -> Reply | ForPage:
        """Answer a GET without a query: SPARQL 1.1 Service Description section 2, or the page."""
        offer = choose(request, asked, RDF_OFFERS)
        if offer is HTML:
            return ForPage(None)
        target = format_named(offer.name)
        etag = digest(source.release_id, "service", offer.name)
        if has_already(request, etag):
            return Reply(304, validators(etag))
        triples = service_triples(source.describe_service())
        body = ox.serialize(triples, None, target.rdf, prefixes=self._prefixes) or b""
        headers = (("Content-Type", target.content_type), ("Content-Length", str(len(body))))
        return Reply(200, (*headers, *validators(etag)), (body,))


def _leave(blocks: Iterable[bytes], source: Source) -> None:
    """Free the worker where it still writes, and leave the source."""
    try:
        close_blocks(blocks)
    finally:
        source.leave()


def _guard(request: Request, work: Callable[[], Next]) -> Next | Reply:
    """Return what some work returns, or the error it ends in."""
    try:
        return work()
    except KmError as error:
        return error_reply(error, request)
    except Exception as error:
        log.exception("%s %s", request.method, request.path, exc_info=error)
        return error_reply(KmError("this should not have happened; it is in the log"), request)


def _is_quick(environ: Environ) -> bool:
    """Tell whether a request is a query that is read in less than a millisecond."""
    method, address = environ["REQUEST_METHOD"], environ["QUERY_STRING"]
    if not (method == "POST" or (method == "GET" and "query=" in address)):
        return False  # a description of the service may name thousands of graphs
    size = len(address) + len(environ.get("HTTP_ACCEPT", ""))
    return size + int(environ.get("CONTENT_LENGTH", 0)) <= _SMALL_BYTES


_OPTIONS = Reply(
    204,
    (
        ("Allow", ", ".join(METHODS)),
        ("Access-Control-Allow-Methods", ", ".join(METHODS)),
        ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match"),
        ("Access-Control-Max-Age", "86400"),
    ),
)
