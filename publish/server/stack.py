"""The site as it is served: the Flask application, the endpoint and the cache, one on another.

In: the settings. Out: the site as a WSGI application and as an ASGI application. From the outside
inwards: the cache, compression, the SPARQL endpoint, the pages.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from flask import Flask

from graph.rdf.vocab import PREFIXES
from publish.app import create_flask_app
from publish.config import EMBEDDED, Config
from publish.engine.backends import watch
from publish.engine.pool import QUEUE
from publish.http.links import Links
from publish.http.negotiate import essence, prefer_language
from publish.http.wsgi_types import Environ, StartResponse
from publish.server.asgi import Asgi
from publish.server.cache import ResponseCache
from publish.server.compress import Compressed, accepts_gzip
from publish.server.wsgi import under_prefix
from publish.sparql.endpoint import PATH, Source, SparqlEndpoint
from publish.sparql.service_description import NamedGraph, ServiceDescription
from publish.web.served_release import ReleaseWatcher, ServedRelease
from publish.web.texts import LANGUAGES

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
    """Return the whole site as a WSGI application. Raises as `create_flask_app`."""
    return assemble(config).wsgi


def assemble(config: Config) -> Application:
    """Return the site in its two forms, which share everything. Raises as `create_flask_app`."""
    app = create_flask_app(config)
    current = app.extensions["km"].current
    endpoint = SparqlEndpoint(partial(_enter, current, config.base), app.wsgi_app, PREFIXES)
    cache = ResponseCache(
        Compressed(endpoint),
        current.generation,
        config.cache_mb * 1024**2,
        {
            "Accept": essence,
            "Accept-Language": partial(prefer_language, languages=LANGUAGES),
            "Accept-Encoding": lambda header: "gzip" if accepts_gzip(header) else "",
        },
    )
    prefix = Links(config.base).prefix
    site = partial(_under_prefix, cache, prefix) if prefix else cache
    app.wsgi_app = site  # type: ignore[method-assign]
    # Where the store is another machine, the threads mostly wait for that.
    turns = _TURNS if config.store == EMBEDDED else config.threads
    # Queries that wait in threads never take those of pages.
    threads = config.threads + 2 * config.workers + QUEUE
    asgi = Asgi(cache, endpoint, prefix=prefix, threads=threads, turns=turns)
    return Application(app, asgi)


def _enter(current: ReleaseWatcher, base: str, environ: Environ) -> Source:
    """Return what one query is answered from."""
    serving = current.enter()
    return Source(
        release_id=serving.release.id,
        engine=watch(serving.engine, environ),
        describe_service=partial(_describe_service, serving, base),
        leave=partial(current.leave, serving),
    )


def _describe_service(serving: ServedRelease, base: str) -> ServiceDescription:
    manifest = serving.release.manifest
    graphs = tuple(NamedGraph(iri, count) for iri, count in manifest.graphs.items())
    return ServiceDescription(f"{base}{PATH}", manifest.triples, graphs)


def _under_prefix(
    application: Callable[[Environ, StartResponse], Iterable[bytes]],
    prefix: str,
    environ: Environ,
    start_response: StartResponse,
) -> Iterable[bytes]:
    under_prefix(environ, prefix)
    return application(environ, start_response)
