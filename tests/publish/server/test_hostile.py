"""Hostile queries against a server as `km serve` runs it, with ordinary readers beside them."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from bench.hostile import CASES, CUT, Outcome, Plan, attack
from bench.processes import free_port, load_of

from graph.release.manifest import Release
from publish.config import Config

pytestmark = pytest.mark.slow

DEADLINE_S = 2.0
SMALL = (
    "SELECT * { ?plan a km:Plan }",
    "ASK { ?law a km:Law }",
    "SELECT (COUNT(*) AS ?n) { ?entry a km:Entry }",
)


@pytest.fixture(scope="module")
def outcome(config: Config, site: Release) -> Iterator[Outcome]:
    """What came of three seconds of every case at once; the full minute is `make hostile`."""
    port = free_port()
    settings = {
        "KM_DATA": str(config.data),
        "KM_BASE": config.base,
        "KM_PORT": str(port),
        "KM_QUERY_TIMEOUT_S": str(DEADLINE_S),
        "KM_WORKERS": "3",
        "KM_CONFIG": os.devnull,
    }
    program = Path(sys.executable).parent / "km"
    endpoint = f"http://127.0.0.1:{port}/sparql"
    quiet = subprocess.DEVNULL
    with subprocess.Popen([program, "serve"], env={**os.environ, **settings}, stderr=quiet) as km:
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            plan = Plan(seconds=3, attackers=4, each=6, neighbours=2, kill_every_s=1)
            found = asyncio.run(attack(endpoint, SMALL, km.pid, plan))
            time.sleep(3 * DEADLINE_S)
            found.idle_load = load_of(km.pid, 1)
            yield found
        finally:
            km.terminate()


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


def test_every_case_ends_as_it_should(outcome: Outcome) -> None:
    """Each hostile query ends with a status of its own, never with 500, and nobody is lost."""
    assert set(outcome.ends) == {case.name for case in CASES}
    assert outcome.faults() == []
    assert outcome.killed and outcome.left and outcome.silent


def test_ordinary_readers_are_answered(outcome: Outcome) -> None:
    """Who asks small things gets every answer, whole."""
    assert set(outcome.neighbours) == {"200"}
    assert outcome.neighbours["200"] > 1


def test_faults_are_seen() -> None:
    """What must not happen is told: a wrong end, a lost reader, busy processors."""
    seen = Outcome(idle_load=1.0)
    seen.note(CASES[1], "500")
    seen.note(CASES[0], CUT)
    seen.neighbours["503"] += 1
    assert len(seen.faults()) == 3
