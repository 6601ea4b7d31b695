"""One contract, two stores: the same cases on the embedded store and on real SPARQL servers."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from support.paths import ROOT
from support.servers import Server
from support.store_contract import BASE, embed

from graph.check.check import Checked
from graph.describe.overview import survey
from graph.describe.resource import describe
from graph.hubs.read import Hubs
from graph.queries.saved import SavedQuery, run, saved_queries
from graph.rdf.vocab import PREFIXES, term
from graph.sparql.internal import internal_query
from graph.store.embedded import EmbeddedStore
from graph.store.interface import Store
from graph.store.remote import RemoteStore

pytestmark = pytest.mark.slow


#: Oxigraph's server ends itself where ORDER BY meets values of every kind, as `values` without a
#: property has them.
BOUND = {"values"}

QUERIES = [
    path for path in sorted((ROOT / "graph" / "queries").rglob("*.rq")) if path.stem not in BOUND
]


#: Values for the parameters that have no default.
SAMPLES = {"organisation": "sao-301107", "yearBE": "2522"}

_NUMBERS = "Virtuoso 7 gives a boolean that a query makes as 0 or 1"

_YEAR = "Virtuoso 7 ends a query over YEAR() of nothing, instead of leaving its value unbound"

VIRTUOSO_FAILS = {
    "03-laws-named": _YEAR,
    "04-leaflet-laws": _NUMBERS,
    "12-corrections": "Virtuoso 7 takes no path of three alternatives where one is a sequence",
    "13-eighty-characters": _NUMBERS,
    "14-fiscal-year": _NUMBERS,
    "15-amendments-behind": _YEAR,
    "16-evidence": _NUMBERS,
}


def rows(store: Store, text: str) -> list[str]:
    """Return the solutions of a query as sorted text."""
    return sorted(str(sorted(row.items(), key=str)) for row in store.select(text))


@pytest.fixture(scope="session")
def local(checked: Checked, tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The bundled site in the embedded store."""
    return embed(tmp_path_factory.mktemp("local"), list(checked.quads), PREFIXES)


@pytest.fixture(scope="session", params=["server", "virtuoso"])
def remote(
    request: pytest.FixtureRequest, checked: Checked, tmp_path_factory: pytest.TempPathFactory
) -> RemoteStore:
    """The bundled site on a server."""
    running: Server = request.getfixturevalue(request.param)
    copies = running.copies(tmp_path_factory.mktemp("data"), BASE)
    copies.put("2026-01-02T000000Z", checked.quads)
    return RemoteStore(copies.query, copies.open("2026-01-02T000000Z"), PREFIXES)


def test_every_description_is_the_same(
    local: EmbeddedStore, remote: RemoteStore, checked: Checked
) -> None:
    """Each resource of the bundled site has one description, whichever store tells it."""
    iris = sorted({q.subject.value for q in checked.quads if isinstance(q.subject, ox.NamedNode)})
    assert len(iris) > 300
    for iri in iris:
        ours, theirs = describe(local, iri), describe(remote, iri)
        assert ours is not None
        assert theirs is not None
        assert set(ours.context) == set(theirs.context)
        assert (ours.outgoing, ours.incoming) == (theirs.outgoing, theirs.incoming)
        assert (ours.graphs, ours.triples) == (theirs.graphs, theirs.triples)


def test_overview_is_the_same(local: EmbeddedStore, remote: RemoteStore) -> None:
    """Counts and lists of the home page are the same."""
    assert survey(local, Hubs()) == survey(remote, Hubs())


def skip_what_virtuoso_cannot(request: pytest.FixtureRequest, query: str) -> None:
    """Skip a query that Virtuoso answers differently, and say why."""
    if "virtuoso" in request.node.name and query in VIRTUOSO_FAILS:
        pytest.skip(VIRTUOSO_FAILS[query])


@pytest.mark.parametrize("path", QUERIES, ids=[p.stem for p in QUERIES])
def test_every_query_is_the_same(
    local: EmbeddedStore, remote: RemoteStore, path: Path, request: pytest.FixtureRequest
) -> None:
    """Each query that ships with the program has the same rows on both."""
    skip_what_virtuoso_cannot(request, path.stem)
    text = path.read_text(encoding="utf-8")
    assert rows(local, text) == rows(remote, text)


@pytest.mark.parametrize("query", saved_queries(BASE), ids=lambda query: query.name)
def test_every_saved_question_is_the_same(
    local: EmbeddedStore, remote: RemoteStore, query: SavedQuery, request: pytest.FixtureRequest
) -> None:
    """Each saved question, with its parameters bound, has the same rows in the same order."""
    skip_what_virtuoso_cannot(request, f"{query.number:02}-{query.name}")
    values = {p.name: p.default or SAMPLES.get(p.name, "") for p in query.parameters}
    assert run(query, local, values) == run(query, remote, values)


def test_bound_query_is_the_same(local: EmbeddedStore, remote: RemoteStore) -> None:
    """The pages' own queries, with a thing bound, have the same rows."""
    plan = ox.NamedNode(f"{BASE}/id/plan/sao-301107-km-1")
    for name in ("about", "incoming-properties"):
        text = internal_query(name)
        ours, theirs = local.select(text, thing=plan), remote.select(text, thing=plan)
        assert sorted(map(str, ours)) == sorted(map(str, theirs)) != []
    year = term("km:yearBE")
    text = internal_query("values")
    assert local.select(text, property=year) == remote.select(text, property=year) != []
