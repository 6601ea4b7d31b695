"""The lists of things, as pages and as files.

In: a release. Out: the pages /browse (the kinds) and /browse/{type} (the things of a kind), with a
note under each thing that tells it from its neighbours. The same lists, and those of a search, can
be downloaded as CSV, as CSV for Excel and as Turtle, or opened as a SPARQL query. Files are sent
while they are written, so a list of all leaflets of a country takes no memory.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import pyoxigraph as ox
from flask import Response, abort, request

from graph.describe.overview import Members, list_members
from graph.rdf.facts import gather
from graph.rdf.formats import FORMATS
from graph.rdf.serialize import serialize
from graph.rdf.vocab import expand, term
from graph.schema.layout import Kind
from graph.search.hits import Hit
from graph.search.index_rows import NAME
from graph.store.embedded import Answer
from graph.text.thai import ERA, sort_key
from publish.drawings.timeline import draw_timeline
from publish.http.excel_csv import for_excel
from publish.http.response import Variant, answer
from publish.web.context import RequestContext, request_context
from publish.web.formats import etag, send_page
from publish.web.labels import Namer
from publish.web.page_data import Card, Kinds, Label, Link, Listing
from publish.web.pager import make_pager, page_number, page_query

CSV, EXCEL, TURTLE = "csv", "excel.csv", "ttl"
ENDINGS = (CSV, EXCEL, TURTLE)
_FORMATS = {CSV: FORMATS["csv"], EXCEL: FORMATS["csv"], TURTLE: FORMATS["ttl"]}
_COLUMNS = ("iri", "kind", "name_th", "name_en", "year_be", "year_ce", "organisation", "topics")
_BLOCK = 500  # things sent at a time: one by one, each would cost a write
_QUERY_THINGS = 200  # as many as fit into an address; servers refuse longer ones
_OF_CLASS = """SELECT ?thing ?name WHERE {{
  ?thing a {0} ; skos:prefLabel ?name .
}} ORDER BY ?thing"""
_OF_THESE = """SELECT ?thing ?name WHERE {{
  VALUES ?thing {{
    {0}
  }}
  ?thing skos:prefLabel ?name .
}}"""
# The properties that tell things of one kind apart.
_TOLD = ("dct:publisher", "km:aboutService", "km:yearBE", "dct:temporal")


# ---- pages -----------------------------------------------------------------------------------


def kinds() -> Response:
    """Send the list of the kinds of thing."""
    context = request_context()

    def make() -> bytes:
        title, intro = context.texts("browse.title"), Label(context.texts("browse.intro"))
        page = Kinds(title, intro, kind_cards(context))
        frame = context.frame("/browse", page.title, "browse")
        return context.render("browse.html", frame, page)

    return send_page(context, "/browse", make)


def members(type: str) -> Response:
    """Send one page of the things of a kind."""
    context = request_context()
    kind = context.site.layout.kind(type)
    page = page_number()
    if kind is None:
        abort(404)
    found = list_members(context.serving.store, kind, page, context.serving.hubs)
    if page > found.pages:
        abort(404)
    path = f"/browse/{type}"
    return send_page(context, path, lambda: _members_page(context, kind, found))


def _members_page(context: RequestContext, kind: Kind, found: Members) -> bytes:
    texts, path = context.texts, f"/browse/{kind.type}"
    terms = context.namer(context.serving.vocabulary.facts)
    named = terms.pick(kind.names)
    title = named.text if named else kind.type
    is_cut = found.total > found.listed
    page = Listing(
        title=title,
        intro=terms.words(ox.NamedNode(kind.class_iri), "skos:definition"),
        count=texts("browse.count", count=texts.number(found.total)),
        note=texts("relation.cut", count=texts.number(found.listed)) if is_cut else "",
        items=_sorted_items(context, found),
        pager=make_pager(
            texts, found.page, found.pages, lambda n: context.links.to(path, **page_query(n))
        ),
        lists=offer_list(context, path, query_of_class(kind.class_iri)),
        timeline=draw_timeline(context, kind.type, title) if found.page == 1 else None,
    )
    crumbs = (Link(Label(texts("nav.browse")), context.links.to("/browse")),)
    query = page_query(found.page)
    frame = context.frame(path, title, "browse", crumbs, query=query)
    return context.render("listing.html", frame, page)


def _sorted_items(context: RequestContext, found: Members) -> tuple[Link, ...]:
    """Return the things of a page: numbered ones by their keys, others in Thai order."""
    namer = context.namer(found.facts)
    notes = member_notes(namer, found.things)
    items = []
    for thing in found.things:
        is_plan = "/id/plan/" in thing.value
        note = fiscal_year(namer, thing) if is_plan else notes.get(thing)
        whose = _owner(namer, thing) if is_plan else None
        items.append(replace(namer.link(thing, note=note), whose=whose))
    numbered = any(found.facts.text(thing, "schema:position") for thing in found.things)
    if numbered or found.pages > 1:
        return tuple(items)
    placed = [(_place(namer, thing), item) for thing, item in zip(found.things, items, strict=True)]
    return tuple(item for _, item in sorted(placed, key=lambda pair: pair[0]))


def fiscal_year(namer: Namer, plan: ox.NamedNode) -> Label:
    """Return the fiscal year of a plan in words, or words that say it states none."""
    year = namer.facts.one(plan, "dct:temporal")
    return Label(namer.texts("plan.no_year")) if year is None else namer.name(year)


def _owner(namer: Namer, plan: ox.NamedNode) -> Label | None:
    """Return the name of the plan's owner."""
    owner = namer.facts.one(plan, "dct:publisher")
    return namer.name(owner) if owner is not None else None


