"""The help pages of the SHACL rules: /shapes and /shapes/{name}.

In: the shapes that ship with the program. Out: for each rule its subject, its condition in words,
and the remedy; the list of all rules; and the shapes as data.
"""

from collections.abc import Iterator

import pyoxigraph as ox
from flask import Blueprint, Response, abort

from graph.rdf.facts import Facts
from graph.rdf.vocab import SHAPE, Term, compact, expand
from graph.schema.layout import rule_path
from publish.web.context import RequestContext, request_context
from publish.web.formats import Resource, send, split_extension
from publish.web.labels import Namer
from publish.web.page_data import Alternate, Card, Label, Link, RulePage, TermGroup, TermsPage
from publish.web.texts import LANGUAGES

_SHAPES_IRI = SHAPE.rstrip("#")
_SHACL = expand("sh:")
_CSVW_NAME = "csvw:name"


def create_blueprint() -> Blueprint:
    """Return the routes of the rules."""
    blueprint = Blueprint("rules", __name__)
    blueprint.add_url_rule("/shapes", view_func=shapes)
    blueprint.add_url_rule("/shapes.<extension>", view_func=shapes)
    blueprint.add_url_rule("/shapes/<name>", view_func=rule)
    return blueprint


def shapes(extension: str = "") -> Response:
    """Send all rules."""
    if extension and split_extension(f"x.{extension}")[1] != extension:
        abort(404)
    context = request_context()
    facts = context.site.shapes
    resource = Resource(
        path="/shapes",
        iri=_SHAPES_IRI,
        triples=lambda: [t for s in facts.by_subject for t in _said(facts, s)],
        page=_list_page,
    )
    return send(context, resource, extension)


def rule(name: str) -> Response:
    """Send the help page of one rule, or its triples."""
    stem, extension = split_extension(name)
    context = request_context()
    facts = context.site.shapes
    try:
        iri = ox.NamedNode(SHAPE + stem)
    except ValueError:
        abort(404)
    if iri not in facts.by_subject:
        abort(404)
    resource = Resource(
        path=f"/shapes/{stem}",
        iri=iri.value,
        triples=lambda: list(facts.closure(iri)),
        page=lambda seen, formats: _rule_page(seen, iri, formats),
    )
    return send(context, resource, extension)


def _said(facts: Facts, subject: Term) -> Iterator[ox.Triple]:
    if not isinstance(subject, ox.Literal):
        yield from facts.triples(subject)


def _list_page(context: RequestContext, formats: tuple[Alternate, ...]) -> bytes:
    namer, layout = context.namer(context.site.shapes), context.site.layout
    groups = []
    for kind in layout.kinds:
        shape = ox.NamedNode(kind.shape_iri)
        title = namer.pick(kind.names)
        cards = tuple(_card(namer, rule) for rule in _rules(namer.facts, shape))
        name = kind.shape_iri.removeprefix(SHAPE)
        groups.append(TermGroup(name, title.text if title else name, cards))
    page = TermsPage(
        title=Label(context.texts("shapes.title")),
        lead=Label(context.texts("shapes.intro")),
        version="",
        iri=_SHAPES_IRI,
        groups=tuple(groups),
    )
    frame = context.frame("/shapes", page.title.text, "quality", (), formats)
    return context.render("vocabulary.html", frame, page)


