"""The server: many clients at once, slow ones, those that leave, and how it ends."""

import http.client
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress

import pytest
from support.server_run import Sender, asking, comes_true, raw, running

from publish.http.wsgi_types import Environ, StartResponse
from publish.server import http_connection as connection

pytestmark = pytest.mark.slow


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
    assert comes_true(lambda: sender.left == before + 1)
