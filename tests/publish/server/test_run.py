"""The server: many clients at once, slow ones, those that leave, and how it ends."""

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import pytest
from bench.processes import free_port
from support.sites import serving

from graph.errors import QueryTimeout
from publish.config import Config
from publish.http.wsgi_types import HAS_LEFT, Application, Environ, StartResponse
from publish.server import http_connection as connection
from publish.server import run as server
from publish.server import wsgi as environ
from publish.server.asgi import Asgi, Turns
from publish.server.cache import ResponseCache
from publish.server.run import Brief, Server

pytestmark = pytest.mark.slow

LONG = 50_000_000


class Sender:
    """Sends as many bytes as it is asked for, in as many blocks, after so long; knows who left."""

    def __init__(self) -> None:
        self.made = self.closed = self.left = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        words = environ["QUERY_STRING"].split("&")
        size, delay_s, is_stream = int(words[0]), float(words[1]) if words[1:] else 0, words[2:]
        self.made += 1
        gives_up_at = time.monotonic() + delay_s
        while time.monotonic() < gives_up_at:
            if environ[HAS_LEFT]():
                self.left += 1
                break
            time.sleep(0.02)
        held = (
            [("ETag", '"a"'), ("Cache-Control", "public")] if environ["PATH_INFO"] == "/k" else []
        )
        start_response("200 OK", [*held, *([] if is_stream else [("Content-Length", str(size))])])
        return self._blocks(size)

    def _blocks(self, size: int) -> Iterator[bytes]:
        try:
            for begin in range(0, size, 50_000):
                yield b"x" * min(50_000, size - begin)
        finally:
            self.closed += 1


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


@contextmanager
def running(application: Application, **settings: object) -> Iterator[tuple[int, Server]]:
    """Run a server on an application; its port, and the server to stop."""
    config = Config(port=free_port(), data=Path("none"), threads=4, **settings)  # type: ignore[arg-type]
    behind = Asgi(ResponseCache(application, lambda: 1, 1024**2, {}), threads=4)
    with serving(behind, config) as served:
        yield config.port, served


@pytest.fixture(scope="module")
def sender() -> Sender:
    """The application of the shared server."""
    return Sender()


@pytest.fixture(scope="module")
def port(sender: Sender) -> Iterator[int]:
    """The port of a server with four threads."""
    with running(sender) as (port, _):
        yield port


@contextmanager
def asking(
    port: int, what: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> Iterator[http.client.HTTPResponse]:
    """Ask for something; the answer has begun."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request(method, f"/?{what}", body, headers)
    yield client.getresponse()
    client.close()


def raw(port: int, sent: bytes) -> bytes:
    """Send bytes and return what comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(sent)
        return b"".join(iter(lambda: client.recv(65536), b""))


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
    assert _comes_true(lambda: len(working) == 3)
    for thread in threads[3:]:
        thread.start()
    assert _comes_true(lambda: len(working) == 5)
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
        assert _comes_true(lambda: sender.closed == 1)


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
    assert _comes_true(lambda: sender.left == before[0] + 1)
    with socket.create_connection(("127.0.0.1", port)) as leaving:
        leaving.sendall(f"GET /?{LONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.2)
    assert _comes_true(lambda: sender.closed >= before[1] + 2)


def _comes_true(is_so: object) -> bool:
    for _ in range(200):
        if is_so():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_headers_without_end(port: int) -> None:
    """A head that is too long is refused while it is still coming."""
    sent = b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"x" * 300_000
    with suppress(ConnectionResetError):  # closed while we were still sending
        assert raw(port, sent).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /?1 HTTP/1.1\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET /?1 HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /?100000&0&stream HTTP/1.0\r\n\r\n", b"505"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /?1 HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n", b"200"),
    ],
)
def test_what_clients_send(port: int, sent: bytes, status: bytes) -> None:
    """Old, wrong and large requests have an answer each, and the connection ends."""
    assert b"HTTP/1.1 " + status + b" " in raw(port, sent)


