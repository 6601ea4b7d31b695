"""An overview of a release, for the home page and the lists.

In: a store. Out: counts of each kind of thing, the organisations with their words and lists, and
the things of one kind, a page at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.hubs.read import Hubs
from graph.rdf.facts import Facts, gather
from graph.rdf.vocab import expand, term
from graph.schema.layout import Kind
from graph.sparql.internal import internal_query
from graph.store.interface import Store

PAGE_SIZE = 200
MAX_SHOWN = 24
_NAMED = ("dct:type", "dct:publisher", "km:aboutService", "dct:temporal")
_SHOWN = (
    "skos:prefLabel",
    "rdfs:label",
    "skos:altLabel",
    "skos:definition",
    "schema:slogan",
    "schema:position",
    "km:vision",
    "km:issue",
    "km:yearBE",
    "eli:amends",
    *_NAMED,
)


@dataclass(frozen=True)
class KnowledgeList:
    """A plan or collection, whose it is, and how many entries it has."""

    iri: ox.NamedNode
    owner: ox.NamedNode
    entries: int


@dataclass(frozen=True)
class Overview:
    """A release from above: `counts` by class IRI, a few things by IRI, and the `facts` of these.

    `organisations`, `plans`, `services` and `topics` hold the first 24; `counts` says how many
    there are. `lists` are those of the organisation, where there is one alone.
    """

    counts: dict[str, int]
    organisations: tuple[ox.NamedNode, ...]
    plans: tuple[ox.NamedNode, ...]
    lists: tuple[KnowledgeList, ...]
    services: tuple[ox.NamedNode, ...]
    topics: tuple[ox.NamedNode, ...]
    facts: Facts


@dataclass(frozen=True)
class Members:
    """One page of the things of a kind; pages count from 1 and hold `listed` of `total` things."""

    page: int
    pages: int
    total: int
    listed: int
    things: tuple[ox.NamedNode, ...]
    facts: Facts


def survey(store: Store, hubs: Hubs) -> Overview:
    """Return the overview of a release; counts and lists come from the release."""
    organisations, plans, services, topics = (
        _first(store, hubs, expand(name))
        for name in ("km:Organization", "km:Plan", "cpsv:PublicService", "km:Topic")
    )
    lists = _lists(store) if len(organisations) == 1 else ()
    owners = (found.owner for found in lists)
    shown = [*organisations, *plans, *services, *topics, *(found.iri for found in lists), *owners]
    facts = _facts(store, [*shown, term("schema:slogan"), term("km:vision")])
    counts = hubs.counts() or _counts(store)
    return Overview(counts, organisations, plans, lists, services, topics, facts)


def _counts(store: Store) -> dict[str, int]:
    return {
        row["class"].value: _count(row["total"])
        for row in store.select(internal_query("counts"))
        if isinstance(row["class"], ox.NamedNode)
    }


def _first(store: Store, hubs: Hubs, class_iri: str) -> tuple[ox.NamedNode, ...]:
    """Return the first things of a class: of very many in Thai order, else by identifier."""
    relation = hubs.relations(class_iri).get(expand("rdf:type"))
    part = relation.part("") if relation else None
    if relation and part:
        return hubs.page(relation, part, 1, MAX_SHOWN)
    return tuple(members_of(store, class_iri)[:MAX_SHOWN])


def _lists(store: Store) -> tuple[KnowledgeList, ...]:
    return tuple(
        KnowledgeList(row["list"], row["owner"], _count(row["total"]))
        for row in store.select(internal_query("lists"))
        if isinstance(row["list"], ox.NamedNode) and isinstance(row["owner"], ox.NamedNode)
    )


def list_members(store: Store, kind: Kind, page: int, hubs: Hubs) -> Members:
    """Return one page of the things of a kind: of very many in Thai order, else by identifier.

    Documents of very many come kind after kind, and of each kind as many as hubs list.

    `page` counts from 1; one past the end holds no things.
    """
    relation = hubs.relations(kind.class_iri).get(expand("rdf:type"))
    part = relation.of_type(kind.type) if relation else None
    if relation and part:
        shown = hubs.page(relation, part, page, PAGE_SIZE)
        total, listed = part.total, part.listed
    else:
        things = [t for t in members_of(store, kind.class_iri) if f"/id/{kind.type}/" in t.value]
        shown = tuple(things[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
        total = listed = len(things)
    pages = max(1, -(-listed // PAGE_SIZE))
    return Members(page, pages, total, listed, shown, _facts(store, shown))


def members_of(store: Store, class_iri: str) -> list[ox.NamedNode]:
    """Return the things of a class, in the order of their identifiers."""
    rows = store.select(internal_query("members"), **{"class": ox.NamedNode(class_iri)})
    return [row["thing"] for row in rows if isinstance(row["thing"], ox.NamedNode)]


def _facts(store: Store, things: Sequence[ox.NamedNode]) -> Facts:
    """Return what lists show of these things, and of their kinds, owners, services and years."""
    said = _said(store, things)
    linking = {term(name) for name in _NAMED}
    linked = {t.object for t in said if t.predicate in linking} - set(things)
    return gather([*said, *_said(store, [k for k in linked if isinstance(k, ox.NamedNode)])])


def _said(store: Store, things: Iterable[ox.NamedNode]) -> list[ox.Triple]:
    found = store.triples_about(things, [term(name) for name in _SHOWN])
    return sorted(found, key=str)


def _count(value: object) -> int:
    return int(value.value) if isinstance(value, ox.Literal) else 0


def name_things(store: Store, things: Iterable[ox.NamedNode]) -> Facts:
    """Return the names of these things, to show them in a list."""
    labels = (term("skos:prefLabel"), term("rdfs:label"))
    return gather(sorted(store.triples_about(things, labels), key=str))
