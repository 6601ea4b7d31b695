"""Ways on from a search: the list of a kind that was named, and saved questions about the words.

In: the words of a query. Out: links that stand above the results. All of it is in memory.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from graph.schema.layout import Kind
from graph.search.index_rows import fold_once
from graph.search.query_words import Words
from publish.queries.question_page import say
from publish.web.context import Visit
from publish.web.page_data import Label, Link

_MOST = 3


def ways_to_lists(here: Visit, words: Words) -> tuple[Link, ...]:
    """Return links to the lists of the kinds that are called just what was typed."""
    return tuple(
        _all_of(here, kind)
        for kind in here.site.layout.kinds
        if here.serving.overview.counts.get(kind.class_iri) and words.whole in _names(here, kind)
    )


def ways_to_answers(here: Visit, words: Words) -> tuple[Link, ...]:
    """Return links to the first saved questions whose titles hold all the words."""
    if not words.each:
        return ()
    namer = here.namer(here.serving.vocabulary.facts)
    found = [
        query
        for query in here.site.collection.queries
        if any(
            all(word in fold_once(title) for word in words.each)
            for title in (query.title.th, query.title.en)
        )
    ]
    return tuple(
        Link(say(namer, query.title), here.links.to(f"/queries/{query.name}"))
        for query in found[:_MOST]
    )


def _names(here: Visit, kind: Kind) -> Iterator[str]:
    """Yield the names of a kind as they are compared: of its list, and of its class."""
    named = here.serving.vocabulary.facts.names(ox.NamedNode(kind.class_iri))
    yield from map(fold_once, (*kind.names.values(), *named.values()))


def _all_of(here: Visit, kind: Kind) -> Link:
    name = here.namer(here.serving.vocabulary.facts).pick(kind.names) or Label(kind.type)
    count = here.texts.number(here.serving.overview.counts[kind.class_iri])
    words = here.texts("search.all_of", kind=name.text, count=count)
    return Link(Label(words), here.links.to(f"/browse/{kind.type}"))
