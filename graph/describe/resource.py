"""The description of one resource, which its page and its RDF share.

In: a store and an IRI. Out: a `Description`: the triples about the thing; the things that point to
it, counted by property, with the first 50 of each (of a hub, the first few of each kind); and
enough about these neighbours to show them: their names, kinds and places in lists. Its size follows
the page, never the store: a topic that a million documents point to costs no count and few
neighbours. It takes five queries, however many neighbours there are, since the store may be on
another machine.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain

import pyoxigraph as ox

from graph.hubs.read import BACKWARDS, LEAST, Hubs, Part, Relation
from graph.rdf.facts import Facts, gather
from graph.rdf.iris import RETIRED
from graph.rdf.vocab import Term, term
from graph.store.interface import Store

MAX_SHOWN = 50
FEW = 4
"""How many things of a kind are shown where more than `LEAST` of its type point to a hub (of other
types, all are shown), and how many values of a property that has very many."""

_NAMES = ("skos:prefLabel", "rdfs:label")
#: The properties that a page shows of a thing that this one points to; also of the works that
#: entries name and of the lists that entries stand in: whose they are, and the law behind them.
_OUTWARD = (
    *_NAMES,
    "rdf:type",
    "dct:type",
    "dct:publisher",
    "dct:references",
    "km:explains",
    "km:yearBE",
    "m8g:hasLegalResource",
)
#: The properties that a page shows of a thing that points to this one: name, place and words.
_INWARD = (
    *_NAMES,
    "rdf:type",
    "dct:type",
    "dct:publisher",
    "schema:position",
    "schema:item",
    "dct:isPartOf",
    "schema:text",
    "dct:description",
    "eli:number",
    "km:yearBE",
    "km:verbatim",
    "prov:wasQuotedFrom",
    "km:textBefore",
    "km:textAfter",
    "km:sourceLine",
    "km:lineOrder",
    "km:truncated",
    "km:asAmended",
    "km:legalBasis",
    "km:publishedWords",
    "km:correctedWords",
    "km:confidence",
    "rdf:subject",
    "rdf:predicate",
    "rdf:object",
)
_TYPE = term("rdf:type")
_ORDER = (term("schema:position"), term("km:sourceLine"), term("km:lineOrder"))


@dataclass(frozen=True)
class Incoming:
    """What points to a thing by one property: how many, and those that are shown.

    Of a hub `relation` knows them all, by kind.
    """

    predicate: ox.NamedNode
    total: int
    subjects: tuple[ox.NamedNode, ...]
    relation: Relation | None = None


@dataclass(frozen=True)
class Description:
    """What is known of one thing. `triples` is all of it; pages look things up in `facts`."""

    iri: ox.NamedNode
    outgoing: tuple[ox.Triple, ...]
    incoming: tuple[Incoming, ...]
    context: tuple[ox.Triple, ...]
    graphs: tuple[ox.NamedNode, ...]

    @property
    def is_gone(self) -> bool:
        """Whether only a tombstone is left of the thing (see `graph.release.tombstones`)."""
        return [graph.value.rpartition("/graph/")[2] for graph in self.graphs] == [RETIRED]

    @cached_property
    def triples(self) -> tuple[ox.Triple, ...]:
        """Everything to serialise, each once: the thing first, then its neighbours by IRI."""
        return tuple(sorted(set(self._everything()), key=partial(_place, self.iri)))

    @cached_property
    def facts(self) -> Facts:
        """The same, to be looked up; values in an order that is the same from every store."""
        return gather(self._everything(), order=str)

    def _everything(self) -> Iterable[ox.Triple]:
        links = (
            ox.Triple(subject, of.predicate, self.iri)
            for of in self.incoming
            for subject in of.subjects
        )
        dataset = (ox.Triple(self.iri, term("void:inDataset"), graph) for graph in self.graphs)
        return chain(self.outgoing, dataset, links, self.context)


def describe(store: Store, iri: str, hubs: Hubs | None = None) -> Description | None:
    """Return what the store says of `iri`, or None where it says nothing.

    For a hub, `hubs` has the things that point to it: nothing is counted, few of each kind are
    read.

    Raises ValueError where `iri` is no absolute IRI.
    """
    thing = ox.NamedNode(iri)
    quads = store.quads_for(subject=thing)
    if not quads:
        return None
    relations = hubs.relations(iri) if hubs else {}
    quads = list(_without_crowds(hubs, relations, quads)) if hubs else quads
    outgoing = tuple(sorted(set(_with_blank_nodes(store, quads)), key=partial(_place, thing)))
    if hubs and any(not name.startswith(BACKWARDS) for name in relations):
        incoming = tuple(_listed(hubs, relations))
        near = _said(store, _others(thing, incoming), _INWARD)
    else:
        incoming, near = _incoming(store, thing)
    graphs = {q.graph_name for q in quads if isinstance(q.graph_name, ox.NamedNode)}
    said = {g for g in graphs if not g.value.endswith("/inferred")} or graphs
    return Description(
        thing,
        outgoing,
        incoming,
        tuple(_context(store, thing, outgoing, incoming, near)),
        tuple(sorted(said, key=str)),
    )


def _place(thing: ox.NamedNode, triple: ox.Triple) -> tuple[bool, str, bool, str, str]:
    """Return what triples are sorted by, so that every store gives the same description."""
    subject, predicate = triple.subject, triple.predicate  # each costs a call of its own
    return subject != thing, str(subject), predicate != _TYPE, str(predicate), str(triple.object)


def _with_blank_nodes(store: Store, quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Yield the triples, and those about the blank nodes among them (a bounded description)."""
    waiting, seen = list(quads), set[ox.BlankNode]()
    while waiting:
        quad = waiting.pop(0)
        yield quad.triple
        if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
            seen.add(quad.object)
            waiting.extend(store.quads_for(subject=quad.object))


