"""Answers 410 for a thing that is gone, with what is still known of it (RFC 9110, 15.5.11).

In: the description of a thing of which only a tombstone is left (see `graph.release.tombstones`).
Out: a page that says what the thing was, which release had it last, and what replaces it; for RDF
clients the triples of the tombstone. Both have status 410, so that no client takes them for the
thing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Response

from graph.describe.resource import Description
from graph.rdf.iris import parse_iri
from graph.rdf.serialize import serialize
from graph.release.tombstones import Tombstone, read_tombstone
from publish.http.negotiate import HTML
from publish.http.response import REVALIDATE, with_charset
from publish.web.context import RequestContext, site
from publish.web.dates import moment_of
from publish.web.formats import choose_offer
from publish.web.labels import Namer
from publish.web.page_data import Label, Link


@dataclass(frozen=True)
class GonePage:
    """The page of a thing that is gone; `release` is None where the tombstone names none."""

    title: str
    name: Label
    kind: Link | None
    iri: str
    reasons: tuple[Label, ...]
    replaced_by: tuple[Link, ...]
    release: Link | None


def send_gone(context: RequestContext, description: Description, extension: str) -> Response:
    """Return 410 in the format of the extension, else in the one negotiated.

    Raises NotAcceptable.
    """
    offer = choose_offer(extension)
    is_page = offer is HTML
    body = _page(context, description) if is_page else serialize(description.triples, offer.name)
    response = Response(body, 410, content_type=with_charset(offer.media_type))
    response.headers["Cache-Control"] = REVALIDATE
    response.headers["Vary"] = "Accept, Accept-Language"
    if is_page:
        response.headers["Content-Language"] = context.lang
    return response


def _page(context: RequestContext, description: Description) -> bytes:
    tombstone = read_tombstone(description.facts, description.iri)
    namer = context.namer(description.facts)
    vocabulary = context.namer(context.serving.vocabulary.facts)
    page = GonePage(
        title=context.texts("error.410"),
        name=namer.name(description.iri),
        kind=next((vocabulary.link(ox.NamedNode(c)) for c in tombstone.classes), None),
        iri=tombstone.iri,
        reasons=tuple(_reasons(tombstone, namer)),
        replaced_by=tuple(namer.link(ox.NamedNode(iri)) for iri in tombstone.replaced_by),
        release=_release(context, tombstone),
    )
    frame = context.frame("/", page.title, is_indexed=False)
    return context.render("gone.html", frame, page)


def _reasons(tombstone: Tombstone, namer: Namer) -> Iterator[Label]:
    """Yield why the thing was retired, in the reader's language if possible."""
    words = namer.pick(tombstone.notes)
    if words is not None:
        yield words


def _release(context: RequestContext, tombstone: Tombstone) -> Link | None:
    """Return a link to the thing in the last release that had it.

    Where that release is no longer kept, the day of its publication stands without a link.
    """
    release_id = tombstone.last_release.rpartition("/")[2]
    thing = parse_iri(context.links.base, tombstone.iri)
    if not release_id or thing is None:
        return None
    path = f"/releases/{release_id}/doc/{thing.type}/{thing.slug}"
    is_kept = release_id in site().current.ids()
    published = Label(context.texts.moment(moment_of(release_id)))
    return Link(published, context.links.to(path) if is_kept else "")
