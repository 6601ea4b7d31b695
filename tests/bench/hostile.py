"""A time of hostile queries, with ordinary readers beside them; `make hostile`.

In: a running server of ours. Out: an `Outcome`: how each hostile case ended, what the ordinary
readers got meanwhile, and whether the processors are idle afterwards. Eight attackers, each from an
address of its own, keep a hundred queries on their way; workers are killed by hand; some clients
read nothing and some leave. An answer that is cut counts as cut: its reader can tell.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from urllib.parse import quote, urlsplit

from bench.processes import query_workers

_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r"
_DOUBLING = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
_EIGHTFOLD = "$0" * 8
_GROWING = " ".join(f'BIND(REPLACE(?x{n}, ".", "{_EIGHTFOLD}") AS ?x{n + 1})' for n in range(12))
_BINDS = " ".join(f"BIND(1 AS ?v{n})" for n in range(10_000))
_TABLE = "application/sparql-results+json"
CUT = "cut"  # an answer that began and was aborted, which its reader notices
# Others were before it, or its worker was killed by hand, which looks like too little memory.
_ALWAYS = frozenset(["503", "400"])
CLOSED = "closed"  # no answer, as the server closed while the request was still coming


@dataclass(frozen=True)
class Case:
    """A hostile query and how it may end, besides `_ALWAYS`."""

    name: str
    query: str
    ends: frozenset[str]


def _case(name: str, query: str, *ends: str) -> Case:
    return Case(name, query, frozenset(ends))


CASES = (
    _case("cross join", f"SELECT * {{ {_CROSS} }}", "200", "504", CUT),
    _case("cross join, counted", f"SELECT (COUNT(*) AS ?n) {{ {_CROSS} }}", "504"),
    _case(
        "cross join, filtered", f"SELECT * {{ {_CROSS} FILTER(?a = ?r && ?b != ?b) }}", "504", "200"
    ),
    _case("cross join, ordered", f"SELECT * {{ {_CROSS} }} ORDER BY ?r LIMIT 1", "504", "400"),
    _case(
        "cross join, grouped",
        f"SELECT ?c (COUNT(*) AS ?n) {{ {_CROSS} }} GROUP BY ?c ?f ?i",
        "504",
        "400",
    ),
    _case("closure", "SELECT * { ?a (!<x:y>|^!<x:y>)* ?b }", "200", "504", "400", CUT),
    _case("closure, counted", "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)+ ?b }", "504", "400"),
    _case(
        "regular expression",
        'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), "(((a+)+)+)+$", "i") '
        '&& REGEX(STR(?f), "^(([a-z]|ก)*)*!$")) }',
        "200",
        "504",
        CUT,
    ),
    _case("regular expression, large", 'ASK { FILTER(REGEX("a", "((a{1000}){1000}){9}")) }', "200"),
    _case("CONCAT bomb", f'SELECT * {{ BIND("ab" AS ?x0) {_DOUBLING} }}', "400", "504", CUT),
    _case("REPLACE bomb", f'SELECT * {{ BIND("ab" AS ?x0) {_GROWING} }}', "400", "504", CUT),
    _case("braces", "SELECT * " + "{" * 100_000 + "}" * 100_000, "400"),
    _case("parentheses", "ASK { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }", "400"),
    _case("unions", "SELECT * { {}" + " UNION {}" * 100_000 + " }", "413"),
    _case("BINDs", f"SELECT * {{ {_BINDS} }}", "400"),
    _case(
        "10 MB of VALUES", "SELECT * { VALUES ?x { " + "1 " * 5_000_000 + "} }", "413", CUT, CLOSED
    ),
    _case("SERVICE", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "403"),
    _case("an update", "DROP ALL", "403"),
)


@dataclass(frozen=True)
class Plan:
    """How long, from how many addresses, with how many queries on their way from each."""

    seconds: float
    attackers: int = 8
    each: int = 12
    neighbours: int = 4
    kill_every_s: float = 5.0
    patience_s: float = 90.0


@dataclass
class Outcome:
    """What was seen: ends of each case, and of the neighbours' requests with their times."""

    ends: dict[str, Counter[str]] = field(default_factory=dict)
    neighbours: Counter[str] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    left: int = 0
    silent: int = 0
    killed: int = 0
    idle_load: float = 0.0

    def note(self, case: Case, end: str) -> None:
        """Count how one hostile query ended."""
        self.ends.setdefault(case.name, Counter())[end] += 1

    def faults(self) -> list[str]:
        """Return what should not have happened, as sentences."""
        known = {case.name: case.ends | _ALWAYS for case in CASES}
        wrong = [
            f"{name}: {number} times {end}"
            for name, ends in self.ends.items()
            for end, number in ends.items()
            if end not in known[name]
        ]
        lost = {end: n for end, n in self.neighbours.items() if end != "200"}
        if lost:
            wrong.append(f"ordinary readers: {lost}")
        if self.idle_load > 0.2:
            wrong.append(f"{self.idle_load:.2f} processors busy afterwards")
        return wrong


async def attack(endpoint: str, small: Sequence[str], server: int, plan: Plan) -> Outcome:
    """Attack a server of this process number; `small` are what ordinary readers ask for."""
    outcome, ends_at = Outcome(), time.monotonic() + plan.seconds
    tasks = [
        _attacker(endpoint, f"127.0.1.{a + 1}", a * plan.each + n, ends_at, plan, outcome)
        for a in range(plan.attackers)
        for n in range(plan.each)
    ]
    tasks += [_neighbour(endpoint, small, n, ends_at, outcome) for n in range(plan.neighbours)]
    tasks += [_who_leaves(endpoint, ends_at, outcome), _who_is_silent(endpoint, ends_at, outcome)]
    tasks.append(_killer(server, ends_at, plan, outcome))
    await asyncio.gather(*tasks)
    return outcome


