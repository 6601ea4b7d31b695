"""The server: many clients at once, slow ones, those that leave, and how it ends."""

import socket
import threading
import time
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from support.server_run import LONG, Sender, asking, comes_true, raw, running

from publish.http.wsgi_types import Environ, StartResponse
from publish.server import http_connection as connection
from publish.server import run as server
from publish.server import wsgi as environ
from publish.server.asgi import Turns

pytestmark = pytest.mark.slow


class FileSender:
    """Sends so many bytes of a file, from where it says, as the server wants files sent."""

    def __init__(self, path: Path, begin: int, size: int) -> None:
        self.path, self.begin, self.size, self.made = path, begin, size, 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.made += 1
        file = self.path.open("rb", buffering=0)
        file.seek(self.begin)
        held = [("ETag", '"a"'), ("Cache-Control", "public")]
        is_part = self.size < self.path.stat().st_size
        status = "206 PARTIAL CONTENT" if is_part else "200 OK"
        start_response(status, [*held, ("Content-Length", str(self.size))])
        blocks: Iterable[bytes] = environ["wsgi.file_wrapper"](file, 8192)
        return blocks


@pytest.mark.parametrize("kind", ["&0", "&0&stream"])
@pytest.mark.parametrize("size", [0, 1, 10_000, 1_000_000, LONG])
def test_answers_come_whole(port: int, size: int, kind: str) -> None:
    """Short and long answers come whole, also to a client that takes its time."""
    for pause_s in (0.0, 0.2):
        with asking(port, f"{size}{kind}") as response:
            time.sleep(pause_s)
            assert len(response.read()) == size


@pytest.mark.parametrize("is_told", [True, False], ids=["what is at hand", "threads"])
@pytest.mark.parametrize(("begin", "size"), [(0, 10), (7, 3_000_000), (1_000_000, 2_000_001)])
def test_files_come_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_told: bool, begin: int, size: int
) -> None:
    """A part of a file, whether or not the system tells what it has in memory, and no byte more."""
    if not is_told:
        monkeypatch.setattr(environ, "_IF_AT_HAND", 0)
    data = b"".join(b"%08d" % number for number in range(500_000))
    (tmp_path / "file").write_bytes(data)
    with running(FileSender(tmp_path / "file", begin, size)) as (port, _):
        for pause_s in (0.0, 0.2):
            with asking(port, "") as response:
                time.sleep(pause_s)
                assert response.read() == data[begin : begin + size]


def test_a_short_file_is_kept(tmp_path: Path) -> None:
    """What is short enough to be held is read once, as any answer is made once."""
    for size, made in ((100_000, 1), (200_000, 2)):
        (tmp_path / "file").write_bytes(b"x" * size)
        sender = FileSender(tmp_path / "file", 0, size)
        with running(sender) as (port, _):
            for _ in range(2):
                with asking(port, "") as response:
                    assert len(response.read()) == size
                time.sleep(0.2)  # it is kept once its sender has seen its end
        assert sender.made == made


def test_slow_readers_hold_no_thread(port: int) -> None:
    """Four threads answer everybody while twenty clients read nothing of a long answer."""
    silent = []
    for _ in range(20):
        silent.append(socket.create_connection(("127.0.0.1", port)))
        silent[-1].sendall(f"GET /?{LONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    time.sleep(0.3)
    with asking(port, "10") as response:
        assert response.read() == b"x" * 10
    for client in silent:
        client.close()


def test_turns() -> None:
    """No more threads work at once than have a turn, but for one that stands aside to wait."""
    working: list[int] = []
    most = 0
    turns, go_on = Turns(2), threading.Event()

    def work(is_waiting: bool) -> None:
        nonlocal most
        with turns.aside() if is_waiting else nullcontext():
            working.append(1)
            most = max(most, len(working)) if not is_waiting else most
            go_on.wait(5)
            working.pop()

    threads = [threading.Thread(target=turns.take, args=(work, n < 3)) for n in range(8)]
    for thread in threads[:3]:
        thread.start()
    assert comes_true(lambda: len(working) == 3)
    for thread in threads[3:]:
        thread.start()
    assert comes_true(lambda: len(working) == 5)
    time.sleep(0.1)
    assert most == 5
    go_on.set()
    for thread in threads:
        thread.join()


def test_half_sent_requests_hold_no_thread(port: int) -> None:
    """Clients that never end their headers, or their body, keep nobody from an answer."""
    halves = [
        b"GET / HT",
        b"GET /?1 HTTP/1.1\r\nHost:",
        b"POST /?1 HTTP/1.1\r\nContent-Length: 9\r\n\r\nx",
    ]
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(30)]
    for number, client in enumerate(silent):
        client.sendall(halves[number % 3])
    with asking(port, "10") as response:
        assert response.read() == b"x" * 10
    for client in silent:
        client.close()


@pytest.mark.parametrize(
    "sent",
    [b"GET /?1 HTTP/1.1\r\nHost: x\r\n", b"POST /?1 HTTP/1.1\r\nContent-Length: 9\r\n\r\n", b""],
)
def test_who_keeps_us_waiting_is_left(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    """A request that does not come whole in time, or none at all, ends its connection."""
    monkeypatch.setattr(connection, "PATIENCE_S", 0.3)
    with running(Sender()) as (port, _):
        began = time.monotonic()
        with suppress(ConnectionResetError):
            assert raw(port, sent) == b""
        assert time.monotonic() - began < 10


def test_who_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that takes nothing of its answer is cut, and the answer closed."""
    monkeypatch.setattr(connection, "PATIENCE_S", 0.3)
    sender = Sender()
    with running(sender) as (port, _), socket.create_connection(("127.0.0.1", port)) as silent:
        silent.sendall(f"GET /?{LONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert comes_true(lambda: sender.closed == 1)


def test_the_longest_silent_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent clients, however many, do not shut out the next one."""
    monkeypatch.setattr(server, "_MOST_CONNECTIONS", 5)
    with running(Sender()) as (port, _):
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(12)]
        with asking(port, "10") as response:
            assert response.read() == b"x" * 10
        for client in silent:
            client.close()


def test_a_reader_who_leaves_is_seen(sender: Sender, port: int) -> None:
    """Whoever goes away while an answer is made, or is on its way, is told to the application."""
    before = sender.left, sender.closed
    with socket.create_connection(("127.0.0.1", port)) as leaving:
        leaving.sendall(b"GET /?1&10 HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
    assert comes_true(lambda: sender.left == before[0] + 1)
    with socket.create_connection(("127.0.0.1", port)) as leaving:
        leaving.sendall(f"GET /?{LONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.2)
    assert comes_true(lambda: sender.closed >= before[1] + 2)
