"""Releases on a SPARQL server: errors on the wire, loading, switching, dropping, and the site."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bench.processes import free_port
from support.engine_remote import BASE

from graph.errors import (
    KmError,
    QueryError,
    QuerySyntax,
    QueryTimeout,
    QueryTooComplex,
    StoreUnavailable,
)
from graph.store.release_names import ReleaseGraphs
from graph.store.remote import RemoteStore
from graph.store.sparql_http import Address, read_address
from publish.engine.remote import RemoteEngine
from publish.engine.worker import EngineQuery

pytestmark = pytest.mark.slow


class Faulty(BaseHTTPRequestHandler):
    """A server that fails in the way its path says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read the query, then fail."""
        self.rfile.read(int(self.headers["Content-Length"]))
        how = self.path.strip("/")
        if how.isdecimal():
            self.send_response(int(how))
            body = b"Error at 3:5: no, \xe0\xb9\x84\xe0\xb8\xa1\xe0\xb9\x88"
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        if how == "silent":
            time.sleep(2)
        self.send_response(200)
        html = how == "html"
        self.send_header("Content-Type", "text/html" if html else "application/sparql-results+json")
        if how == "short":
            self.send_header("Content-Length", "5000")
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b'{"head"' if how == "short" else b"7\r\n" + b'{"head"' + b"\r\n")
        if how == "cancelled":
            self.wfile.write(b"27\r\nThe SPARQL operation has been cancelled\r\n0\r\n\r\n")
        if how == "html":
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        if how == "stalls":
            time.sleep(2)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def faulty() -> Iterator[str]:
    """The address of a server that fails."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}"
    running.shutdown()
    running.server_close()
    thread.join(5)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("400", QuerySyntax),
        ("401", StoreUnavailable),
        ("403", StoreUnavailable),
        ("404", StoreUnavailable),
        ("408", QueryTimeout),
        ("413", QueryTooComplex),
        ("414", QueryTooComplex),
        ("500", QueryError),
        ("502", StoreUnavailable),
        ("503", StoreUnavailable),
        ("504", QueryTimeout),
        ("silent", QueryTimeout),
        ("stalls", QueryTimeout),
        ("cancelled", QueryTimeout),
        ("short", StoreUnavailable),
        ("cut", StoreUnavailable),
        ("html", QueryError),
    ],
)
def test_failures_on_the_wire(faulty: str, path: str, kind: type[KmError]) -> None:
    """Whatever a server does wrong is one of our errors, for pages and for public queries."""
    graphs, address = ReleaseGraphs("r", BASE, ()), Address(f"{faulty}/{path}")
    store = RemoteStore(address, graphs, {}, 0.5)
    engine = RemoteEngine(address, graphs, {}, workers=1, deadline_s=0.5)
    for _ in range(3):  # a slot that is not given back would make the second one wait
        with pytest.raises(kind) as caught:
            store.select("SELECT * { ?s ?p ?o }")
        assert type(caught.value) is kind
        with pytest.raises(kind):
            engine.query(EngineQuery("SELECT * { ?s ?p ?o }", "json", None, None))


def test_nobody_listens() -> None:
    """A server that is down is said to be down."""
    address = Address(f"http://127.0.0.1:{free_port()}/query")
    store = RemoteStore(address, ReleaseGraphs("r", BASE, ()), {})
    with pytest.raises(StoreUnavailable, match="does not answer"):
        store.ask("ASK {}")


def test_place_of_a_syntax_error(faulty: str) -> None:
    """The server's line is counted in the text that its writer wrote."""
    store = RemoteStore(Address(f"{faulty}/400"), ReleaseGraphs("r", BASE, ()), {"ex": "urn:ex:"})
    with pytest.raises(QuerySyntax, match="line 2, column 5") as caught:
        store.query("SELECT *\n{ ?s ex:p ?o }", "json")
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_updates_never_leave(faulty: str) -> None:
    """An update is refused before it is sent, also by the pages' own store."""
    store = RemoteStore(Address(f"{faulty}/500"), ReleaseGraphs("r", BASE, ()), {})
    for text in ("INSERT DATA { <urn:a> <urn:b> 1 }", "PREFIX s: <urn:s> DROP ALL"):
        with pytest.raises(QueryError, match="queries only"):
            store.query(text, "json")


def test_address_with_a_password() -> None:
    """A password is taken out of the address, so that no message repeats it."""
    address = read_address("https://km:p%40ss@db.example.go.th:8890/sparql")
    assert address == Address("https://db.example.go.th:8890/sparql", "km", "p@ss")


@pytest.mark.parametrize("size", [1, 2, 7, 64, 5000])
def test_names_are_restored_across_blocks(size: int) -> None:
    """The mark of a release is taken out wherever the blocks are cut."""
    graphs = ReleaseGraphs("2026-01-01T000000Z", BASE, (f"{BASE}/graph/a",))
    public = "-".join(f"<{BASE}/graph/a> --release-2026 --re" for _ in range(50)).encode()
    sent = public.replace(b"/a>", b"/a" + graphs.suffix.encode() + b">")
    assert sent != public
    blocks = (sent[n : n + size] for n in range(0, len(sent), size))
    assert b"".join(graphs.restore(blocks)) == public
