"""What the tests of publish.engine.pool share."""

import time

import pytest

from publish.engine.pool import EnginePool, EngineQuery

EX = "http://example.org/"

EVERYTHING = EngineQuery("SELECT * { ?s ?p ?o . ?x ?y ?z }", "csv")

ENDLESS = EngineQuery(
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "csv"
)

SMALL = EngineQuery(f"SELECT ?o {{ <{EX}7> ?p ?o }}", "csv")


def read_answer(pool: EnginePool, query: EngineQuery) -> bytes:
    """Run a query and return its whole answer."""
    return b"".join(pool.query(query).chunks)


def wait_until_idle(pool: EnginePool) -> None:
    """Wait until no worker of the pool runs a query; fail after five seconds."""
    for _ in range(100):
        if pool.state().quick == pool.state().slow == 0:
            return
        time.sleep(0.05)
    pytest.fail(f"not idle: {pool.state()}")
