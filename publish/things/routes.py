"""Answers the addresses of things: /id, /doc and /graph.

In: a request. Out: for `/id/{type}/{slug}`, the thing, 303 to its document (Cool URIs, section
4.2); for `/doc/{type}/{slug}` the document in the negotiated format, and with an extension in that
format. A thing that the store does not know is 404: a redirect leads only to addresses that the
store holds.
"""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, abort, request

from graph.describe.resource import Description, describe
from graph.rdf.facts import gather
from graph.rdf.iris import SLUG, mint_iri, parse_iri
from graph.release.manifest import DUMPS
from publish.http.negotiate import DOCUMENT_OFFERS, HTML
from publish.http.response import WebLink, moved, see_other
from publish.things.document import compose_document
from publish.things.gone import send_gone
from publish.things.lists import kinds, members
from publish.things.metadata import describe_thing, signposts, summarise
from publish.things.relation import compose_relation, read_request
from publish.things.view import View
from publish.web.context import RequestContext, request_context
from publish.web.formats import Resource, choose_offer, send, split_extension
from publish.web.page_data import Alternate, Card, Label, Link


def create_blueprint() -> Blueprint:
    """Return the routes of things and lists."""
    blueprint = Blueprint("resources", __name__)
    blueprint.add_url_rule("/id/<type>/<slug>", view_func=thing)
    blueprint.add_url_rule("/doc/<type>/<name>", view_func=document)
    for space in ("id", "doc"):
        rule, fixed = f"/{space}/<type>/<name>/", {"space": space}
        blueprint.add_url_rule(rule, view_func=send_to_known_address, defaults=fixed)
    blueprint.add_url_rule("/browse", view_func=kinds)
    blueprint.add_url_rule("/browse/<type>", view_func=members)
    blueprint.add_url_rule("/graph/<name>", view_func=graph)
    return blueprint


# ---- things ----------------------------------------------------------------------------------


def thing(type: str, slug: str) -> Response:
    """Send the client from a thing to its document in the format it prefers."""
    if not _is_lower_case(type, slug):
        return send_to_known_address("id", type, slug)
    context = request_context()
    _describe(context, type, slug)
    offer = choose_offer("")
    path = f"{context.links.prefix}/doc/{type}/{slug}"
    links = [WebLink(f"{path}.{o.name}", "describedby", o.media_type) for o in DOCUMENT_OFFERS]
    if offer is not HTML:
        return see_other(f"{path}.{offer.name}", links)
    lang = f"?lang={context.lang}" if context.is_lang_chosen else ""
    return see_other(path + lang, links)


def document(type: str, name: str) -> Response:
    """Send the document about a thing."""
    if not _is_lower_case(type, name):
        return send_to_known_address("doc", type, name)
    slug, extension = split_extension(name)
    context = request_context()
    description = _describe(context, type, slug, extension)
    return send_description(context, f"/doc/{type}/{slug}", description, extension)


def send_to_known_address(space: str, type: str, name: str) -> Response:
    """Redirect an address with capitals or a slash at its end to the right one; 404 if none."""
    context = request_context()
    type, name = type.lower(), name.lower()
    slug, extension = split_extension(name)
    is_address = SLUG.match(type) and SLUG.match(slug) and not (extension and space == "id")
    iri = mint_iri(context.links.base, type, slug) if is_address else ""
    if not iri or describe(context.serving.store, iri, context.serving.hubs) is None:
        abort(404)
    lang = f"?lang={context.lang}" if context.is_lang_chosen else ""
    return moved(f"{context.links.prefix}/{space}/{type}/{name}{lang}")


def _is_lower_case(*names: str) -> bool:
    return all(name == name.lower() for name in names)


