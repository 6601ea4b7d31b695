"""The server: many clients at once, slow ones, those that leave, and how it ends."""

import http.client
import logging
import time
from collections.abc import Iterable

import pytest
from support.server_run import LONG, Sender, asking, running

from graph.errors import QueryTimeout
from publish.http.wsgi_types import Environ, StartResponse
from publish.server import run as server
from publish.server.run import Brief

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("most", [1024, 65536, 10**6])
def test_files_are_enough_for_all(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """There are as many connections as files for them, and for what else is open."""
    monkeypatch.setattr(server.resource, "getrlimit", lambda _: (256, most))
    monkeypatch.setattr(server.resource, "setrlimit", lambda *_: None)
    assert server.allow_files() * 2 + 200 <= max(most, 1800)


@pytest.mark.parametrize(("proxy", "seen"), [("127.0.0.1", "192.0.2.7"), ("", "127.0.0.1")])
def test_who_stands_behind_the_proxy(proxy: str, seen: str) -> None:
    """What a proxy says of its clients is believed only of the one that is set."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [environ["REMOTE_ADDR"].encode()]

    with (
        running(application, proxy=proxy) as (port, _),
        asking(port, "", **{"X-Forwarded-For": "192.0.2.7"}) as response,
    ):
        assert response.read().decode() == seen


def test_who_has_asked_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    """A server that is told to end takes nobody new, and sends what was asked for before."""
    with running(Sender()) as (port, served):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        client.request("GET", f"/?{LONG}&1.5")
        time.sleep(0.3)
        served.stop()
        assert len(client.getresponse().read()) == LONG
        client.close()
    with pytest.raises(ConnectionRefusedError), asking(port, "1"):
        pass
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_an_answer_that_fails_in_its_middle_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    """Its reader can tell: the transfer has no end, or is too short; the log has one line."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "300000")] if environ["QUERY_STRING"] else [])
        yield b"x" * 100_000
        yield b"x" * 100_000
        raise QueryTimeout("too long")

    logging.getLogger("uvicorn.error").addFilter(Brief())
    with running(application) as (port, _):
        for what in ("", "length"):
            with asking(port, what) as response, pytest.raises(http.client.IncompleteRead):
                response.read()
    assert [(r.levelname, r.getMessage(), r.exc_info) for r in caplog.records] == [
        ("WARNING", "an answer was cut: too long", None)
    ] * 2


def test_a_fault_keeps_its_traceback() -> None:
    """What is no error of ours is told whole."""
    error = ValueError("x")
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Oh", (), (ValueError, error, None)
    )
    assert Brief().filter(record)
    assert (record.getMessage(), record.levelname) == ("Oh", "ERROR")
    assert record.exc_info
