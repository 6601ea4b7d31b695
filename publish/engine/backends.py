"""The choice between the embedded store and a SPARQL server, as the setting `store` says.

In: the settings and a release. Out: the release's store for pages, its engine for public queries,
and the copies that a publication loads. No other module asks which store a site uses.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from graph.errors import QueryRefused
from graph.rdf.vocab import PREFIXES
from graph.release.manifest import Release
from graph.store.embedded import Answer, EmbeddedStore
from graph.store.interface import Store
from graph.store.remote import RemoteStore
from graph.store.remote_copies import RemoteCopies
from graph.store.sparql_http import Address, read_address
from publish.config import EMBEDDED, Config
from publish.engine.pool import Aside, EnginePool, EngineQuery, StartedQuery
from publish.engine.remote import RemoteEngine
from publish.engine.scheduler import client_of
from publish.http.wsgi_types import ASIDE, HAS_LEFT


class ReleaseEngine(Protocol):
    """What answers the public queries of one release until it is closed."""

    def query(
        self,
        query: EngineQuery,
        has_left: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Answer: ...

    async def begin(self, query: EngineQuery, client: str = "") -> StartedQuery | None:
        """Do on the running loop what `query` does; None where it must be asked in a thread."""
        ...

    def close(self, graceful: bool = True) -> None: ...


class NoEngine:
    """The engine of a release that answers no public queries."""

    def query(
        self,
        query: EngineQuery,
        has_left: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Answer:
        """Refuse. Raises QueryRefused."""
        raise QueryRefused("an older release answers no queries; take its dumps")

    async def begin(self, query: EngineQuery, client: str = "") -> StartedQuery | None:
        """Leave the refusal to `query`."""
        return None

    def close(self, graceful: bool = True) -> None:
        """Do nothing: there is no worker."""


@dataclass(frozen=True)
class WatchedEngine:
    """An engine for one reader: it gives up the reader's query when they leave."""

    engine: ReleaseEngine
    has_left: Callable[[], bool] | None
    client: str
    aside: Aside = nullcontext

    def query(self, query: EngineQuery) -> Answer:
        """Answer a query that passed the query guard."""
        with self.aside():
            return self.engine.query(query, self.has_left, self.client)

    async def begin(self, query: EngineQuery) -> StartedQuery | None:
        """Begin to answer it on the running loop; None where it must be asked in a thread."""
        begun = await self.engine.begin(query, self.client)
        if begun is not None:
            begun.job.has_left, begun.aside = self.has_left, self.aside
        return begun


def watch(engine: ReleaseEngine, environ: Mapping[str, Any]) -> WatchedEngine:
    """Return an engine for the sender of this request; the server says when they leave."""
    client = client_of(environ.get("REMOTE_ADDR", ""))
    aside = environ.get(ASIDE, nullcontext)
    return WatchedEngine(engine, environ.get(HAS_LEFT), client, aside)


def open_copies(config: Config) -> RemoteCopies | None:
    """Return where releases are put besides their folder; None for the embedded store."""
    if config.store == EMBEDDED:
        return None
    graphs = config.store_graphs or f"{config.store.rstrip('/')}/store"
    return RemoteCopies(config.data, config.base, _query_address(config), read_address(graphs))


def open_store(config: Config, release: Release) -> Store:
    """Return a release's store. Raises ReleaseDamaged, and StoreUnavailable where it is remote."""
    copies = open_copies(config)
    if copies is None:
        return EmbeddedStore(release.store_path, PREFIXES)
    graphs = copies.open(release.id)
    return RemoteStore(_query_address(config), graphs, PREFIXES, config.query_timeout_s)


def open_engine(config: Config, release: Release) -> ReleaseEngine:
    """Return what answers the public queries on a release. Raises as `open_store`."""
    copies = open_copies(config)
    if copies is not None:
        return RemoteEngine(
            _query_address(config),
            copies.open(release.id),
            PREFIXES,
            workers=config.workers,
            deadline_s=config.query_timeout_s,
        )
    return EnginePool(
        release.store_path,
        PREFIXES,
        workers=config.workers,
        deadline_s=config.query_timeout_s,
        memory_bytes=config.query_memory_mb * 1024**2,
    )


def _query_address(config: Config) -> Address:
    return read_address(config.store_query or f"{config.store.rstrip('/')}/query")
