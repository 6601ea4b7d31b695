"""The page of a topic: everything about it, of all organisations.

In: a view of the topic. Out: a `TopicPage`: services, leaflets, laws, documents by kind, plans and
collections, in this order, each with its owner; and the wider and narrower topics.
"""

from dataclasses import dataclass

from publish.things.view import Form, Part, View
from publish.web.page_data import Group, Link

_ORDER = ("service", "leaflet", "law", "provision", "document", "plan", "collection")


@dataclass(frozen=True)
class TopicPage:
    """Everything about a topic, grouped; `wider` and `narrower` are its neighbours."""

    groups: tuple[Group, ...]
    wider: tuple[Link, ...]
    narrower: tuple[Link, ...]


def compose(view: View) -> Form:
    """Return the form of a topic."""
    parts = sorted(view.parts("dct:subject"), key=lambda part: _order(view, part))
    named = view.namer.values
    return Form(
        template="topic.html",
        own=TopicPage(
            groups=tuple(view.group("dct:subject", part) for part in parts),
            wider=named("skos:broader", view.values("skos:broader")),
            narrower=named("skos:narrower", view.pointing("skos:broader")),
        ),
        rows=frozenset({"skos:broader", "skos:narrower", "skos:inScheme"}),
        incoming=frozenset({"dct:subject", "skos:broader"}),
    )


def _order(view: View, part: Part) -> tuple[int, tuple[float, str]]:
    type = part.key.partition(".")[0]
    place = _ORDER.index(type) if type in _ORDER else len(_ORDER)
    return place, view.order(part.key)
