"""Holds the release that is served, and changes to a new one while requests run.

In: the data folder. Out: a `ServedRelease`: the release, its store and its query workers. A thread
looks at the `current` symlink five times a second. It opens and verifies a new release beside the
old one, then puts it in its place. A request stays on the release on which it began; the last one
to leave the old release closes it. A damaged release is refused, and the old one goes on being
served. The log says so once; the release is tried again every minute, since a lack of memory may
have been the cause.
"""

import gc
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from graph.describe.overview import Overview, survey
from graph.errors import KmError, QueryTimeout, ReleaseError, StoreUnavailable
from graph.history.read import GraphState, read_graphs
from graph.hubs.read import FILE as HUBS
from graph.hubs.read import Hubs
from graph.rdf.facts import Facts, gather
from graph.rdf.iris import INFERRED, ONTOLOGY, RETIRED, SHARED, graph_iri
from graph.rdf.vocab import PREFIXES, term
from graph.release.manifest import Release, current_id, open_release, release_ids
from graph.search.find import SearchIndex
from graph.store.embedded import EmbeddedStore
from graph.store.interface import Store
from publish.config import Config
from publish.engine.backends import NoEngine, ReleaseEngine, open_engine, open_store

LOOK_S = 0.2  # a publisher sees the new release at once, and a look costs one readlink
_PATIENCE_S = 60.0  # until a refused release is tried again: to verify a large one takes long
_MOST_PAST = 4  # older releases held open; each holds files and memory of its store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Vocabulary:
    """The triples of the ontology: in the order of its terms, rdf:type first in each."""

    triples: tuple[ox.Triple, ...]

    @cached_property
    def facts(self) -> Facts:
        """The same, to be looked up."""
        return gather(self.triples)


@dataclass
class ServedRelease:
    """A release that is served; only the count of its requests changes."""

    release: Release
    store: Store
    engine: ReleaseEngine
    users: int = field(default=0, repr=False)
    is_retired: bool = field(default=False, repr=False)

    @cached_property
    def hubs(self) -> Hubs:
        """The counts and lists of the hubs: things that very many things point to."""
        return Hubs(self.release.folder / HUBS)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The ontology and concept schemes, as the release holds them."""
        graph = ox.NamedNode(graph_iri(self.release.manifest.base, ONTOLOGY))
        triples = [q.triple for q in self.store.quads_for(graph=graph)]
        return Vocabulary(tuple(sorted(triples, key=_order)))

    @cached_property
    def graphs(self) -> Mapping[str, GraphState]:
        """The named graphs: their versions and counts. Raises ReleaseDamaged."""
        return read_graphs(self.release.folder)

    @cached_property
    def data_set_names(self) -> tuple[str, ...]:
        """The names of the organisations' data sets, in order."""
        manifest = self.release.manifest
        start = f"{manifest.base}/graph/"
        names = {graph.removeprefix(start) for graph in manifest.graphs if graph.startswith(start)}
        return tuple(sorted(names - {SHARED, INFERRED, ONTOLOGY, RETIRED}))

    @cached_property
    def organisation_words(self) -> Mapping[str, str]:
        """All names of each organisation in one text, by the key of the organisation."""
        start = f"{self.release.manifest.base}/id/org/"
        keys = [graph.rpartition("/")[2] for graph in self.release.manifest.graphs]
        things = [ox.NamedNode(start + key) for key in keys]
        found: dict[str, str] = {}
        for said in self.store.triples_about(
            things, [term("skos:prefLabel"), term("skos:altLabel")]
        ):
            if isinstance(said.subject, ox.NamedNode) and isinstance(said.object, ox.Literal):
                key = said.subject.value.removeprefix(start)
                found[key] = f"{found.get(key, '')} {said.object.value}"
        return found

    @cached_property
    def search(self) -> SearchIndex:
        """The search index. Raises ReleaseDamaged for an old release that has none."""
        return SearchIndex(self.release.folder)

    def close(self, graceful: bool = True) -> None:
        """End the query workers and close the search index."""
        self.engine.close(graceful)
        if "search" in self.__dict__:
            self.search.close()

    @cached_property
    def overview(self) -> Overview:
        """The counts and first things of each kind, made once."""
        return survey(self.store, self.hubs)