def report(outcome: Outcome) -> str:
    """Return the counts as text."""
    lines = [f"{name}: {_counts(ends)}" for name, ends in sorted(outcome.ends.items())]
    times = sorted(outcome.latencies_s)
    lines += [
        f"clients that left: {outcome.left}; that read nothing: {outcome.silent}; "
        f"workers killed by hand: {outcome.killed}",
        f"ordinary readers: {_counts(outcome.neighbours)}; median {times[len(times) // 2]:.3f} s, "
        f"99 of 100 within {times[len(times) * 99 // 100]:.3f} s, the longest {times[-1]:.3f} s",
        f"processors busy afterwards: {outcome.idle_load:.2f}",
        *(f"FAULT: {fault}" for fault in outcome.faults()),
    ]
    return "\n".join(lines)


def _counts(ends: Counter[str]) -> str:
    return ", ".join(f"{number} × {end}" for end, number in ends.most_common())


# ---- clients ---------------------------------------------------------------------------------


async def _attacker(
    endpoint: str, address: str, start: int, ends_at: float, plan: Plan, outcome: Outcome
) -> None:
    for number in count(start):
        if time.monotonic() > ends_at:
            return
        case = CASES[number % len(CASES)]
        outcome.note(case, await _post(endpoint, address, case.query, plan.patience_s))


async def _neighbour(
    endpoint: str, small: Sequence[str], seed: int, ends_at: float, outcome: Outcome
) -> None:
    """Ask small things, one after another with a pause, as a person or a script does."""
    chance = random.Random(seed)
    for number, query in enumerate(cycle(small)):
        if time.monotonic() > ends_at:
            return
        began = time.monotonic()
        text = f"{query}\n# {seed} {number}"  # never twice the same: no cache knows it
        end = await _get(endpoint, f"127.0.2.{seed + 1}", text, 30)
        outcome.latencies_s.append(time.monotonic() - began)
        outcome.neighbours[end] += 1
        await asyncio.sleep(chance.uniform(0.02, 0.1))


async def _who_leaves(endpoint: str, ends_at: float, outcome: Outcome) -> None:
    """Send long queries and go away, before the answer and in the middle of it."""
    for case in cycle(CASES[:2]):
        if time.monotonic() > ends_at:
            return
        with suppress(OSError):
            reader, writer = await _send(endpoint, "127.0.3.1", _post_request(endpoint, case.query))
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1000), 0.5)
            writer.transport.abort()
            outcome.left += 1


async def _who_is_silent(endpoint: str, ends_at: float, outcome: Outcome) -> None:
    """Ask for a long answer and read nothing of it; a new one every two seconds."""
    held = []
    while time.monotonic() < ends_at:
        with suppress(OSError):
            request = _post_request(endpoint, CASES[0].query)
            reader, writer = await _send(endpoint, "127.0.3.2", request)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            held.append((reader, writer))
            outcome.silent += 1
        await asyncio.sleep(2)
    for _, writer in held:
        writer.transport.abort()


async def _killer(server: int, ends_at: float, plan: Plan, outcome: Outcome) -> None:
    """Kill a worker of the server now and then, whatever it is at."""
    while time.monotonic() + plan.kill_every_s < ends_at:
        await asyncio.sleep(plan.kill_every_s)
        workers = query_workers(server)
        if workers:
            with suppress(ProcessLookupError):
                os.kill(random.choice(workers), signal.SIGKILL)
                outcome.killed += 1


# ---- HTTP ------------------------------------------------------------------------------------


async def _post(endpoint: str, address: str, query: str, patience_s: float) -> str:
    return await _fetch(endpoint, address, _post_request(endpoint, query), patience_s)


async def _get(endpoint: str, address: str, query: str, patience_s: float) -> str:
    parts = urlsplit(endpoint)
    request = (
        f"GET {parts.path}?query={quote(query)} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Accept: {_TABLE}\r\nConnection: close\r\n\r\n"
    )
    return await _fetch(endpoint, address, request.encode(), patience_s)


def _post_request(endpoint: str, query: str) -> bytes:
    parts, body = urlsplit(endpoint), query.encode()
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {_TABLE}\r\n"
        f"Content-Type: application/sparql-query\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


async def _send(
    endpoint: str, address: str, request: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(endpoint)
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port, local_addr=(address, 0)
    )
    writer.write(request)
    return reader, writer


async def _fetch(endpoint: str, address: str, request: bytes, patience_s: float) -> str:
    """Return the status of an answer that came whole, or how else it ended."""
    try:
        async with asyncio.timeout(patience_s):
            reader, writer = await _send(endpoint, address, request)
            try:
                return await _read(reader)
            finally:
                writer.transport.abort()
    except TimeoutError:
        return "no answer"
    except asyncio.IncompleteReadError:
        return CLOSED
    except OSError as error:
        return CLOSED if isinstance(error, ConnectionError) else type(error).__name__


async def _read(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    status, lower = head.split(b" ", 2)[1].decode(), head.lower()
    _, _, length = lower.partition(b"\r\ncontent-length:")
    tail, size = b"", 0
    try:
        while block := await reader.read(1 << 18):
            tail, size = (tail + block)[-8:], size + len(block)
    except ConnectionError:
        return CUT
    is_whole = size == int(length.partition(b"\r\n")[0]) if length else tail.endswith(b"0\r\n\r\n")
    return status if is_whole else CUT
