"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from support.servers import Server, run_oxigraph, run_virtuoso
from support.store_contract import BASE, EX, embed, graph, small_release

from graph.store.interface import Store
from graph.store.remote import RemoteStore


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Oxigraph server."""
    with run_oxigraph() as running:
        yield running


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Virtuoso 7."""
    with run_virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


@pytest.fixture(scope="session", params=["embedded", "oxigraph", "virtuoso"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The small release, in each kind of store; on a server, others stand beside it."""
    data, prefixes = tmp_path_factory.mktemp("data"), {"ex": EX, "g": f"{BASE}/graph/"}
    if request.param == "embedded":
        return embed(data, small_release(), prefixes)
    name = {"oxigraph": "server", "virtuoso": "virtuoso"}[request.param]
    running: Server = request.getfixturevalue(name)
    copies = running.copies(data, BASE)
    other = ox.Quad(ox.NamedNode(EX + "z"), ox.NamedNode(EX + "p"), ox.Literal("z"), graph("g1"))
    copies.put("2026-01-01T000000Z-002", [other])
    elsewhere = "http://elsewhere.example"
    foreign = ox.Quad(other.subject, other.predicate, other.object, ox.NamedNode(f"{elsewhere}/g"))
    running.copies(data / "elsewhere", elsewhere).put("2026-01-01T000000Z", [foreign])
    copies.put("2026-01-01T000000Z", small_release())
    return RemoteStore(copies.query, copies.open("2026-01-01T000000Z"), prefixes)
