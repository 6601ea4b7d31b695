"""Sends a resource in one of its formats: as a page, or as RDF with the same content.

In: a `Resource`: its path, its triples and the function that makes its page. Out: the response in
the format that the extension names or the client prefers, with links to the other formats (RFC
8288, FAIR Signposting level 1) and its own entity tag.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Response, request

from graph.rdf.serialize import serialize
from publish.http.negotiate import DOCUMENT_OFFERS, HTML, RDF_OFFERS, Offer, negotiate
from publish.http.response import Variant, WebLink, answer, make_etag
from publish.web.context import RequestContext
from publish.web.page_data import Alternate

_ABOUT_PAGE = "https://schema.org/AboutPage"


@dataclass(frozen=True)
class Resource:
    """A thing with a page and RDF: `path` has no extension, `iri` is what the page is about.

    For the ETag, `state` is what the page depends on besides the release and the address, and
    `settings` what all formats depend on. `query` stands after the `?` in all its addresses;
    `links` gives the header links that only this page has.
    """

    path: str
    iri: str
    triples: Callable[[], Sequence[ox.Triple]]
    page: Callable[[RequestContext, tuple[Alternate, ...]], bytes]
    state: str = ""
    settings: str = ""
    query: str = ""
    links: Callable[[], Iterable[WebLink]] = tuple

    def address(self, prefix: str, extension: str) -> str:
        """Return the address of one format; `prefix` is the path of the site."""
        return f"{prefix}{self.path}.{extension}" + (f"?{self.query}" if self.query else "")


def split_extension(name: str) -> tuple[str, str]:
    """Return a name without the extension of one of our formats, and that format's name.

    >>> split_extension("act-2522.ttl"), split_extension("v1.2")
    (('act-2522', 'ttl'), ('v1.2', ''))
    """
    stem, dot, extension = name.rpartition(".")
    known = {offer.name for offer in DOCUMENT_OFFERS}
    return (stem, extension) if dot and extension in known else (name, "")


def send(context: RequestContext, resource: Resource, extension: str = "") -> Response:
    """Return the resource in the format of the extension, else in the one negotiated.

    Raises NotAcceptable.
    """
    offer = choose_offer(extension)
    prefix = context.links.prefix
    is_page = offer is HTML
    negotiated = () if extension else ("Accept",)
    state = (context.lang, resource.state)
    variant = Variant(
        media_type=offer.media_type,
        etag=etag(
            context,
            resource.path,
            offer.name,
            resource.settings,
            resource.query,
            *(state if is_page else ()),
        ),
        make=lambda: _body(context, resource, offer),
        vary=(*negotiated, *(("Accept-Language",) if is_page else ())),
        links=tuple(_links(context, resource, offer)),
        location="" if extension else resource.address(prefix, offer.name),
        language=context.lang if is_page else "",
    )
    return answer(request, variant)


def send_page(
    context: RequestContext, path: str, make: Callable[[], bytes], state: str = ""
) -> Response:
    """Return a page that has no RDF. Raises NotAcceptable for a client that refuses HTML.

    `state` is what the page depends on besides the release and the address.
    """
    negotiate(request.headers.get("Accept"), (HTML,))
    query = request.query_string.decode("latin-1")
    variant = Variant(
        media_type=HTML.media_type,
        etag=etag(context, path, query, context.lang, state),
        make=make,
        vary=("Accept", "Accept-Language"),
        links=(WebLink(context.site.config.licence, "license"),),
        language=context.lang,
    )
    return answer(request, variant)


def choose_offer(extension: str) -> Offer:
    """Return the format an extension names, else the one the client prefers."""
    for offer in DOCUMENT_OFFERS:
        if offer.name == extension:
            return offer
    return negotiate(request.headers.get("Accept"), DOCUMENT_OFFERS)


def etag(context: RequestContext, *parts: str) -> str:
    """Return an entity tag for a body that depends on the release, the program and these parts."""
    chosen = "chosen" if context.is_lang_chosen else ""
    return make_etag(context.site.version, context.serving.release.id, chosen, *parts)


def alternates(context: RequestContext, path: str, query: str = "") -> tuple[Alternate, ...]:
    """Return the RDF formats of a path; `query` stands after the `?`."""
    prefix, end = context.links.prefix, f"?{query}" if query else ""
    return tuple(
        Alternate(o.name, o.media_type, f"{prefix}{path}.{o.name}{end}") for o in RDF_OFFERS
    )


def _body(context: RequestContext, resource: Resource, offer: Offer) -> bytes:
    if offer is HTML:
        return resource.page(context, alternates(context, resource.path, resource.query))
    return serialize(resource.triples(), offer.name)


def _links(context: RequestContext, resource: Resource, offer: Offer) -> Iterable[WebLink]:
    prefix = context.links.prefix
    for other in DOCUMENT_OFFERS:
        if other is not offer:
            target = resource.address(prefix, other.name)
            yield WebLink(target, "alternate", other.media_type)
            if offer is HTML:
                yield WebLink(target, "describedby", other.media_type)
    yield WebLink(resource.iri, "cite-as" if offer is HTML else "describes")
    yield WebLink(context.site.config.licence, "license")
    if offer is HTML:
        yield WebLink(_ABOUT_PAGE, "type")
        yield from resource.links()