def _listed(hubs: Hubs, relations: Mapping[str, Relation]) -> Iterator[Incoming]:
    """Yield what points to a hub: all of a type that is few, of others the first of each kind."""
    for predicate, of in relations.items():
        if not predicate.startswith(BACKWARDS):
            shown = tuple(
                thing for part in of.parts for thing in hubs.page(of, part, 1, _most(of, part))
            )
            yield Incoming(ox.NamedNode(predicate), of.total, shown, of)


def _most(of: Relation, part: Part) -> int:
    """Return how many of one kind are shown: documents come by kind, and are many together."""
    whole = of.of_type(part.key.partition(".")[0])
    return FEW if whole is not None and whole.total > LEAST else LEAST


def _without_crowds(
    hubs: Hubs, relations: Mapping[str, Relation], quads: Iterable[ox.Quad]
) -> Iterator[ox.Quad]:
    """Yield what is said of a thing; of a property that leads to very many, the first few."""
    few = {
        of.predicate.removeprefix(BACKWARDS): set(hubs.page(of, part, 1, FEW))
        for of in relations.values()
        for part in of.parts[:1]
        if of.predicate.startswith(BACKWARDS)
    }
    for quad in quads:
        name = quad.predicate.value
        if name not in few or quad.object in few[name]:
            yield quad


def _incoming(store: Store, thing: ox.NamedNode) -> tuple[tuple[Incoming, ...], list[ox.Triple]]:
    """Return the things that point to a thing that is no hub, and the triples about those shown."""
    pointing: dict[ox.NamedNode, dict[Term, None]] = {}
    for quad in store.quads_for(object=thing):
        pointing.setdefault(quad.predicate, {})[quad.subject] = None
    others = {subject for of in pointing.values() for subject in of} - {thing}
    near = _said(store, _nodes(others), _INWARD)
    places = _places(near)
    incoming = tuple(
        Incoming(
            predicate, len(pointing[predicate]), _first(pointing[predicate], predicate, places)
        )
        for predicate in sorted(pointing, key=str)
    )
    shown = set(_others(thing, incoming))
    return incoming, [triple for triple in near if triple.subject in shown]


def _places(said: Iterable[ox.Triple]) -> Mapping[Term, Mapping[ox.NamedNode, int]]:
    """Return where things stand: their numbers in a list and on a source page, 0 for no number."""
    found: dict[Term, dict[ox.NamedNode, int]] = {}
    for triple in said:
        if triple.predicate in _ORDER:
            of, number = found.setdefault(triple.subject, {}), _whole(triple.object)
            of[triple.predicate] = min(number, of.get(triple.predicate, number))
    return found


def _first(
    found: Iterable[Term],
    predicate: ox.NamedNode,
    places: Mapping[Term, Mapping[ox.NamedNode, int]],
) -> tuple[ox.NamedNode, ...]:
    """Return the first subjects: of a list by position, else by line of the source page."""
    place, line, order = _ORDER
    names = (place, line, order) if predicate == term("dct:isPartOf") else (line, order, place)

    def at(subject: ox.NamedNode) -> tuple[int, int, int, str]:
        of = places.get(subject, {})
        first, second, third = (of.get(name, 0) for name in names)
        return first, second, third, str(subject)

    subjects = [subject for subject in found if isinstance(subject, ox.NamedNode)]
    return tuple(sorted(subjects, key=at)[:MAX_SHOWN])


def _whole(value: Term) -> int:
    return int(value.value) if isinstance(value, ox.Literal) and value.value.isdigit() else 0


def _others(thing: ox.NamedNode, incoming: Iterable[Incoming]) -> list[ox.NamedNode]:
    return [subject for of in incoming for subject in of.subjects if subject != thing]


def _context(
    store: Store,
    thing: ox.NamedNode,
    outgoing: Iterable[ox.Triple],
    incoming: Sequence[Incoming],
    near: list[ox.Triple],
) -> Iterator[ox.Triple]:
    """Yield what pages show of the neighbours, and the names of everything that is mentioned.

    `near` has the triples about those that point here.
    """
    listed = {t.object for t in near if t.predicate in (term("schema:item"), term("dct:isPartOf"))}
    outward = {t.object for t in outgoing if t.predicate != term("rdf:type")} | listed
    near = [*near, *_said(store, _nodes(outward - {thing}), _OUTWARD)]
    yield from near
    naming = {term(name) for name in _NAMES}
    linking = [t for t in near if t.predicate not in naming]
    mentioned = {x for t in (*outgoing, *linking) for x in (t.subject, t.predicate, t.object)}
    mentioned |= {of.predicate for of in incoming} | set(_others(thing, incoming))
    known = {t.subject for t in near if t.predicate in naming}
    yield from _said(store, _nodes(mentioned - known), _NAMES)


def _said(store: Store, nodes: Iterable[ox.NamedNode], names: Iterable[str]) -> list[ox.Triple]:
    return store.triples_about(nodes, [term(name) for name in names])


def _nodes(terms: Iterable[object]) -> list[ox.NamedNode]:
    return sorted((t for t in terms if isinstance(t, ox.NamedNode)), key=str)
