"""Loads releases onto a SPARQL server before they are read, and drops them afterwards.

In: the quads of a release. Out: its named graphs on the server, one at a time, by the SPARQL 1.1
Graph Store HTTP Protocol (sections 5.3 PUT, 5.4 DELETE, 5.5 POST), and last the graph of the union.
No reader asks for any of them before the symlink `current` points to the release (see
`graph.store.release_names`). So a crash leaves the old release as it was, and no update has to be
atomic.

A note in `remote/ID.json` of the data folder is written before the first graph, so the content of
the server is always known, half-loaded graphs included. The release that was current stays for
requests that began on it. An older one is dropped; a rollback loads it again from its dump.
"""

import json
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    OpenerDirector,
    Request,
    build_opener,
)

import pyoxigraph as ox

from graph.errors import ReleaseDamaged, ReleaseError
from graph.store.embedded import format_named
from graph.store.query_rewrite import Rewritten
from graph.store.release_names import ReleaseGraphs
from graph.store.remote import RemoteStore
from graph.store.sparql_http import Address

_LOAD_S = 600.0  # for one loading request: a server may spend minutes on indexing
_COUNT_S = 120.0  # a count reads a whole graph, so it may take longer than a page's query
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_PART_TRIPLES = 50_000  # in one request: some megabytes of N-Triples
# The previous release stays this long. No request takes longer: an answer may take a minute, and it
# begins within seconds.
_GRACE_S = 120.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Note:
    """What is on the server of one release: each graph by its public name, with its triples."""

    graphs: Mapping[str, int]
    union: int


