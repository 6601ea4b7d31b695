"""The server: many clients at once, and what its loop does while a thread sends."""

import http.client
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from conftest import free_port

from graph.errors import QueryTimeout
from publish.config import Config
from publish.front import Environ, StartResponse
from publish.server import Brief, Channel, Server

LONG = 50_000_000


def _application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    size, _, delay_s = environ["QUERY_STRING"].partition("&")
    time.sleep(float(delay_s or 0))
    start_response("200 OK", [("Content-Length", size)])
    return [b"x" * int(size)]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server on an application that sends as many bytes as it is asked for."""
    config = Config(port=free_port(), data=Path("none"), threads=4)
    running = Server(_application, config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    yield config.port
    running.close()
    thread.join(5)


def _read(port: int, size: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", f"/?{size}")
    found = len(connection.getresponse().read()) == size
    connection.close()
    return found


@pytest.mark.parametrize("size", [0, 1, 10_000, 1_000_000, LONG])
def test_answers_come_whole(port: int, size: int) -> None:
    """Short and long answers come whole, also to a client that takes its time."""
    assert _read(port, size)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", f"/?{size}")
    time.sleep(0.2)
    assert len(connection.getresponse().read()) == size
    connection.close()


def test_the_loop_does_not_turn_while_a_thread_sends() -> None:
    """A connection that a thread writes to is not waited for, and is again when it is done."""

    class Busy(Channel):
        def __init__(self) -> None:
            self.outbuf_lock = threading.Condition()
            self.total_outbufs_len = 1

    channel = Busy()
    seen: list[bool] = []
    with channel.outbuf_lock:
        watcher = threading.Thread(target=lambda: seen.append(channel.writable()))
        watcher.start()
        watcher.join()
    assert [*seen, channel.writable()] == [False, True]
    channel.total_outbufs_len, channel.close_when_flushed = 0, True
    assert channel.writable()


@pytest.mark.parametrize(("proxy", "seen"), [("127.0.0.1", "192.0.2.7"), ("", "127.0.0.1")])
def test_who_stands_behind_the_proxy(proxy: str, seen: str) -> None:
    """What a proxy says of its clients is believed only of the one that is set."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [environ["REMOTE_ADDR"].encode()]

    config = Config(port=free_port(), data=Path("none"), proxy=proxy)
    running = Server(application, config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", config.port, timeout=20)
    connection.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.7"})
    assert connection.getresponse().read().decode() == seen
    connection.close()
    running.stop()
    thread.join(10)


def test_who_has_asked_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    """A server that is told to end takes nobody new, and sends what was asked for before."""
    config = Config(port=free_port(), data=Path("none"), threads=4)
    running = Server(_application, config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", config.port, timeout=20)
    connection.request("GET", f"/?{LONG}&1.5")
    time.sleep(0.3)
    running.stop()
    assert len(connection.getresponse().read()) == LONG
    thread.join(10)
    assert not thread.is_alive()
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        _read(config.port, 1)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("error", "is_brief"), [(QueryTimeout("too long"), True), (ValueError("x"), False)]
)
def test_a_cut_is_one_line_in_the_log(error: Exception, is_brief: bool) -> None:
    """What of ours ends an answer in its middle leaves no traceback; anything else does."""
    caught = (type(error), error, None)
    record = logging.LogRecord("waitress", logging.ERROR, "", 0, "serving %s", ("/x",), caught)
    assert Brief().filter(record)
    assert (record.exc_info is None) is is_brief
    assert record.getMessage() == ("serving /x: too long" if is_brief else "serving /x")
