"""The page of a law: its years, its sections, what amends it, who cites it, what explains it.

In: a view of the law. Out: a `LawPage`. An organisation that names the law several times counts
once. Long lists are cut, and link to the page of the whole relation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from publish.things.view import SHOWN, Form, View
from publish.web.page_data import Flag, Group, Item, Label, Link


@dataclass(frozen=True)
class Amendment:
    """A law in the history of amendments; `year` is in both eras, `is_this` for the page's own."""

    link: Link
    year: str
    is_this: bool


@dataclass(frozen=True)
class LawPage:
    """A law; `history` is empty where no amendment is on record.

    `citing` counts organisations, `cited` the lines that name the law.
    """

    history: tuple[Amendment, ...]
    sections: Group | None
    explained: Group | None
    services: Group | None
    citing: str
    cited: Group | None


def compose(view: View) -> Form:
    """Return the form of a law."""
    own = LawPage(
        history=tuple(_history(view)),
        sections=view.section("eli:is_part_of", "law.sections"),
        explained=view.section("km:explains", "law.explained", shown=SHOWN),
        services=view.section("m8g:hasLegalResource", "law.services", shows_kind=False),
        citing=_citing(view),
        cited=_cited(view),
    )
    return Form(
        template="law.html",
        own=own,
        keys=("km:yearBE", "eli:number", "dct:issued", "dct:subject", "km:confidence"),
        rows=frozenset({"eli:amends"}),
        incoming=frozenset(
            {
                "eli:amends",
                "eli:is_part_of",
                "km:explains",
                "m8g:hasLegalResource",
                "schema:item",
            }
        ),
    )


def _history(view: View) -> Iterator[Amendment]:
    """Yield the laws that this one amends, this one, and those that amend it, by year."""
    older, newer = view.values("eli:amends"), view.pointing("eli:amends")
    if not older and not newer:
        return
    line = sorted({*older, view.iri, *newer}, key=lambda law: (_year(view, law), law.value))
    for law in line:
        year = _year(view, law)
        is_this = law == view.iri
        words = view.namer.texts.year(year) if year else ""
        link = Link(view.namer.name(law)) if is_this else view.namer.link(law)
        yield Amendment(link, words, is_this)


def _year(view: View, law: ox.NamedNode) -> int:
    text = view.facts.text(law, "km:yearBE")
    return int(text) if text.isdigit() else 0


def _citing(view: View) -> str:
    count = view.hubs.figure(view.iri.value, "citing")
    if count is None:
        rows = view.ask("citing", law=view.iri)
        count = view.number(rows[0]["organisations"]) if rows else 0
    texts = view.namer.texts
    return texts("law.citing", count=texts.number(count)) if count else ""


def _cited(view: View) -> Group | None:
    total = view.total("schema:item")
    items = tuple(citation(view, entry) for entry in view.pointing("schema:item")[:SHOWN])
    more = view.href_of("schema:item") if total > SHOWN else ""
    heading = view.namer.texts("law.cited")
    return Group("cited", heading, total, items, more) if total else None


def citation(view: View, entry: ox.NamedNode) -> Item:
    """Return an entry as a citation: the list, its owner, and the number of the line."""
    namer, facts = view.namer, view.facts
    list = facts.one(entry, "dct:isPartOf")
    owner = facts.one(list, "dct:publisher") if list is not None else None
    position = facts.text(entry, "schema:position")
    place = namer.texts("doc.place", position=position) if position else ""
    title = namer.name(list) if list is not None else namer.name(entry)
    notes = [Link(namer.name(owner))] if owner is not None else []
    if place:
        notes.append(Link(Label(place)))
    amended = Flag(namer.texts("doc.as_amended"))
    flags = tuple(flag for flag in view.flags(entry) if flag == amended)
    return Item(Link(title, namer.link(entry).href), tuple(notes), flags)
