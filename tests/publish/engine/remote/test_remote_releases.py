"""Releases on a SPARQL server: errors on the wire, loading, switching, dropping, and the site."""

import os
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from bench.processes import free_port
from click.testing import CliRunner
from support.engine_remote import BASE
from support.servers import Server, run_oxigraph
from support.sites import publish

from graph.builder.build import build_release
from graph.builder.inputs import ReleaseInput
from graph.check.check import bundled_site
from graph.check.report import Report
from graph.errors import QueryTimeout, ReleaseDamaged, ReleaseError
from graph.rdf.named_graphs import InMemory
from graph.release.activate import activate, publication_lock
from graph.release.manifest import current_id, release_ids
from graph.store.query_rewrite import Rewritten
from graph.store.release_names import ReleaseGraphs
from graph.store.remote import RemoteStore
from graph.store.remote_copies import RemoteCopies
from graph.store.sparql_http import Address, read_address
from publish.cli.main import cli
from publish.config import Config
from publish.engine.backends import open_copies
from publish.engine.remote import RemoteEngine
from publish.engine.worker import EngineQuery
from publish.server.stack import create_app

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}

GRAPHS = 6


def numbered(number: int) -> list[ox.Quad]:
    """Return a release whose every graph says the same number, a hundred times."""
    p, value = ox.NamedNode("urn:number"), ox.Literal(number)
    return [
        ox.Quad(ox.NamedNode(f"urn:{g}-{n}"), p, value, ox.NamedNode(f"{BASE}/graph/g{g}"))
        for g in range(GRAPHS)
        for n in range(100)
    ]


def put(config: Config, number: int) -> str:
    """Publish the release of a number."""
    with publication_lock(config.data):
        inputs = ReleaseInput(
            InMemory(numbered(number)), Report((), 0, 0), (), BASE, keep=config.keep
        )
        return build_release(config.data, inputs, open_copies(config)).id


def graphs_on(server: Server) -> set[str]:
    """Return the names of all graphs of a server."""
    everything = ReleaseGraphs("", "", ())
    store = RemoteStore(read_address(server.store_query), everything, {})

    rows = store.solutions(Rewritten("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", (), (), 0))
    return {str(row["g"]) for row in rows}


@pytest.fixture
def config(tmp_path: Path, server: Server) -> Config:
    """Settings with a data folder of their own and the server as the store."""
    return Config(base=BASE, data=tmp_path, store=server.store, workers=4, keep=2)


def test_no_reader_sees_half_a_release(config: Config) -> None:
    """While releases come and go, each answer is of one release, and whole."""
    first = put(config, 0)
    app = create_app(config)
    text = "SELECT ?g ?v (COUNT(*) AS ?n) { GRAPH ?g { ?s <urn:number> ?v } } GROUP BY ?g ?v"
    union = "SELECT ?v (COUNT(*) AS ?n) { ?s <urn:number> ?v } GROUP BY ?v"
    seen: list[tuple[str, ...]] = []
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        client = app.test_client()
        while not stop.is_set():
            answers = [client.get("/sparql", query_string={"query": q}) for q in (text, union)]
            for answer, count in zip(answers, (100, 100 * GRAPHS), strict=True):
                if answer.status_code != 200:
                    wrong.append((answer.status_code, answer.text))
                    continue
                rows = answer.get_json()["results"]["bindings"]
                numbers = {row["v"]["value"] for row in rows}
                counts = {row["n"]["value"] for row in rows}
                graphs = {row["g"]["value"] for row in rows if "g" in row}
                if len(numbers) != 1 or counts != {str(count)} or len(graphs) not in (0, GRAPHS):
                    wrong.append(rows)
                seen.append(tuple(numbers))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 5):
        put(config, number)
        gives_up_at = time.monotonic() + 20
        while (str(number),) not in seen and time.monotonic() < gives_up_at:
            time.sleep(0.1)
        if number % 2:
            with publication_lock(config.data):
                activate(config.data, release_ids(config.data)[1], open_copies(config))
            time.sleep(0.8)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert {numbers[0] for numbers in seen} >= {"0", "1", "2", "3", "4"}
    assert first not in release_ids(config.data)


class Crash(BaseException):
    """The end of a process."""


