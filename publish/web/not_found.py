"""What a reader who went astray perhaps wanted: names near an address that is not there.

In: the path of a request that found nothing. Out: links to things: keys of the same kind (a typing
slip in an address), where their number lets them be compared; else names that hold the words of the
key; else, for a few words, what the search finds near them. It costs little, since whoever asks for
what is not there may ask often. Nothing of the path is used but to compare.
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
_COMPARED = 2_000  # keys whose pairs of letters are counted
_MEASURED = 50  # of them, those with the most pairs alike
_SEARCHED = 30  # characters; what comes near more takes too long to find
_ALIKE = 0.7
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
    """Return links to things whose key or name is near the last part of a path."""
    try:
        return _near(context, path)
    except KmError:
        return ()  # this only helps; the error itself is what must be told


def _near(context: RequestContext, path: str) -> tuple[Link, ...]:
    iris = list(_by_key(context, path)) or _by_name(context.serving.search, words_of(path))
    nodes = [ox.NamedNode(iri) for iri in iris]
    namer = context.namer(name_things(context.serving.store, nodes))
    return tuple(namer.link(node) for node in nodes)


def _by_name(search: SearchIndex, text: str) -> list[str]:
    """Return the IRIs of things whose names hold these words, or come near a few of them."""
    hits = search.suggest(text, _MOST)
    if text and not hits and len(text) <= _SEARCHED:
        found = search.find(Query(text), 0, _MOST)
        hits = (*found.hits, *found.near)
    return list(dict.fromkeys(hit.iri for hit in hits))[:_MOST]


def _by_key(context: RequestContext, path: str) -> Iterable[str]:
    """Yield the IRIs of the same kind whose keys are near, the nearest first."""
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
