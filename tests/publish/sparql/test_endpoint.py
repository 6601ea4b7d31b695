"""The endpoint: the protocol's cases from sparql_protocol.toml, caching, and its own answers."""

import http.client
import threading
import tomllib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from bench.processes import free_port
from SPARQLWrapper import CSV, JSON, JSONLD, RDFXML, TURTLE, XML, SPARQLWrapper
from support.paths import DATA
from support.sites import serving
from werkzeug.datastructures import EnvironHeaders
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Response

from graph.errors import EngineBusy, KmError, QueryTimeout, QueryTooLarge, ReleaseDamaged
from graph.store.embedded import Answer
from publish.config import Config
from publish.engine.pool import EnginePool, EngineQuery
from publish.http.response import SECURITY
from publish.http.wsgi_types import Environ, StartResponse
from publish.server.asgi import Asgi
from publish.server.cache import ResponseCache
from publish.sparql.endpoint import QUERY, Engine, Source, SparqlEndpoint
from publish.sparql.service_description import NamedGraph, ServiceDescription

EX = "http://example.org/"
QUADS = "".join(
    f'<{EX}{s}> <{EX}p> "{o}" <{EX}g{n}> .\n'
    for n, (s, o) in enumerate([("a", "one"), ("b", "two"), ("c", "three")], start=1)
)
CASES = tomllib.loads((DATA / "sparql_protocol.toml").read_text())["case"]


