"""The page of one line of a plan or collection: its words, what it names, its neighbours.

In: a view of the entry. Out: an `EntryPage`. Each page of something quoted shows the words as
published beside the corrected ones; this form adds what the line names, and the lines around it.
"""

from dataclasses import dataclass

import pyoxigraph as ox

from publish.things.view import Form, View
from publish.web.page_data import Flag, Item, Label, Link


@dataclass(frozen=True)
class EntryPage:
    """A line: what it names, the laws behind that, and the lines before and after it."""

    names: Item | None
    laws: tuple[Item, ...]
    flags: tuple[Flag, ...]
    previous: Link | None
    next: Link | None


def compose(view: View) -> Form:
    """Return the form of an entry."""
    named = next(iter(view.values("schema:item")), None)
    laws = [] if named is None else view.values("km:explains", named)
    previous, next_ = _neighbours(view)
    own = EntryPage(
        names=view.item(named) if named is not None else None,
        laws=view.items(laws),
        flags=view.flags(view.iri),
        previous=previous,
        next=next_,
    )
    used = {"schema:item", "km:truncated", "km:asAmended"}
    keys = ("km:confidence",)
    return Form(template="entry.html", own=own, keys=keys, rows=frozenset(used))


def _neighbours(view: View) -> tuple[Link | None, Link | None]:
    list = next(iter(view.values("dct:isPartOf")), None)
    if list is None:
        return None, None
    entries = view.entries(list)
    at = entries.index(view.iri) if view.iri in entries else -1
    before = entries[at - 1 : at] if at > 0 else []
    after = entries[at + 1 : at + 2] if at >= 0 else []
    seen = view.with_facts_of([*before, *after], "schema:position")
    return _link(seen, before), _link(seen, after)


def _link(view: View, entries: list[ox.NamedNode]) -> Link | None:
    """Return a link to a line, with its number before its name."""
    if not entries:
        return None
    name, position = view.namer.name(entries[0]), view.facts.text(entries[0], "schema:position")
    words = f"{position}. {name.text}" if position else name.text
    return Link(Label(words, name.lang), view.namer.link(entries[0]).href)
