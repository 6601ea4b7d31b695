"""What every request needs: the settings, the release, the words and the layout of pages.

In: a request. Out: its `RequestContext`: the release that it is served from, the reader's language,
the addresses, and the frame around the page. Handlers get it from `request_context()`. The `Site`
is kept on the Flask app, so nothing is global.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version as version_of
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import cast

from flask import Flask, Response, current_app, g, render_template, request

from graph.queries.groups import Collection, read_collection
from graph.rdf.facts import Facts, gather
from graph.rdf.vocab import read_package
from graph.schema.layout import Layout, read_layout
from publish.config import Config
from publish.engine.backends import WatchedEngine, watch
from publish.http.links import Links
from publish.http.negotiate import prefer_language
from publish.web.labels import Namer
from publish.web.page_data import Alternate, Frame, Label, Link, NavItem, ReleaseNote, SearchBox
from publish.web.schema_org import as_document, describe_crumbs
from publish.web.served_release import ReleaseWatcher, ServedRelease
from publish.web.texts import LANGUAGES, Catalogue, Texts, read_catalogue

_KEY = "km"
_MENU = ("browse", "queries", "sparql", "dumps", "ontology", "quality")
_SHOWN = (".html", ".css", ".js", ".toml", ".svg", ".woff2", ".rq", ".ttl")
_LICENCE_NAMES = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
}
_LANGUAGE_NAMES = {"th": "ไทย", "en": "English"}


@dataclass(frozen=True)
class Site:
    """What all requests share.

    `version` changes with the program, its templates, styles and words; it is part of each ETag.
    """

    config: Config
    current: ReleaseWatcher
    catalogue: Catalogue
    shapes: Facts
    layout: Layout
    collection: Collection
    version: str


@dataclass(frozen=True)
class RequestContext:
    """One request: the site, the release that answers it, and the reader's language.

    `is_past` says that the reader asked for an older release, by its name or by a moment.
    """

    site: Site
    serving: ServedRelease
    lang: str
    is_lang_chosen: bool
    is_past: bool = False

    @cached_property
    def texts(self) -> Texts:
        """The words of the interface in the reader's language."""
        return Texts(self.lang, self.site.catalogue)

    @cached_property
    def links(self) -> Links:
        """The addresses; they keep the language that the reader chose with `?lang=`."""
        return Links(self.site.config.base, self.lang if self.is_lang_chosen else "")

    def namer(self, facts: Facts) -> Namer:
        """Return the namer of terms for this reader, which takes names from these facts."""
        return Namer(facts, self.texts, self.links)

    def frame(
        self,
        path: str,
        title: str,
        section: str = "",
        crumbs: Iterable[Link] = (),
        alternates: Sequence[Alternate] = (),
        is_indexed: bool = True,
        query: dict[str, str] | None = None,
        description: str = "",
        about: Iterable[dict[str, object]] = (),
    ) -> Frame:
        """Return the frame of the page at `path`: head, menu, crumbs and foot.

        `section` is the page's place in the menu; `about` describes its thing as nodes of JSON-LD.
        """
        links, texts = self.links, self.texts
        plain, extra = Links(links.base), query or {}
        context = request.path if self.is_past else path
        manifest = self.serving.release.manifest
        home = Link(Label(texts("nav.home")), links.to("/"))
        trail = (home, *crumbs) if path != "/" else ()
        spoken = {"lang": links.lang} if links.lang else {}
        canonical = links.absolute(path, **extra, **spoken)
        nodes = [*about, *([describe_crumbs(plain, trail, title, canonical)] if trail else ())]
        return Frame(
            lang=self.lang,
            site_name=texts("site.name"),
            title=title,
            canonical=canonical,
            negotiated=links.absolute(path, **extra),
            translations=tuple(
                (lang, links.absolute(path, **extra, lang=lang)) for lang in LANGUAGES
            ),
            switch=tuple(
                NavItem(name, plain.to(context, **extra, lang=lang), lang == self.lang, lang)
                for lang, name in _LANGUAGE_NAMES.items()
            ),
            home=links.to("/"),
            nav=tuple(
                NavItem(texts(f"nav.{name}"), links.to(f"/{name}"), name == section)
                for name in _MENU
            ),
            licence=licence_link(self.site.config.licence),
            stylesheet=f"{links.prefix}/static/site.css?v={self.site.version}",
            assets=f"{links.prefix}/static",
            search=self._search_box(),
            release=ReleaseNote(manifest.id, texts.moment(manifest.created), links.to("/releases")),
            alternates=tuple(alternates),
            crumbs=trail,
            is_indexed=is_indexed and not self.is_past,
            as_of=self._as_of(path) if self.is_past else None,
            description=description or self._about(path),
            picture=links.absolute("/static/card.png"),
            structured=as_document(nodes) if is_indexed and nodes else None,
        )

    def _about(self, path: str) -> str:
        """Return the words that the home page has for this page; else what the site is."""
        key = f"home.way_{path.strip('/')}"
        return self.texts(key if self.texts.has(key) else "site.tagline")

    def _search_box(self) -> SearchBox:
        prefix, version = self.links.prefix, self.site.version
        return SearchBox(
            action=f"{prefix}/search",
            suggest=f"{prefix}/suggest",
            description=self.links.to("/opensearch.xml"),
            script=f"{prefix}/static/search.js?v={version}",
            lang=self.links.lang,
        )

    def _as_of(self, path: str) -> Link:
        """Return a note that names the older release, with a link to the page as it is now."""
        created = self.serving.release.manifest.created
        words = self.texts("releases.as_of", when=self.texts.moment(created))
        return Link(Label(self.texts("releases.now")), self.links.to(path), note=Label(words))

    def render(self, template: str, frame: Frame, page: object) -> bytes:
        """Return a page as HTML: `page` is the data of the template, `frame` what is around it."""
        return render_template(template, t=self.texts, frame=frame, page=page).encode()