def _pages(environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Stand for the application behind, which shows the query page."""
    start_response("200 OK", [("Content-Type", "text/html"), *SECURITY.items()])
    return [f"page of {environ[QUERY]}".encode()]


def _endpoint(engine: Engine, release: Callable[[], str] = lambda: "r1") -> SparqlEndpoint:
    graphs = tuple(NamedGraph(f"{EX}g{n}", 1) for n in (1, 2, 3))
    prefixes = {
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "void": "http://rdfs.org/ns/void#",
    }

    def enter(_: Environ) -> Source:
        about = ServiceDescription("http://localhost/sparql", 3, graphs)
        return Source(release(), engine, lambda: about, lambda: None)

    return SparqlEndpoint(enter, _pages, prefixes)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EnginePool]:
    """Workers on a store of a few quads."""
    path = tmp_path_factory.mktemp("sparql") / "store"
    writer = ox.Store(path)
    writer.bulk_load(QUADS.encode(), format=ox.RdfFormat.N_QUADS)
    writer.flush()
    del writer
    with EnginePool(path, {"ex": EX}, workers=1) as pool:
        yield pool


class Remote:
    """A client of the endpoint behind the server, with the loop that begins small queries."""

    def __init__(self, port: int) -> None:
        self._port = port

    def open(self, *args: Any, **said: Any) -> Response:
        builder = EnvironBuilder(*args, base_url=f"http://127.0.0.1:{self._port}", **said)
        environ = builder.get_environ()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        address = f"{builder.path}?{environ['QUERY_STRING']}"
        body = environ["wsgi.input"].read()
        headers = dict(EnvironHeaders(environ))
        is_chunked = "Transfer-Encoding" in headers
        sent = iter([b"ASK {}"]) if is_chunked else body or None
        connection.request(builder.method, address, sent, headers, encode_chunked=is_chunked)
        found = connection.getresponse()
        response = Response(found.read(), found.status, found.getheaders())
        connection.close()
        return response

    def get(self, *args: Any, **said: Any) -> Response:
        return self.open(*args, method="GET", **said)

    def post(self, *args: Any, **said: Any) -> Response:
        return self.open(*args, method="POST", **said)


@pytest.fixture(scope="module")
def port(pool: EnginePool) -> Iterator[int]:
    """The port of the server of `km serve` on the endpoint, without a cache."""
    config, endpoint = Config(port=free_port()), _endpoint(pool)
    with serving(Asgi(ResponseCache(endpoint, lambda: 1, 0, {}), endpoint), config):
        yield config.port


@pytest.fixture(params=["alone", "behind the server"])
def client(pool: EnginePool, request: pytest.FixtureRequest) -> Client | Remote:
    """A client of the endpoint, in this thread or as everybody meets it."""
    if request.param == "alone":
        return Client(_endpoint(pool))
    return Remote(request.getfixturevalue("port"))


def _encode(pairs: list[list[str]]) -> str:
    return urlencode([(name, value) for name, value in pairs])


def _send(client: Client, case: dict[str, Any]) -> Any:
    headers = {"Accept": case["accept"]} if "accept" in case else {}
    body = case.get("body")
    if "form" in case:
        body = _encode(case["form"])
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if "type" in case:
        headers["Content-Type"] = case["type"]
    return client.open(
        "/sparql",
        method=case.get("method", "GET"),
        query_string=case.get("raw_query") or _encode(case.get("params", [])),
        headers=headers,
        data=body,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['section']}: {case['says']}")
def test_protocol(client: Client, case: dict[str, Any]) -> None:
    """Each case of the table gets the answer the specification asks for."""
    response = _send(client, case)
    body = response.get_data(as_text=True)
    assert response.status_code == case.get("status", 200), body
    assert response.headers.get("Content-Type", "").startswith(case.get("gives", ""))
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    for name, value in case.get("header", {}).items():
        assert value in response.headers[name]
    assert body == case.get("is", body)
    assert not (case.get("empty") and body)
    assert all(part in body for part in case.get("has", [])), body
    assert not any(part in body for part in case.get("lacks", [])), body


def test_length_is_required(client: Client) -> None:
    """A body whose length nobody says is 411, one that is too long 413; RFC 9110 15.5.12, .14."""
    headers = {"Content-Type": "application/sparql-query", "Transfer-Encoding": "chunked"}
    assert client.post("/sparql", headers=headers).status_code == 411
    long = {"query": "ASK { ?s ?p '" + "x" * 300_000 + "' }"}
    assert client.post("/sparql", data=long).status_code == 413


def test_etag(pool: EnginePool) -> None:
    """An answer is not sent twice for one release; another release or format is another answer."""
    release = "r1"
    client = Client(_endpoint(pool, lambda: release))
    address = "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o }"})
    etag = client.get(address).headers["ETag"]
    known = {"If-None-Match": etag}
    assert client.get(address, headers=known).status_code == 304
    assert client.get(address, headers=known).headers["Vary"] == "Accept"
    assert client.get(address + "&format=csv", headers=known).status_code == 200
    assert client.get(address + "&named-graph-uri=a:b", headers=known).status_code == 200
    release = "r2"
    assert client.get(address, headers=known).status_code == 200


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "struuid()"])
def test_no_etag_for_what_changes(client: Client, call: str) -> None:
    """An answer that is another one each time is not to be kept."""
    response = client.get("/sparql", query_string={"query": f"SELECT ({call} AS ?x) {{}}"})
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryTimeout("too long"), 504),
        (EngineBusy("busy"), 503),
        (QueryTooLarge("too much"), 400),
        (ReleaseDamaged("broken"), 503),
    ],
)
def test_engine_errors(error: KmError, status: int) -> None:
    """What the engine raises becomes a status, and a busy one says when to come again."""

    class Failing:
        def query(self, query: EngineQuery) -> Answer:
            raise error

    response = Client(_endpoint(Failing())).get("/sparql?query=ASK{}")
    assert response.status_code == status
    assert response.get_data(as_text=True) == f"{error}\n"
    assert response.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in response.headers) == (status == 503)


def test_long_answers_stream_and_break_aloud() -> None:
    """A failure after the first blocks is raised to the server, and leaving closes the answer."""
    closed = threading.Event()

    class Blocks(Iterator[bytes]):
        sent = 0

        def __next__(self) -> bytes:
            self.sent += 1
            if self.sent == 3:
                raise QueryTimeout("too long")
            return b"block"

        def close(self) -> None:
            closed.set()

    class Breaking:
        def query(self, query: EngineQuery) -> Answer:
            return Answer("text/csv", Blocks())

    client = Client(_endpoint(Breaking()))
    response = client.get("/sparql?query=ASK{}")
    assert response.content_length is None
    with pytest.raises(QueryTimeout):
        b"".join(response.response)
    client.head("/sparql?query=ASK{}").close()
    assert closed.is_set()


@pytest.fixture
def address(port: int) -> str:
    """The address of the endpoint."""
    return f"http://127.0.0.1:{port}/sparql"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SPARQLWrapper's use of rdflib
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("way", ["urlencoded", "postdirectly"])
def test_sparqlwrapper(address: str, method: str, way: str) -> None:
    """SPARQLWrapper gets what it converts, in each of its formats."""
    wrapper = SPARQLWrapper(address)
    wrapper.setMethod("POST" if way == "postdirectly" else method)
    wrapper.setRequestMethod(way)
    wrapper.addDefaultGraph(f"{EX}g1")
    wrapper.setQuery("SELECT ?s { ?s ?p ?o }")
    wrapper.setReturnFormat(JSON)
    rows = wrapper.queryAndConvert()["results"]["bindings"]  # type: ignore[call-overload,index]
    assert [row["s"]["value"] for row in rows] == [f"{EX}a"]
    wrapper.setReturnFormat(CSV)
    assert wrapper.queryAndConvert() == f"s\r\n{EX}a\r\n".encode()
    wrapper.setReturnFormat(XML)
    assert f"{EX}a" in wrapper.queryAndConvert().toxml()  # type: ignore[union-attr]
    wrapper.setQuery("CONSTRUCT WHERE { ?s ?p ?o }")
    for form in (RDFXML, JSONLD, XML):
        wrapper.setReturnFormat(form)
        assert len(wrapper.queryAndConvert()) == 1  # type: ignore[arg-type]
    wrapper.setReturnFormat(TURTLE)
    assert b"ex:a ex:p" in wrapper.queryAndConvert()  # type: ignore[operator]