def _place(namer: Namer, thing: ox.NamedNode) -> tuple[tuple[str, str], bool, str, tuple[str, str]]:
    """Return the sort key of a thing: Thai order, where an amending law follows the amended one."""
    first, seen = thing, {thing}
    while (of := namer.facts.one(first, "eli:amends")) is not None and of not in seen:
        if not isinstance(of, ox.NamedNode) or not namer.facts.names(of):
            break
        first = of
        seen.add(of)
    year = namer.facts.text(thing, "km:yearBE")
    named = [sort_key(namer.name(one).text) for one in (first, thing)]
    return named[0], first != thing, year, named[1]


def kind_cards(context: RequestContext) -> tuple[Card, ...]:
    """Return a card for each kind of thing that the release holds, with how many there are."""
    counts = context.serving.overview.counts
    namer = context.namer(gather(()))
    cards = []
    for kind in context.site.layout.kinds:
        count = counts.get(kind.class_iri, 0)
        label = namer.pick(kind.names)
        if count and label:
            href = context.links.to(f"/browse/{kind.type}")
            cards.append(Card(Link(label, href), count=context.texts.number(count)))
    return tuple(cards)


def member_notes(namer: Namer, members: Sequence[ox.NamedNode]) -> dict[ox.NamedNode, Label]:
    """Return the notes of the things in a list; a thing without a kind has none.

    The note is the kind, or in a list of one kind the owner, the service and the year.
    """
    kinds = {member: namer.facts.one(member, "dct:type") for member in members}
    is_of_one_kind = len(set(kinds.values())) == 1
    return {
        member: (_belongings(namer, member) if is_of_one_kind else None) or namer.name(kind)
        for member, kind in kinds.items()
        if kind is not None
    }


def _belongings(namer: Namer, thing: ox.NamedNode) -> Label | None:
    """Return the owner, the service, and the year or else the fiscal year."""
    said = {name: namer.facts.one(thing, name) for name in _TOLD}
    if said["km:yearBE"] is not None:
        said["dct:temporal"] = None
    told = [
        namer.value(expand(name), value).label for name, value in said.items() if value is not None
    ]
    languages = {label.lang for label in told}
    text = " · ".join(label.text for label in told)
    return Label(text, languages.pop() if len(languages) == 1 else "") if told else None


# ---- files to take home ----------------------------------------------------------------------


def browse_file(type: str, ending: str) -> Response:
    """Send everything of a kind as a file."""
    context = request_context()
    if context.site.layout.kind(type) is None or ending not in ENDINGS:
        abort(404)
    return send_list(context, f"/browse/{type}", type, ending, context.serving.search.members(type))


def send_list(
    context: RequestContext, path: str, name: str, ending: str, hits: Iterable[Hit]
) -> Response:
    """Send these things as a file, while they are read."""
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
    """Return the query that lists the things of a class, for people to change."""
    return _OF_CLASS.format(ox.NamedNode(class_iri))


def query_of_things(hits: Iterable[Hit]) -> str:
    """Return the query about the first of these things, as many as an address can hold."""
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
    """Yield CSV (RFC 4180), a block of rows at a time."""
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
    """Yield the triples of one thing in a list: its class, kind, names and year."""
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
    """Yield the hits in blocks; without hits, one empty block, so that a table has its heads."""
    waiting = iter(hits)
    block = list(islice(waiting, _BLOCK))
    yield block
    while block := list(islice(waiting, _BLOCK)):
        yield block