def licence_link(iri: str) -> Link:
    """Return a link to a licence, by its common name if it has one."""
    return Link(Label(_LICENCE_NAMES.get(iri, iri)), iri, external=True)


def make_site(config: Config) -> Site:
    """Return the site of these settings. Raises ReleaseError where there is no release."""
    shapes = gather(read_package("shapes"))
    return Site(
        config,
        ReleaseWatcher(config),
        read_catalogue(),
        shapes,
        read_layout(shapes),
        read_collection(config.base),
        _site_version(),
    )


def install(app: Flask, site: Site) -> None:
    """Keep the site on the app, and let each request enter and leave its release."""
    app.extensions[_KEY] = site
    app.before_request(_enter)
    app.after_request(_leave_when_sent)
    app.teardown_request(lambda error: leave_early())


def site() -> Site:
    """Return the site of the current app."""
    return cast(Site, current_app.extensions[_KEY])


def request_context() -> RequestContext:
    """Return the context of the current request; the first call of a request makes it."""
    if "request_context" not in g:
        chosen = request.args.get("lang", "")
        is_chosen = chosen in LANGUAGES
        accepted = prefer_language(request.headers.get("Accept-Language", ""), LANGUAGES)
        g.request_context = RequestContext(
            site(), serving(), chosen if is_chosen else accepted, is_chosen
        )
    return cast(RequestContext, g.request_context)


def serving() -> ServedRelease:
    """Return the release of the current request, the same from its beginning to its end."""
    return cast(ServedRelease, g.serving)


def engine() -> WatchedEngine:
    """Return the engine that answers the queries of this request."""
    return watch(serving().engine, request.environ)


def _enter() -> None:
    g.serving = site().current.enter()


def _leave_when_sent(response: Response) -> Response:
    """Leave the release when the response has been sent, however long that takes."""
    held = g.pop("serving", None)
    if held is not None:
        response.direct_passthrough = False  # with it, Werkzeug would not call on_close
        response.call_on_close(partial(site().current.leave, held))
    return response


def leave_early() -> None:
    """Leave the release before the response is sent, for a response that does not need it."""
    held = g.pop("serving", None)
    if held is not None:
        site().current.leave(held)


def _site_version() -> str:
    """Return a short hash of the program's version, templates, styles, words and queries."""
    digest = hashlib.sha256(version_of("tambon-km").encode())
    for file in (*_walk(files("publish")), *_walk(files("graph") / "queries")):
        if file.name.endswith(_SHOWN):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _walk(folder: Traversable) -> Iterable[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry
