"""Links above search results: the list of a named kind, and saved questions about the words.

In: the words of a query. Out: links. Everything they need is in memory.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from graph.schema.layout import Kind
from graph.search.index_rows import fold_once
from graph.search.query_words import Words
from publish.queries.question_page import say
from publish.web.context import RequestContext
from publish.web.page_data import Label, Link

_MOST = 3


def ways_to_lists(context: RequestContext, words: Words) -> tuple[Link, ...]:
    """Return links to the lists of the kinds that are called just what was typed."""
    return tuple(
        _all_of(context, kind)
        for kind in context.site.layout.kinds
        if context.serving.overview.counts.get(kind.class_iri)
        and words.whole in _names(context, kind)
    )


def ways_to_answers(context: RequestContext, words: Words) -> tuple[Link, ...]:
    """Return links to the first saved questions whose titles hold all the words."""
    if not words.each:
        return ()
    namer = context.namer(context.serving.vocabulary.facts)
    found = [
        query
        for query in context.site.collection.queries
        if any(
            all(word in fold_once(title) for word in words.each)
            for title in (query.title.th, query.title.en)
        )
    ]
    return tuple(
        Link(say(namer, query.title), context.links.to(f"/queries/{query.name}"))
        for query in found[:_MOST]
    )


def _names(context: RequestContext, kind: Kind) -> Iterator[str]:
    """Yield the names of a kind as they are compared: of its list, and of its class."""
    named = context.serving.vocabulary.facts.names(ox.NamedNode(kind.class_iri))
    yield from map(fold_once, (*kind.names.values(), *named.values()))


def _all_of(context: RequestContext, kind: Kind) -> Link:
    name = context.namer(context.serving.vocabulary.facts).pick(kind.names) or Label(kind.type)
    count = context.texts.number(context.serving.overview.counts[kind.class_iri])
    words = context.texts("search.all_of", kind=name.text, count=count)
    return Link(Label(words), context.links.to(f"/browse/{kind.type}"))
