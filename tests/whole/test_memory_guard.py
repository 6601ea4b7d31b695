"""The guard of the test run's memory: what runs away is ended, with its stack."""

import signal
import subprocess
import sys

import pytest
from support.paths import TESTS

pytestmark = pytest.mark.slow

_RUNAWAY = """
import faulthandler
from support import memory_guard

def run_away():
    held = []
    while True:
        held.append(bytearray(1024**2))

faulthandler.enable()
memory_guard.start(64 * 1024**2)
run_away()
"""


def test_a_runaway_is_ended() -> None:
    """A process past its bound is aborted, and says in which function it was."""
    ended = subprocess.run(
        [sys.executable, "-c", _RUNAWAY], cwd=TESTS, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == -signal.SIGABRT
    assert "the tests hold" in ended.stderr
    assert "in run_away" in ended.stderr
