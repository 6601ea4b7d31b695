"""All things that one property relates to a thing, in pages: `/doc/law/x?of=schema:item&page=2`.

In: a view of the thing and the parameters of the address. Out: a `RelationPage`. The pages of a hub
come from lists that the release holds, so page 100 costs as much as page 1; the description of any
other thing holds all its relations. With `^` before the property the page lists what the thing
points to; `kind` narrows it to one kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.hubs.read import BACKWARDS, PAGE_SIZE, Part, Relation, kind_of_key, part_key
from graph.rdf.vocab import PREFIXES, expand
from publish.things.document import relation_title
from publish.things.forms.law import citation
from publish.things.view import View
from publish.web.page_data import Item, Link, NavItem, Pager
from publish.web.pager import count_pages, make_pager, page_query, read_page

_SHOWN = ("dct:type", "dct:publisher", "dct:isPartOf", "schema:position", "km:yearBE")
_FLAGS = ("km:truncated", "km:asAmended")


@dataclass(frozen=True)
class RelationRequest:
    """The parameters of the address: a property, a kind (empty for all), and a page from 1."""

    of: str
    kind: str
    page: int

    def query(self) -> dict[str, str]:
        """Return the parameters as the address has them."""
        kind = {"kind": self.kind} if self.kind else {}
        page = page_query(self.page)
        return {"of": self.of, **kind, **page}


@dataclass(frozen=True)
class RelationPage:
    """One page of the things that a property relates to a thing.

    `kinds` are links that narrow it to one kind; `note` says how many of the things the pages hold
    where they do not hold all.
    """

    thing: Link
    title: str
    total: int
    kinds: tuple[NavItem, ...]
    items: tuple[Item, ...]
    pager: Pager
    note: str


@dataclass(frozen=True)
class _Found:
    """All kinds, the kind that is asked for, and the things of the page."""

    kinds: tuple[Part, ...]
    part: Part
    things: tuple[ox.NamedNode, ...]


def read_request(arguments: Mapping[str, str]) -> RelationRequest:
    """Return the relation that the arguments of an address name; `of` is among them.

    Raises ValueError for a page that is no number; Thai digits are numbers.
    """
    page = read_page(arguments)
    if page is None:
        raise ValueError("no such page")
    return RelationRequest(arguments["of"], arguments.get("kind", ""), page)


def compose_relation(view: View, asked: RelationRequest) -> RelationPage | None:
    """Return the page, None where it would be empty."""
    property = _read_property(asked.of)
    found = _find(view, property, asked) if property else None
    if found is None:
        return None
    texts, part = view.namer.texts, found.part
    is_cut = part.total > part.listed
    return RelationPage(
        thing=view.namer.link(view.iri),
        title=_title(view, property),
        total=part.total,
        kinds=tuple(_kinds(view, asked, found.kinds)),
        items=_items(view, property, found.things),
        pager=make_pager(
            texts,
            asked.page,
            count_pages(part.listed, PAGE_SIZE),
            lambda n: _href(view, asked, page=n),
        ),
        note=texts("relation.cut", count=texts.number(part.listed)) if is_cut else "",
    )


def _read_property(written: str) -> str:
    """Return the IRI of a property as an address writes it, with `^` kept before it; else ""."""
    outwards = BACKWARDS if written.startswith(BACKWARDS) else ""
    name = written.removeprefix(BACKWARDS)
    if name.startswith("<") and name.endswith(">"):
        return outwards + name[1:-1]
    prefix, colon, _ = name.partition(":")
    return outwards + expand(name) if colon and prefix in PREFIXES else ""


def _title(view: View, property: str) -> str:
    if property.startswith(BACKWARDS):
        return view.namer.name(ox.NamedNode(property.removeprefix(BACKWARDS))).text
    return relation_title(view, ox.NamedNode(property))


def _find(view: View, property: str, asked: RelationRequest) -> _Found | None:
    relation = view.hubs.relations(view.iri.value).get(property)
    if relation is not None:
        return _of_hub(view, relation, asked)
    things = _described(view, property)
    keys = [_key(view, thing) for thing in things]
    kinds = tuple(
        Part(key, keys.count(key), keys.count(key), 0)
        for key in sorted(dict.fromkeys(keys), key=view.order)
    )
    wanted = tuple(t for t, key in zip(things, keys, strict=True) if asked.kind in ("", key))
    if not wanted or asked.page > 1:
        return None
    return _Found(kinds, Part(asked.kind, len(wanted), len(wanted), 0), wanted)


def _of_hub(view: View, relation: Relation, asked: RelationRequest) -> _Found | None:
    part = relation.part(asked.kind)
    things = view.hubs.page(relation, part, asked.page, PAGE_SIZE) if part else ()
    return _Found(relation.parts, part, things) if part and things else None


def _described(view: View, property: str) -> tuple[ox.NamedNode, ...]:
    """Return the things that a property relates to the thing, from its description."""
    wanted = property.removeprefix(BACKWARDS)
    if property.startswith(BACKWARDS):
        triples = view.description.outgoing
        values = (t.object for t in triples if t.predicate.value == wanted)
        return tuple(value for value in values if isinstance(value, ox.NamedNode))
    found = (of.subjects for of in view.description.incoming if of.predicate.value == wanted)
    return next(found, ())


def _key(view: View, thing: ox.NamedNode) -> str:
    return part_key(view.namer.links.base, thing, view.facts.one(thing, "dct:type"))


def _kinds(view: View, asked: RelationRequest, parts: tuple[Part, ...]) -> Iterator[NavItem]:
    """Yield the links that narrow the page to one kind, where there are several kinds."""
    if len(parts) < 2:
        return
    texts = view.namer.texts
    seen = view.with_facts_of(kind for part in parts if (kind := kind_of_key(part.key)))
    yield NavItem(texts("relation.all"), _href(view, asked, kind="", page=1), not asked.kind)
    for part in parts:
        words = f"{seen.title_of(part.key)} {texts.number(part.total)}"
        yield NavItem(words, _href(view, asked, kind=part.key, page=1), part.key == asked.kind)


def _items(view: View, property: str, things: tuple[ox.NamedNode, ...]) -> tuple[Item, ...]:
    view = view.with_facts_of(things, *_SHOWN, *_FLAGS)
    if property != expand("schema:item"):
        return tuple(view.item(thing) for thing in things)
    lists = (whole for thing in things for whole in view.values("dct:isPartOf", thing))
    view = view.with_facts_of(lists, "dct:publisher")
    return tuple(citation(view, thing) for thing in things)


def _href(view: View, asked: RelationRequest, page: int, kind: str | None = None) -> str:
    links = view.namer.links
    path = links.path(view.iri.value) or "/"
    wanted = replace(asked, page=page, kind=asked.kind if kind is None else kind)
    return links.to(path, **wanted.query())
