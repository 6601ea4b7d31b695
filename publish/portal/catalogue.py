"""The catalogue: /catalog, /catalog/{name} and /.well-known/void.

In: the data sets of the release (`publish.portal.data_sets`). Out: a page for each, with schema.org
as JSON-LD for search engines, and DCAT 3 for portals. An address with an extension always gives
RDF, whatever the client accepts, since CKAN's harvester sends no wish. A long catalogue has pages
(`?page=2`), each complete in itself, linked by Hydra.
"""

from collections.abc import Sequence
from datetime import date

import pyoxigraph as ox
from flask import Blueprint, Response, abort, request

from graph.catalogue.dcat import describe_catalogue, describe_data_set
from graph.catalogue.records import CataloguePage, DataSet, Version
from graph.catalogue.void import VoidSettings, describe_graph, describe_void
from graph.rdf.facts import gather
from graph.rdf.formats import FORMATS
from graph.rdf.serialize import serialize
from graph.release.manifest import DUMPS
from publish.http.links import encode_iri
from publish.http.negotiate import RDF_OFFERS, negotiate
from publish.http.response import Variant, answer
from publish.portal.catalogue_page import CatalogPage, FilesOfSet, SetPage
from publish.portal.context import PortalContext, portal_context, settings_of
from publish.portal.data_sets import (
    WHOLE,
    read_catalogue,
    read_organisations,
    read_whole,
)
from publish.portal.structured_data import as_schema_org
from publish.web.context import RequestContext, request_context
from publish.web.formats import Resource, choose_offer, etag, send, split_extension
from publish.web.page_data import Alternate, Card, DumpFile, Label, Link, Row
from publish.web.pager import count_pages, make_pager, page_number, page_query

PAGE_SIZE = 100
_PATH = "/catalog"


def create_blueprint() -> Blueprint:
    """Return the routes of the catalogue."""
    blueprint = Blueprint("catalog", __name__)
    blueprint.add_url_rule(_PATH, view_func=catalogue)
    blueprint.add_url_rule(f"{_PATH}.<extension>", view_func=catalogue)
    blueprint.add_url_rule(f"{_PATH}/<name>", view_func=data_set)
    blueprint.add_url_rule("/.well-known/void", view_func=void)
    return blueprint


