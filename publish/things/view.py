"""What the forms of things are made from, and what a form returns.

In: a `graph.describe.resource.Description`, a `Namer`, the layout of the shapes, and the store.
Out: a `View`, which gives the things that point here by a property and makes the items of lists;
and `Form`, what the page of one kind shows, with the properties that it shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph as ox

from graph.describe.resource import Description, Incoming
from graph.hubs.read import LEAST, Hubs, kind_of_key, part_key
from graph.rdf.facts import Facts, gather
from graph.rdf.iris import parse_iri
from graph.rdf.vocab import Term, term
from graph.schema.layout import Kind, Layout
from graph.sparql.internal import internal_query
from graph.store.embedded import Solution
from graph.store.interface import Store
from graph.text.thai import sort_key
from publish.web.labels import Namer
from publish.web.page_data import Flag, Group, Item, Label, Link

#: How many things a list shows before it links to the page with all: about a screen of them.
SHOWN = 12


@dataclass(frozen=True)
class Part:
    """The things of one kind that point here.

    `key` is their type, of documents the type and kind: "law", "document.manual".
    """

    key: str
    kind: ox.NamedNode | None
    total: int
    subjects: tuple[ox.NamedNode, ...]


@dataclass(frozen=True)
class Form:
    """What the page of one kind shows beyond the page of every thing.

    Attributes:
        template: the template of macros that `thing.html` calls.
        own: the dataclass that it shows, as `page.own`.
        keys: properties shown in a line below the title.
        rows: properties of the thing that the form has shown.
        incoming: properties of what points to the thing that the form has shown.
        is_printed: whether people print the page to hang it up or hand it out; it has a QR code.
        waiting: relations whose unconfirmed links the form has shown.
        query: the name of the query in `graph/queries/internal` that asks for the same.
    """

    template: str = "document.html"
    own: object = None
    keys: tuple[str, ...] = ()
    rows: frozenset[str] = frozenset()
    incoming: frozenset[str] = frozenset()
    is_printed: bool = False
    waiting: frozenset[str] = frozenset()
    query: str = "about"


@dataclass(frozen=True)
class View:
    """One thing, and what is known of its neighbours, in the words of one reader."""

    description: Description
    namer: Namer
    layout: Layout
    store: Store
    hubs: Hubs

    # ---- the thing -----------------------------------------------------------------------

    @cached_property
    def iri(self) -> ox.NamedNode:
        """The IRI of the thing."""
        return self.description.iri

    @cached_property
    def type(self) -> str:
        """The type in the thing's identifier ("law"), empty for what is not ours."""
        return self.type_of(self.iri)

    @cached_property
    def kind(self) -> Kind | None:
        """The kind of the thing, None for what is not ours."""
        return self.layout.by_type.get(self.type)

    @cached_property
    def facts(self) -> Facts:
        """The triples about the thing and its neighbours, to be looked up."""
        return self.namer.facts

    @cached_property
    def classes(self) -> tuple[ox.NamedNode, ...]:
        """The classes of the thing."""
        return tuple(self.values("rdf:type"))

    def type_of(self, iri: Term) -> str:
        """Return the type in an identifier, empty for what is not ours."""
        value = iri.value if isinstance(iri, ox.NamedNode) else ""
        thing = parse_iri(self.namer.links.base, value)
        return thing.type if thing else ""

    def key_of(self, iri: ox.NamedNode) -> str:
        """Return the key in an identifier of ours, empty for what is not ours."""
        thing = parse_iri(self.namer.links.base, iri.value)
        return thing.slug if thing else ""

    def values(self, name: str, of: Term | None = None) -> list[ox.NamedNode]:
        """Return the nodes that a property leads to, from the page's thing or from `of`."""
        found = self.facts.values(of or self.iri, name)
        return [t for t in found if isinstance(t, ox.NamedNode)]

    # ---- what points here ----------------------------------------------------------------

    def incoming(self, name: str) -> Incoming | None:
        """Return what points here by a property; `name` is a prefixed name."""
        wanted = term(name)
        return next((i for i in self.description.incoming if i.predicate == wanted), None)

    def pointing(self, name: str) -> tuple[ox.NamedNode, ...]:
        """Return the things that point here by a property, those that the description holds."""
        found = self.incoming(name)
        return found.subjects if found else ()

    def total(self, name: str) -> int:
        """Return how many things point here by a property."""
        found = self.incoming(name)
        return found.total if found else 0

    def parts(self, name: str) -> list[Part]:
        """Return the things that point here by a property, by kind, in the order of the shapes."""
        found = self.incoming(name)
        return self.parts_of(found) if found else []

    def parts_of(self, of: Incoming) -> list[Part]:
        """Return the things of one relation by kind, in the order of the shapes."""
        by_key: dict[str, list[ox.NamedNode]] = {}
        for subject in of.subjects:
            kind = self.facts.one(subject, "dct:type")
            key = part_key(self.namer.links.base, subject, kind)
            by_key.setdefault(key, []).append(subject)
        counted = {part.key: part.total for part in of.relation.parts} if of.relation else {}
        parts = [
            Part(key, kind_of_key(key), counted.get(key, len(they)), tuple(they))
            for key, they in by_key.items()
        ]
        return sorted(parts, key=lambda part: self.order(part.key))

    def order(self, key: str) -> tuple[float, str]:
        """Return the sort key of a part among others; `key` is the part's."""
        kind = self.layout.kind(key.partition(".")[0])
        return (kind.order if kind else 1_000.0, key)

    # ---- lists ---------------------------------------------------------------------------

    def group(self, name: str, part: Part, shown: int = SHOWN) -> Group:
        """Return the things of one kind as a section of a page."""
        items = self.items(part.subjects, shows_kind=part.kind is None, shown=shown)
        is_cut = part.total > len(items)
        return Group(
            id=part.key.replace(".", "-") or "other",
            title=self.title_of(part.key),
            total=part.total,
            items=items,
            more=self.href_of(name, part.key) if is_cut else "",
        )

    def section(
        self, name: str, title: str, shows_kind: bool = True, shown: int = LEAST
    ) -> Group | None:
        """Return the things that point here by a property as a section; None where none does.

        `title` is the key of the heading; its part after the point is the id of the section.
        """
        items = self.items(self.pointing(name), shows_kind, shown)
        total = self.total(name)
        more = self.href_of(name) if total > len(items) else ""
        id, heading = title.partition(".")[2], self.namer.texts(title)
        return Group(id, heading, total, items, more) if total else None

    def items(
        self, subjects: Iterable[ox.NamedNode], shows_kind: bool = True, shown: int | None = None
    ) -> tuple[Item, ...]:
        """Return things as items: laws oldest first, others newest first, then in Thai order.

        At most `shown` of them, if given.
        """
        things = sorted(dict.fromkeys(subjects), key=self._place)[:shown]
        return tuple(self.item(thing, shows_kind) for thing in things)

    def _place(self, subject: ox.NamedNode) -> tuple[int, tuple[str, str]]:
        return self._age(subject), sort_key(self.namer.name(subject).text)

    def item(self, subject: ox.NamedNode, shows_kind: bool = True) -> Item:
        """Return one thing as an item of a list: its name, kind, owner and cautions."""
        said, shared = self.facts.about(subject), (self.iri, term("kind:leaflet"))
        names = ("dct:type", "dct:publisher") if shows_kind else ("dct:publisher",)
        notes = (other for name in names for other in said.get(term(name), ())[:1])
        # The heading says already whose these are, and that leaflets are leaflets.
        told = tuple(Link(self.namer.name(note)) for note in notes if note not in shared)
        return Item(self.namer.link(subject), told, self.flags(subject))

    def flags(self, subject: Term) -> tuple[Flag, ...]:
        """Return cautions about a line: its title was cut, or a law is cited as amended."""
        said, found = self.facts.about(subject), []
        if _is_true(said.get(term("km:truncated"), ())):
            found.append(Flag(self.namer.texts("doc.truncated"), "warn"))
        if _is_true(said.get(term("km:asAmended"), ())):
            found.append(Flag(self.namer.texts("doc.as_amended")))
        return tuple(found)

    def _age(self, subject: ox.NamedNode) -> int:
        text = self.facts.text(subject, "km:yearBE")
        year = int(text) if text.isdigit() else 0
        return year if self.type_of(subject) == "law" else -year

    def title_of(self, key: str) -> str:
        """Return the heading of a part: the plural of its kind."""
        code = key.rpartition(".")[2]
        if self.namer.texts.has(f"group.{code}"):
            return self.namer.texts(f"group.{code}")
        code_of_document, kind = kind_of_key(key), self.layout.kind(key)
        named = self.namer.pick(kind.names) if kind else None
        if code_of_document is not None:
            named = self.namer.name(code_of_document)
        return named.text if named else self.namer.texts("doc.more")

    def href_of(self, name: str, key: str = "") -> str:
        """Return the address of the page that lists all that points here by a property.

        `name` is a prefixed name, or the IRI in angle brackets.
        """
        return self.namer.links.to_relation(self.iri.value, name, key)

    # ---- more than the description holds ---------------------------------------------------

    def ask(self, query: str, **bindings: Term) -> list[Solution]:
        """Return the rows of one of the queries in `graph/queries/internal`."""
        return self.store.select(internal_query(query), **bindings)

    def entries(self, list: ox.NamedNode) -> list[ox.NamedNode]:
        """Return the entries of a list in order. It costs two questions to the store."""
        quads = self.store.quads_for(predicate=term("dct:isPartOf"), object=list)
        inside = {q.subject for q in quads if isinstance(q.subject, ox.NamedNode)}
        asked = [term("rdf:type"), term("schema:position")]
        facts = gather(self.store.triples_about(sorted(inside, key=str), asked))
        entries = facts.subjects("rdf:type", term("km:Entry"))
        named = [entry for entry in entries if isinstance(entry, ox.NamedNode)]
        places = {entry: self.number(facts.one(entry, "schema:position")) for entry in named}
        return sorted(named, key=lambda entry: (places[entry], str(entry)))

    def with_facts_of(self, things: Iterable[Term], *names: str) -> "View":
        """Return a view that also knows the names and these properties of these things.

        It costs two questions to the store.
        """
        nodes = sorted({t for t in things if isinstance(t, ox.NamedNode)}, key=str)
        labels = [term("skos:prefLabel"), term("rdfs:label")]
        said = self.store.triples_about(nodes, [*labels, *(term(name) for name in names)])
        mentioned = {t.object for t in said if isinstance(t.object, ox.NamedNode)}
        named = self.store.triples_about(sorted(mentioned.difference(nodes), key=str), labels)
        facts = self.facts.joined([*sorted(said, key=str), *sorted(named, key=str)])
        return replace(self, namer=replace(self.namer, facts=facts))

    def number(self, value: object) -> int:
        """Return a number from a row of a query; 0 for any other term."""
        is_count = isinstance(value, ox.Literal) and value.value.isdigit()
        return int(value.value) if is_count and isinstance(value, ox.Literal) else 0

    def line(self, subject: Term) -> Link | None:
        """Return "line 31", linked to that line of the source page; None if not quoted."""
        line = self.facts.text(subject, "km:sourceLine")
        if not line:
            return None
        words = Label(self.namer.texts("doc.line", line=line))
        page = self.facts.one(subject, "prov:wasQuotedFrom")
        href = self.namer.links.href(page.value) if isinstance(page, ox.NamedNode) else None
        return Link(words, f"{href.url}#line-{line}" if href else "")


def _is_true(values: Iterable[Term]) -> bool:
    """Tell whether the first literal of these is "true"."""
    return next((v.value for v in values if isinstance(v, ox.Literal)), "") == "true"
