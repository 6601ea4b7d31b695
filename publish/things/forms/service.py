"""The page of a public service: what to read about it, the law it rests on, who provides it.

In: a view of the service. Out: a `ServicePage`. Leaflets come first, since citizens look for them.
A service that names no law shows the laws behind its leaflets, and how sure they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from graph.hubs.read import BACKWARDS
from graph.rdf.vocab import Term, expand
from publish.things.forms.leaflet import LegalBasis
from publish.things.view import SHOWN, Form, View
from publish.web.page_data import Group, Item, Link


@dataclass(frozen=True)
class ServicePage:
    """A public service; `providers` counts them all and shows the first.

    `behind` are the laws behind its leaflets, shown where `laws` is empty; `topics` lead to the
    laws of its topics, shown where both are empty.
    """

    documents: tuple[Group, ...]
    laws: tuple[Item, ...]
    behind: tuple[LegalBasis, ...]
    topics: tuple[Link, ...]
    providers: Group | None


def compose(view: View) -> Form:
    """Return the form of a public service."""
    parts = sorted(view.parts("km:aboutService"), key=lambda part: part.key != "leaflet")
    laws = view.items(view.values("m8g:hasLegalResource"))
    behind = () if laws else tuple(_behind(view))
    own = ServicePage(
        documents=tuple(view.group("km:aboutService", part) for part in parts),
        laws=laws,
        behind=behind,
        topics=() if laws or behind else tuple(_topics(view)),
        providers=_providers(view),
    )
    return Form(
        template="service.html",
        own=own,
        keys=("dct:subject",),
        rows=frozenset({"m8g:hasLegalResource", "m8g:hasCompetentAuthority"}),
        incoming=frozenset({"km:aboutService"}),
    )


def _behind(view: View) -> Iterator[LegalBasis]:
    """Yield the laws that the service's documents explain; unconfirmed ones come last."""
    rows = view.ask("service-laws", service=view.iri)
    sure = dict.fromkeys(row["law"] for row in rows if "record" not in row)
    waiting = {row["law"]: row["record"] for row in rows if row["law"] not in sure}
    seen = view.with_facts_of([*sure, *waiting], "km:yearBE")
    for law in _by_year(seen, sure):
        yield LegalBasis(seen.namer.link(law), view.namer.texts("service.explained"))
    for law in _by_year(seen, waiting):
        record = seen.namer.link(waiting[law])
        yield LegalBasis(seen.namer.link(law), view.namer.texts("leaflet.waits"), record)


def _by_year(view: View, laws: Iterable[Term]) -> list[Term]:
    return sorted(laws, key=lambda law: (view.facts.text(law, "km:yearBE"), str(law)))


def _topics(view: View) -> Iterator[Link]:
    """Yield links to the laws of the service's topics."""
    for topic in view.values("dct:subject"):
        link = view.namer.link(topic)
        yield replace(link, href=f"{link.href}#law")


def _providers(view: View) -> Group | None:
    name = "m8g:hasCompetentAuthority"
    found = view.values(name)
    many = view.hubs.relations(view.iri.value).get(BACKWARDS + expand(name))
    total = many.total if many else len(found)
    items = view.items(found, shows_kind=False, shown=SHOWN)
    more = view.href_of(BACKWARDS + name) if total > SHOWN else ""
    heading = view.namer.texts("service.providers")
    return Group("providers", heading, total, items, more) if found else None
