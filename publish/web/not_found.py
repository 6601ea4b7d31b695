"""Suggests things for an address that does not exist.

In: the path of a request that is 404. Out: links to things, by the first of these that finds some:
similar keys of the same kind (a typing slip), if the kind has at most 2,000 things; names that hold
the words of the key; for a short key, near matches of the search. It must stay cheap, since a
crawler may ask for many such addresses. The path is only compared, never shown or followed.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest
from urllib.parse import unquote

import pyoxigraph as ox

from graph.describe.overview import members_of, name_things
from graph.errors import KmError
from graph.search.find import Query, SearchIndex
from graph.search.near_misses import bigrams, count_shared
from publish.web.context import RequestContext
from publish.web.page_data import Link

_MOST = 5
_COMPARED = 2_000  # keys at most; pairs of letters are counted in each
_MEASURED = 50  # keys with the most pairs in common, which are compared letter by letter
_SEARCHED = 30  # characters; a near match of a longer text takes too long
_ALIKE = 0.7  # the ratio of difflib, 1.0 for equal keys
_WORDS = 80  # characters
_ENDINGS = re.compile(r"\.(html|ttl|jsonld|rdf|nt)\Z")


def words_of(path: str) -> str:
    """Return the words of the last part of a path.

    >>> words_of("/doc/law/act-2522-building-control.ttl")
    'act 2522 building control'
    """
    last = _ENDINGS.sub("", unquote(path).rstrip("/").rpartition("/")[2])
    return re.sub(r"[\W_]+", " ", last).strip()[:_WORDS]


def near_things(context: RequestContext, path: str) -> tuple[Link, ...]:
    """Return links to things whose key or name is similar to the last part of a path."""
    try:
        return _near(context, path)
    except KmError:
        return ()  # without suggestions the reader still gets the 404


def _near(context: RequestContext, path: str) -> tuple[Link, ...]:
    iris = list(_by_key(context, path)) or _by_name(context.serving.search, words_of(path))
    nodes = [ox.NamedNode(iri) for iri in iris]
    namer = context.namer(name_things(context.serving.store, nodes))
    return tuple(namer.link(node) for node in nodes)


def _by_name(search: SearchIndex, text: str) -> list[str]:
    """Return the IRIs of things whose names hold these words, or are near matches of them."""
    hits = search.suggest(text, _MOST)
    if text and not hits and len(text) <= _SEARCHED:
        found = search.find(Query(text), 0, _MOST)
        hits = (*found.hits, *found.near)
    return list(dict.fromkeys(hit.iri for hit in hits))[:_MOST]


def _by_key(context: RequestContext, path: str) -> Iterable[str]:
    """Yield the IRIs of things of the same kind with similar keys, the most similar first."""
    parts = path.strip("/").split("/")
    kind = context.site.layout.kind(parts[1]) if len(parts) == 3 else None
    if kind is None or context.serving.overview.counts.get(kind.class_iri, 0) > _COMPARED:
        return
    start = f"{context.links.base}/id/{kind.type}/"
    members = members_of(context.serving.store, kind.class_iri)
    keys = [t.value.removeprefix(start) for t in members if t.value.startswith(start)]
    asked = _ENDINGS.sub("", parts[2])[:_WORDS]
    pairs = bigrams(asked)
    alike = nlargest(_MEASURED, keys, key=lambda key: count_shared(pairs, key))
    for key in get_close_matches(asked, alike, _MOST, _ALIKE):
        yield start + key
