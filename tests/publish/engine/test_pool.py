"""The query workers: streaming, limits, crashes, fairness; small stores and short deadlines."""

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import (
    EngineBusy,
    KmError,
    QueryError,
    QuerySyntax,
    QueryTimeout,
    QueryTooLarge,
    ReaderLeft,
    ReleaseDamaged,
)
from graph.sparql.guard import check_query
from graph.store.embedded import BLOCK_BYTES
from publish.engine.pool import EnginePool, EngineQuery, StartedQuery
from publish.engine.scheduler import Scheduler

pytestmark = pytest.mark.slow

EX = "http://example.org/"
EVERYTHING = EngineQuery("SELECT * { ?s ?p ?o . ?x ?y ?z }", "csv")
ENDLESS = EngineQuery(
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "csv"
)
SMALL = EngineQuery(f"SELECT ?o {{ <{EX}7> ?p ?o }}", "csv")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("engine") / "store"
    writer = ox.Store(path)
    predicate, graph = ox.NamedNode(EX + "p"), ox.NamedNode(EX + "g")
    writer.bulk_extend(
        ox.Quad(ox.NamedNode(f"{EX}{i}"), predicate, ox.Literal(f"value {i}"), graph)
        for i in range(3000)
    )
    writer.flush()
    del writer
    return path


@pytest.fixture(scope="module")
def pool(path: Path) -> Iterator[EnginePool]:
    """Two workers that may work one second."""
    with EnginePool(path, {"ex": EX}, workers=2, deadline_s=1.0, quick_s=0.2) as pool:
        yield pool


def _read(pool: EnginePool, query: EngineQuery) -> bytes:
    return b"".join(pool.query(query).chunks)


def _read_in_vain(pool: EnginePool, query: EngineQuery) -> None:
    with pytest.raises(QueryTimeout):
        _read(pool, query)


def _wait_until_idle(pool: EnginePool) -> None:
    for _ in range(100):
        if pool.state().quick == pool.state().slow == 0:
            return
        time.sleep(0.05)
    pytest.fail(f"not idle: {pool.state()}")


def test_small(pool: EnginePool) -> None:
    """A small answer comes whole, with its length and media type."""
    answer = pool.query(SMALL)
    assert (answer.media_type, answer.size_bytes) == ("text/csv; charset=utf-8", 12)
    assert b"".join(answer.chunks) == b"o\r\nvalue 7\r\n"


def _begin(pool: EnginePool, query: EngineQuery) -> StartedQuery | None:
    return asyncio.run(pool.begin(query))


def test_small_on_a_loop(pool: EnginePool) -> None:
    """A small answer is whole once the loop goes on, and its worker is free again."""
    begun = _begin(pool, SMALL)
    assert begun is not None
    assert begun.is_whole
    assert b"".join(begun.finish().chunks) == b"o\r\nvalue 7\r\n"
    assert pool.state().quick == 0
    assert pool.state().killed == 0


@pytest.mark.parametrize(
    ("query", "kind"),
    [(EngineQuery("ASK {", "csv"), QuerySyntax), (ENDLESS, QueryTimeout)],
)
def test_what_a_loop_leaves_to_a_thread(
    pool: EnginePool, query: EngineQuery, kind: type[KmError]
) -> None:
    """An error, and what takes longer than a moment, are for a thread to finish."""
    begun = _begin(pool, query)
    assert begun is not None
    assert not begun.is_whole
    with pytest.raises(kind):
        begun.finish()
    _wait_until_idle(pool)
    assert _read(pool, SMALL)


def test_long_answers_begin_on_a_loop(path: Path) -> None:
    """An answer of many blocks is begun, and read to its end in a thread."""
    with EnginePool(path, {}, workers=1) as pool:
        begun = _begin(
            pool, EngineQuery("SELECT * { ?s ?p ?o { SELECT ?x { ?x ?y ?z } LIMIT 9 } }", "csv")
        )
        assert begun is not None
        assert not begun.is_whole
        assert b"".join(begun.finish().chunks).count(b"\r\n") == 27_001
        _wait_until_idle(pool)


