"""The query workers: streaming, limits, crashes, fairness; small stores and short deadlines."""

import asyncio
import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.engine_pool import ENDLESS, EVERYTHING, EX, SMALL, read_answer, wait_until_idle

from graph.errors import KmError, QueryError, QuerySyntax, QueryTimeout, QueryTooLarge
from graph.store.embedded import BLOCK_BYTES
from publish.engine.pool import EnginePool, EngineQuery, StartedQuery

pytestmark = pytest.mark.slow


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
    wait_until_idle(pool)
    assert read_answer(pool, SMALL)


def test_long_answers_begin_on_a_loop(path: Path) -> None:
    """An answer of many blocks is begun, and read to its end in a thread."""
    with EnginePool(path, {}, workers=1) as pool:
        begun = _begin(
            pool, EngineQuery("SELECT * { ?s ?p ?o { SELECT ?x { ?x ?y ?z } LIMIT 9 } }", "csv")
        )
        assert begun is not None
        assert not begun.is_whole
        assert b"".join(begun.finish().chunks).count(b"\r\n") == 27_001
        wait_until_idle(pool)


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
        wait_until_idle(pool)
        assert _begin(pool, SMALL) is not None or read_answer(pool, SMALL)


def test_a_loop_finds_a_dead_worker(path: Path) -> None:
    """A worker that died while idle costs the loop nothing: a thread asks another."""
    with EnginePool(path, {}, workers=1) as pool:
        assert read_answer(pool, SMALL)
        os.kill(pool._idle[0].pid, signal.SIGKILL)
        time.sleep(0.1)
        begun = _begin(pool, SMALL)
        assert begun is None or not begun.is_whole
        if begun is not None:
            with pytest.raises(QueryError):
                begun.finish()
        assert read_answer(pool, SMALL)


def test_dataset_and_prefixes(pool: EnginePool) -> None:
    """The request's dataset and the site's prefixes reach the worker."""
    query = "ASK { ex:7 ?p ?o }"
    assert json.loads(read_answer(pool, EngineQuery(query, "json")))["boolean"]
    elsewhere = EngineQuery(query, "json", default_graphs=(EX + "other",))
    assert not json.loads(read_answer(pool, elsewhere))["boolean"]


@pytest.mark.parametrize(
    "term", [ox.Literal("value 7"), ox.Literal('a "quote"\n.', language="th"), ox.Literal(7)]
)
def test_bindings(pool: EnginePool, term: ox.Literal) -> None:
    """A variable is bound to a term before the query runs, whatever signs the term holds."""
    bindings = (("o", str(term)), ("s", f"<{EX}7>"))
    query = EngineQuery(
        "SELECT ?s ?o ?found { OPTIONAL { ?s ?p ?o BIND(true AS ?found) } }", "json"
    )
    (row,) = json.loads(read_answer(pool, replace(query, bindings=bindings)))["results"]["bindings"]
    assert row["o"]["value"] == term.value
    assert ("found" in row) == (term.value == "value 7")


@pytest.mark.parametrize("text", ["", "<a> . <x:s> <x:p> <b>", "?x", "1 } DROP ALL", "<no iri>"])
def test_binding_is_one_term(pool: EnginePool, text: str) -> None:
    """What is no term, or more than one, is refused, and the next query is answered."""
    with pytest.raises(QueryError, match="is no RDF term"):
        read_answer(pool, replace(SMALL, bindings=(("o", text),)))
    assert read_answer(pool, SMALL)


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
        read_answer(pool, query)
    assert type(caught.value) is kind
    assert read_answer(pool, SMALL)


def test_syntax_error_keeps_its_place(pool: EnginePool) -> None:
    """Line and column cross from the worker."""
    with pytest.raises(QuerySyntax) as caught:
        read_answer(pool, EngineQuery("ASK {\n ?s ] }", "json"))
    assert (caught.value.line, caught.value.column) == (2, 5)
