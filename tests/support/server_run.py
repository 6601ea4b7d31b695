"""What the tests of publish.server.run share."""

import http.client
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import free_port

from publish.config import Config
from publish.http.wsgi_types import HAS_LEFT, Application, Environ, StartResponse
from publish.server.asgi import Asgi
from publish.server.cache import ResponseCache
from publish.server.run import Server
from support.sites import serving

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


@contextmanager
def running(application: Application, **settings: object) -> Iterator[tuple[int, Server]]:
    """Run a server on an application; its port, and the server to stop."""
    config = Config(port=free_port(), data=Path("none"), threads=4, **settings)  # type: ignore[arg-type]
    behind = Asgi(ResponseCache(application, lambda: 1, 1024**2, {}), threads=4)
    with serving(behind, config) as served:
        yield config.port, served


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


def comes_true(is_so: object) -> bool:
    """Tell whether a condition holds within ten seconds."""
    for _ in range(200):
        if is_so():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False