def test_a_loop_waits_a_moment_for_a_slot(path: Path) -> None:
    """Many small queries from one loop take turns at one worker, and none is lost."""

    async def ask_all(pool: EnginePool) -> list[StartedQuery | None]:
        async def ask() -> bytes:
            begun = await pool.begin(SMALL)
            assert begun is not None
            return b"".join(begun.finish().chunks)

        return await asyncio.gather(*(ask() for _ in range(12)))  # type: ignore[return-value]

    with EnginePool(path, {}, workers=1, slow=0) as pool:
        assert asyncio.run(ask_all(pool)) == [b"o\r\nvalue 7\r\n"] * 12
        assert pool.state().quick == pool.state().waiting == 0


def test_a_loop_gives_up_its_place(path: Path) -> None:
    """Where no slot comes in a moment the loop does not wait, and leaves the queue."""
    with EnginePool(path, {}, workers=1, slow=0, deadline_s=5.0) as pool:
        holder = pool.query(EVERYTHING)
        assert _begin(pool, SMALL) is None
        assert pool.state().waiting == 0
        del holder
        _wait_until_idle(pool)
        assert _begin(pool, SMALL) is not None or _read(pool, SMALL)


def test_a_loop_finds_a_dead_worker(path: Path) -> None:
    """A worker that died while idle costs the loop nothing: a thread asks another."""
    with EnginePool(path, {}, workers=1) as pool:
        assert _read(pool, SMALL)
        os.kill(pool._idle[0].pid, signal.SIGKILL)
        time.sleep(0.1)
        begun = _begin(pool, SMALL)
        assert begun is None or not begun.is_whole
        if begun is not None:
            with pytest.raises(QueryError):
                begun.finish()
        assert _read(pool, SMALL)


def test_dataset_and_prefixes(pool: EnginePool) -> None:
    """The request's dataset and the site's prefixes reach the worker."""
    query = "ASK { ex:7 ?p ?o }"
    assert json.loads(_read(pool, EngineQuery(query, "json")))["boolean"]
    elsewhere = EngineQuery(query, "json", default_graphs=(EX + "other",))
    assert not json.loads(_read(pool, elsewhere))["boolean"]


@pytest.mark.parametrize(
    "term", [ox.Literal("value 7"), ox.Literal('a "quote"\n.', language="th"), ox.Literal(7)]
)
def test_bindings(pool: EnginePool, term: ox.Literal) -> None:
    """A variable is bound to a term before the query runs, whatever signs the term holds."""
    bindings = (("o", str(term)), ("s", f"<{EX}7>"))
    query = EngineQuery(
        "SELECT ?s ?o ?found { OPTIONAL { ?s ?p ?o BIND(true AS ?found) } }", "json"
    )
    (row,) = json.loads(_read(pool, replace(query, bindings=bindings)))["results"]["bindings"]
    assert row["o"]["value"] == term.value
    assert ("found" in row) == (term.value == "value 7")


@pytest.mark.parametrize("text", ["", "<a> . <x:s> <x:p> <b>", "?x", "1 } DROP ALL", "<no iri>"])
def test_binding_is_one_term(pool: EnginePool, text: str) -> None:
    """What is no term, or more than one, is refused, and the next query is answered."""
    with pytest.raises(QueryError, match="is no RDF term"):
        _read(pool, replace(SMALL, bindings=(("o", text),)))
    assert _read(pool, SMALL)


