"""Feeds for programs: /feed.atom (RFC 4287) and /sitemap.xml (sitemaps.org).

In: the histories of the releases. Out: a feed of releases, and an index of sitemaps of at most
50,000 addresses each. `lastmod` is the moment of the release that last changed the thing; each
release carries it on from the one before. Pages that are no things have no `lastmod`, since nothing
records their last change.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, render_template, request

from graph.history.read import newest_versions, read_things
from graph.release.manifest import CURRENT
from publish.http.links import encode_iri
from publish.http.response import Variant, answer
from publish.releases.routes import in_words, summary_of
from publish.web.context import RequestContext, request_context, site
from publish.web.dates import moment_of
from publish.web.formats import etag

MAX_ADDRESSES = 50_000  # of one sitemap, says sitemaps.org
_MAX_ENTRIES = 50
_XML = "application/xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_PAGES = "pages"


@dataclass(frozen=True)
class FeedEntry:
    """One release in the feed; addresses are absolute, `updated` is RFC 3339."""

    id: str
    title: str
    updated: str
    summary: str


@dataclass(frozen=True)
class Feed:
    """The feed as its template gets it."""

    id: str
    lang: str
    title: str
    subtitle: str
    author: str
    updated: str
    self: str
    html: str
    licence: str
    entries: tuple[FeedEntry, ...]


def create_blueprint() -> Blueprint:
    """Return the routes of feed and sitemaps."""
    blueprint = Blueprint("feeds", __name__)
    blueprint.add_url_rule("/feed.atom", view_func=feed)
    blueprint.add_url_rule("/sitemap.xml", view_func=sitemap_index)
    blueprint.add_url_rule("/sitemap/<name>.xml", view_func=sitemap)
    return blueprint


def feed() -> Response:
    """Send the feed of releases, newest first."""
    context = request_context()
    ids = site().current.ids()[:_MAX_ENTRIES]

    def make() -> bytes:
        return render_template("feed.xml", feed=_feed(context, ids)).encode()

    variant = Variant(
        media_type="application/atom+xml",
        etag=etag(context, "/feed.atom", context.lang, *ids),
        make=make,
        vary=("Accept-Language",),
        language=context.lang,
    )
    return answer(request, variant)


def sitemap_index() -> Response:
    """Send the index: the pages that every site has, then the things in parts."""
    context = request_context()

    def make() -> bytes:
        parts = [(_PAGES, "")]
        newest = newest_versions(context.serving.release.folder, MAX_ADDRESSES)
        parts += [(str(number), version) for number, version in enumerate(newest, 1)]
        items = (
            _item("sitemap", context.links.absolute(f"/sitemap/{name}.xml"), version)
            for name, version in parts
        )
        return f"{_HEAD}<sitemapindex {_NAMESPACE}>\n{''.join(items)}</sitemapindex>\n".encode()

    return _xml(context, "/sitemap.xml", make)


def sitemap(name: str) -> Response:
    """Send one sitemap: `pages`, or a part of the things by its number."""
    context = request_context()
    if name == _PAGES:
        addresses = [(encode_iri(path), "") for path in _paths(context)]
        return _xml(context, f"/sitemap/{name}.xml", lambda: _urls(context, addresses))
    if not name.isascii() or not name.isdigit() or len(name) > 6 or not int(name):
        abort(404)
    things = read_things(context.serving.release.folder, (int(name) - 1) * MAX_ADDRESSES)
    found = list(islice(things, MAX_ADDRESSES))
    if not found:
        abort(404)
    documents = ((f"/doc/{t.path.removeprefix('/id/')}", t.version) for t in found)
    return _xml(context, f"/sitemap/{name}.xml", lambda: _urls(context, documents))


def _paths(context: RequestContext) -> Iterator[str]:
    """Yield the pages that are no things: the ways in, lists, questions, terms, data sets."""
    yield from ("/", "/browse", "/queries", "/sparql", "/dumps", "/catalog", "/ontology")
    yield from ("/shapes", "/quality", "/releases")
    counts = context.serving.overview.counts
    for kind in context.site.layout.kinds:
        if counts.get(kind.class_iri):
            yield f"/browse/{kind.type}"
    for query in context.site.collection.queries:
        yield f"/queries/{query.name}"
    for subject in context.serving.vocabulary.facts.by_subject:
        path = context.links.path(getattr(subject, "value", ""))
        if path and path.startswith("/ontology/"):
            yield path
    names = context.serving.data_set_names
    yield from (f"/catalog/{name}" for name in names[: MAX_ADDRESSES // 2])


def _urls(context: RequestContext, addresses: Iterable[tuple[str, str]]) -> bytes:
    base = context.links.absolute("")  # a path of a thing is ASCII, and needs no encoding
    items = (_item("url", base + path, version) for path, version in addresses)
    return f"{_HEAD}<urlset {_NAMESPACE}>\n{''.join(items)}</urlset>\n".encode()


def _item(name: str, address: str, version: str) -> str:
    lastmod = f"<lastmod>{moment_of(version).isoformat()}</lastmod>" if version else ""
    return f"<{name}><loc>{escape(address)}</loc>{lastmod}</{name}>\n"


def _xml(context: RequestContext, path: str, make: Callable[[], bytes]) -> Response:
    return answer(request, Variant(_XML, etag(context, path), make))


def _switched(context: RequestContext) -> str:
    """Return when an older release was made current again, "" where the newest one is."""
    if context.serving.release.id == site().current.ids()[0]:
        return ""
    modified = (context.site.config.data / CURRENT).lstat().st_mtime
    return datetime.fromtimestamp(int(modified), UTC).isoformat()


def _feed(context: RequestContext, ids: list[str]) -> Feed:
    texts, links = context.texts, context.links
    entries = tuple(
        FeedEntry(
            id=links.absolute(f"/releases/{release_id}"),
            title=texts("releases.one", published=texts.moment(moment_of(release_id))),
            updated=moment_of(release_id).isoformat(),
            summary=in_words(context, summary_of(release_id)),
        )
        for release_id in ids
    )
    return Feed(
        id=links.absolute("/feed.atom"),
        lang=context.lang,
        title=f"{texts('site.name')}: {texts('releases.title')}",
        subtitle=texts("catalog.description"),
        author=context.site.config.publisher or texts("site.name"),
        updated=max(entries[0].updated, _switched(context)),
        self=links.absolute("/feed.atom"),
        html=links.absolute("/releases"),
        licence=encode_iri(context.site.config.licence),
        entries=entries,
    )
