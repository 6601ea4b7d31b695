"""What is measured: each kind of query on each server, by one client and by eight, in turns.

In: running servers. Out: `Cell`s, each the median of its rounds. The servers take turns within each
kind and round, so that whatever else the machine does falls on all of them. A throughput counts
whole answers with status 200 only; what was refused is counted apart.
"""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

from bench.client import Sample, Target, run
from bench.data import Data
from bench.kinds import Kind, fresh
from bench.processes import cpu_s
from bench.servers import RDFLIB, Server
from graph.rdf.vocab import PREFIXES
from graph.store.embedded import EmbeddedStore
from publish.engine.pool import EnginePool, EngineQuery

CLIENTS = (1, 8)
_MOST_REQUESTS = 8000


@dataclass(frozen=True)
class Plan:
    """How long each run is and how often it comes; `limit_s` is how long one answer may take."""

    rounds: int
    seconds: float
    limit_s: float


@dataclass(frozen=True)
class Cell:
    """One kind on one server by some clients; `is_fresh` where no query came twice.

    `cpu_ms` is the processor time of the server for each answer: what else the machine does shows
    less in it than in the time that went by.
    """

    kind: str
    group: str
    server: str
    clients: int
    is_fresh: bool
    median_ms: float
    cpu_ms: float
    per_second: float
    answers: int
    refused: int


@dataclass(frozen=True)
class Isolation:
    """A point query in process and through the workers, milliseconds."""

    in_process_ms: float
    through_workers_ms: float


def measure(
    kind: Kind, servers: Sequence[Server], organisations: Sequence[str], plan: Plan
) -> Iterator[Cell]:
    """Yield the cells of one kind; the slowest server runs in the first round only."""
    runs: dict[tuple[str, int, bool], list[Sample]] = {}
    for number in range(plan.rounds):
        for server in servers:
            if server.name == RDFLIB and number:
                continue
            for clients in CLIENTS:
                queries = fresh(kind, number * 100 + clients, organisations)
                sample = _run(kind, server, queries, clients, plan)
                runs.setdefault((server.name, clients, True), []).append(sample)
            if server.name != RDFLIB:
                again = repeat(next(fresh(kind, 7, organisations)))
                sample = _run(kind, server, again, CLIENTS[-1], plan)
                runs.setdefault((server.name, CLIENTS[-1], False), []).append(sample)
    for (name, clients, is_fresh), samples in runs.items():
        yield _cell(kind, name, clients, is_fresh, samples)


def _run(kind: Kind, server: Server, queries: Iterator[str], clients: int, plan: Plan) -> Sample:
    """Warm up with a few queries, which also tell how many requests to prepare, then run."""
    target = Target(server.endpoint, kind.accept)
    first = [target.request(query) for query in islice(queries, clients)]
    warm = run(server.endpoint, first, clients, 0, plan.limit_s)
    if warm.elapsed_s >= plan.limit_s:
        return warm
    wanted = int(plan.seconds * 4 * clients / min(warm.latencies_s)) + clients
    requests = [target.request(q) for q in islice(queries, min(_MOST_REQUESTS, wanted))]
    used = cpu_s(server.process)
    sample = run(server.endpoint, requests, clients, plan.seconds, plan.limit_s)
    sample.cpu_s = cpu_s(server.process) - used
    return sample


def _cell(kind: Kind, server: str, clients: int, is_fresh: bool, samples: list[Sample]) -> Cell:
    medians = [statistics.median(s.latencies_s) for s in samples]
    rates = [(len(s.latencies_s) - s.failures) / s.elapsed_s for s in samples]
    return Cell(
        kind.name,
        kind.group,
        server,
        clients,
        is_fresh,
        statistics.median(medians) * 1000,
        sum(s.cpu_s for s in samples) / sum(len(s.latencies_s) for s in samples) * 1000,
        statistics.median(rates),
        sum(len(s.latencies_s) for s in samples),
        sum(s.failures for s in samples),
    )


def isolation(data: Data, kind: Kind, queries: int) -> Isolation:
    """Return what the way through a worker adds to one query, the two in turns."""
    store = EmbeddedStore(data.store, PREFIXES)
    alone: list[float] = []
    apart: list[float] = []
    with EnginePool(data.store, PREFIXES) as pool:
        for text in islice(fresh(kind, 11, data.organisations), queries):
            began = time.perf_counter()
            b"".join(store.query(text, "json").chunks)
            between = time.perf_counter()
            b"".join(pool.query(EngineQuery(text, "json")).chunks)
            alone.append(between - began)
            apart.append(time.perf_counter() - between)
    return Isolation(statistics.median(alone) * 1000, statistics.median(apart) * 1000)
