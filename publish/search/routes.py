"""Search for people and programs: /search, /search.json, /suggest and /opensearch.xml.

In: the words and filters in the address. Out: a page that works without a script, the same as JSON
and as files, suggestions in the form of OpenSearch 1.1, and the description that lets a browser
search here. `graph.search.find` searches; `publish.search.page` composes the page.
"""

import json
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, request

from graph.search.find import FACETS, MAX_HITS, Found, Query
from graph.search.hits import Hit
from graph.text.thai import ERA
from publish.http.response import Variant, answer
from publish.search.page import PAGE_SIZE, compose_search
from publish.things.lists import ENDINGS, browse_file, send_list
from publish.web.context import RequestContext, request_context
from publish.web.formats import etag, send_page
from publish.web.labels import Namer
from publish.web.pager import page_number, page_query

PATH = "/search"
SUGGEST = "/suggest"
DESCRIPTION = "/opensearch.xml"
MAX_SUGGESTIONS = 8
_LAST_PAGE = MAX_HITS // PAGE_SIZE


def create_blueprint() -> Blueprint:
    """Return the routes of search, and of lists as files."""
    blueprint = Blueprint("search", __name__)
    blueprint.add_url_rule(PATH, view_func=search)
    blueprint.add_url_rule(f"{PATH}.json", view_func=search_json)
    blueprint.add_url_rule(SUGGEST, view_func=suggest)
    blueprint.add_url_rule(DESCRIPTION, view_func=description)
    for ending in ENDINGS:
        name, given = ending.replace(".", "_"), {"ending": ending}
        blueprint.add_url_rule(f"{PATH}.{ending}", f"search_{name}", search_file, defaults=given)
        blueprint.add_url_rule(
            f"/browse/<type>.{ending}", f"browse_{name}", browse_file, defaults=given
        )
    return blueprint


def search() -> Response:
    """Send the page of results."""
    context, query, page = request_context(), _query(), page_number(_LAST_PAGE)

    def make() -> bytes:
        found = context.serving.search.find(query, (page - 1) * PAGE_SIZE, PAGE_SIZE)
        composed = compose_search(context, query, found, page)
        frame = context.frame(
            PATH,
            composed.title,
            is_indexed=False,
            query={**_given(query), **page_query(page)},
        )
        return context.render("search.html", frame, composed)

    return send_page(context, PATH, make)


def search_json() -> Response:
    """Send the results of one page for programs."""
    context, query, page = request_context(), _query(), page_number(_LAST_PAGE)

    def make() -> bytes:
        found = context.serving.search.find(query, (page - 1) * PAGE_SIZE, PAGE_SIZE)
        return json.dumps(_as_json(context, query, found, page), ensure_ascii=False).encode()

    return _send(context, f"{PATH}.json", "application/json", make)


def search_file(ending: str) -> Response:
    """Send all the results as a file."""
    context, query = request_context(), _query()
    hits = context.serving.search.find(query, 0, MAX_HITS).hits
    return send_list(context, PATH, "search", ending, hits)


def suggest() -> Response:
    """Send the names that begin with the typed text (OpenSearch Suggestions 1.1)."""
    context, typed = request_context(), request.args.get("q", "")

    def make() -> bytes:
        hits = context.serving.search.suggest(typed, MAX_SUGGESTIONS)
        namer = context.namer(context.serving.vocabulary.facts)
        names = [_name(namer, hit) for hit in hits]
        kinds = [namer.name_of(hit.kind).text for hit in hits]
        addresses = [context.links.absolute(context.links.path(hit.iri) or "/") for hit in hits]
        return json.dumps([typed, names, kinds, addresses], ensure_ascii=False).encode()

    return _send(context, SUGGEST, "application/x-suggestions+json", make)


def description() -> Response:
    """Send the description of the search for browsers (OpenSearch 1.1)."""
    context = request_context()
    texts, links = context.texts, context.links
    name, about = escape(texts("search.short_name")), escape(texts("search.description"))
    page = quoteattr(links.absolute(PATH) + "?q={searchTerms}")
    data = quoteattr(links.absolute(f"{PATH}.json") + "?q={searchTerms}&page={startPage?}")
    names = quoteattr(links.absolute(SUGGEST) + "?q={searchTerms}")
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"<ShortName>{name}</ShortName>",
        f"<Description>{about}</Description>",
        "<InputEncoding>UTF-8</InputEncoding>",
        f'<Image width="32" height="32" type="image/svg+xml">'
        f"{escape(links.absolute('/static/mark.svg'))}</Image>",
        f'<Url type="text/html" template={page}/>',
        f'<Url type="application/json" template={data}/>',
        f'<Url type="application/x-suggestions+json" rel="suggestions" template={names}/>',
        "</OpenSearchDescription>",
    )
    body = "\n".join(lines).encode()
    return _send(context, DESCRIPTION, "application/opensearchdescription+xml", lambda: body)


def _send(
    context: RequestContext, path: str, media_type: str, make: Callable[[], bytes]
) -> Response:
    """Send what a program reads, in the reader's language."""
    tag = etag(context, path, request.query_string.decode("latin-1"), context.lang)
    variant = Variant(media_type, tag, make, vary=("Accept-Language",), language=context.lang)
    return answer(request, variant)


# ---- what was asked --------------------------------------------------------------------------


def _query() -> Query:
    """Return what the address asks for; a year of the common era becomes one of ours."""
    given = {name: request.args.get(name, "").strip() for name in FACETS}
    year = given["year"]
    if year.isascii() and year.isdigit() and 1800 <= int(year[:5]) <= 2200:
        given["year"] = str(int(year) + ERA)
    return Query(request.args.get("q", "").strip(), given)


def _given(query: Query) -> dict[str, str]:
    """Return what was asked as the values of an address."""
    values = {"q": query.text, **query.facets}
    return {name: value for name, value in values.items() if value}


# ---- JSON ------------------------------------------------------------------------------------


def _as_json(context: RequestContext, query: Query, found: Found, page: int) -> dict[str, object]:
    more = page * PAGE_SIZE < found.total
    values = {**_given(query), "page": str(page + 1)}
    return {
        "query": query.text,
        "filters": {name: value for name, value in query.facets.items() if value},
        "total": found.total,
        "totalIsLowerBound": found.is_more,
        "page": page,
        "next": context.links.absolute(f"{PATH}.json", **values) if more else None,
        "results": [_record(context, hit) for hit in found.hits],
        "near": [_record(context, hit) for hit in found.near],
        "didYouMean": found.meant or None,
        "facets": {name: dict(counts) for name, counts in found.counts.items()},
    }


def _record(context: RequestContext, hit: Hit) -> dict[str, object]:
    years = hit.facets.get("year", ())
    return {
        "id": hit.iri,
        "url": context.links.absolute(context.links.path(hit.iri) or "/"),
        "type": hit.type,
        "kind": hit.kind,
        "name": hit.names,
        "yearBE": int(years[0]) if years else None,
        "topics": list(hit.facets.get("topic", ())),
        "organisations": list(hit.facets.get("org", ())),
    }


def _name(namer: Namer, hit: Hit) -> str:
    label = namer.pick(hit.names)
    return label.text if label else hit.iri
