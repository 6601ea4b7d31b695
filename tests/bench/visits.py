"""What a reader of a country waits for: the first page of a server that starts, and pages after it.

In: the data folder of a published country. Out: `Visits`: how long `km serve` takes to its first
page, the median of some pages and queries, each address once and then once more, without a cache of
answers, and what the server and its workers hold. One reader asks at a time: this is about how
answers grow with the country, `bench.pages` about how many there are in a second.
"""

import csv
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from bench.generate import BASE, slugs
from bench.processes import cpu_s as spent_s
from bench.processes import free_port, own_cpu_s, private_bytes, query_workers
from graph.history.read import count_things, read_things
from graph.rdf.vocab import PREFIXES
from graph.release.manifest import Release, find_release
from graph.store.embedded import EmbeddedStore

KINDS = ("entity", "topic", "law", "search", "sparql")
_ASKED = 60
_FIRST = slugs(1)[0]
"""The organisation that a country of any size has."""
_MOST_NAMED = """
SELECT ?thing (COUNT(*) AS ?n) WHERE { ?s %s ?thing . FILTER(CONTAINS(STR(?thing), "%s")) }
GROUP BY ?thing ORDER BY DESC(?n) ?thing LIMIT 5"""


@dataclass(frozen=True)
class Visits:
    """A server on a country: seconds to its first page, milliseconds of each kind, megabytes.

    `cpu_ms` is what an answer cost the processors, which other programs do not lengthen; `again_ms`
    what one waits for the same answers the second time, made anew from what the store has read by
    then. Memory is that of a process alone, without the pages of files that all processes share.
    """

    organisations: int
    triples: int
    start_s: float
    start_cpu_s: float
    median_ms: dict[str, float]
    cpu_ms: dict[str, float]
    again_ms: dict[str, float]
    server_mb: int
    worker_mb: int


def visit_in_turn(countries: Mapping[int, Path], rounds: int = 5) -> list[Visits]:
    """Read in countries, given by their organisations, in turns; return the best of each.

    A machine may be half as fast for some minutes: in so many rounds each meets a good one.
    """
    found = [[visit(data, size) for size, data in countries.items()] for _ in range(rounds)]
    return [_best(of_one) for of_one in zip(*found, strict=True)]


def _best(rounds: Sequence[Visits]) -> Visits:
    """Return the shortest of all times, and the most memory."""
    return replace(
        rounds[0],
        start_s=min(one.start_s for one in rounds),
        start_cpu_s=min(one.start_cpu_s for one in rounds),
        median_ms={kind: min(one.median_ms[kind] for one in rounds) for kind in KINDS},
        cpu_ms={kind: min(one.cpu_ms[kind] for one in rounds) for kind in KINDS},
        again_ms={kind: min(one.again_ms[kind] for one in rounds) for kind in KINDS},
        server_mb=max(one.server_mb for one in rounds),
        worker_mb=max(one.worker_mb for one in rounds),
    )


def visit(data: Path, organisations: int) -> Visits:
    """Start a server on a country and read in it."""
    release = find_release(data)
    addresses = _addresses(release)
    with _serving(data) as (server, start):
        began, cpu_s = start
        medians, costs, again = dict[str, float](), dict[str, float](), dict[str, float]()
        for kind in KINDS:
            _get(server, addresses[kind][0])  # warms what all of the kind need
            used, paths = spent_s(server.process.pid), addresses[kind][1:]
            medians[kind] = round(statistics.median(_ask(server, paths)), 2)
            costs[kind] = round((spent_s(server.process.pid) - used) / len(paths) * 1_000, 2)
            again[kind] = round(statistics.median(_ask(server, paths)), 2)
        workers = [private_bytes(number) for number in query_workers(server.process.pid)]
        return Visits(
            organisations,
            release.manifest.triples,
            began,
            cpu_s,
            medians,
            costs,
            again,
            private_bytes(server.process.pid) // 1024**2,
            max(workers, default=0) // 1024**2,
        )


@dataclass(frozen=True)
class _Server:
    process: subprocess.Popen[bytes]
    port: int


@contextmanager
def _serving(data: Path) -> Iterator[tuple[_Server, tuple[float, float]]]:
    """Run `km serve`, one process and no cache; yield it, and the seconds to its first page."""
    port = free_port()
    settings = {"KM_DATA": str(data), "KM_PORT": str(port), "KM_BASE": BASE}
    settings |= {"KM_CACHE_MB": "0", "KM_PROCESSES": "1"}
    command = [str(Path(sys.executable).with_name("km")), "serve"]
    began = time.perf_counter()
    with subprocess.Popen(
        command, env={**os.environ, **settings}, stderr=subprocess.DEVNULL
    ) as process:
        try:
            server = _Server(process, port)
            while not _is_up(server):
                time.sleep(0.005)
            yield server, (time.perf_counter() - began, own_cpu_s(process.pid))
        finally:
            process.terminate()


def _is_up(server: _Server) -> bool:
    if server.process.poll() is not None:
        raise SystemExit("km serve ended as it started")
    try:
        return _get(server, "/") > 0
    except OSError:
        return False


def _get(server: _Server, path: str) -> int:
    with urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=60) as answer:
        return len(answer.read())


def _ask(server: _Server, paths: Sequence[str]) -> Iterator[float]:
    """Yield the milliseconds of each answer."""
    for path in paths:
        began = time.perf_counter()
        _get(server, path)
        yield (time.perf_counter() - began) * 1_000


def _addresses(release: Release) -> dict[str, list[str]]:
    """Return what to ask for: one organisation's things, the same at any size, things from all over
    the country, and the most named shared ones.
    """
    own = [t.path for t in read_things(release.folder) if _FIRST in t.path]
    entities = [f"/doc/{path.removeprefix('/id/')}" for path in own[:: max(1, len(own) // _ASKED)]]
    step = max(1, count_things(release.folder) // _ASKED)
    spread = [thing.path for thing in islice(read_things(release.folder), 0, None, step)]
    select = "SELECT ?p ?o WHERE { <%s> ?p ?o }"
    queries = [select % f"{BASE}{path}" for path in spread[:_ASKED]]
    table = Path(__file__).parent.parent / "data" / "search_queries.csv"
    words = [row["query"] for row in csv.DictReader(table.read_text("utf-8").splitlines())]
    store = EmbeddedStore(release.store_path, PREFIXES)
    return {
        "entity": entities[:_ASKED],
        "topic": _most_named(store, "dct:subject", "/id/topic/"),
        "law": _most_named(store, "schema:item", "/id/law/"),
        "search": [f"/search?q={quote(text)}" for text in words[:_ASKED]],
        "sparql": [f"/sparql?query={quote(text)}" for text in queries],
    }


def _most_named(store: EmbeddedStore, predicate: str, part: str) -> list[str]:
    """Return the pages of the most named things of a kind, several times: nothing keeps them."""
    rows = store.select(_MOST_NAMED % (predicate, part))
    paths = [str(row["thing"])[1:-1].removeprefix(BASE) for row in rows]
    return [f"/doc/{path.removeprefix('/id/')}" for path in paths] * 6
