"""The vocabulary as pages and data: /ontology and everything under it.

In: the ontology and concept schemes, as the release holds them. Out: the whole in five formats, and
a document for each term: classes and properties by their name, concepts by scheme and code.
"""

from collections.abc import Iterable, Sequence

import pyoxigraph as ox
from flask import Blueprint, Response, abort
from werkzeug.exceptions import NotFound

from graph.describe.resource import Description, describe
from graph.rdf.facts import Facts
from graph.rdf.vocab import KM, ONTOLOGY_IRI, VOCABULARY, compact, term
from graph.schema.layout import rule_path
from publish.things.routes import send_description
from publish.web.context import RequestContext, request_context
from publish.web.formats import Resource, send, split_extension
from publish.web.page_data import Alternate, Card, Label, Link, TermGroup, TermsPage

_PROPERTIES = ("owl:ObjectProperty", "owl:DatatypeProperty")


def create_blueprint() -> Blueprint:
    """Return the routes of the vocabulary."""
    blueprint = Blueprint("terms", __name__)
    blueprint.add_url_rule("/ontology", view_func=ontology)
    blueprint.add_url_rule("/ontology.<extension>", view_func=ontology)
    blueprint.add_url_rule("/ontology/<path:name>", view_func=one_term)
    return blueprint


def ontology(extension: str = "") -> Response:
    """Send the whole vocabulary."""
    if extension and split_extension(f"x.{extension}")[1] != extension:
        abort(404)
    context = request_context()
    vocabulary = context.serving.vocabulary
    resource = Resource(
        path="/ontology",
        iri=ONTOLOGY_IRI,
        triples=lambda: vocabulary.triples,
        page=lambda seen, formats: _vocabulary_page(seen, vocabulary.facts, formats),
    )
    return send(context, resource, extension)


def one_term(name: str) -> Response:
    """Send the document about a term."""
    stem, extension = split_extension(name)
    context = request_context()
    description = _find(context, stem)
    rules = _rules_of(context, description.iri)
    return send_description(context, f"/ontology/{stem}", description, extension, "ontology", rules)


def _find(context: RequestContext, name: str) -> Description:
    """Return the description of a term that the vocabulary holds; 404 for any other name."""
    known = context.serving.vocabulary.facts.by_subject
    for start in (KM, VOCABULARY):
        try:
            iri = ox.NamedNode(start + name)
        except ValueError:
            continue
        found = (
            describe(context.serving.store, iri.value, context.serving.hubs)
            if iri in known
            else None
        )
        if found is not None:
            return found
    raise NotFound


def _rules_of(context: RequestContext, iri: ox.NamedNode) -> tuple[Card, ...]:
    """Return the rules that the shapes have for a class, or on a property."""
    shapes = context.site.shapes
    namer = context.namer(shapes)
    of_class = shapes.subjects("sh:targetClass", iri)
    rules = [rule for shape in of_class for rule in shapes.values(shape, "sh:property")]
    if not of_class:
        rules = [
            rule
            for rule in shapes.subjects("sh:path")
            if (iri.value, False) in list(rule_path(shapes, rule))
        ]
    cards = []
    for rule in dict.fromkeys(r for r in rules if isinstance(r, ox.NamedNode)):
        name = namer.words(rule, "sh:name") or Label(compact(rule.value))
        href = context.links.href(rule.value)
        link = Link(name, href.url if href else "")
        text = namer.words(rule, "sh:description") or namer.words(rule, "sh:message")
        cards.append(Card(link, text))
    return tuple(cards)


def _vocabulary_page(
    context: RequestContext, facts: Facts, formats: tuple[Alternate, ...]
) -> bytes:
    namer, texts = context.namer(facts), context.texts
    whole = ox.NamedNode(ONTOLOGY_IRI)
    schemes = facts.subjects("rdf:type", term("skos:ConceptScheme"))
    ours = [s for s in facts.subjects("rdf:type") if _is_ours(s)]
    classes = [s for s in ours if term("owl:Class") in facts.values(s, "rdf:type")]
    kinds = {term(name) for name in _PROPERTIES}
    properties = [s for s in ours if kinds & set(facts.values(s, "rdf:type"))]
    reused = [
        s
        for s in facts.subjects("rdfs:isDefinedBy")
        if not _is_ours(s) and facts.one(s, "rdfs:label")
    ]
    groups = (
        TermGroup("classes", texts("terms.classes"), _cards(context, facts, classes)),
        TermGroup("properties", texts("terms.properties"), _cards(context, facts, properties)),
        TermGroup("schemes", texts("terms.schemes"), _cards(context, facts, schemes)),
        TermGroup("reused", texts("terms.reused"), _cards(context, facts, reused)),
    )
    page = TermsPage(
        title=namer.name(whole),
        lead=namer.words(whole, "dct:description"),
        version=texts("terms.version", version=facts.text(whole, "owl:versionInfo")),
        iri=ONTOLOGY_IRI,
        groups=groups,
        note=texts("terms.not_registered"),
    )
    frame = context.frame("/ontology", page.title.text, "ontology", (), formats)
    return context.render("vocabulary.html", frame, page)


def _cards(context: RequestContext, facts: Facts, terms: Iterable[object]) -> tuple[Card, ...]:
    """Return terms with their definitions, by name; the prefixed name stands beside."""
    namer = context.namer(facts)
    named: Sequence[ox.NamedNode] = [t for t in terms if isinstance(t, ox.NamedNode)]
    cards = [
        Card(
            namer.link(t, note=Label(compact(t.value).strip("<>"))),
            namer.words(t, "skos:definition"),
        )
        for t in named
    ]
    return tuple(cards)


def _is_ours(subject: object) -> bool:
    return isinstance(subject, ox.NamedNode) and subject.value.startswith(KM)