@dataclass(frozen=True)
class RemoteCopies:
    """The releases of one site on one server; `data` is the folder where its releases live."""

    data: Path
    base: str
    query: Address
    graphs: Address

    def put(self, release_id: str, quads: Iterable[ox.Quad]) -> None:
        """Load a release. Raises ReleaseError where the server does not take it whole."""
        by_graph: dict[str, list[ox.Triple]] = {}
        for quad in dict.fromkeys(quads):
            assert isinstance(quad.graph_name, ox.NamedNode)  # loading names every graph
            by_graph.setdefault(quad.graph_name.value, []).append(quad.triple)
        union = list(dict.fromkeys(t for triples in by_graph.values() for t in triples))
        counts = {name: len(triples) for name, triples in sorted(by_graph.items())}
        self._write_note(release_id, Note(counts, len(union)))
        names = ReleaseGraphs(release_id, self.base, tuple(counts))
        for name in counts:
            self._load(names.inside(name), by_graph[name], names)
        self._load(names.union, union, names)

    def holds(self, release_id: str) -> bool:
        """Tell whether the whole of a release is on the server. Raises StoreUnavailable."""
        note = self._read_note(release_id)
        if note is None:
            return False
        names = ReleaseGraphs(release_id, self.base, tuple(note.graphs))
        return self._count(names.union) == note.union  # it was loaded last

    def open(self, release_id: str) -> ReleaseGraphs:
        """Return the graphs of a release that is there. Raises ReleaseDamaged, StoreUnavailable."""
        if not self.holds(release_id):
            raise ReleaseDamaged(
                f"release {release_id} is not on the server {self.query.url}; load it there with: "
                f"km rollback {release_id}"
            )
        note = self._read_note(release_id)
        assert note is not None
        return ReleaseGraphs(release_id, self.base, tuple(note.graphs))

    def sweep(self, current: str, before: str | None) -> None:
        """Drop every release but the current one and those that were current moments ago.

        `before` is the release that was current until now. A graph that cannot be dropped now is
        tried again the next time.
        """
        if before not in (None, current):
            with suppress(FileNotFoundError):
                os.utime(self._note(str(before)))
        for path in sorted(self._folder.glob("*.json")):
            is_left = time.time() - path.stat().st_mtime > _GRACE_S
            if path.stem != current and is_left:
                try:
                    self._drop(path.stem)
                except ReleaseError as error:
                    log.warning(
                        "release %s cannot be removed from the server: %s", path.stem, error
                    )

    # ---- notes -------------------------------------------------------------------------------

    @property
    def _folder(self) -> Path:
        return self.data / "remote"

    def _note(self, release_id: str) -> Path:
        return self._folder / f"{release_id}.json"

    def _read_note(self, release_id: str) -> Note | None:
        try:
            return Note(**json.loads(self._note(release_id).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise ReleaseDamaged(f"{self._note(release_id)}: {error}") from error

    def _write_note(self, release_id: str, note: Note) -> None:
        path = self._note(release_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(".tmp")
            with beside.open("w", encoding="utf-8") as file:
                json.dump(asdict(note), file, ensure_ascii=False, indent=2)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            raise ReleaseError(f"cannot write {path}: {error.strerror}") from error

    # ---- the server --------------------------------------------------------------------------

    def _load(self, graph: str, triples: Sequence[ox.Triple], names: ReleaseGraphs) -> None:
        """Replace a graph, in parts of some megabytes, and count what arrived."""
        renamed = [
            ox.Triple(names.rename(t.subject), t.predicate, names.rename(t.object)) for t in triples
        ]
        for number, part in enumerate(_parts(renamed)):
            self._request("POST" if number else "PUT", graph, part)
        found = self._count(graph)
        if found != len(triples):
            raise ReleaseError(f"the server holds {found} of {len(triples)} triples of {graph}")

    def _drop(self, release_id: str) -> None:
        note = self._read_note(release_id)
        if note is None:
            return
        names = ReleaseGraphs(release_id, self.base, tuple(note.graphs))
        for graph in (names.union, *map(names.inside, note.graphs)):
            self._request("DELETE", graph)
        self._note(release_id).unlink()

    def _count(self, graph: str) -> int:
        """Return how many triples a graph has, by its name on the server."""
        store = RemoteStore(self.query, ReleaseGraphs("", "", ()), {}, _COUNT_S)
        rows = store.solutions(Rewritten(_COUNT, (graph,), (), 0))
        return sum(int(n.value) for row in rows if isinstance(n := row["n"], ox.Literal))

    def _request(self, method: str, graph: str, body: bytes | None = None) -> None:
        """Send one request about a graph; a DELETE of one that is not there is no error."""
        url = f"{self.graphs.url}?{urlencode({'graph': graph})}"
        request = Request(url, body, method=method)
        request.add_header("Content-Type", format_named("nt").content_type)
        try:
            with _opener(self.graphs).open(request, timeout=_LOAD_S) as response:
                response.read()
        except HTTPError as error:
            with error:
                said = error.read(300).decode(errors="replace").strip()
            if method != "DELETE" or error.code != 404:
                raise ReleaseError(
                    f"{method} {self.graphs.url}: {error.code} {error.reason}; {said}"
                ) from error
        except (OSError, HTTPException) as error:
            raise ReleaseError(f"{method} {self.graphs.url}: {error}") from error


def _parts(triples: Sequence[ox.Triple]) -> Iterator[bytes]:
    """Yield N-Triples in parts; a blank node would be another one in each, so there is none."""
    for start in range(0, len(triples), _PART_TRIPLES):
        part = triples[start : start + _PART_TRIPLES]
        if any(isinstance(x, ox.BlankNode) for t in part for x in (t.subject, t.object)):
            raise ReleaseError("a server takes no release with blank nodes; give them IRIs")
        body = ox.serialize(part, format=ox.RdfFormat.N_TRIPLES)
        assert body is not None  # no output file was given
        yield body


def _opener(address: Address) -> OpenerDirector:
    """Return what opens addresses, with Basic and Digest authentication where a user is given."""
    if not address.user:
        return build_opener()
    passwords = HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, address.url, address.user, address.password)
    return build_opener(HTTPDigestAuthHandler(passwords), HTTPBasicAuthHandler(passwords))