@pytest.mark.parametrize("headers", [{}, {"Connection": "close"}, {"Expect": "100-continue"}])
def test_a_long_body_is_refused_in_words(port: int, headers: dict[str, str]) -> None:
    """Who sends too much reads why, though it was still sending when that was clear."""
    sent = None if "Expect" in headers else b"x" * 10_000_000
    with asking(port, "1", "POST", sent, **{"Content-Length": "10000000"}, **headers) as response:
        assert (response.status, response.read()) == (413, b"the request is too long\n")


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    """Requests that do not wait for the answer before are answered one after the other."""
    sent = b"".join(b"GET /?%d HTTP/1.1\r\nHost: x\r\n\r\n" % size for size in (3, 1, 2))
    found = raw(port, sent + b"GET /?0 HTTP/1.1\r\nConnection: close\r\n\r\n")
    sizes = [line for line in found.split(b"\r\n") if line.startswith(b"content-length")]
    assert sizes == [b"content-length: %d" % size for size in (3, 1, 2, 0)]


def test_what_is_held_leaves_at_once(sender: Sender, port: int) -> None:
    """The second answer is not made again, has the same headers, and 304 and HEAD are its own."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        client.request(method, "/k?7", headers={n.replace("_", "-"): v for n, v in headers.items()})
        response = client.getresponse()
        return (
            response.status,
            response.read(),
            {n: v for n, v in response.getheaders() if n != "date"},
        )

    first = ask()
    made = sender.made
    assert ask() == first == (200, b"x" * 7, first[2])
    assert ask("HEAD") == (200, b"", first[2])
    status, body, headers = ask(If_None_Match='"a"')
    assert (status, body, headers["etag"]) == (304, b"", '"a"')
    assert "content-length" not in headers
    assert ask(If_None_Match='"b"')[0] == 200
    assert sender.made == made
    client.request("GET", "/k?7", body=b"a body", headers={"Content-Length": "6"})
    assert client.getresponse().read() == b"x" * 7
    assert sender.made == made + 1
    client.close()


CACHED = b"GET /k?7 HTTP/1.1\r\nHost: x\r\n"
CLOSE = b"Connection: close\r\n\r\n"
WAYS = {
    "keep-alive": CACHED + b"\r\n" + b"HEAD /k?7 HTTP/1.1\r\n" + CLOSE,
    "close": CACHED + CLOSE,
    "HTTP/1.0": b"GET /k?7 HTTP/1.0\r\n\r\n",
    "HTTP/1.0 keep-alive": b"GET /k?7 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "expect": CACHED + b"Expect: 100-continue\r\n" + CLOSE,
    "pipelined": (CACHED + b"\r\n") * 3 + CACHED + CLOSE,
    "behind an answer that is made": b"GET /?1&0.2 HTTP/1.1\r\n\r\n" + CACHED + CLOSE,
    "empty body": CACHED + b"Content-Length: 0\r\n" + CLOSE,
    "HEAD": b"HEAD /k?7 HTTP/1.1\r\n" + CLOSE,
    "known": CACHED + b'If-None-Match: "a"\r\n' + CLOSE,
    "known, HTTP/1.0": b'GET /k?7 HTTP/1.0\r\nIf-None-Match: "a"\r\n\r\n',
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_meets_the_cache(way: str, sender: Sender, port: int) -> None:
    """A response that is cached is not made again, however its request comes in."""
    raw(port, CACHED + CLOSE)
    made = sender.made
    found = raw(port, WAYS[way])
    assert sender.made - made == (1 if "made" in way else 0)
    assert found.count(b" 304 Not Modified\r\n" if "known" in way else b" 200 OK\r\n") > 0
    bodies = found.count(b"\r\n\r\nxxxxxxx")
    answers = WAYS[way].count(b"GET /k") if "known" not in way else 0
    assert bodies == answers


def test_the_cache_needs_no_thread() -> None:
    """While every thread waits, a cached response leaves, on a connection of its own too."""
    goes_on = threading.Event()

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/k":
            goes_on.wait(20)
        start_response("200 OK", [("ETag", '"a"'), ("Cache-Control", "public")])
        return [b"xxxxxxx"]

    with running(application) as (port, _):
        raw(port, CACHED + CLOSE)
        slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(4)]
        for client in slow:
            client.sendall(b"GET /slow HTTP/1.1\r\n" + CLOSE)
        time.sleep(0.2)  # each has its thread by then
        assert raw(port, CACHED + CLOSE).endswith(b"xxxxxxx")
        assert not goes_on.is_set()
        goes_on.set()
        assert all(client.recv(65536).startswith(b"HTTP/1.1 200") for client in slow)
        for client in slow:
            client.close()


CHUNKED = b"POST /nothing?1&9 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
ANOTHER = b"GET /?1 HTTP/1.1\r\nHost: x\r\n\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /?3 HTTP/1.1\r\n%bContent-Length: 36\r\n\r\n" + ANOTHER + b"1234567",
        b"GET /?3 HTTP/1.1\r\n%bContent-Length: 36\r\n\r\n" + ANOTHER + b"1234567",
        b"GET /?3 HTTP/1.1\r\n%b\r\n" + ANOTHER,
    ],
)
@pytest.mark.parametrize("parts", [1, 2, 40])
def test_an_upgrade_is_not_for_us(sender: Sender, port: int, sent: bytes, parts: int) -> None:
    """Who offers HTTP/2 is answered, and a body is not taken for the next request."""
    whole, made = sent % UPGRADE, sender.made
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        size = -(-len(whole) // parts)
        with suppress(BrokenPipeError, ConnectionResetError):  # closed after the answer
            for begin in range(0, len(whole), size):
                client.sendall(whole[begin : begin + size])
                time.sleep(0.01)
            while block := client.recv(65536):
                found += block
    assert sender.made == made + 1
    if parts == 1:
        assert found.endswith(b"\r\n\r\nxxx")
        assert found.count(b"HTTP/1.1 200 ") == 1


@pytest.mark.parametrize(
    "endless",
    [
        CHUNKED + b"0\r\n" + b"X-1: v\r\n" * 99,
        CHUNKED + b"0\r\nX-1: " + b"v" * 99,
        CHUNKED + b"1\r\nx\r\n",
        b"GET /?1 HTTP/1.1\r\nX-1: v",
        b"GET /?" + b"1" * 99,
    ],
)
def test_nothing_goes_on_for_ever(port: int, endless: bytes) -> None:
    """Headers, trailers, chunks and addresses without end are ended by us, soon."""
    again = endless[-6:] if endless.endswith(b"\r\n") else b"v" * 4096
    sent_bytes = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(endless)
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent_bytes < 20_000_000:
                sent_bytes += client.send(again * 2000)
    assert sent_bytes < 10_000_000


def test_who_asks_far_ahead_is_answered_and_left(sender: Sender, port: int) -> None:
    """Of requests that do not wait for answers some are answered, in order, then comes the end."""
    made = sender.made
    found = raw(port, b"GET /?2 HTTP/1.1\r\nHost: x\r\n\r\n" * 5000)
    assert 1 < found.count(b"HTTP/1.1 200 ") == sender.made - made < 50


def test_what_is_wrong_comes_after_what_was_right(port: int) -> None:
    """A malformed request behind a slow one does not take its answer's place."""
    found = raw(port, b"GET /?3&0.5 HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 200 ")
    assert found.endswith(b"xxx")


def test_our_own_time_is_not_the_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request behind another is not given up while we are working on it."""
    monkeypatch.setattr(connection, "PATIENCE_S", 0.3)
    with running(Sender()) as (port, _):
        asked = b"GET /?1&0.1 HTTP/1.1\r\n\r\nGET /?2&4 HTTP/1.1\r\nConnection: close\r\n\r\n"
        assert raw(port, asked).endswith(b"\r\n\r\nxx")


def test_who_asks_ahead_and_leaves_is_seen(sender: Sender, port: int) -> None:
    """The answer on its way hears that its reader went, though another was asked for after it."""
    before = sender.left
    with socket.create_connection(("127.0.0.1", port)) as leaving:
        leaving.sendall(b"GET /?1&10 HTTP/1.1\r\nHost: x\r\n\r\n" + b"GET /?1 HTTP/1.1\r\n\r\n")
        time.sleep(0.2)
    assert _comes_true(lambda: sender.left == before + 1)


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
