"""Composes the page of one thing: the sections of every kind, around the form of its own kind.

In: a `View`. Out: a `Document`, which `templates/thing.html` shows. The form and the common
sections show some properties. All other properties follow in the order of the shapes: those of the
thing as rows, those that point to it as linked sections. So a page shows everything that the data
says, also for a kind that has no form.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from graph.describe.resource import FEW, Incoming
from graph.queries.saved import write_values
from graph.rdf.serialize import serialize
from graph.rdf.vocab import Term, compact, term
from graph.sparql.internal import internal_query
from publish.drawings.qr import make_qr
from publish.things.file_link import PROPERTY, find_file
from publish.things.forms.by_kind import FORMS
from publish.things.neighbours import draw_neighbours
from publish.things.sections import compose_sections
from publish.things.view import SHOWN, Form, View
from publish.web.page_data import AsData, Document, Label, Link, LinkedSection, Quote, Row

# Properties that the head of the page shows; the rows leave them out.
_TITLES = ("skos:prefLabel", "rdfs:label", "skos:altLabel", "skos:note")
_LEADS = ("schema:text", "skos:definition", "dct:description")
_CONFIDENCE = "km:confidence"
_KIND_FROM_SCHEME = ("law", "document", "statement", "correction")


def compose_document(view: View) -> Document:
    """Return the page of a thing."""
    compose = FORMS.get(view.type)
    form = compose(view) if compose else Form()
    made = compose_sections(view.description, view.namer, view.type, form.waiting)
    name, lead = _lead(view)
    file = find_file(view)
    shown = {*_TITLES, *made.rows, *form.rows, *form.keys, name}
    shown |= {"dct:type"} if view.type in _KIND_FROM_SCHEME else set()
    shown |= {_CONFIDENCE} if _is_sure(view, _CONFIDENCE) else set()
    shown |= {PROPERTY} if file and file.link else set()
    shown |= {"rdf:type"} if view.kind else set()
    return Document(
        template=form.template,
        title=view.namer.name(view.iri),
        data=_as_data(view, form),
        kind=_kind(view),
        subtitle=_subtitle(view),
        other_names=_other_names(view),
        lead=None if lead and made.quote and lead.text in _quoted(made.quote) else lead,
        standing=made.standing,
        keys=tuple(_keys(view, form)),
        mottos=made.mottos,
        quote=made.quote,
        corrections=made.corrections,
        facts=tuple(_facts(view, _terms(shown))),
        notes=_notes(view),
        candidates=made.candidates,
        all_candidates=_all_candidates(view, len(made.candidates)),
        linked=tuple(_linked_sections(view, _terms({*made.incoming, *form.incoming}))),
        own=form.own,
        neighbours=draw_neighbours(view.description, view.namer, view.layout),
        file=file,
        qr=make_qr(view.iri.value) if form.is_printed else None,
    )


def _terms(names: Iterable[str]) -> set[ox.NamedNode]:
    return {term(name) for name in names if name}


def _lead(view: View) -> tuple[str, Label | None]:
    leads = ((name, view.namer.words(view.iri, name)) for name in _LEADS)
    return next(((name, words) for name, words in leads if words), ("", None))


def _quoted(quote: Quote) -> tuple[str, ...]:
    """Return the texts that a quote shows."""
    return (quote.words, quote.corrected.text) if quote.corrected else (quote.words,)


def _kind(view: View) -> Link | None:
    """Return the kind of the thing, with a link to the list of that kind.

    It is the code of a concept scheme for the types named above, else the class of the thing.
    """
    if view.type in _KIND_FROM_SCHEME:
        return view.namer.linked(view.iri, "dct:type")
    if not view.classes:
        return None
    href = view.namer.links.to(f"/browse/{view.type}") if view.kind else ""
    return Link(view.namer.name(view.classes[0]), href)


def _subtitle(view: View) -> Label | None:
    """Return the name in the other language."""
    names = view.namer.facts.names(view.iri)
    shown = view.namer.name(view.iri).text
    others = [(lang, text) for lang, text in names.items() if text != shown]
    return view.namer.label(others[0][1], others[0][0]) if others else None


def _other_names(view: View) -> tuple[Label, ...]:
    found = view.facts.values(view.iri, "skos:altLabel")
    return tuple(
        view.namer.label(t.value, t.language or "") for t in found if isinstance(t, ox.Literal)
    )


def _notes(view: View) -> tuple[Label, ...]:
    found = view.namer.values(term("skos:note").value, view.facts.values(view.iri, "skos:note"))
    return tuple(link.label for link in found)


def _all_candidates(view: View, shown: int) -> str:
    """Return the address of all unconfirmed links; empty where the page shows them all."""
    return view.href_of("rdf:object") if shown and view.total("rdf:object") > shown else ""


def _as_data(view: View, form: Form) -> AsData:
    """Return the thing as RDF: its triples, and the query that asks for the same."""
    links, own = view.namer.links, (t for t in view.description.outgoing if t.subject == view.iri)
    text = internal_query(form.query)
    variable = "thing" if form.query == "about" else _VARIABLES[form.query]
    query = write_values(text, {variable: view.iri})
    return AsData(
        iri=view.iri.value,
        turtle=_without_prefixes(serialize(list(own), "ttl").decode()),
        query=query,
        query_href=links.to("/sparql", query=query),
        types=tuple(view.namer.link(c) for c in view.classes) if view.kind else (),
        confidence=view.namer.linked(view.iri, _CONFIDENCE),
        datasets=tuple(_dataset(view, graph) for graph in view.description.graphs),
    )


_VARIABLES = {"list-entries": "list", "source-page": "page"}


def _without_prefixes(turtle: str) -> str:
    """Return Turtle without its prefix lines, which are the same for every thing."""
    lines = turtle.splitlines()
    return "\n".join(line for line in lines if not line.startswith("@prefix")).strip()


def _dataset(view: View, graph: ox.NamedNode) -> Link:
    name = graph.value.rpartition("/")[2]
    href = view.namer.links.href(graph.value)
    return Link(Label(name), href.url if href else "")


# ---- rows ------------------------------------------------------------------------------------


def _keys(view: View, form: Form) -> Iterator[Row]:
    """Yield the rows of the line below the title, in the form's own order."""
    for name in form.keys:
        values = view.facts.values(view.iri, name)
        if values and not _is_sure(view, name):
            row = _row(view, term(name).value, values)
            is_named = view.namer.texts.has(f"key.{name}")
            label = Link(Label(view.namer.texts(f"key.{name}"))) if is_named else row.label
            yield replace(row, label=label)


