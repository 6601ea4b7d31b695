"""A light client: many connections in one thread, so that what is measured is the server.

In: an address, requests and a time. Out: a `Sample`: how long each answer took, from the request's
first byte to the answer's last. It knows as much of HTTP/1.1 as answers need (RFC 9112 sections 6
and 7): keep-alive, Content-Length and the last chunk.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import quote, urlsplit

_LAST_CHUNK = b"0\r\n\r\n"


@dataclass(frozen=True)
class Target:
    """An endpoint and what it is asked for."""

    endpoint: str
    accept: str

    def request(self, query: str) -> bytes:
        """Return a GET of this query, SPARQL 1.1 Protocol section 2.1.1."""
        parts = urlsplit(self.endpoint)
        return (
            f"GET {parts.path}?query={quote(query)} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Accept: {self.accept}\r\n\r\n"
        ).encode()


@dataclass
class Sample:
    """What one run gave: seconds for each answer, how long the run took, what the server used."""

    latencies_s: list[float] = field(default_factory=list)
    elapsed_s: float = 0.0
    cpu_s: float = 0.0
    failures: int = 0
    received_bytes: int = 0


class Connection:
    """A connection with one request on its way; opened again where the server closes it."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self._address = (parts.hostname or "", parts.port or 80)
        self.began = 0.0
        self.ok = True
        self._received = bytearray()
        self._ends_at: int | None = None
        self._is_last = False
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(self._address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> None:
        """Send a request; where the connection must be opened again, that is part of its time."""
        self._received.clear()
        self._ends_at = None
        self.began = time.perf_counter()
        if self._is_last:
            self.socket.close()
            self._open()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Read what is there; True where the answer is whole. Raises OSError where it is cut."""
        found = self.socket.recv(1 << 18)
        if not found:
            raise ConnectionError("the answer was cut")
        is_first = self._ends_at is None
        self._received += found
        if is_first and not self._read_head():
            return False
        assert self._ends_at is not None
        if self._ends_at < 0:
            return self._received.endswith(_LAST_CHUNK)
        return len(self._received) >= self._ends_at

    @property
    def size_bytes(self) -> int:
        """How much has been received of this answer."""
        return len(self._received)

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._received[:end]).lower()
        self._is_last = b"\r\nconnection: close" in head
        self.ok = head.split(b" ", 2)[1] == b"200"
        _, _, length = head.partition(b"\r\ncontent-length:")
        self._ends_at = end + 4 + int(length.partition(b"\r\n")[0]) if length else -1
        return True


def run(
    endpoint: str, requests: Sequence[bytes], clients: int, seconds: float, limit_s: float
) -> Sample:
    """Ask from `clients` connections until the time or the requests are over.

    The requests are written beforehand, so that writing them costs no server anything. Where no
    answer comes for `limit_s`, the run ends; what is still asked counts as failed after so long.
    """
    sample = Sample()
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        start = time.perf_counter()
        for request in islice(waiting, clients):
            connection = Connection(endpoint)
            connection.ask(request)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            ready = selector.select(limit_s)
            if not ready:
                _give_up(selector, limit_s, sample)
            for key, _ in ready:
                connection = key.data
                if not connection.read():
                    continue
                now = time.perf_counter()
                _note(connection, now, sample)
                request = next(waiting, b"") if now - start < seconds else b""
                _go_on(selector, connection, request)
        sample.elapsed_s = time.perf_counter() - start
    return sample


def _note(connection: Connection, now: float, sample: Sample) -> None:
    sample.latencies_s.append(now - connection.began)
    sample.received_bytes += connection.size_bytes
    sample.failures += not connection.ok


def _go_on(selector: selectors.BaseSelector, connection: Connection, request: bytes) -> None:
    """Ask again, or end the connection where there is nothing more to ask."""
    if not request:
        selector.unregister(connection.socket)
        connection.socket.close()
        return
    before = connection.socket
    connection.ask(request)
    if connection.socket is not before:
        selector.unregister(before)
        selector.register(connection.socket, selectors.EVENT_READ, connection)


def _give_up(selector: selectors.BaseSelector, limit_s: float, sample: Sample) -> None:
    for key in list(selector.get_map().values()):
        sample.latencies_s.append(limit_s)
        sample.failures += 1
        _go_on(selector, key.data, b"")
