"""The page of an organisation: its plans and collections first, its services, what it states.

In: a view of the organisation. Out: an `OrganisationPage`. Statements are nested as on the page of
the organisation: components below their principle, duties below the law that lays them down. Each
links to its line of the source page. The headings of that page come last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from graph.rdf.vocab import term
from graph.text.thai import sort_key
from publish.things.view import Form, Part, View
from publish.web.page_data import Card, Group, Item, Label, Link

_LISTS = ("plan", "collection")
_SAID_ABOVE = ("statement:slogan", "statement:vision")


@dataclass(frozen=True)
class Statement:
    """A statement of the organisation's page: its words, its line, and its legal basis."""

    link: Link
    text: Label | None
    line: Link | None
    basis: Link | None
    parts: tuple["Statement", ...] = ()


@dataclass(frozen=True)
class OrganisationPage:
    """An organisation; `headings` are the titles and headings of its page."""

    lists: tuple[Card, ...]
    more_lists: tuple[Link, ...]
    services: Group | None
    leaflets: tuple[Group, ...]
    documents: Group | None
    sources: tuple[Item, ...]
    statements: tuple[Statement, ...]
    more_statements: str
    headings: tuple[Statement, ...]


def compose(view: View) -> Form:
    """Return the form of an organisation."""
    parts = view.parts("dct:publisher")
    sources = [s for p in parts if p.key == "source" for s in p.subjects]
    said = view.pointing("prov:wasAttributedTo")
    is_cut = view.total("prov:wasAttributedTo") > len(said)
    own = OrganisationPage(
        lists=tuple(_cards(view, [s for p in parts if p.key in _LISTS for s in p.subjects])),
        more_lists=tuple(_more(view, [p for p in parts if p.key in _LISTS])),
        services=view.section("m8g:hasCompetentAuthority", "org.services", shows_kind=False),
        leaflets=tuple(view.group("dct:publisher", p) for p in parts if p.key == "leaflet"),
        documents=_documents(view, [p for p in parts if p.key.startswith("document")]),
        sources=view.items(sources, shows_kind=False),
        statements=tuple(_roots(view, said)),
        more_statements=view.href_of("prov:wasAttributedTo") if is_cut else "",
        headings=tuple(_statement(view, s, ()) for s in said if _is(view, s, "statement:heading")),
    )
    return Form(
        template="organisation.html",
        own=own,
        keys=("dct:spatial", "foaf:homepage"),
        incoming=frozenset({"dct:publisher", "m8g:hasCompetentAuthority", "prov:wasAttributedTo"}),
    )


def _documents(view: View, parts: list[Part]) -> Group | None:
    """Return the documents of all kinds as one group."""
    kind = view.layout.kind("document")
    title = view.namer.pick(kind.names) if kind else None
    total = sum(part.total for part in parts)
    items = view.items(subject for part in parts for subject in part.subjects)
    more = view.href_of("dct:publisher") if total > len(items) else ""
    return Group("documents", title.text if title else "", total, items, more) if total else None


def _cards(view: View, lists: Iterable[ox.NamedNode]) -> Iterator[Card]:
    """Yield plans, then collections, each by its number, with how many entries it has."""
    sizes = {row["list"]: view.number(row["entries"]) for row in _sizes(view)}
    for thing in sorted(lists, key=lambda thing: _place(view, thing)):
        kind = view.layout.kind(view.type_of(thing))
        note = view.namer.pick(kind.names) if kind else None
        count = view.namer.texts("home.entries", count=view.namer.texts.number(sizes.get(thing, 0)))
        yield Card(view.namer.link(thing, note=note), count=count)


def _more(view: View, parts: Iterable[Part]) -> Iterator[Link]:
    """Yield links to all plans and to all collections, where the page does not show them all."""
    for part in parts:
        if part.total > len(part.subjects):
            count = view.namer.texts.number(part.total)
            words = view.namer.texts("org.all_lists", kind=view.title_of(part.key), count=count)
            yield Link(Label(words), view.href_of("dct:publisher", part.key))


def _sizes(view: View) -> list[dict[str, object]]:
    return [dict(row) for row in view.ask("list-sizes", owner=view.iri)]


def _place(view: View, thing: ox.NamedNode) -> tuple[int, int, tuple[str, str]]:
    position = view.facts.text(thing, "schema:position")
    number = int(position) if position.isdigit() else 0
    return _LISTS.index(view.type_of(thing)), number, sort_key(view.namer.name(thing).text)


def _roots(view: View, said: Iterable[ox.NamedNode]) -> Iterator[Statement]:
    """Yield the statements that are part of no other, with their parts."""
    said = tuple(said)
    for statement in said:
        is_part = any(whole in said for whole in view.values("dct:isPartOf", statement))
        if not is_part and not _is(view, statement, *_SAID_ABOVE, "statement:heading"):
            yield _statement(view, statement, said)


def _statement(
    view: View,
    thing: ox.NamedNode,
    said: tuple[ox.NamedNode, ...],
    below: ox.NamedNode | None = None,
) -> Statement:
    """Return a statement with its parts; it does not repeat the basis of the one it is part of."""
    parts = [s for s in said if thing in view.values("dct:isPartOf", s)]
    basis = next(iter(view.values("km:legalBasis", thing)), None)
    return Statement(
        link=view.namer.link(thing),
        text=view.namer.words(thing, "schema:text"),
        line=view.line(thing),
        basis=view.namer.link(basis) if basis is not None and basis != below else None,
        parts=tuple(_statement(view, part, (), basis) for part in parts),
    )


def _is(view: View, statement: ox.NamedNode, *kinds: str) -> bool:
    return view.facts.one(statement, "dct:type") in [term(kind) for kind in kinds]