class ReleaseWatcher:
    """Hands out the current release; thread-safe. Close it to end its thread and its workers."""

    def __init__(self, config: Config) -> None:
        """Open the current release. Raises ReleaseError."""
        self._config = config
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._serving = self._open()
        self._refused, self._refused_until_s = "", 0.0
        self._told = ("", "")
        self._past: dict[str, Release] = {}
        self._past_servings: OrderedDict[str, ServedRelease] = OrderedDict()
        self._generation = 0
        self._known_ids = release_ids(config.data)
        self._thread = threading.Thread(target=self._watch, name="km-current", daemon=True)
        self._thread.start()

    def enter(self) -> ServedRelease:
        """Return the release to serve a request from; give it back with `leave`."""
        with self._lock:
            self._serving.users += 1
            return self._serving

    def leave(self, serving: ServedRelease) -> None:
        """Say that a request on this release has ended."""
        with self._lock:
            serving.users -= 1
            is_over = serving.is_retired and serving.users == 0
        if is_over:  # in its own thread: the caller may be the event loop of the server
            threading.Thread(target=self._close, args=(serving,), name="km-close").start()

    def generation(self) -> int:
        """Return a number that grows when what is served changes, the list of releases too."""
        return self._generation

    def ids(self) -> list[str]:
        """Return the identifiers of all releases, newest first."""
        return release_ids(self._config.data)

    def past(self, release_id: str) -> Release:
        """Return an older release, verified when first asked for. Raises ReleaseError."""
        if release_id not in self._past:
            self._past = {**self._past, release_id: open_release(self._config.data, release_id)}
        return self._past[release_id]

    def past_serving(self, release_id: str) -> ServedRelease:
        """Return an older release for reading, from its own embedded store, whatever the settings.

        It answers no public queries. Raises ReleaseError.
        """
        with self._lock:
            if release_id in self._past_servings:
                self._past_servings.move_to_end(release_id)
                return self._past_servings[release_id]
        release = self.past(release_id)
        opened = ServedRelease(release, EmbeddedStore(release.store_path, PREFIXES), NoEngine())
        with self._lock:
            self._past_servings[release_id] = opened
            while len(self._past_servings) > _MOST_PAST:
                self._past_servings.popitem(last=False)
        return opened

    def close(self) -> None:
        """Stop watching and end the query workers."""
        self._stop.set()
        self._thread.join()
        self._serving.close(graceful=False)

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                ids, found = release_ids(self._config.data), current_id(self._config.data)
            except OSError as error:  # such as too many open files; the next look may succeed
                log.error("the folder of releases cannot be read: %s", error)
                continue
            if ids != self._known_ids:
                self._known_ids = ids
                self._generation += 1
            if found is None or found == self._serving.release.id:
                continue
            if found != self._refused or time.monotonic() > self._refused_until_s:
                self._guard(self._move, found)

    def _guard(self, step: Callable[[str], None], found: str) -> None:
        """Run a step of the watch; if it fails, the old release goes on being served."""
        try:
            step(found)
        except Exception as error:  # nothing above this thread would catch it
            # A server that is down may soon be back, so a release on it is tried again at once.
            is_brief = isinstance(error, StoreUnavailable | QueryTimeout)
            self._refused = found
            self._refused_until_s = time.monotonic() + (0.0 if is_brief else _PATIENCE_S)
            if self._told != (found, str(error)):
                self._told = (found, str(error))
                known = isinstance(error, KmError)
                log.error("release %s is refused: %s", found, error, exc_info=not known)

    def _move(self, found: str) -> None:
        fresh = self._open()
        with self._lock:
            old, self._serving = self._serving, fresh
            self._generation += 1
            old.is_retired = True
            is_over = old.users == 0
        log.info("now serving release %s", fresh.release.id)
        self._refused = ""
        if is_over:
            self._close(old)

    def _open(self) -> ServedRelease:
        release = open_release(self._config.data, is_published=True)
        if release.manifest.base != self._config.base:
            raise ReleaseError(
                f"release {release.id} was made for the base {release.manifest.base}, "
                f"the settings say {self._config.base}: publish again"
            )
        return ServedRelease(
            release, open_store(self._config, release), open_engine(self._config, release)
        )

    def _close(self, serving: ServedRelease) -> None:
        log.info("release %s has no more readers", serving.release.id)
        serving.close()
        gc.collect()  # reference cycles of requests would keep the files of the release open


def _order(triple: ox.Triple) -> tuple[str, bool, str, str]:
    is_type = triple.predicate == term("rdf:type")
    return str(triple.subject), not is_type, str(triple.predicate), str(triple.object)
