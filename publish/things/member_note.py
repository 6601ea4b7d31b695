"""The line under a thing in the list of its kind: what tells it from its neighbours.

In: a thing, and those beside it. Out: its own kind ("Act") where the list holds several; else
whose it is, which service it is about and its year.
"""

from collections.abc import Sequence

import pyoxigraph as ox

from graph.rdf.vocab import expand
from publish.web.labels import Namer
from publish.web.page_data import Label

_TOLD = ("dct:publisher", "km:aboutService", "km:yearBE", "dct:temporal")


def member_notes(namer: Namer, members: Sequence[ox.NamedNode]) -> dict[ox.NamedNode, Label]:
    """Return the notes of the things in a list, without those that there is nothing to say of."""
    kinds = {member: namer.facts.one(member, "dct:type") for member in members}
    is_of_one_kind = len(set(kinds.values())) == 1
    return {
        member: (_belongings(namer, member) if is_of_one_kind else None) or namer.name(kind)
        for member, kind in kinds.items()
        if kind is not None
    }


def _belongings(namer: Namer, thing: ox.NamedNode) -> Label | None:
    """Return the owner, the service, and the year or else the fiscal year."""
    said = {name: namer.facts.one(thing, name) for name in _TOLD}
    if said["km:yearBE"] is not None:
        said["dct:temporal"] = None
    told = [
        namer.value(expand(name), value).label for name, value in said.items() if value is not None
    ]
    languages = {label.lang for label in told}
    text = " · ".join(label.text for label in told)
    return Label(text, languages.pop() if len(languages) == 1 else "") if told else None
