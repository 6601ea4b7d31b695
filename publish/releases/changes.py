"""The changes of a release as people read them: things by name, old words beside new ones.

In: some `graph.history.read.Change`s. Out: `history_pages.SetChanges` for the template.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from graph.history.read import Change, Summary
from graph.rdf.facts import Facts, gather
from graph.rdf.iris import ONTOLOGY, SHARED, parse_iri
from graph.rdf.vocab import term
from graph.store.interface import Store
from publish.web.context import RequestContext, site
from publish.web.labels import Namer
from publish.web.page_data import Card, DumpFile, Label, Link, Pager


@dataclass(frozen=True)
class ReleaseRow:
    """A release in the list: `changes` says in words how much is different."""

    id: str
    published: str
    changes: str
    size: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class ReleaseList:
    """The list of releases, newest first, and the address of its feed."""

    feed: str
    rows: tuple[ReleaseRow, ...]


@dataclass(frozen=True)
class PropertyChange:
    """The values of one property that went and came."""

    property: Link
    removed: tuple[Link, ...]
    added: tuple[Link, ...]


@dataclass(frozen=True)
class ThingChange:
    """What became of one thing; `more` says how many statements are not shown."""

    sign: str
    sign_name: str
    thing: Link
    kind: Label | None
    rows: tuple[PropertyChange, ...]
    more: str


@dataclass(frozen=True)
class SetChanges:
    """The changes in one named graph."""

    title: str
    things: tuple[ThingChange, ...]


@dataclass(frozen=True)
class ReleasePage:
    """A release: its time, its files and its changes, a page of changes at a time."""

    id: str
    title: str
    is_current: bool
    lead: str
    counts: tuple[Card, ...]
    sets: tuple[SetChanges, ...]
    pager: Pager
    before: Link | None
    files: tuple[DumpFile, ...]
    program: str
    sources: tuple[tuple[str, str, str], ...]
    sources_count: str
    downloads: str


_NAMES = ("skos:prefLabel", "rdfs:label")


def compose_changes(
    context: RequestContext, changes: Sequence[Change], summary: Summary | None
) -> Iterator[SetChanges]:
    """Yield these changes, data set by data set; `summary` is that of their release."""
    before = summary.previous if summary else None
    namer = context.namer(_facts(context, changes, before))
    for graph, of_graph in groupby(changes, key=lambda change: change.graph):
        things = tuple(_thing(context, namer, change, before) for change in of_graph)
        yield SetChanges(_set_name(context, namer, graph), things)


def _facts(context: RequestContext, changes: Iterable[Change], before: str | None) -> Facts:
    """Return the names of all that the changes speak of.

    They come from the release being served; for lost things from the one before, if it is kept.
    """
    said = [t for change in changes for t in (*change.added, *change.removed)]
    mentioned = {x for t in said for x in (t.subject, t.predicate, t.object)}
    mentioned |= {ox.NamedNode(f"{context.links.base}/id/org/{_key(c.graph)}") for c in changes}
    known = _names(context.serving.store, mentioned)
    gone = {c.subject for c in changes if c.sign == "D"}
    if gone and before in site().current.ids():
        store = site().current.past_serving(str(before)).store
        known += _names(store, {t.subject for t in said if _iri(t.subject) in gone})
    return gather([*known, *said])


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""


def _names(store: Store, mentioned: Iterable[object]) -> list[ox.Triple]:
    """Return the names and kinds of things, and the names of the kinds."""
    names = [term(name) for name in _NAMES]
    nodes = sorted({x for x in mentioned if isinstance(x, ox.NamedNode)}, key=str)
    types = store.triples_about(nodes, [term("rdf:type")])
    kinds = {t.object for t in types if isinstance(t.object, ox.NamedNode)}
    return sorted([*types, *store.triples_about([*nodes, *kinds], names)], key=str)


def _key(graph: str) -> str:
    return graph.rpartition("/")[2]


def _set_name(context: RequestContext, namer: Namer, graph: str) -> str:
    name = _key(graph)
    if name in (SHARED, ONTOLOGY):
        return context.texts(f"releases.{name}")
    return namer.name(ox.NamedNode(f"{context.links.base}/id/org/{name}")).text


def _thing(
    context: RequestContext, namer: Namer, change: Change, before: str | None
) -> ThingChange:
    hidden = change.came + change.went - len(change.added) - len(change.removed)
    more = context.texts("releases.more", count=context.texts.number(hidden)) if hidden else ""
    return ThingChange(
        sign=change.sign,
        sign_name=context.texts(f"change.{change.sign}"),
        thing=_link(context, namer, change, before),
        kind=_kind(namer, change),
        rows=tuple(_rows(namer, change)),
        more=more,
    )


def _link(context: RequestContext, namer: Namer, change: Change, before: str | None) -> Link:
    """Return a link to the thing; one that is gone is seen as of the release before."""
    if change.subject.startswith("_:"):
        return Link(Label(context.texts("value.nameless")))
    node = ox.NamedNode(change.subject)
    thing = parse_iri(context.links.base, change.subject)
    if change.sign != "D" or thing is None:
        return namer.link(node)
    if before is None or before not in site().current.ids():
        return Link(namer.name(node))
    return Link(
        namer.name(node), context.links.to(f"/releases/{before}/doc/{thing.type}/{thing.slug}")
    )


def _kind(namer: Namer, change: Change) -> Label | None:
    """Return the kind of a thing; the former kind of a lost one."""
    if change.subject.startswith("_:"):
        return None
    if change.sign == "D":
        types = [t.object for t in change.removed if t.predicate == term("rdf:type")]
        return namer.name(types[0]) if types else None
    kind = namer.facts.one(ox.NamedNode(change.subject), "rdf:type")
    return namer.name(kind) if kind is not None else None


def _rows(namer: Namer, change: Change) -> Iterator[PropertyChange]:
    """Yield what changed, property by property."""
    predicates = dict.fromkeys(t.predicate for t in (*change.removed, *change.added))
    for predicate in sorted(predicates, key=str):
        name = namer.name(predicate)
        removed, added = (
            tuple(namer.value(predicate.value, t.object) for t in side if t.predicate == predicate)
            for side in (change.removed, change.added)
        )
        yield PropertyChange(Link(name), removed, added)
