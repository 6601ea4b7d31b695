"""Work in other processes: its errors come back, and nobody works on for one that was killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from bench.processes import is_running

from graph.errors import ReleaseError
from graph.workers import Background

pytestmark = pytest.mark.slow

_PARENT = """
import os, sys, time
from graph.workers import start_processes

if __name__ == "__main__":
    pool = start_processes(2)
    print(*{pool.submit(os.getpid).result(), pool.submit(os.getpid).result()}, flush=True)
    pool.submit(time.sleep, 60).result()
"""


def test_work_that_is_done(tmp_path: Path) -> None:
    """What the other process wrote is there once it was waited for."""
    work = Background(_write, tmp_path / "words")
    work.wait()
    assert (tmp_path / "words").read_text() == "done"


def test_error_comes_back(tmp_path: Path) -> None:
    """An error of the other process is raised here."""
    work = Background(_write, tmp_path / "nowhere" / "words")
    with pytest.raises(FileNotFoundError):
        work.wait()


def test_work_is_stopped(tmp_path: Path) -> None:
    """Work that nobody waits for any more ends at once."""
    began = tmp_path / "began"
    work = Background(_hang, began)
    while not began.exists():
        time.sleep(0.02)
    work.stop()
    assert not is_running(int(began.read_text()))


def test_death_is_told() -> None:
    """A process that dies is an error with words for people."""
    work = Background(_die)
    with pytest.raises(ReleaseError, match="died"):
        work.wait()


def test_a_killed_parent_leaves_nobody(tmp_path: Path) -> None:
    """Processes end when the one that started them is killed, though there is work for them."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        workers = [int(number) for number in parent.stdout.readline().split()]
        parent.kill()
    assert workers
    try:
        _wait_until_gone(workers)
    finally:
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)


def _wait_until_gone(processes: list[int]) -> None:
    end = time.monotonic() + 20
    while any(is_running(number) for number in processes):
        assert time.monotonic() < end, "a process works on for a parent that was killed"
        time.sleep(0.02)


def _write(path: Path) -> None:
    path.write_text("done")


def _hang(began: Path) -> None:
    part = began.with_suffix(".part")
    part.write_text(str(os.getpid()))
    part.rename(began)
    time.sleep(60)


def _die() -> None:
    os._exit(3)