def send_description(
    context: RequestContext,
    path: str,
    description: Description,
    extension: str,
    section: str = "browse",
    rules: tuple[Card, ...] = (),
) -> Response:
    """Send the document about a thing, or the page of one relation where `?of=` names one."""
    if "of" in request.args:
        return _send_relation(context, path, description, extension, section)

    def page(seen: RequestContext, formats: tuple[Alternate, ...]) -> bytes:
        return document_page(seen, description, formats, section, rules)

    return send(context, _as_resource(context, path, description, page), extension)


def _send_relation(
    context: RequestContext, path: str, description: Description, extension: str, section: str
) -> Response:
    """Send the page of one relation; 404 where it would be empty."""
    try:
        asked = read_request(request.args)
    except ValueError:
        abort(404)
    related = compose_relation(view_of(context, description), asked)
    if related is None:
        abort(404)

    def page(seen: RequestContext, _: tuple[Alternate, ...]) -> bytes:
        crumbs = (*_crumbs(seen, description.iri.value, section), related.thing)
        title = f"{related.title}: {related.thing.label.text}"
        frame = seen.frame(path, title, section, crumbs, query=asked.query())
        return seen.render("relation.html", frame, related)

    return send(context, _as_resource(context, path, description, page, repr(asked)), extension)


def _as_resource(
    context: RequestContext,
    path: str,
    description: Description,
    page: Callable[[RequestContext, tuple[Alternate, ...]], bytes],
    state: str = "",
) -> Resource:
    return Resource(
        path,
        description.iri.value,
        triples=lambda: description.triples,
        page=page,
        state=state,
        links=lambda: signposts(description, context.serving.vocabulary.facts),
    )


def graph(name: str) -> Response:
    """Redirect the IRI of a named graph to its dump, or a browser to the page about it."""
    context = request_context()
    wanted = f"{context.links.base}/graph/{name}"
    if wanted not in context.serving.release.manifest.graphs:
        abort(404)
    if choose_offer("") is HTML:
        is_set = name in context.serving.data_set_names
        return see_other(context.links.to(f"/catalog/{name}" if is_set else "/dumps"))
    is_plain = context.serving.release.file(f"{DUMPS}{name}.ttl") is not None
    return see_other(f"{context.links.prefix}/dumps/current/{name}.ttl{'' if is_plain else '.gz'}")


def document_page(
    context: RequestContext,
    description: Description,
    formats: tuple[Alternate, ...],
    section: str = "browse",
    rules: tuple[Card, ...] = (),
) -> bytes:
    """Return the page of a thing."""
    view = view_of(context, description)
    page = replace(compose_document(view), rules=rules)
    path = context.links.path(description.iri.value) or "/"
    crumbs = _crumbs(context, description.iri.value, section)
    words = summarise(view.type, view.values("dct:publisher"), view.namer, page)
    about = [describe_thing(view.iri, view.namer, context.serving.vocabulary.facts, words)]
    frame = context.frame(
        path, page.title.text, section, crumbs, formats, description=words, about=about
    )
    return context.render("thing.html", frame, page)


def view_of(context: RequestContext, description: Description) -> View:
    """Return the view of a thing for this reader."""
    namer, serving = context.namer(description.facts), context.serving
    return View(description, namer, context.site.layout, serving.store, serving.hubs)


def _describe(context: RequestContext, type: str, slug: str, extension: str = "") -> Description:
    if not SLUG.match(type) or not SLUG.match(slug):
        abort(404)
    iri = mint_iri(context.links.base, type, slug)
    found = describe(context.serving.store, iri, context.serving.hubs)
    if found is None:
        abort(404)
    if found.is_gone:
        abort(send_gone(context, found, extension))
    return found


def _crumbs(context: RequestContext, iri: str, section: str) -> tuple[Link, ...]:
    first = Link(Label(context.texts(f"nav.{section}")), context.links.to(f"/{section}"))
    thing = parse_iri(context.links.base, iri)
    kind = context.site.layout.by_type.get(thing.type) if thing else None
    name = context.namer(gather(())).pick(kind.names) if kind else None
    if kind is None or name is None:
        return (first,)
    return first, Link(name, context.links.to(f"/browse/{kind.type}"))
