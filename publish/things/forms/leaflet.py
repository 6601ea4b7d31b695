"""The page of a leaflet: the service it is about, the law behind it, its editions, its owner.

In: a view of the leaflet. Out: a `LeafletPage`. Its laws are those that the leaflet explains, those
that its service rests on, and, marked as such, those of unconfirmed links.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from graph.rdf.vocab import term
from publish.things.forms.law import citation
from publish.things.view import Form, View
from publish.web.page_data import Item, Link


@dataclass(frozen=True)
class LegalBasis:
    """A law behind the leaflet, and the reason; `record` is the unconfirmed link, if it is one."""

    law: Link
    reason: str
    record: Link | None = None


@dataclass(frozen=True)
class Edition:
    """An edition of the same work; `year` is empty if unknown, `is_this` for the page's own."""

    link: Link
    year: str
    is_this: bool


@dataclass(frozen=True)
class LeafletPage:
    """A leaflet; `editions` are in the order of their years, empty where this is the only one."""

    laws: tuple[LegalBasis, ...]
    editions: tuple[Edition, ...]
    found_in: tuple[Item, ...]
    related: tuple[Item, ...]


def compose(view: View) -> Form:
    """Return the form of a leaflet."""
    related = [*view.values("dct:relation"), *view.pointing("dct:relation")]
    own = LeafletPage(
        laws=tuple(_laws(view)),
        editions=tuple(_editions(view)),
        found_in=tuple(citation(view, entry) for entry in view.pointing("schema:item")),
        related=view.items(related),
    )
    return Form(
        template="leaflet.html",
        is_printed=True,
        own=own,
        keys=(
            "km:aboutService",
            "dct:publisher",
            "dct:subject",
            "km:yearBE",
            "dct:issued",
            "km:confidence",
        ),
        rows=frozenset({"dct:type", "km:explains", "dct:isVersionOf", "dct:relation"}),
        incoming=frozenset({"schema:item", "dct:isVersionOf", "dct:relation"}),
        waiting=frozenset({"km:explains"}),
    )


def _laws(view: View) -> Iterator[LegalBasis]:
    namer, texts = view.namer, view.namer.texts
    seen = set[ox.NamedNode]()
    for law in view.values("km:explains"):
        seen.add(law)
        yield LegalBasis(namer.link(law), texts("leaflet.explains"))
    for service in view.values("km:aboutService"):
        for law in view.values("m8g:hasLegalResource", service):
            if law not in seen:
                seen.add(law)
                yield LegalBasis(namer.link(law), texts("leaflet.of_service"))
    for record in view.pointing("rdf:subject"):
        if view.facts.one(record, "rdf:predicate") == term("km:explains"):
            for law in view.values("rdf:object", record):
                yield LegalBasis(namer.link(law), texts("leaflet.waits"), namer.link(record))


def _editions(view: View) -> Iterator[Edition]:
    work = next(iter(view.values("dct:isVersionOf")), view.iri)
    rows = view.ask("editions", work=work)
    found = {row["edition"]: view.number(row.get("year")) for row in rows}
    if len(found) < 2:
        return
    seen = view.with_facts_of(found)
    for edition, year in sorted(found.items(), key=lambda pair: (pair[1], str(pair[0]))):
        name = seen.namer.name(edition)
        is_this = edition == view.iri
        link = Link(name) if is_this else seen.namer.link(edition)
        yield Edition(link, view.namer.texts.year(year) if year else "", is_this)