def _rule_page(context: RequestContext, iri: ox.NamedNode, formats: tuple[Alternate, ...]) -> bytes:
    facts, texts = context.site.shapes, context.texts
    namer = context.namer(facts)
    named = namer.words(iri, "sh:name") or namer.words(iri, "rdfs:label")
    other = namer.pick({k: v for k, v in _names(facts, iri).items() if k != context.lang})
    path = next(rule_path(facts, iri), None)
    severity = facts.one(iri, "sh:severity")
    level = (
        severity.value.removeprefix(_SHACL) if isinstance(severity, ox.NamedNode) else "Violation"
    )
    messages = facts.texts(iri, "sh:message")
    page = RulePage(
        iri=iri.value,
        title=named or Label(compact(iri.value)),
        subtitle=other if named and other and other.text != named.text else None,
        description=namer.words(iri, "sh:description"),
        messages=tuple(
            namer.label(messages[x], x) for x in _in_order(context.lang) if x in messages
        ),
        severity=texts(f"severity.{level}"),
        severity_level=level,
        columns=tuple(v.value for v in facts.values(iri, _CSVW_NAME) if isinstance(v, ox.Literal)),
        property=_vocabulary_link(context, path[0]) if path else None,
        is_backwards=path is not None and path[1],
        applies=tuple(_applies(context, iri)),
        constraints=tuple(_constraints(context, iri)),
        rules=tuple(_card(namer, rule) for rule in _rules(facts, iri)),
    )
    crumbs = (Link(Label(texts("nav.shapes")), context.links.to("/shapes")),)
    path_here = context.links.path(iri.value) or "/shapes"
    frame = context.frame(path_here, page.title.text, "quality", crumbs, formats)
    return context.render("rule.html", frame, page)


def _names(facts: Facts, iri: ox.NamedNode) -> dict[str, str]:
    return facts.texts(iri, "sh:name") or facts.texts(iri, "rdfs:label")


def _in_order(lang: str) -> list[str]:
    return [lang, *(other for other in LANGUAGES if other != lang)]


def _rules(facts: Facts, shape: ox.NamedNode) -> Iterator[ox.NamedNode]:
    for rule in facts.values(shape, "sh:property"):
        if isinstance(rule, ox.NamedNode):
            yield rule


def _card(namer: Namer, rule: ox.NamedNode) -> Card:
    name = namer.words(rule, "sh:name") or namer.name(rule)
    href = namer.links.href(rule.value)
    text = namer.words(rule, "sh:description") or namer.words(rule, "sh:message")
    return Card(Link(name, href.url if href else "", note=Label(compact(rule.value))), text)


def _vocabulary_link(context: RequestContext, iri: str) -> Link:
    if iri.startswith(SHAPE):  # what checking derives for itself has no page
        return Link(Label(compact(iri)))
    return context.namer(context.serving.vocabulary.facts).link(ox.NamedNode(iri))


def _applies(context: RequestContext, iri: ox.NamedNode) -> Iterator[Link]:
    """Yield the kinds of thing a rule is for: a node shape's class, a property shape's shapes."""
    shapes = context.site.shapes
    target = shapes.one(iri, "sh:targetClass")
    if isinstance(target, ox.NamedNode):
        yield _vocabulary_link(context, target.value)
    for kind in context.site.layout.kinds:
        if iri in shapes.values(ox.NamedNode(kind.shape_iri), "sh:property"):
            named = context.namer(shapes).pick(kind.names)
            href = context.links.href(kind.shape_iri)
            if named and href:
                yield Link(named, href.url)


def _constraints(context: RequestContext, node: Term) -> Iterator[str]:
    """Yield the constraints in words; other parts of SHACL are passed over."""
    said = context.site.shapes.by_subject.get(node, {})
    for predicate, values in said.items():
        name = f"constraint.{predicate.value.removeprefix(_SHACL)}"
        if predicate.value.startswith(_SHACL) and context.texts.has(name):
            for value in values:
                yield context.texts(name, value=_in_words(context, value))


def _in_words(context: RequestContext, value: Term) -> str:
    shapes = context.site.shapes
    if isinstance(value, ox.Literal):
        return value.value
    members = shapes.members(value)
    if members:
        return ", ".join(_in_words(context, member) for member in members)
    inner = "; ".join(_constraints(context, value))
    if inner:
        return inner
    if isinstance(value, ox.NamedNode):
        named = context.namer(context.serving.vocabulary.facts).name(value)
        code = compact(value.value)
        return named.text if named.text == code else f"{named.text} ({code})"
    return str(value)
