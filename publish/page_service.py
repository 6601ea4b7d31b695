"""The page of a public service: what to read about it, the law it rests on, who provides it.

In: a view of the service. Out: a `ServicePage`. Leaflets stand first, as a citizen wants them.
"""

from dataclasses import dataclass

from graph.hubs import BACKWARDS
from graph.vocab import expand
from publish.pages import Group, Item
from publish.view import SHOWN, Form, View


@dataclass(frozen=True)
class ServicePage:
    """A public service; `providers` counts them all and shows the first."""

    documents: tuple[Group, ...]
    laws: tuple[Item, ...]
    providers: Group | None


def compose(view: View) -> Form:
    """Return the form of a public service."""
    parts = sorted(view.parts("km:aboutService"), key=lambda part: part.key != "leaflet")
    own = ServicePage(
        documents=tuple(view.group("km:aboutService", part) for part in parts),
        laws=view.items(view.values("m8g:hasLegalResource")),
        providers=_providers(view),
    )
    return Form(
        template="service.html",
        own=own,
        keys=("dct:subject",),
        rows=frozenset({"m8g:hasLegalResource", "m8g:hasCompetentAuthority"}),
        shelves=frozenset({"km:aboutService"}),
    )


def _providers(view: View) -> Group | None:
    name = "m8g:hasCompetentAuthority"
    found = view.values(name)
    many = view.hubs.relations(view.iri.value).get(BACKWARDS + expand(name))
    total = many.total if many else len(found)
    items = view.items(found, shows_kind=False)
    more = view.href_of(BACKWARDS + name) if total > SHOWN else ""
    heading = view.namer.texts("service.providers")
    return Group("providers", heading, total, items[:SHOWN], more) if found else None