def test_a_crash_while_loading(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publication that ends in the middle leaves the old release; the next one succeeds."""
    old = put(config, 1)
    request, left = RemoteCopies._request, [3]

    def dies(copies: RemoteCopies, method: str, graph: str, body: bytes | None = None) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Crash
        request(copies, method, graph, body)

    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(RemoteCopies, "_request", dies)
        put(config, 2)
    assert current_id(config.data) == old
    assert release_ids(config.data) == [old]
    answer = (
        create_app(config)
        .test_client()
        .get("/sparql", query_string={"query": "SELECT DISTINCT ?v { ?s <urn:number> ?v }"})
    )
    assert [r["v"]["value"] for r in answer.get_json()["results"]["bindings"]] == ["1"]
    assert put(config, 3) != old


def test_what_nobody_reads_is_dropped(tmp_path: Path) -> None:
    """Releases that were left long ago, and halves of a crash, go; going back loads one again."""
    with run_oxigraph() as server:
        config = Config(base=BASE, data=tmp_path, store=server.store, keep=5)
        ids = [put(config, number) for number in range(3)]
        notes = config.data / "remote"
        assert {p.stem for p in notes.iterdir()} == set(ids)
        for note in notes.iterdir():
            os.utime(note, (1, 1))
        latest = put(config, 3)
        assert {p.stem for p in notes.iterdir()} == {ids[2], latest}
        assert len(graphs_on(server)) == 2 * (GRAPHS + 1)
        with publication_lock(config.data):
            activate(config.data, ids[0], open_copies(config))
        copies = server.copies(config.data, BASE)
        assert copies.holds(ids[0])
        assert current_id(config.data) == ids[0]


def test_a_server_without_the_release(config: Config, server: Server) -> None:
    """A release that is not there, or not whole, is refused with what to do."""
    made = put(config, 1)
    copies = server.copies(config.data, BASE)
    copies._request("DELETE", copies.open(made).union)
    with pytest.raises(ReleaseDamaged, match=f"km rollback {made}"):
        create_app(config)
    with publication_lock(config.data):
        activate(config.data, made, open_copies(config))
    create_app(config).extensions["km"].current.close()


def test_blank_nodes_are_refused(config: Config, server: Server) -> None:
    """A blank node has no name on a server, so no release has one."""
    copies = server.copies(config.data, BASE)
    graph = ox.NamedNode(f"{BASE}/graph/g")
    quad = ox.Quad(ox.BlankNode("b"), ox.NamedNode("urn:p"), ox.Literal("x"), graph)
    with pytest.raises(ReleaseError, match="blank"):
        copies.put("r", [quad])


def test_the_site_on_a_server(tmp_path: Path) -> None:
    """Pages, RDF and queries come from the server; when it goes down they are 503, in words."""
    with run_oxigraph() as server:
        config = Config(data=tmp_path / "a", store=server.store)
        local = Config(data=tmp_path / "b")
        publish(config)
        publish(local)
        site, ours = create_app(config).test_client(), create_app(local).test_client()
        plan = "/doc/plan/sao-301107-km-1"
        for path in (f"{plan}.ttl", "/browse/law?lang=th", f"{plan}.html?lang=th", "/ontology.nt"):
            theirs = site.get(path)
            assert theirs.status_code == 200, path
            assert _without_release(theirs.text) == _without_release(ours.get(path).text), path
        query = {"query": "SELECT ?plan { ?plan a km:Plan } ORDER BY ?plan"}
        csv = {"Accept": "text/csv"}
        found = site.get("/sparql", query_string=query, headers=csv).data
        assert found == ours.get("/sparql", query_string=query, headers=csv).data
        refused = site.post("/sparql", data={"query": "SELECT * { SERVICE <urn:x> {} }"})
        assert refused.status_code == 403
    page = site.get("/doc/plan/sao-301107-km-2.html?lang=th", headers=HTML)
    assert page.status_code == 503
    assert "<html" in page.text
    assert page.headers["Retry-After"]
    answer = site.get("/sparql", query_string=query)
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)


def _without_release(text: str) -> str:
    """Return a page without the lines that name its release."""
    return "\n".join(line for line in text.splitlines() if "/releases" not in line)


def test_a_query_past_its_deadline(server: Server, tmp_path: Path) -> None:
    """A query that takes too long is 504, and its slot is free again."""
    copies = server.copies(tmp_path, BASE)
    copies.put("r", numbered(1))
    graphs = copies.open("r")
    engine = RemoteEngine(copies.query, graphs, {}, workers=1, deadline_s=0.5)
    hostile = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    for _ in range(2):
        with pytest.raises(QueryTimeout):
            engine.query(EngineQuery(hostile, "json", None, None))
    easy = EngineQuery("SELECT ?s { ?s ?p ?o } LIMIT 1", "csv", None, None)
    assert b"".join(engine.query(easy).chunks).startswith(b"s\r\nurn:")


def test_a_long_answer_streams(server: Server, tmp_path: Path) -> None:
    """A long answer comes in blocks, whole, and gives its slot back at its end or when left."""
    copies = server.copies(tmp_path, BASE)
    copies.put("r2", numbered(1))
    engine = RemoteEngine(copies.query, copies.open("r2"), {}, workers=1, deadline_s=10.0)
    query = EngineQuery("SELECT ?a ?b { ?a ?p ?x . ?b ?q ?y }", "csv", None, None)
    answer = engine.query(query)
    assert answer.size_bytes is None
    blocks = list(answer.chunks)
    assert max(map(len, blocks)) <= 70_000
    assert b"".join(blocks).count(b"\r\n") == (100 * GRAPHS) ** 2 + 1
    left = engine.query(query)
    next(left.chunks)
    left.chunks.close()  # type: ignore[attr-defined]
    assert engine.query(EngineQuery("ASK {}", "json", None, None)).size_bytes


def test_publishing_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`km publish` names the address, without its password, and publishes nothing."""
    port = free_port()
    monkeypatch.setenv("KM_DATA", str(tmp_path))
    monkeypatch.setenv("KM_STORE", f"http://me:secret@127.0.0.1:{port}/")
    result = CliRunner().invoke(cli, ["publish"])
    assert isinstance(result.exception, ReleaseError)
    assert f"http://127.0.0.1:{port}/store" in str(result.exception)
    assert "secret" not in str(result.exception) + result.output
    assert current_id(tmp_path) is None


def test_not_ready_without_its_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load balancer learns that the server with the data is gone."""
    config = Config(data=tmp_path / "var", workers=1)
    publish(config, bundled_site())
    app = create_app(config)
    current = app.extensions["km"].current
    try:
        assert app.test_client().get("/readyz").status_code == 200
        address = Address(f"http://127.0.0.1:{free_port()}/query")
        nobody = RemoteStore(address, ReleaseGraphs("r", BASE, ()), {})
        monkeypatch.setattr(current._serving, "store", nobody)
        assert app.test_client().get("/readyz").status_code == 503
    finally:
        current.close()
