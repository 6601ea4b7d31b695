"""The page of search results: hits with their context, filters, links on.

In: a query and its hits. Out: a `SearchPage` with nothing left to look up. Each filter is a link to
the same search narrowed or widened, so the page needs no script.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph.search.find import FACETS, Found, Query
from graph.search.hits import Hit
from graph.search.index_rows import ABOUT, NAME, OTHER, QUOTED
from graph.search.query_words import take_apart, with_synonyms
from publish.search.highlight import Stretch, excerpt, mark
from publish.search.suggestions import ways_to_answers, ways_to_lists
from publish.things.lists import offer_list, query_of_things
from publish.web.context import RequestContext
from publish.web.labels import Namer
from publish.web.page_data import ONE_PAGE, Card, Label, Link, Pager
from publish.web.pager import count_pages, make_pager, page_query

PAGE_SIZE = 20
_CHOICES = 8  # of a filter that are shown
_SLUGGED = ("topic", "org")  # the facets whose values are slugs of things


@dataclass(frozen=True)
class Context:
    """Where a thing belongs, with the words marked that were found there."""

    words: tuple[Stretch, ...]
    lang: str = ""


@dataclass(frozen=True)
class Result:
    """A hit: its name with the words marked, its kind, its place.

    `lang` is the language of the name where it is not the page's, `quote_lang` of the quoted words,
    which are the ones that were found where the name does not hold them.
    """

    href: str
    name: tuple[Stretch, ...]
    lang: str
    kind: Label
    context: tuple[Context, ...] = ()
    quote: tuple[Stretch, ...] = ()
    quote_lang: str = ""


@dataclass(frozen=True)
class FilterValue:
    """One value of a filter; `href` narrows by it, or widens again where it is chosen."""

    label: Label
    count: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """The values that the results have of one facet."""

    name: str
    title: str
    choices: tuple[FilterValue, ...]


@dataclass(frozen=True)
class SearchPage:
    """The page of results; `hidden` are the values the form carries along.

    `whole_lists` lead to everything of a kind that was named, `answers` to saved questions.
    """

    title: str
    query: str
    hidden: tuple[tuple[str, str], ...]
    summary: str
    results: tuple[Result, ...]
    near: tuple[Result, ...]
    meant: Link | None
    filters: tuple[Filter, ...]
    lists: tuple[Link, ...]
    pager: Pager = ONE_PAGE
    is_asked: bool = True
    topics: tuple[Card, ...] = ()
    whole_lists: tuple[Link, ...] = ()
    answers: tuple[Link, ...] = ()


def compose_search(context: RequestContext, query: Query, found: Found, page: int) -> SearchPage:
    """Return the page of the hits."""
    texts, is_asked = context.texts, bool(query.text or any(query.facets.values()))
    if not is_asked:
        return _empty(context)
    names = _names(context, found)
    values = _values(query)
    near = take_apart(found.meant).each if found.meant else found.words.each
    return SearchPage(
        title=texts("search.title_of", query=query.text) if query.text else texts("search.title"),
        query=query.text,
        hidden=tuple((name, value) for name, value in values.items() if name != "q"),
        summary=_summary(context, found),
        results=tuple(_result(context, hit, found.words.each, names) for hit in found.hits),
        near=tuple(_result(context, hit, near, names) for hit in found.near),
        meant=_meant(context, found, values),
        filters=tuple(_filters(context, query, found, names)),
        lists=offer_list(context, "/search", query_of_things(found.hits), **values)
        if found.hits
        else (),
        pager=make_pager(
            texts,
            page,
            count_pages(found.total, PAGE_SIZE),
            lambda n: _href(context, {**values, **page_query(n)}),
        ),
        topics=() if found.total else _topics(context),
        whole_lists=ways_to_lists(context, found.words) if page == 1 else (),
        answers=ways_to_answers(context, found.words) if page == 1 else (),
    )


def _empty(context: RequestContext) -> SearchPage:
    """Return the page before anything is asked: the topics, to start from."""
    title = context.texts("search.title")
    return SearchPage(
        title, "", (), "", (), (), None, (), (), is_asked=False, topics=_topics(context)
    )


def _topics(context: RequestContext) -> tuple[Card, ...]:
    found = context.serving.search.find(Query("", {"kind": "topic"}), 0, 24)
    namer = context.namer(context.serving.vocabulary.facts)
    labels = ((hit, namer.pick(hit.names)) for hit in found.hits)
    return tuple(
        Card(Link(label, context.links.to(context.links.path(hit.iri) or "/")))
        for hit, label in labels
        if label
    )


def _summary(context: RequestContext, found: Found) -> str:
    if not found.total:
        return context.texts("search.nothing")
    key = "search.more_than" if found.is_more else "search.found"
    return context.texts(key, count=context.texts.number(found.total))


def _meant(context: RequestContext, found: Found, values: Mapping[str, str]) -> Link | None:
    if not found.meant:
        return None
    label = context.namer(context.serving.vocabulary.facts).label(found.meant)
    return Link(label, _href(context, {**values, "q": found.meant}))


# ---- results ---------------------------------------------------------------------------------


def _result(
    context: RequestContext,
    hit: Hit,
    words: tuple[str, ...],
    names: Mapping[str, Mapping[str, str]],
) -> Result:
    namer = context.namer(context.serving.vocabulary.facts)
    label = namer.pick(hit.names) or Label(hit.iri)
    holds_all = all(_holds(label.text, word) for word in words)
    words = with_synonyms(words)
    quote, quote_lang = ((), "") if holds_all else _quote(namer, hit, words, label)
    return Result(
        href=context.links.to(context.links.path(hit.iri) or "/"),
        name=mark(label.text, words),
        lang=label.lang,
        kind=_kind(context, namer, hit),
        context=tuple(
            Context(mark(c.text, words), c.lang) for c in _context(context, namer, hit, names)
        ),
        quote=quote,
        quote_lang=quote_lang,
    )


def _holds(name: str, word: str) -> bool:
    return any(stretch.is_found for stretch in mark(name, with_synonyms([word])))


def _quote(
    namer: Namer, hit: Hit, words: tuple[str, ...], shown: Label
) -> tuple[tuple[Stretch, ...], str]:
    """Return the other words of a thing that hold most of the words of the query."""
    best, best_lang, most = tuple[Stretch, ...](), "", 0
    for text in hit.texts:
        if text.role in (NAME, OTHER, QUOTED, ABOUT) and text.text != shown.text:
            found = excerpt(text.text, words)
            letters = sum(len(stretch.text) for stretch in found if stretch.is_found)
            if letters > most:
                best, best_lang, most = found, namer.label(text.text, text.lang).lang, letters
    return best, best_lang


def _kind(context: RequestContext, namer: Namer, hit: Hit) -> Label:
    """Return what a thing is: its code from a scheme, else its class."""
    named = namer.name_of(hit.kind)
    return named if not named.text.startswith("http") else Label(hit.type)


def _context(
    context: RequestContext, namer: Namer, hit: Hit, names: Mapping[str, Mapping[str, str]]
) -> Iterator[Label]:
    """Yield where a thing belongs: its year, list, organisation and topics."""
    for year in hit.facets.get("year", ()):
        yield Label(context.texts.year(int(year)))
    belongs = [*hit.facets.get("part", ())]
    belongs += [_iri(context, "org", slug) for slug in hit.facets.get("org", ())]
    belongs += [_iri(context, "topic", slug) for slug in hit.facets.get("topic", ())]
    for iri in belongs:
        label = namer.pick(names.get(iri, {})) if iri != hit.iri else None
        if label:
            yield label


def _names(context: RequestContext, found: Found) -> dict[str, dict[str, str]]:
    """Return the names of everything that results and filters mention."""
    wanted = [part for hit in (*found.hits, *found.near) for part in hit.facets.get("part", ())]
    for facet in _SLUGGED:
        slugs = {value for value, _ in found.counts.get(facet, ())[:_CHOICES]}
        for hit in (*found.hits, *found.near):
            slugs.update(hit.facets.get(facet, ()))
        wanted += [_iri(context, facet, slug) for slug in sorted(slugs)]
    return context.serving.search.names(wanted)


def _iri(context: RequestContext, type: str, slug: str) -> str:
    return f"{context.links.base}/id/{type}/{slug}"


# ---- filters ---------------------------------------------------------------------------------


def _filters(
    context: RequestContext, query: Query, found: Found, names: Mapping[str, Mapping[str, str]]
) -> Iterator[Filter]:
    for name in FACETS:
        counts = found.counts.get(name, ())
        chosen = query.facets.get(name, "")
        if name == "year":
            counts = tuple(sorted(counts[:_CHOICES], reverse=True))
        if len(counts) > 1 or chosen:
            choices = tuple(
                _choice(context, query, name, value, count, names)
                for value, count in counts[:_CHOICES]
            )
            yield Filter(name, context.texts(f"search.filter_{name}"), choices)


def _choice(
    context: RequestContext,
    query: Query,
    name: str,
    value: str,
    count: int,
    names: Mapping[str, Mapping[str, str]],
) -> FilterValue:
    is_chosen = query.facets.get(name, "") == value
    values = {**_values(query), name: "" if is_chosen else value}
    return FilterValue(
        label=_value_label(context, name, value, names),
        count=context.texts.number(count),
        href=_href(context, {key: text for key, text in values.items() if text}),
        is_chosen=is_chosen,
    )


def _value_label(
    context: RequestContext, name: str, value: str, names: Mapping[str, Mapping[str, str]]
) -> Label:
    namer = context.namer(context.serving.vocabulary.facts)
    if name == "year":
        return Label(context.texts.year(int(value)))
    if name == "kind":
        kind = context.site.layout.kind(value)
        return (namer.pick(kind.names) if kind else None) or Label(value)
    return namer.pick(names.get(_iri(context, name, value), {})) or Label(value)


def _values(query: Query) -> dict[str, str]:
    values = {"q": query.text, **query.facets}
    return {name: value for name, value in values.items() if value}


def _href(context: RequestContext, values: Mapping[str, str]) -> str:
    return context.links.to("/search", **values)
