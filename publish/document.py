"""The page of one thing, from its description.

In: a `graph.describe.Description`, a `Namer` and the layout that the shapes give. Out: a
`pages.Document`. One general page serves every kind of thing: facts in the shapes' order, then what
points here; the kinds with a form of their own (lists, quoted words, source pages, organisations)
get a section for it from `publish.sections`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from graph.describe import Description, Incoming
from graph.iris import parse_iri
from graph.layout import Layout, Place
from graph.vocab import compact, expand, term
from publish import sections
from publish.labels import Namer
from publish.pages import Document, Label, Link, Part, Quote, Row, RowGroup, Shelf

#: Shown above the rows, so not among them.
_TITLES = ("skos:prefLabel", "rdfs:label", "skos:altLabel")
_LEADS = ("schema:text", "skos:definition", "dct:description")


@dataclass(frozen=True)
class View:
    """What the sections of a page are made from."""

    description: Description
    namer: Namer
    layout: Layout

    @property
    def iri(self) -> ox.NamedNode:
        """The thing the page is about."""
        return self.description.iri

    def incoming(self, name: str) -> Incoming | None:
        """Return what points here by a property, given as a prefixed name."""
        wanted = term(name)
        return next((i for i in self.description.incoming if i.predicate == wanted), None)

    def pointing(self, name: str) -> tuple[ox.NamedNode, ...]:
        """Return the things that point here by a property and are shown."""
        found = self.incoming(name)
        return found.subjects if found else ()

    def type_of(self, iri: str) -> str:
        """Return the type in an identifier ("law"), empty for what is not ours."""
        thing = parse_iri(self.namer.links.base, iri)
        return thing.type if thing else ""

    def classes(self) -> list[str]:
        """Return the classes of the thing, by IRI."""
        return [t.value for t in self.types()]

    def types(self) -> list[ox.NamedNode]:
        """Return the classes of the thing."""
        found = self.namer.facts.values(self.iri, "rdf:type")
        return [t for t in found if isinstance(t, ox.NamedNode)]


def compose_document(view: View) -> Document:
    """Return the page of a thing."""
    is_ours = view.layout.kind(view.type_of(view.iri.value)) is not None
    made = sections.make(view.description, view.namer, view.type_of(view.iri.value))
    taken = {expand(name) for name in (*_TITLES, *made.rows)}
    taken |= {expand("rdf:type")} if is_ours else set()
    leads = ((name, view.namer.words(view.iri, name)) for name in _LEADS)
    name, lead = next(((name, words) for name, words in leads if words), ("", None))
    taken |= {expand(name)} if name else set()
    if lead and made.quote and lead.text in _quoted(made.quote):
        lead = None
    return Document(
        iri=view.iri.value,
        title=view.namer.name(view.iri),
        kind=_kind(view),
        subtitle=_subtitle(view),
        other_names=_other_names(view),
        lead=lead,
        standing=made.standing,
        types=tuple(view.namer.link(t) for t in view.types()) if is_ours else (),
        mottos=made.mottos,
        quote=made.quote,
        corrections=made.corrections,
        entries=made.entries,
        lines=made.lines,
        groups=tuple(_groups(view, taken)),
        statements=made.statements,
        candidates=made.candidates,
        shelves=tuple(_shelves(view, {expand(name) for name in made.shelves})),
        datasets=tuple(_dataset(view, graph) for graph in view.description.graphs),
    )


def _quoted(quote: Quote) -> tuple[str, ...]:
    """Return the words that a quote shows already."""
    return (quote.words, quote.corrected.text) if quote.corrected else (quote.words,)


def _kind(view: View) -> Link | None:
    """Return the kind of the thing: its code from a scheme, else its class."""
    type = view.type_of(view.iri.value)
    if type in ("law", "document", "statement", "correction"):
        return view.namer.linked(view.iri, "dct:type")
    first = next(iter(view.types()), None)
    if first is None or view.layout.kind(type) is None:
        return None if first is None else Link(view.namer.name(first))
    return view.namer.link(first)


def _subtitle(view: View) -> Label | None:
    """Return the name in the other language."""
    names = view.namer.facts.names(view.iri)
    shown = view.namer.name(view.iri).text
    others = [(lang, text) for lang, text in names.items() if text != shown]
    return view.namer.label(others[0][1], others[0][0]) if others else None


def _other_names(view: View) -> tuple[Label, ...]:
    found = view.namer.facts.values(view.iri, "skos:altLabel")
    return tuple(
        view.namer.label(t.value, t.language or "") for t in found if isinstance(t, ox.Literal)
    )


def _dataset(view: View, graph: ox.NamedNode) -> Link:
    name = graph.value.rpartition("/")[2]
    href = view.namer.links.href(graph.value)
    return Link(Label(name), href.url if href else "")


def _groups(view: View, taken: set[str]) -> Iterator[RowGroup]:
    """Yield the rows, grouped and ordered as the shapes say; what they do not know comes last."""
    places: dict[str, Place] = {}
    values: dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]] = {}
    for triple in view.description.outgoing:
        iri = triple.predicate.value
        if triple.subject == view.iri and iri not in taken:
            values.setdefault(iri, []).append(triple.object)
            places[iri] = view.layout.place(view.classes(), iri)
    titles = {g.iri: view.namer.pick(g.names) for g in view.layout.groups}
    more = Label(view.namer.texts("doc.more"))
    shown = dict.fromkeys(p.group for p in sorted(places.values()))
    for group in shown:
        inside = sorted((p, iri) for iri, p in places.items() if p.group == group)
        rows = tuple(_row(view, iri, values[iri]) for _, iri in inside)
        title = titles.get(group) or more
        yield RowGroup(title.text if len(shown) > 1 else "", rows)


def _row(
    view: View, iri: str, values: Iterable[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]
) -> Row:
    return Row(view.namer.link(ox.NamedNode(iri)), view.namer.values(iri, values))


def _shelves(view: View, taken: set[str]) -> Iterator[Shelf]:
    """Yield what points here, by property, in the order that the shapes give it."""
    left = [i for i in view.description.incoming if i.predicate.value not in taken and i.subjects]
    for of in sorted(left, key=lambda i: view.layout.place((), i.predicate.value)):
        name = f"incoming.{compact(of.predicate.value)}"
        relation = view.namer.link(of.predicate)
        known = view.namer.texts.has(name)
        title = view.namer.texts(name) if known else f"← {relation.label.text}"
        yield Shelf(title, relation, len(of.subjects), of.total, tuple(_parts(view, of)))


def _parts(view: View, of: Incoming) -> Iterator[Part]:
    by_type: dict[str, list[ox.NamedNode]] = {}
    for subject in of.subjects:
        by_type.setdefault(view.type_of(subject.value), []).append(subject)
    for type in sorted(by_type, key=lambda type: _order(view, type)):
        kind = view.layout.kind(type)
        title = view.namer.pick(kind.names) if kind and len(by_type) > 1 else None
        items = tuple(_item(view, subject) for subject in by_type[type])
        yield Part(title.text if title else "", items)


def _order(view: View, type: str) -> float:
    kind = view.layout.kind(type)
    return kind.order if kind else 1_000.0


def _item(view: View, subject: ox.NamedNode) -> Link:
    """Return a neighbour with what tells it apart: the list it stands in, or its kind."""
    facts = view.namer.facts
    for name in ("dct:isPartOf", "dct:type"):
        other = facts.one(subject, name)
        own = view.namer.facts.one(view.iri, name)
        if other is not None and other not in (view.iri, own):
            return view.namer.link(subject, note=view.namer.name(other))
    return view.namer.link(subject)
