"""The query, format and entity tag that a request to the endpoint asks for.

In: a request that was read (`publish.sparql.protocol`) and passed the query guard. Out: a `Wanted`
for the query workers, or the 304 for a client that has the answer (RFC 9110 section 13.1.2).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.http import HTTP_STATUS_CODES, parse_etags
from werkzeug.wrappers import Request

from graph.errors import KmError, QuerySyntax
from graph.rdf.formats import FORMATS
from graph.sparql.tokens import tokens
from publish.engine.worker import EngineQuery
from publish.http.etags import plain_tags
from publish.http.negotiate import HTML, RDF_OFFERS, RESULT_OFFERS, NotAcceptable, Offer, negotiate
from publish.http.response import REVALIDATE
from publish.http.status import status_of
from publish.sparql.protocol import ProtocolRequest

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


#: CSV that Excel opens rightly and runs nothing of; only asked for by name, with `format=`.
EXCEL = Offer("excel", FORMATS["csv"].media_type)
_EXCEL_NAMES = ("excel", "excel.csv")
_NEW_EACH_TIME = frozenset(["NOW", "RAND", "UUID", "STRUUID", "BNODE"])
_PERHAPS_NEW = re.compile("|".join(_NEW_EACH_TIME), re.IGNORECASE)
_LONGEST_ACCEPT = 1024  # of those whose meaning is remembered


@dataclass(frozen=True)
class Wanted:
    """A query for the engine, and the headers of its answer that are known before it."""

    query: EngineQuery
    headers: tuple[tuple[str, str], ...]
    is_for_excel: bool


def choose(request: Request, asked: ProtocolRequest, offers: Sequence[Offer]) -> Offer:
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
    return prefer(request.headers.get("Accept", ""), (*offers, HTML))


def prefer(accept: str, offers: tuple[Offer, ...]) -> Offer:
    """Return the offer that an Accept header prefers; results for usual headers are remembered."""
    return (
        _remembered(accept, offers) if len(accept) < _LONGEST_ACCEPT else negotiate(accept, offers)
    )


_remembered = lru_cache(256)(negotiate)


def want(
    request: Request, asked: ProtocolRequest, query: str, offer: Offer, release_id: str
) -> Reply | Wanted:
    """Return what the engine is to be asked, or 304 where the client has that already."""
    if offer.name == "csv" and (asked.format or "").strip().lower() in _EXCEL_NAMES:
        offer = EXCEL
    etag = _etag(release_id, asked, query, offer)
    is_read = request.method in ("GET", "HEAD")
    if is_read and etag and has_already(request, etag):
        return Reply(304, validators(etag))
    name = "csv" if offer is EXCEL else offer.name
    headers: list[tuple[str, str]] = []
    if asked.is_download or offer is EXCEL:
        file_name = "result-excel.csv" if offer is EXCEL else f"result.{offer.name}"
        headers.append(("Content-Disposition", f'attachment; filename="{file_name}"'))
    if not etag:
        headers.append(("Cache-Control", "no-store"))
    elif is_read:
        headers += validators(etag)
    else:
        headers.append(("Cache-Control", "no-cache"))
    engine_query = EngineQuery(query, name, asked.default_graphs, asked.named_graphs)
    return Wanted(engine_query, tuple(headers), is_for_excel=offer is EXCEL)


def validators(etag: str) -> tuple[tuple[str, str], ...]:
    """Return what lets a client ask whether its answer is still good."""
    return ("ETag", f'W/"{etag}"'), ("Cache-Control", REVALIDATE)


def has_already(request: Request, etag: str) -> bool:
    """Tell whether the client has this answer (RFC 9110 section 13.1.2)."""
    known = request.headers.get("If-None-Match")
    return known is not None and parse_etags(plain_tags(known)).contains_weak(etag)


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


def _etag(release: str, asked: ProtocolRequest, query: str, offer: Offer) -> str | None:
    """Return a name for the answer, or None where it is another one each time."""
    if _PERHAPS_NEW.search(query) and any(
        t.kind == "word" and t.text.upper() in _NEW_EACH_TIME for t in tokens(query)
    ):
        return None
    graphs = (asked.default_graphs, asked.named_graphs, asked.is_download)
    return digest(release, query, repr(graphs), offer.name)


def digest(*parts: str) -> str:
    """Return an entity tag for a response that depends on these parts only."""
    return hashlib.sha256("\x00".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]
