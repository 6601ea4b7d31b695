"""The query workers: streaming, limits, crashes, fairness; small stores and short deadlines."""

import os
import signal
import time
from pathlib import Path

import pytest
from support.engine_pool import ENDLESS, EVERYTHING, SMALL, read_answer, wait_until_idle

from graph.errors import KmError, QueryError, QueryTimeout, QueryTooLarge, ReaderLeft
from publish.engine.pool import EnginePool, EngineQuery

pytestmark = pytest.mark.slow


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
            read_answer(pool, EngineQuery(text, "csv"))
        assert read_answer(pool, SMALL)


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
        read_answer(pool, query)


def test_killed_by_hand(path: Path) -> None:
    """A worker killed in mid-answer ends that answer with an exception, and only that one."""
    with EnginePool(path, {}, workers=1) as pool:
        chunks = pool.query(EVERYTHING).chunks
        next(chunks)
        (job,) = pool._jobs
        os.kill(job.worker.pid, signal.SIGKILL)
        with pytest.raises(QueryError):
            list(chunks)
        assert read_answer(pool, SMALL)


def test_idle_worker_killed_by_hand(path: Path) -> None:
    """A worker that died while idle is replaced before anybody notices."""
    with EnginePool(path, {}, workers=1) as pool:
        assert read_answer(pool, SMALL)
        os.kill(pool._idle[0].pid, signal.SIGKILL)
        time.sleep(0.1)
        assert read_answer(pool, SMALL)


def test_reader_leaves(path: Path) -> None:
    """Closing an answer in the middle frees its worker; so does forgetting it."""
    with EnginePool(path, {}, workers=1, slow=0) as pool:
        chunks = pool.query(EVERYTHING).chunks
        next(chunks)
        chunks.close()  # type: ignore[attr-defined]
        assert list(chunks) == []
        assert pool.state().quick == 0
        pool.query(EVERYTHING)
        wait_until_idle(pool)
        assert read_answer(pool, SMALL)


def test_reader_leaves_before_the_answer(path: Path) -> None:
    """A query whose reader has gone is given up long before its deadline."""
    with EnginePool(path, {}, workers=1, deadline_s=30.0) as pool:
        gone_at = time.monotonic() + 0.5
        with pytest.raises(ReaderLeft):
            pool.query(ENDLESS, lambda: time.monotonic() > gone_at)
        assert time.monotonic() < gone_at + 5
        wait_until_idle(pool)
        assert b"".join(pool.query(SMALL, lambda: True).chunks)


def test_reader_that_reads_nothing(path: Path) -> None:
    """Who asks and does not read keeps a worker no longer than the deadline."""
    with EnginePool(path, {}, workers=1, slow=0, deadline_s=0.5) as pool:
        sleeping = pool.query(EVERYTHING)
        time.sleep(0.8)
        assert read_answer(pool, SMALL)
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
        assert read_answer(pool, SMALL)
        assert time.monotonic() - began < 3