def test_streams_in_blocks(path: Path) -> None:
    """A long answer begins before its end is known, and comes in blocks of at most 64 KB."""
    with EnginePool(path, {}, workers=1) as pool:
        answer = pool.query(
            EngineQuery("SELECT * { ?s ?p ?o { SELECT ?x { ?x ?y ?z } LIMIT 20 } }", "csv")
        )
        assert answer.size_bytes is None
        blocks = list(answer.chunks)
        assert b"".join(blocks).count(b"\r\n") == 60_001
        assert max(map(len, blocks)) <= BLOCK_BYTES
        assert pool.state().killed == 0


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (EngineQuery("SELECT * {", "json"), QuerySyntax),
        (EngineQuery("ASK {}", "ttl"), QueryError),
        (EngineQuery("ASK {}", "pdf"), QueryError),
        (EngineQuery("ASK {}", "json", default_graphs=("no iri",)), QueryError),
        (EngineQuery("SELECT (<a:f>(1) AS ?x) {}", "json"), QueryError),
        (ENDLESS, QueryTimeout),
        (EngineQuery("SELECT * " + "{" * 60_000, "json"), QueryTooLarge),
    ],
)
def test_failures(pool: EnginePool, query: EngineQuery, kind: type[KmError]) -> None:
    """Each failure has its exception, and the next query is answered."""
    with pytest.raises(kind) as caught:
        _read(pool, query)
    assert type(caught.value) is kind
    assert _read(pool, SMALL)


def test_syntax_error_keeps_its_place(pool: EnginePool) -> None:
    """Line and column cross from the worker."""
    with pytest.raises(QuerySyntax) as caught:
        _read(pool, EngineQuery("ASK {\n ?s ] }", "json"))
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_timeout_in_the_middle_is_raised(pool: EnginePool) -> None:
    """An answer cut by the deadline ends in an exception, never as if it were whole."""
    answer = pool.query(EVERYTHING)
    with pytest.raises(QueryTimeout):
        list(answer.chunks)


def test_memory(path: Path) -> None:
    """A query that wants more memory than allowed costs its worker, nothing else."""
    doubling = "".join(f"BIND(CONCAT(?a{i}, ?a{i}) AS ?a{i + 1}) " for i in range(30))
    text = f'SELECT (STRLEN(?a30) AS ?n) {{ BIND("{"x" * 1000}" AS ?a0) {doubling} }}'
    with EnginePool(path, {}, workers=1, memory_bytes=128 * 1024**2, deadline_s=60) as pool:
        with pytest.raises(QueryTooLarge, match="memory"):
            _read(pool, EngineQuery(text, "csv"))
        assert _read(pool, SMALL)


def test_output_cap(path: Path) -> None:
    """An answer longer than the cap ends in an exception."""
    with EnginePool(path, {}, workers=1, output_bytes=1_000_000) as pool:
        answer = pool.query(EVERYTHING)
        with pytest.raises(QueryTooLarge, match="LIMIT"):
            list(answer.chunks)


def test_no_network(pool: EnginePool) -> None:
    """SERVICE, should it ever pass the gate, finds no socket in a worker."""
    query = EngineQuery("ASK { SERVICE <http://127.0.0.1:8000/> { ?s ?p ?o } }", "json")
    with pytest.raises(KmError, match="denied"):
        _read(pool, query)


def test_killed_by_hand(path: Path) -> None:
    """A worker killed in mid-answer ends that answer with an exception, and only that one."""
    with EnginePool(path, {}, workers=1) as pool:
        chunks = pool.query(EVERYTHING).chunks
        next(chunks)
        (job,) = pool._jobs
        os.kill(job.worker.pid, signal.SIGKILL)
        with pytest.raises(QueryError):
            list(chunks)
        assert _read(pool, SMALL)


def test_idle_worker_killed_by_hand(path: Path) -> None:
    """A worker that died while idle is replaced before anybody notices."""
    with EnginePool(path, {}, workers=1) as pool:
        assert _read(pool, SMALL)
        os.kill(pool._idle[0].pid, signal.SIGKILL)
        time.sleep(0.1)
        assert _read(pool, SMALL)


