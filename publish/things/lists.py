"""A list to take home: as CSV, as CSV for Excel, as Turtle, and as a SPARQL query.

In: things as the search index knows them. Out: files that are written as they leave, so a list of
all the leaflets of the country takes no memory, and links to them for the foot of a list.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

import pyoxigraph as ox
from flask import Response, abort, request

from graph.rdf.formats import FORMATS
from graph.rdf.serialize import serialize
from graph.rdf.vocab import expand, term
from graph.search.hits import Hit
from graph.search.index_rows import NAME
from graph.store.embedded import Answer
from graph.text.thai import ERA
from publish.http.excel_csv import for_excel
from publish.http.response import Variant, answer
from publish.web.context import RequestContext, request_context
from publish.web.formats import etag
from publish.web.page_data import Label, Link

CSV, EXCEL, TURTLE = "csv", "excel.csv", "ttl"
ENDINGS = (CSV, EXCEL, TURTLE)
_FORMATS = {CSV: FORMATS["csv"], EXCEL: FORMATS["csv"], TURTLE: FORMATS["ttl"]}
_COLUMNS = ("iri", "kind", "name_th", "name_en", "year_be", "year_ce", "organisation", "topics")
_BLOCK = 500
_QUERY_THINGS = 200  # that fit into the address of a query
_OF_CLASS = """SELECT ?thing ?name WHERE {{
  ?thing a {0} ; skos:prefLabel ?name .
}} ORDER BY ?thing"""
_OF_THESE = """SELECT ?thing ?name WHERE {{
  VALUES ?thing {{
    {0}
  }}
  ?thing skos:prefLabel ?name .
}}"""


def browse_file(type: str, ending: str) -> Response:
    """Send everything of a kind as a file."""
    context = request_context()
    if context.site.layout.kind(type) is None or ending not in ENDINGS:
        abort(404)
    return send_list(context, f"/browse/{type}", type, ending, context.serving.search.members(type))


def send_list(
    context: RequestContext, path: str, name: str, ending: str, hits: Iterable[Hit]
) -> Response:
    """Send these things as a file, as they come."""
    tag = etag(context, path, ending, request.query_string.decode("latin-1"))
    response = answer(request, Variant(_FORMATS[ending].media_type, tag, make=lambda: b""))
    if response.status_code != 304:
        response.headers.pop("Content-Length", None)
        response.response = _write(context, ending, hits)
    if ending != TURTLE:
        file_name = f"{name}{'-excel' if ending == EXCEL else ''}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def offer_list(context: RequestContext, path: str, query: str, **values: str) -> tuple[Link, ...]:
    """Return the links to a list's files and to its query, for people."""
    texts = context.texts
    files = tuple(
        Link(Label(texts(f"take.{name}")), context.links.to(f"{path}.{ending}", **values))
        for name, ending in (("csv", CSV), ("excel", EXCEL), ("turtle", TURTLE))
    )
    return (*files, Link(Label("SPARQL"), context.links.to("/sparql", query=query)))


def query_of_class(class_iri: str) -> str:
    """Return the query that lists the things of a class, for people to go on from."""
    return _OF_CLASS.format(ox.NamedNode(class_iri))


def query_of_things(hits: Iterable[Hit]) -> str:
    """Return the query about these things, as many as an address holds."""
    nodes = (str(ox.NamedNode(hit.iri)) for hit in islice(hits, _QUERY_THINGS))
    return _OF_THESE.format("\n    ".join(nodes))


def _write(context: RequestContext, ending: str, hits: Iterable[Hit]) -> Iterator[bytes]:
    if ending == TURTLE:
        return _turtle(context, hits)
    blocks = _table(context, hits)
    return (
        for_excel(Answer(FORMATS["csv"].media_type, blocks)).chunks if ending == EXCEL else blocks
    )


def _table(context: RequestContext, hits: Iterable[Hit]) -> Iterator[bytes]:
    """Yield RFC 4180 CSV, some rows at a time."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(_COLUMNS)
    for block in _blocks(hits):
        for hit in block:
            write(_row(context, hit))
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def _row(context: RequestContext, hit: Hit) -> tuple[str, ...]:
    year = next(iter(hit.facets.get("year", ())), "")
    return (
        hit.iri,
        hit.type,
        hit.names.get("th", ""),
        hit.names.get("en", ""),
        year,
        str(int(year) - ERA) if year else "",
        " ".join(hit.facets.get("org", ())),
        " ".join(hit.facets.get("topic", ())),
    )


def _turtle(context: RequestContext, hits: Iterable[Hit]) -> Iterator[bytes]:
    for block in _blocks(hits):
        yield serialize([triple for hit in block for triple in _triples(context, hit)], "ttl")


def _triples(context: RequestContext, hit: Hit) -> Iterator[ox.Triple]:
    """Yield what a list says of a thing: what it is, what it is called, what it is about."""
    thing = ox.NamedNode(hit.iri)
    kind = context.site.layout.kind(hit.type)
    if kind is not None:
        yield ox.Triple(thing, term("rdf:type"), ox.NamedNode(kind.class_iri))
    if hit.kind and (kind is None or hit.kind != kind.class_iri):
        yield ox.Triple(thing, term("dct:type"), ox.NamedNode(hit.kind))
    for text in hit.texts:
        if text.role == NAME:
            words = ox.Literal(text.text, language=text.lang or None)
            yield ox.Triple(thing, term("skos:prefLabel"), words)
    for year in hit.facets.get("year", ()):
        integer = ox.NamedNode(expand("xsd:integer"))
        yield ox.Triple(thing, term("km:yearBE"), ox.Literal(year, datatype=integer))


def _blocks(hits: Iterable[Hit]) -> Iterator[list[Hit]]:
    """Yield the hits in blocks, one empty block where there is none."""
    waiting = iter(hits)
    block = list(islice(waiting, _BLOCK))
    yield block
    while block := list(islice(waiting, _BLOCK)):
        yield block