def catalogue(extension: str = "") -> Response:
    """Send one page of the catalogue."""
    if split_extension(f"x.{extension}")[1] != extension:
        abort(404)
    context, portal = request_context(), portal_context(request_context())
    names = context.serving.data_set_names
    pages = count_pages(len(names), PAGE_SIZE)
    number = page_number(pages)
    shown = names[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    format = choose_offer(extension).name

    def sets() -> tuple[DataSet, ...]:
        whole = (read_whole(portal),) if number == 1 else ()
        return (*whole, *read_organisations(portal, shown))

    def triples() -> Sequence[ox.Triple]:
        addresses = _addresses(context, format, number, pages)
        page = CataloguePage(number, pages, len(names) + 1, addresses, sets())
        return describe_catalogue(read_catalogue(portal), page)

    def page(seen: RequestContext, formats: tuple[Alternate, ...]) -> bytes:
        return _catalogue_page(seen, portal, formats, shown, (number, pages, len(names)))

    resource = Resource(
        path=_PATH,
        iri=f"{portal.base}{_PATH}",
        triples=triples,
        page=page,
        settings=settings_of(portal),
        query=f"page={number}" if number > 1 else "",
    )
    return send(context, resource, extension)


def data_set(name: str) -> Response:
    """Send the description of an organisation's data set."""
    key, extension = split_extension(name)
    context, portal = request_context(), portal_context(request_context())
    if key not in context.serving.data_set_names:
        abort(404)
    (data,) = read_organisations(portal, [key])
    resource = Resource(
        path=f"{_PATH}/{key}",
        iri=data.iri,
        triples=lambda: [
            *describe_data_set(read_catalogue(portal), data),
            *_void_of(context, portal, data),
        ],
        page=lambda seen, formats: _set_page(seen, portal, data, formats),
        settings=settings_of(portal),
    )
    return send(context, resource, extension)


def void() -> Response:
    """Send the VoID description of the whole, as Turtle where the client wishes for nothing."""
    context, portal = request_context(), portal_context(request_context())
    offer = negotiate(request.headers.get("Accept"), RDF_OFFERS)
    manifest = context.serving.release.manifest

    def make() -> bytes:
        said = describe_void(_void_settings(portal), manifest, context.serving.graphs)
        return serialize(said, offer.name)

    variant = Variant(
        media_type=offer.media_type,
        etag=etag(context, "/.well-known/void", offer.name, settings_of(portal)),
        make=make,
        vary=("Accept",),
    )
    return answer(request, variant)


# ---- data --------------------------------------------------------------------------------------


def _addresses(context: RequestContext, format: str, number: int, pages: int) -> dict[str, str]:
    """Return the addresses that Hydra links this page to, and its own."""

    def address(page: int) -> str:
        query = page_query(page)
        return context.links.absolute(f"{_PATH}.{format}", **query)

    found = {"this": address(number), "first": address(1), "last": address(pages)}
    if number > 1:
        found["previous"] = address(number - 1)
    if number < pages:
        found["next"] = address(number + 1)
    return found


def _void_settings(portal: PortalContext) -> VoidSettings:
    titles = portal.text("catalog.whole", token="km-all")
    whole = f"{portal.base}{_PATH}#{WHOLE}"
    return VoidSettings(portal.base, whole, titles, portal.config.licence)


def _void_of(context: RequestContext, portal: PortalContext, data: DataSet) -> list[ox.Triple]:
    state = context.serving.graphs.get(data.iri)
    if state is None:
        return []
    return describe_graph(_void_settings(portal), context.serving.release, data.iri, state)


# ---- pages -------------------------------------------------------------------------------------


def _catalogue_page(
    context: RequestContext,
    portal: PortalContext,
    formats: tuple[Alternate, ...],
    names: Sequence[str],
    position: tuple[int, int, int],
) -> bytes:
    number, pages, total = position
    texts, whole = context.texts, read_whole(portal)
    sets = read_organisations(portal, names)
    page = CatalogPage(
        title=texts("catalog.title"),
        lead=texts("catalog.description"),
        description=whole.descriptions[context.lang],
        iri=whole.iri,
        facts=_facts(context, whole),
        files=_files(context, whole, formats, sets),
        structured=as_schema_org(whole, portal.base, portal.config.licence, context.lang),
        missing=_missing(context, whole),
        count=texts("browse.count", count=texts.number(total)),
        sets=tuple(_card(context, data) for data in sets),
        pager=make_pager(texts, number, pages, lambda n: context.links.to(_PATH, **page_query(n))),
    )
    query = page_query(number)
    frame = context.frame(_PATH, page.title, "dumps", (), formats, query=query)
    return context.render("catalog.html", frame, page)


def _set_page(
    context: RequestContext, portal: PortalContext, data: DataSet, formats: tuple[Alternate, ...]
) -> bytes:
    page = SetPage(
        title=data.names[context.lang],
        description=data.descriptions[context.lang],
        iri=data.iri,
        facts=_facts(context, data),
        files=_files(context, data, formats, (data,)),
        structured=as_schema_org(data, portal.base, portal.config.licence, context.lang),
        missing=_missing(context, data),
    )
    crumbs = (Link(Label(context.texts("catalog.title")), context.links.to(_PATH)),)
    path = f"{_PATH}/{data.name}"
    frame = context.frame(path, page.title, "dumps", crumbs, formats)
    return context.render("data_set.html", frame, page)


def _card(context: RequestContext, data: DataSet) -> Card:
    texts = context.texts
    count = texts("dumps.triples", count=texts.number(data.triples))
    link = Link(_called(context, data), context.links.to(f"{_PATH}/{data.name}"))
    place = context.namer(gather(())).label(data.place.label) if data.place else None
    return Card(link, place, count)


def _called(context: RequestContext, data: DataSet) -> Label:
    """Return the name of a data set; of an owner without a name in the language, that name."""
    names = data.publisher.names if data.publisher else {}
    name = context.namer(gather(())).pick(names)
    return name if name and name.lang else Label(data.names[context.lang])


def _facts(context: RequestContext, data: DataSet) -> tuple[Row, ...]:
    """Return the rows of a data set's page; an unknown fact has none."""
    namer = context.namer(gather(()))
    values: dict[str, tuple[Link, ...]] = {}
    if data.publisher:
        name = namer.pick(data.publisher.names) or Label(data.publisher.iri)
        values["publisher"] = (_linked(context, name, data.publisher.iri),)
    if data.contact:
        mail = Link(Label(data.contact.email), f"mailto:{data.contact.email}")
        values["contact"] = (Link(namer.label(data.contact.name)), mail)
    if data.place:
        values["place"] = (_linked(context, namer.label(data.place.label), data.place.iri),)
    if data.period:
        days = (context.texts.date(date.fromisoformat(day)) for day in data.period)
        values["period"] = (Link(Label(" – ".join(days))),)
    values["keyword"] = (Link(Label(" · ".join(data.keywords[context.lang]))),)
    values["versions"] = tuple(_version(context, version) for version in data.versions[:5])
    texts = context.texts
    return tuple(Row(Link(Label(texts(f"set_row.{n}"))), found) for n, found in values.items())


def _linked(context: RequestContext, label: Label, iri: str) -> Link:
    """Return a link to the page of a thing of this site; other things are only named."""
    path = context.links.path(iri)
    return Link(label, context.links.to(path) if path else "")


def _version(context: RequestContext, version: Version) -> Link:
    label = Label(context.texts.moment(version.issued))
    return Link(label, context.links.to(f"/releases/{version.id}"))


def _files(
    context: RequestContext, data: DataSet, formats: tuple[Alternate, ...], sets: Sequence[DataSet]
) -> FilesOfSet:
    """Return the files of a data set; `sets` are those that a portal's table would tell of."""
    release = context.serving.release.id
    files = []
    for file in data.files:
        name = file.name.removeprefix(DUMPS)
        holds = FORMATS[file.format].title + (", gzip" if file.is_gzipped else "")
        href = encode_iri(f"{context.links.prefix}/dumps/{release}/{name}")
        files.append(DumpFile(name, href, holds, context.texts.size(file.size_bytes), file.sha256))
    texts, to = context.texts, context.links.to
    ways = [Link(Label(f"DCAT 3 ({FORMATS[f.name].title})"), f.href) for f in formats]
    waits = any(one.contact is None for one in sets)
    if data.name == WHOLE:
        ways += [
            _for_portals(context, "gdc_csv", f"{_PATH}/gdc.csv", waits),
            _for_portals(context, "gdc_xlsx", f"{_PATH}/gdc.xlsx", waits),
            Link(Label(texts("catalog.api")), to("/api/3/action/package_list")),
            Link(Label(texts("catalog.void")), to("/.well-known/void")),
        ]
    else:
        ways.append(_for_portals(context, "gdc_json", f"{_PATH}/{data.name}/gdc.json", waits))
    return FilesOfSet(tuple(files), tuple(ways))


def _for_portals(context: RequestContext, name: str, path: str, waits: bool) -> Link:
    """Return the way to a portal's file; where it waits for a contact, words alone."""
    label = Label(context.texts(f"catalog.{name}"))
    if waits:
        return Link(label, note=Label(context.texts("catalog.waits")))
    return Link(label, context.links.to(path))


def _missing(context: RequestContext, data: DataSet) -> str:
    """Return which settings a portal will ask for and does not find; empty where all are there."""
    lacking = []
    if data.publisher is None:
        lacking.append("publisher (KM_PUBLISHER)")
    if data.contact is None:
        lacking.append("contact_name, contact_email (KM_CONTACT_NAME, KM_CONTACT_EMAIL)")
    if not lacking:
        return ""
    return context.texts("catalog.missing", settings=", ".join(lacking))