def test_reader_leaves(path: Path) -> None:
    """Closing an answer in the middle frees its worker; so does forgetting it."""
    with EnginePool(path, {}, workers=1, slow=0) as pool:
        chunks = pool.query(EVERYTHING).chunks
        next(chunks)
        chunks.close()  # type: ignore[attr-defined]
        assert list(chunks) == []
        assert pool.state().quick == 0
        pool.query(EVERYTHING)
        _wait_until_idle(pool)
        assert _read(pool, SMALL)


def test_reader_leaves_before_the_answer(path: Path) -> None:
    """A query whose reader has gone is given up long before its deadline."""
    with EnginePool(path, {}, workers=1, deadline_s=30.0) as pool:
        gone_at = time.monotonic() + 0.5
        with pytest.raises(ReaderLeft):
            pool.query(ENDLESS, lambda: time.monotonic() > gone_at)
        assert time.monotonic() < gone_at + 5
        _wait_until_idle(pool)
        assert b"".join(pool.query(SMALL, lambda: True).chunks)


def test_reader_that_reads_nothing(path: Path) -> None:
    """Who asks and does not read keeps a worker no longer than the deadline."""
    with EnginePool(path, {}, workers=1, slow=0, deadline_s=0.5) as pool:
        sleeping = pool.query(EVERYTHING)
        time.sleep(0.8)
        assert _read(pool, SMALL)
        with pytest.raises(QueryError):
            list(sleeping.chunks)


def test_slot_of_a_dead_worker_is_found(path: Path) -> None:
    """A slot is free again when its worker died, though its reader has not looked yet."""
    with EnginePool(path, {}, workers=1, slow=0) as pool:
        _sleeping = pool.query(EVERYTHING)
        (job,) = pool._jobs
        os.kill(job.worker.pid, signal.SIGKILL)
        time.sleep(0.1)
        began = time.monotonic()
        assert _read(pool, SMALL)
        assert time.monotonic() - began < 3


def test_long_query_moves_over(path: Path) -> None:
    """A long query takes a slow slot, and a fresh worker stands in its place."""
    with EnginePool(path, {}, workers=1, slow=1, deadline_s=2.0, quick_s=0.1) as pool:
        thread = threading.Thread(target=_read_in_vain, args=(pool, ENDLESS))
        thread.start()
        while pool.state().slow == 0 and thread.is_alive():
            time.sleep(0.02)
        assert (pool.state().slow, pool.state().quick) == (1, 0)
        assert _read(pool, SMALL)
        assert thread.is_alive()
        thread.join()


def test_small_queries_pass_long_ones(path: Path) -> None:
    """While long queries fill the slow lane, small ones are answered and none is lost."""
    ended: list[str] = []

    def bother(pool: EnginePool) -> None:
        try:
            _read(pool, ENDLESS)
        except QueryError as error:
            ended.append(type(error).__name__)

    with EnginePool(path, {}, workers=2, slow=1, deadline_s=2.0, quick_s=0.1) as pool:
        threads = [threading.Thread(target=bother, args=(pool,)) for _ in range(5)]
        for thread in threads:
            thread.start()
        answers = [_read(pool, SMALL) for _ in range(20)]
        for thread in threads:
            thread.join()
        assert set(answers) == {b"o\r\nvalue 7\r\n"}
        assert set(ended) <= {"QueryTimeout", "EngineBusy"}
        assert len(ended) == 5
        _wait_until_idle(pool)


