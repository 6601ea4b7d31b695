"""What a reader who went astray perhaps wanted: names near an address that is not there.

In: the path of a request that found nothing. Out: links to things. Keys of the same kind come
first, where their number lets them be compared (a typing slip in an address), then what the search
finds for the words of the key. Nothing of the path is used but to compare.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from urllib.parse import unquote

import pyoxigraph as ox

from graph.errors import KmError
from graph.overview import members_of, name_things
from graph.search import Query
from publish.pages import Link
from publish.site import Visit

_MOST = 5
_COMPARED = 2_000  # keys; comparing more would take too long
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


def near_things(here: Visit, path: str) -> tuple[Link, ...]:
    """Return links to things whose key or name is near the last part of a path."""
    try:
        return _near(here, path)
    except KmError:
        return ()  # this only helps; the error itself is what must be told


def _near(here: Visit, path: str) -> tuple[Link, ...]:
    found = dict.fromkeys(_by_key(here, path))
    text = words_of(path)
    if text and len(found) < _MOST:
        hits = here.serving.search.find(Query(text), 0, _MOST)
        found |= dict.fromkeys(hit.iri for hit in (*hits.hits, *hits.near))
    nodes = [ox.NamedNode(iri) for iri in list(found)[:_MOST]]
    namer = here.namer(name_things(here.serving.store, nodes))
    return tuple(namer.link(node) for node in nodes)


def _by_key(here: Visit, path: str) -> Iterable[str]:
    """Yield the IRIs of the same kind whose keys are near, the nearest first."""
    parts = path.strip("/").split("/")
    kind = here.site.layout.kind(parts[1]) if len(parts) == 3 else None
    if kind is None or here.serving.overview.counts.get(kind.class_iri, 0) > _COMPARED:
        return
    start = f"{here.links.base}/id/{kind.type}/"
    members = members_of(here.serving.store, kind.class_iri)
    keys = [t.value.removeprefix(start) for t in members if t.value.startswith(start)]
    asked = _ENDINGS.sub("", parts[2])
    for key in get_close_matches(asked, keys, _MOST, _ALIKE):
        yield start + key
