"""The choices for a parameter of a saved query: the things and values that a release holds.

In: a store and a `Parameter`. Out: its choices, for a form, while they are few enough for a list;
and whether a given thing is a choice. A thing is one by its class and kind; a literal is one if it
is a value of the property that sh:path names.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from graph.describe.overview import name_things
from graph.queries.parameters import Parameter
from graph.rdf.facts import Facts, gather
from graph.rdf.vocab import Term, term
from graph.sparql.internal import internal_query
from graph.store.interface import Store

MOST = 500


@dataclass(frozen=True)
class Choices:
    """The values to choose from, in order of their identifiers; `facts` name them."""

    values: tuple[Term, ...]
    facts: Facts


def list_choices(store: Store, parameter: Parameter) -> Choices | None:
    """Return what a form may offer, or None where that is more than a person scrolls through."""
    values = list(_values(store, parameter))
    if len(values) > MOST:
        return None
    things = [value for value in values if isinstance(value, ox.NamedNode)]
    return Choices(tuple(values), name_things(store, things) if things else gather(()))


def _values(store: Store, parameter: Parameter) -> Iterable[Term]:
    if parameter.class_iri is None:
        bound, column, name = {"property": ox.NamedNode(parameter.path)}, "value", "values"
    else:
        bound, column, name = {"class": ox.NamedNode(parameter.class_iri)}, "thing", "members"
    if parameter.kind_iri is not None:
        bound, name = bound | {"kind": ox.NamedNode(parameter.kind_iri)}, "members-of-kind"
    return (row[column] for row in store.select(internal_query(name), **bound))


def is_choice(store: Store, parameter: Parameter, thing: Term) -> bool:
    """Tell whether the store holds a thing of the parameter's class and kind."""
    if not isinstance(thing, ox.NamedNode) or parameter.class_iri is None:
        return False
    wanted = [("rdf:type", parameter.class_iri), ("dct:type", parameter.kind_iri)]
    return all(
        store.quads_for(thing, term(predicate), ox.NamedNode(iri))
        for predicate, iri in wanted
        if iri is not None
    )