def test_workers_are_kept(path: Path) -> None:
    """Small queries from many threads are all answered by the workers that were there."""
    with EnginePool(path, {}, workers=2, queue=8) as pool:
        before = {worker.pid for worker in pool._idle}
        threads = [
            threading.Thread(target=lambda: [_read(pool, SMALL) for _ in range(200)])
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {worker.pid for worker in pool._idle} == before


def test_queue_is_bounded(path: Path) -> None:
    """Where the queue is full, the answer is 'busy' at once."""
    with EnginePool(path, {}, workers=1, slow=0, queue=0, deadline_s=2.0) as pool:
        holder = pool.query(EVERYTHING)
        with pytest.raises(EngineBusy):
            _read(pool, SMALL)
        del holder


def test_close(path: Path) -> None:
    """A closing pool ends what it began, still answers late comers, and then nobody."""
    pool = EnginePool(path, {}, workers=1, slow=0)
    running = pool.query(EngineQuery("SELECT * { ?s ?p ?o . <a:b> ?y ?z }", "csv"))
    pool.close()
    assert b"".join(running.chunks)
    assert _read(pool, SMALL)
    assert pool.state().idle == 0
    pool.close(graceful=False)
    with pytest.raises(EngineBusy):
        _read(pool, SMALL)


def test_workers_end_with_their_parent(path: Path) -> None:
    """A worker whose other end is gone ends by itself."""
    pool = EnginePool(path, {}, workers=1)
    worker = pool._idle[0]
    worker._connection.close()
    assert worker._process.wait(5) == 0
    pool.close(graceful=False)


def test_no_store(tmp_path: Path) -> None:
    """A pool without a store does not start, and leaves nothing behind."""
    with pytest.raises(ReleaseDamaged):
        EnginePool(tmp_path / "missing", {}, workers=2)
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * " + "{" * 49 + "?s ?p ?o" + "}" * 49,
        "ASK { FILTER(" + "(" * 48 + "1" + ")" * 48 + ") }",
        "ASK { " + "FILTER EXISTS {" * 48 + "}" * 48 + " }",
        "ASK { ?s ?p " + "[ <a:> " * 48 + "1" + "]" * 48 + " }",
        "ASK { ?s ?p " + "<<( <a:> <a:> " * 48 + "1" + " )>>" * 48 + " }",
        "ASK { FILTER(1" + "+1" * 499 + ") }",
        "ASK { FILTER(1" + "||1" * 499 + ") }",
        "ASK { FILTER(1" + " -1" * 2400 + ") }",
        "ASK { FILTER(" + "!" * 499 + "1) }",
        "ASK { ?s !<a:>" + "/!<a:>" * 240 + " ?o }",
        "SELECT * { {}" + "UNION{?s ?p ?o}" * 298 + " }",
        "SELECT * { " + "OPTIONAL { ?s ?p ?o }" * 290 + " }",
        "SELECT * { " + " ".join(f"BIND(1 AS ?a{i})" for i in range(800)) + " }",
        "SELECT * { ?s ?p ( " + "1 " * 4900 + ") }",
        "SELECT * { BIND(CONCAT(" + "'a'," * 2400 + "'a') AS ?x) }",
        "SELECT * { VALUES ?x { " + "1 " * 4900 + "} }",
        "SELECT * { ?s ?p 1" + ";?p 1" * 1600 + " }",
    ],
)
def test_what_the_gate_lets_through_never_crashes(pool: EnginePool, text: str) -> None:
    """At the gate's limits the engine answers or runs out of time, but its stack holds."""
    check_query(text)
    try:
        answer = pool.query(EngineQuery(text, "csv"))
        next(answer.chunks, None)
    except QueryError as error:
        assert "complex" not in str(error)


def test_lanes_are_fair() -> None:
    """Slots go to who waited longest, and a freed slow slot lets nobody in."""
    scheduler = Scheduler(quick=1, slow=1, queue=2)
    order: list[int] = []
    scheduler.enter(1, lambda: None)
    threads = []
    for number in range(2):
        thread = threading.Thread(
            target=lambda n=number: (scheduler.enter(5, lambda: None), order.append(n))
        )
        thread.start()
        threads.append(thread)
        while scheduler.state().waiting <= number:
            time.sleep(0.01)
    assert scheduler.move_over()
    threads[0].join()
    assert not scheduler.move_over()
    scheduler.leave(is_slow=True)
    assert order == [0]
    scheduler.leave(is_slow=False)
    threads[1].join()
    assert order == [0, 1]