def _is_sure(view: View, name: str) -> bool:
    """Tell whether this property says that the record is sure.

    People need to know only what is not sure, so the page leaves "sure" out.
    """
    return name == _CONFIDENCE and view.facts.one(view.iri, name) == term("confidence:sure")


def _facts(view: View, shown: set[ox.NamedNode]) -> Iterator[Row]:
    """Yield the rows in the order of the shapes; properties that no shape knows come last."""
    values: dict[str, list[Term]] = {}
    for triple in view.description.outgoing:
        if triple.subject == view.iri and triple.predicate not in shown:
            values.setdefault(triple.predicate.value, []).append(triple.object)
    classes = [c.value for c in view.classes]
    for iri in sorted(values, key=lambda iri: (view.layout.place(classes, iri), iri)):
        yield _row(view, iri, values[iri])


def _row(view: View, iri: str, values: Iterable[Term]) -> Row:
    return Row(view.namer.link(ox.NamedNode(iri)), view.namer.values(iri, values))


# ---- what points here ------------------------------------------------------------------------


def _linked_sections(view: View, shown: set[ox.NamedNode]) -> Iterator[LinkedSection]:
    """Yield a section for each property that points here, in the order of the shapes."""
    left = [i for i in view.description.incoming if i.predicate not in shown and i.subjects]
    for of in sorted(left, key=lambda i: view.layout.place((), i.predicate.value)):
        yield _linked_section(view, of)


def _linked_section(view: View, of: Incoming) -> LinkedSection:
    name = compact(of.predicate.value)
    parts = view.parts_of(of)
    shown = FEW if len(parts) > 1 else 2 * SHOWN
    groups = tuple(view.group(name, part, shown) for part in parts)
    is_cut = of.total > sum(len(group.items) for group in groups)
    return LinkedSection(
        title=relation_title(view, of.predicate),
        total=of.total,
        groups=groups,
        more=view.href_of(name) if is_cut else "",
    )


def relation_title(view: View, predicate: ox.NamedNode) -> str:
    """Return the heading of the things that point here by a property."""
    texts, name = view.namer.texts, f"incoming.{compact(predicate.value)}"
    if texts.has(name):
        return texts(name)
    return f"← {view.namer.name(predicate).text}"
