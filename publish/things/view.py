"""What a page of one thing is made from, and what a form of its own gives back.

In: a `graph.describe.resource.Description`, a `Namer`, the layout that the shapes give and the
store. Out: a `View`, which answers "what points here by this property?" and makes the items of
lists, and `Form`, what a kind of thing has beyond the general page and which properties that has
used up.
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

#: What a list shows before it leads to the page that has all of it.
SHOWN = 12


@dataclass(frozen=True)
class Part:
    """Those of one kind among what points here; `key` is a type, for documents with their kind."""

    key: str
    kind: ox.NamedNode | None
    total: int
    subjects: tuple[ox.NamedNode, ...]


@dataclass(frozen=True)
class Form:
    """What a kind of thing shows in a form of its own.

    Attributes:
        template: the template, which extends `thing.html`.
        own: the dataclass that it shows, as `page.own`.
        keys: properties shown in a line below the title.
        rows: properties of the thing that the form has shown.
        incoming: properties of what points to the thing that the form has shown.
        is_printed: whether people print it to hang it up or hand it out: it has a QR code then.
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
    """One thing, as one reader is to see it."""

    description: Description
    namer: Namer
    layout: Layout
    store: Store
    hubs: Hubs

    # ---- the thing -----------------------------------------------------------------------

    @cached_property
    def iri(self) -> ox.NamedNode:
        """The thing the page is about."""
        return self.description.iri

    @cached_property
    def type(self) -> str:
        """The type in the thing's identifier ("law"), empty for what is not ours."""
        return self.type_of(self.iri)

    @cached_property
    def kind(self) -> Kind | None:
        """The kind of the thing, None for what is not ours."""
        return self.layout.kind(self.type)

    @cached_property
    def facts(self) -> Facts:
        """What is known of the thing and its neighbours."""
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
        """Return the things that a property leads to, from the page's own thing by default."""
        found = self.facts.values(of or self.iri, name)
        return [t for t in found if isinstance(t, ox.NamedNode)]

    # ---- what points here ----------------------------------------------------------------

    def incoming(self, name: str) -> Incoming | None:
        """Return what points here by a property, given as a prefixed name."""
        wanted = term(name)
        return next((i for i in self.description.incoming if i.predicate == wanted), None)

    def pointing(self, name: str) -> tuple[ox.NamedNode, ...]:
        """Return the things that point here by a property and are shown."""
        found = self.incoming(name)
        return found.subjects if found else ()

    def total(self, name: str) -> int:
        """Return how many things point here by a property."""
        found = self.incoming(name)
        return found.total if found else 0

    def parts(self, name: str) -> list[Part]:
        """Return what points here by a property, by kind, in the order of the shapes."""
        found = self.incoming(name)
        return self.parts_of(found) if found else []

    def parts_of(self, of: Incoming) -> list[Part]:
        """Return some of what points here, by kind, in the order of the shapes."""
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
        """Return where the things of a kind stand among others."""
        kind = self.layout.kind(key.partition(".")[0])
        return (kind.order if kind else 1_000.0, key)

    # ---- lists ---------------------------------------------------------------------------

    def group(self, name: str, part: Part, shown: int = SHOWN) -> Group:
        """Return those of one kind as a section of a page."""
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
        """Return what points here by a property as a section; None where nothing does.

        `title` is the key of its words; what stands after the point in it is the section's id.
        """
        items = self.items(self.pointing(name), shows_kind, shown)
        total = self.total(name)
        more = self.href_of(name) if total > len(items) else ""
        id, heading = title.partition(".")[2], self.namer.texts(title)
        return Group(id, heading, total, items, more) if total else None

    def items(
        self, subjects: Iterable[ox.NamedNode], shows_kind: bool = True, shown: int | None = None
    ) -> tuple[Item, ...]:
        """Return things as a list shows them: laws by year, others newest first, in Thai order.

        Of many, the first that are `shown`.
        """
        things = sorted(dict.fromkeys(subjects), key=self._place)[:shown]
        return tuple(self.item(thing, shows_kind) for thing in things)

    def _place(self, subject: ox.NamedNode) -> tuple[int, tuple[str, str]]:
        return self._age(subject), sort_key(self.namer.name(subject).text)

    def item(self, subject: ox.NamedNode, shows_kind: bool = True) -> Item:
        """Return one thing as a list shows it: its kind, whose it is, and how sure that is."""
        said, shared = self.facts.about(subject), (self.iri, term("kind:leaflet"))
        names = ("dct:type", "dct:publisher") if shows_kind else ("dct:publisher",)
        notes = (other for name in names for other in said.get(term(name), ())[:1])
        # The heading says already whose these are, and that leaflets are leaflets.
        told = tuple(Link(self.namer.name(note)) for note in notes if note not in shared)
        return Item(self.namer.link(subject), told, self.flags(subject))

    def flags(self, subject: Term) -> tuple[Flag, ...]:
        """Return what a reader should know before trusting a line."""
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
        """Return the answer to one of the pages' own queries, by name."""
        return self.store.select(internal_query(query), **bindings)

    def entries(self, list: ox.NamedNode) -> list[ox.NamedNode]:
        """Return the entries of a list in order, by two questions to the store."""
        quads = self.store.quads_for(predicate=term("dct:isPartOf"), object=list)
        inside = {q.subject for q in quads if isinstance(q.subject, ox.NamedNode)}
        asked = [term("rdf:type"), term("schema:position")]
        facts = gather(self.store.triples_about(sorted(inside, key=str), asked))
        entries = facts.subjects("rdf:type", term("km:Entry"))
        named = [entry for entry in entries if isinstance(entry, ox.NamedNode)]
        places = {entry: self.number(facts.one(entry, "schema:position")) for entry in named}
        return sorted(named, key=lambda entry: (places[entry], str(entry)))

    def with_facts_of(self, things: Iterable[Term], *names: str) -> "View":
        """Return a view that knows these properties of these things too, and what they are called.

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
        """Return a count that a query gave, 0 for anything else."""
        is_count = isinstance(value, ox.Literal) and value.value.isdigit()
        return int(value.value) if is_count and isinstance(value, ox.Literal) else 0

    def line(self, subject: Term) -> Link | None:
        """Return "line 31" with the way to that line of the source page, where it is quoted."""
        line = self.facts.text(subject, "km:sourceLine")
        if not line:
            return None
        words = Label(self.namer.texts("doc.line", line=line))
        page = self.facts.one(subject, "prov:wasQuotedFrom")
        href = self.namer.links.href(page.value) if isinstance(page, ox.NamedNode) else None
        return Link(words, f"{href.url}#line-{line}" if href else "")


def _is_true(values: Iterable[Term]) -> bool:
    """Tell whether the first literal of these says so."""
    return next((v.value for v in values if isinstance(v, ox.Literal)), "") == "true"
