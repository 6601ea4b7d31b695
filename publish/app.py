"""The Flask application: `create_app(config)` puts the parts together, and nothing else does.

In: the settings. Out: a WSGI application that holds no state of a reader. It answers on any host:
absolute addresses come from the base in the settings, never from the Host header, so a list of
trusted hosts would only break it behind a proxy.
"""

import atexit
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from flask import Flask, Response, request
from jinja2 import StrictUndefined

from graph.rdf.vocab import PREFIXES
from publish.config import EMBEDDED, Config
from publish.engine.backends import watch
from publish.engine.pool import QUEUE
from publish.http.links import Links
from publish.http.negotiate import essence, prefer_language
from publish.http.response import secure
from publish.pages import home, quality, wellknown
from publish.pages import ontology as terms
from publish.pages import shapes as rules
from publish.portal import catalogue as catalog
from publish.portal import ckan
from publish.portal import government_catalogue as government_catalog
from publish.queries import query_page
from publish.queries import routes as saved
from publish.releases import dumps, feeds, memento
from publish.releases import routes as history
from publish.search import routes as search
from publish.server.asgi import Asgi
from publish.server.cache import Environ, Front, StartResponse
from publish.server.compress import Compressed, accepts_gzip
from publish.server.wsgi import under_prefix
from publish.sparql.endpoint import PATH, Source, SparqlEndpoint
from publish.sparql.service_description import NamedGraph, ServiceDescription
from publish.things import routes as resources
from publish.web import errors
from publish.web.context import install, make_site
from publish.web.markup import link, together, words
from publish.web.served_release import Current, Serving
from publish.web.texts import LANGUAGES

MAX_REQUEST_BYTES = 1024 * 1024
_A_YEAR_S = 31_536_000
_TURNS = 4  # pages made at a time, see publish/server/asgi.py


@dataclass(frozen=True)
class Application:
    """The site: `wsgi` for any WSGI server and for tests, `asgi` for the server of `km serve`."""

    wsgi: Flask
    asgi: Asgi

    def close(self) -> None:
        """End the query workers, now."""
        self.wsgi.extensions["km"].current.close()


def create_app(config: Config) -> Flask:
    """Return the application, serving the current release.

    Raises ReleaseError where there is no release, or a damaged one.
    """
    return assemble(config).wsgi


def assemble(config: Config) -> Application:
    """Return the application in its two forms, which share all; raises as `create_app`."""
    app = Flask("publish", static_url_path="/static")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=_A_YEAR_S,
    )
    app.url_map.merge_slashes = False
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    app.jinja_env.filters["together"] = together
    app.jinja_env.globals.update(link=link, words=words)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    hung = make_site(config)
    atexit.register(hung.current.close)
    install(app, hung)
    errors.register(app)
    for blueprint in (
        home.create_blueprint(),
        resources.create_blueprint(),
        terms.create_blueprint(),
        rules.create_blueprint(),
        saved.create_blueprint(),
        search.create_blueprint(),
        dumps.create_blueprint(),
        quality.create_blueprint(),
        catalog.create_blueprint(),
        government_catalog.create_blueprint(),
        ckan.create_blueprint(),
        history.create_blueprint(),
        feeds.create_blueprint(),
        memento.create_blueprint(),
        wellknown.create_blueprint(),
        query_page.create_blueprint(),
    ):
        app.register_blueprint(blueprint)
    app.after_request(_secure)
    endpoint = SparqlEndpoint(partial(_enter, hung.current, config.base), app.wsgi_app, PREFIXES)
    front = Front(
        Compressed(endpoint),
        hung.current.generation,
        config.cache_mb * 1024**2,
        {
            "Accept": essence,
            "Accept-Language": partial(prefer_language, languages=LANGUAGES),
            "Accept-Encoding": lambda header: "gzip" if accepts_gzip(header) else "",
        },
    )
    prefix = Links(config.base).prefix
    app.wsgi_app = partial(_under_prefix, front, prefix)  # type: ignore[method-assign]
    # Where the store is another machine, the threads mostly wait for that.
    turns = _TURNS if config.store == EMBEDDED else config.threads
    # Queries that wait in threads never take those of pages.
    threads = config.threads + 2 * config.workers + QUEUE
    asgi = Asgi(front, endpoint, prefix=prefix, threads=threads, turns=turns)
    return Application(app, asgi)


def _enter(current: Current, base: str, environ: Environ) -> Source:
    """Return what one query is answered from."""
    serving = current.enter()
    return Source(
        release_id=serving.release.id,
        engine=watch(serving.engine, environ),
        describe_service=partial(_describe_service, serving, base),
        leave=partial(current.leave, serving),
    )


def _describe_service(serving: Serving, base: str) -> ServiceDescription:
    manifest = serving.release.manifest
    graphs = tuple(NamedGraph(iri, count) for iri, count in manifest.graphs.items())
    return ServiceDescription(f"{base}{PATH}", manifest.triples, graphs)


def _secure(response: Response) -> Response:
    return secure(request, response)


def _under_prefix(
    application: Callable[[Environ, StartResponse], Iterable[bytes]],
    prefix: str,
    environ: Environ,
    start_response: StartResponse,
) -> Iterable[bytes]:
    under_prefix(environ, prefix)
    return application(environ, start_response)
