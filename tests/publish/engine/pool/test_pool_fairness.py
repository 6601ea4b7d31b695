"""The query workers: streaming, limits, crashes, fairness; small stores and short deadlines."""

import threading
import time
from pathlib import Path

import pytest
from support.engine_pool import ENDLESS, EVERYTHING, SMALL, read_answer, wait_until_idle

from graph.errors import EngineBusy, QueryError, QueryTimeout, ReleaseDamaged
from graph.sparql.guard import check_query
from publish.engine.pool import EnginePool, EngineQuery
from publish.engine.scheduler import Scheduler

pytestmark = pytest.mark.slow


def _read_in_vain(pool: EnginePool, query: EngineQuery) -> None:
    with pytest.raises(QueryTimeout):
        read_answer(pool, query)


def test_long_query_moves_over(path: Path) -> None:
    """A long query takes a slow slot, and a fresh worker stands in its place."""
    with EnginePool(path, {}, workers=1, slow=1, deadline_s=2.0, quick_s=0.1) as pool:
        thread = threading.Thread(target=_read_in_vain, args=(pool, ENDLESS))
        thread.start()
        while pool.state().slow == 0 and thread.is_alive():
            time.sleep(0.02)
        assert (pool.state().slow, pool.state().quick) == (1, 0)
        assert read_answer(pool, SMALL)
        assert thread.is_alive()
        thread.join()


def test_small_queries_pass_long_ones(path: Path) -> None:
    """While long queries fill the slow lane, small ones are answered and none is lost."""
    ended: list[str] = []

    def bother(pool: EnginePool) -> None:
        try:
            read_answer(pool, ENDLESS)
        except QueryError as error:
            ended.append(type(error).__name__)

    with EnginePool(path, {}, workers=2, slow=1, deadline_s=2.0, quick_s=0.1) as pool:
        threads = [threading.Thread(target=bother, args=(pool,)) for _ in range(5)]
        for thread in threads:
            thread.start()
        answers = [read_answer(pool, SMALL) for _ in range(20)]
        for thread in threads:
            thread.join()
        assert set(answers) == {b"o\r\nvalue 7\r\n"}
        assert set(ended) <= {"QueryTimeout", "EngineBusy"}
        assert len(ended) == 5
        wait_until_idle(pool)


def test_workers_are_kept(path: Path) -> None:
    """Small queries from many threads are all answered by the workers that were there."""
    with EnginePool(path, {}, workers=2, queue=8) as pool:
        before = {worker.pid for worker in pool._idle}
        threads = [
            threading.Thread(target=lambda: [read_answer(pool, SMALL) for _ in range(200)])
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
            read_answer(pool, SMALL)
        del holder


def test_close(path: Path) -> None:
    """A closing pool ends what it began, still answers late comers, and then nobody."""
    pool = EnginePool(path, {}, workers=1, slow=0)
    running = pool.query(EngineQuery("SELECT * { ?s ?p ?o . <a:b> ?y ?z }", "csv"))
    pool.close()
    assert b"".join(running.chunks)
    assert read_answer(pool, SMALL)
    assert pool.state().idle == 0
    pool.close(graceful=False)
    with pytest.raises(EngineBusy):
        read_answer(pool, SMALL)


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
