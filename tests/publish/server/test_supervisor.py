"""`km serve` as several processes: one port, and none of them left when it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Timer
from urllib.request import urlopen

import pytest
from bench.processes import children, cpu_s, free_port, is_running

from graph.release.manifest import Release
from publish.config import Config

pytestmark = pytest.mark.slow

_KM = [sys.executable, "-c", "from publish.cli.main import main; main()", "serve"]
_PATIENCE_S = 30.0
_LONG_QUERY = b"SELECT(COUNT(*)AS?n){?a?b?c.?d?e?f.?g?h?i}"


def _heed_the_keyboard() -> None:
    """End at Ctrl-C: a worker of pytest-xdist ignores it, and a child process inherits that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Site:
    """A running `km serve`."""

    def __init__(self, config: Config, port: int, processes: int = 2) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}/"
        own = {"KM_DATA": str(config.data), "KM_BASE": config.base, "KM_PORT": str(port)}
        own |= {"KM_PROCESSES": str(processes), "KM_WORKERS": "2", "KM_CONFIG": os.devnull}
        self.process = subprocess.Popen(
            _KM,
            env={**os.environ, **own},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_heed_the_keyboard,
        )

    def next_line(self) -> str:
        """Return the next line of the log, none where it is silent for too long."""
        assert self.process.stderr is not None
        alarm = Timer(_PATIENCE_S, self.end)
        alarm.start()
        line = self.process.stderr.readline()
        alarm.cancel()
        return line

    def servers(self) -> list[int]:
        """Return the processes that answer requests."""
        return sorted(children(self.process.pid))

    def answers(self) -> bool:
        """Tell whether a page comes."""
        try:
            with urlopen(self.address, timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def refuses(self) -> bool:
        """Tell whether nobody listens."""
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return True
        return False

    def end(self) -> None:
        """Kill whatever is left of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def _site(config: Config, processes: int = 2, port: int = 0) -> Iterator[Site]:
    started = Site(config, port or free_port(), processes)
    try:
        yield started
    finally:
        started.end()
        started.process.communicate()


@contextmanager
def _serving(config: Config, processes: int = 2) -> Iterator[Site]:
    with _site(config, processes) as started:
        assert "serving" in started.next_line()
        yield started


@pytest.fixture
def running(config: Config, site: Release) -> Iterator[Site]:
    """The bundled site, served by two processes."""
    with _serving(config) as started:
        yield started


def test_all_of_them_stand_on_one_port(running: Site) -> None:
    """It says once that it serves, then two processes do, and end in order when told to."""
    servers = running.servers()
    assert len(servers) == 2
    assert running.answers()
    running.process.terminate()
    _, rest = running.process.communicate(timeout=_PATIENCE_S)
    assert (running.process.returncode, rest) == (0, "")
    assert not any(map(is_running, servers))


def test_one_that_ends_is_replaced(running: Site) -> None:
    """Who asks while one is missing is answered all the same, and soon there are two again."""
    first, second = running.servers()
    os.kill(first, signal.SIGKILL)
    assert "(-9); starting another in 0.5 s" in running.next_line()
    assert not is_running(first)
    assert running.answers()
    _wait(lambda: len(running.servers()) == 2)
    assert second in running.servers()
    os.kill(second, signal.SIGKILL)
    _wait(running.answers)


def test_one_that_cannot_be_replaced_is_not_missed(config: Config, copied: Path) -> None:
    """Where nobody new can begin, who is left answers everyone, and the tries become fewer."""
    with _serving(replace(config, data=copied)) as running:
        first, second = running.servers()
        (copied / "current").rename(copied / "lost")
        os.kill(first, signal.SIGKILL)
        assert "(-9); starting another in 0.5 s" in running.next_line()
        for pause_s in (1, 2):
            told = running.next_line()
            assert "run: km publish" in told
            assert f"another in {pause_s} s" in told
        assert all(running.answers() for _ in range(20))
        (copied / "lost").rename(copied / "current")
        _wait(lambda: len(running.servers()) == 2)
        os.kill(second, signal.SIGKILL)
        _wait(running.answers)


def test_none_is_left_without_a_parent(config: Config, site: Release) -> None:
    """All of them end soon, and the port is free, when the one that began them is killed."""
    with _serving(config, processes=6) as running:
        servers = running.servers()
        assert len(servers) == 6
        running.process.kill()
        running.process.wait()
        _wait(lambda: not any(map(is_running, servers)), patience_s=8.0)
        assert running.refuses()


def test_who_has_asked_is_answered_and_nobody_else(running: Site) -> None:
    """Told to end, it takes no more connections, though a query still runs."""
    with _long_query(running) as asking:
        running.process.terminate()
        _wait(running.refuses, patience_s=5.0)
        assert running.process.poll() is None
        assert asking.recv(1024).startswith(b"HTTP/1.1 504 ")
    running.process.communicate(timeout=_PATIENCE_S)


def test_stopped_by_the_keyboard(running: Site) -> None:
    """Ctrl-C reaches all of them: one line, exit code 130, nobody left."""
    servers = running.servers()
    os.killpg(running.process.pid, signal.SIGINT)
    _, rest = running.process.communicate(timeout=_PATIENCE_S)
    assert running.process.returncode == 130
    assert "stopped" in rest
    assert "Traceback" not in rest
    assert not any(map(is_running, servers))


def test_who_does_not_wait_for_the_end(running: Site) -> None:
    """Ctrl-C twice ends it at once though a query runs, and there is still one line."""
    with _long_query(running):
        os.killpg(running.process.pid, signal.SIGINT)
        _wait(running.refuses, patience_s=5.0)
        os.killpg(running.process.pid, signal.SIGINT)
        _, rest = running.process.communicate(timeout=_PATIENCE_S)
    assert running.process.returncode == 130
    assert "Traceback" not in rest


def test_connections_are_divided(running: Site) -> None:
    """Of forty connections at once, each process has some (all on one: one in 2^39)."""
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        _wait(lambda: sum(_connections(server, running.port) for server in running.servers()) == 40)
        assert all(_connections(server, running.port) for server in running.servers())


def test_the_port_is_taken_once(running: Site, config: Config) -> None:
    """A second `km serve` on the port is refused, though the processes of the first share it."""
    with _site(config, port=running.port) as second:
        _, rest = second.process.communicate(timeout=_PATIENCE_S)
        assert second.process.returncode == 2
        assert "KM_PORT" in rest


def test_what_cannot_be_served_is_told_once(config: Config, tmp_path: Path) -> None:
    """Every process finds nothing to serve; one line says so, and the exit code is 2."""
    with _site(replace(config, data=tmp_path)) as found:
        _, rest = found.process.communicate(timeout=_PATIENCE_S)
        assert found.process.returncode == 2
        assert rest.count("run: km publish") == 1
        assert "Traceback" not in rest


def test_shares() -> None:
    """The cache is divided among the processes, a rest is rounded up; workers are of each."""
    whole = Config(processes=3, workers=5, cache_mb=64)
    assert (whole.share.workers, whole.share.cache_mb, whole.share.processes) == (5, 22, 1)
    assert Config(processes=3, cache_mb=0).share.cache_mb == 0


@contextmanager
def _long_query(running: Site) -> Iterator[socket.socket]:
    """Ask what takes longer than anybody may; a worker has worked on it for a while."""
    with socket.create_connection(("127.0.0.1", running.port)) as asking:
        asking.sendall(b"GET /sparql?query=" + _LONG_QUERY + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        before_s = cpu_s(running.process.pid)
        _wait(lambda: cpu_s(running.process.pid) > before_s + 2.0)
        yield asking


def _connections(process: int, port: int) -> int:
    """Return how many connections to a port a process has; proc(5)."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    established = {
        f"socket:[{line[9]}]"
        for line in lines
        if line[1].endswith(f":{port:04X}") and line[3] == "01"
    }
    ends = [str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()]
    return len(established.intersection(ends))


def _wait(condition: Callable[[], bool], patience_s: float = _PATIENCE_S) -> None:
    ends_at = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < ends_at, "it never came about"
        time.sleep(0.05)
