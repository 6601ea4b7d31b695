"""One contract, two stores: the same cases on the embedded store and on real SPARQL servers."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.paths import ROOT
from support.servers import Server, oxigraph, run_oxigraph, run_virtuoso

from graph.check.check import Checked
from graph.describe.overview import survey
from graph.describe.resource import describe
from graph.errors import QueryError, QuerySyntax
from graph.hubs.read import Hubs
from graph.queries.saved import SavedQuery, run, saved_queries
from graph.rdf.vocab import PREFIXES, term
from graph.sparql.internal import internal_query
from graph.store.embedded import EmbeddedStore, format_named
from graph.store.interface import Store
from graph.store.remote import RemoteStore

pytestmark = pytest.mark.slow

BASE = "http://localhost:8000"
EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
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

TERMS: list[ox.NamedNode | ox.Literal] = [
    ox.Literal("ตำบลเมืองเกษตร", language="th"),
    ox.Literal('he said "no"', language="en-gb"),
    ox.Literal("two\nlines, a tab\t, a carriage return\r and a \\backslash"),
    ox.Literal("it's <not> &amp; ]]> markup, {0} %s $x ?y"),
    ox.Literal("🌾 ๑๒๓"),
    ox.Literal(""),
    ox.Literal("7", datatype=ox.NamedNode(XSD + "integer")),
    ox.Literal("1.5", datatype=ox.NamedNode(XSD + "decimal")),
    ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")),
    ox.Literal("2019-04-30", datatype=ox.NamedNode(XSD + "date")),
    ox.Literal("2562", datatype=ox.NamedNode(XSD + "gYear")),
    ox.Literal("x", datatype=ox.NamedNode(EX + "own")),
    ox.NamedNode(EX + "ตำบล"),
    ox.NamedNode(f"{BASE}/graph/g1"),
]


def graph(name: str) -> ox.NamedNode:
    """Return the name of a graph of the small release."""
    return ox.NamedNode(f"{BASE}/graph/{name}")


def small_release() -> list[ox.Quad]:
    """Return a release of three graphs; one triple stands in two of them."""
    a, b, c, p = (ox.NamedNode(EX + name) for name in "abcp")
    shared = ox.Quad(c, p, ox.Literal("both"), graph("g1"))
    quads = [ox.Quad(a, p, ox.Literal("one"), graph("g1")), shared]
    quads += [ox.Quad(c, p, shared.object, graph("g2")), ox.Quad(b, p, a, graph("g2"))]
    thing = ox.NamedNode(EX + "thing")
    terms = [ox.NamedNode(f"{EX}has{n}") for n in range(len(TERMS))]
    return quads + [ox.Quad(thing, p, t, graph("g3")) for p, t in zip(terms, TERMS, strict=True)]


def embed(folder: Path, quads: list[ox.Quad], prefixes: dict[str, str]) -> EmbeddedStore:
    """Return an embedded store of these quads."""
    writer = ox.Store(folder / "store")
    writer.bulk_extend(quads)
    writer.flush()
    del writer
    return EmbeddedStore(folder / "store", prefixes)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Oxigraph server."""
    if oxigraph() is None:
        pytest.skip("the program `oxigraph` is not installed (pip install oxigraph)")
    with run_oxigraph() as running:
        yield running


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Virtuoso 7."""
    if shutil.which("virtuoso-t") is None:
        pytest.skip("virtuoso-t is not installed (apt-get install virtuoso-opensource-7-bin)")
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
    shelf = running.shelf(data, BASE)
    other = ox.Quad(ox.NamedNode(EX + "z"), ox.NamedNode(EX + "p"), ox.Literal("z"), graph("g1"))
    shelf.put("2026-01-01T000000Z-002", [other])
    elsewhere = "http://elsewhere.example"
    foreign = ox.Quad(other.subject, other.predicate, other.object, ox.NamedNode(f"{elsewhere}/g"))
    running.shelf(data / "elsewhere", elsewhere).put("2026-01-01T000000Z", [foreign])
    shelf.put("2026-01-01T000000Z", small_release())
    return RemoteStore(shelf.query, shelf.open("2026-01-01T000000Z"), prefixes)


def rows(store: Store, text: str) -> list[str]:
    """Return the solutions of a query as sorted text."""
    return sorted(str(sorted(row.items(), key=str)) for row in store.select(text))


def names(store: Store, text: str, *dataset: list[str] | None) -> str:
    """Return the sorted last letters of what ?s is."""
    answer = json.loads(b"".join(store.query(text, "json", *dataset).chunks))
    found = [row["s"]["value"] for row in answer["results"]["bindings"]]
    return "".join(sorted(value.removeprefix(EX)[-1] for value in found))


@pytest.mark.parametrize("number", range(len(TERMS)))
def test_a_term_goes_in_and_comes_out(
    store: Store, number: int, request: pytest.FixtureRequest
) -> None:
    """Terms come back as they were loaded, and a bound term finds itself."""
    if f"virtuoso-{number}]" in request.node.name and TERMS[number] == ox.Literal(True):
        pytest.skip("Virtuoso 7 makes an integer of a boolean in VALUES")
    term, has = TERMS[number], ox.NamedNode(f"{EX}has{number}")
    text = "SELECT ?p ?o { ex:thing ?p ?o }"
    assert store.select(text, p=has) == store.select(text, o=term) == [{"p": has, "o": term}]
    assert store.ask("ASK { ?s ?p ?o }", o=term, p=has)
    assert not store.ask("ASK { ex:a ?p ?o }", o=term)
    thing = ox.NamedNode(EX + "thing")
    assert store.quads_for(object=term) == [ox.Quad(thing, has, term, graph("g3"))]
    assert store.triples_about([thing], [has]) == [ox.Triple(thing, has, term)]
    triple = store.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", p=has)
    assert triple == [ox.Triple(thing, has, term)]


G1, G2 = f"{BASE}/graph/g1", f"{BASE}/graph/g2"
ALL = "SELECT DISTINCT ?s { ?s ex:p ?o }"
NAMED = "SELECT ?s { GRAPH ?g { ?s ex:p ?o } }"


@pytest.mark.parametrize(
    ("text", "dataset", "found"),
    [
        (ALL, (None, None), "abc"),
        (NAMED, (None, None), "abcc"),
        ("SELECT ?s { GRAPH g:g1 { ?s ex:p ?o } }", (None, None), "ac"),
        (f"SELECT ?s {{ GRAPH <{G2}> {{ ?s ex:p ?o }} }}", (None, None), "bc"),
        (
            "PREFIX x: <http://localhost:8000/graph/> SELECT ?s { GRAPH x:g1 { ?s ex:p ?o } }",
            (None, None),
            "ac",
        ),
        ("SELECT ?s { GRAPH g:none { ?s ex:p ?o } }", (None, None), ""),
        (f"SELECT ?s {{ GRAPH ?g {{ ?s ex:p ?o }} FILTER(?g = <{G1}>) }}", (None, None), "ac"),
        ("SELECT ?s { VALUES ?g { g:g2 } GRAPH ?g { ?s ex:p ?o } }", (None, None), "bc"),
        ("SELECT (?g AS ?s) { GRAPH ?g { ex:a ex:p ?o } }", (None, None), "1"),
        ("SELECT (STR(?g) AS ?s) { GRAPH ?g { ex:a ex:p ?o } }", (None, None), "1"),
        ("SELECT ?s FROM g:g1 { ?s ex:p ?o }", (None, None), "ac"),
        ("SELECT DISTINCT ?s FROM g:g1 FROM g:g2 { ?s ex:p ?o }", (None, None), "abc"),
        (
            "BASE <http://localhost:8000/graph/> SELECT ?s FROM <g1> { ?s ex:p ?o }",
            (None, None),
            "ac",
        ),
        ("SELECT ?s FROM NAMED g:g1 { ?s ex:p ?o }", (None, None), ""),
        ("SELECT ?s FROM NAMED g:g1 { GRAPH ?g { ?s ex:p ?o } }", (None, None), "ac"),
        (ALL, ([G2], None), "bc"),
        (ALL, ([G1, G2], None), "abc"),
        (NAMED, ([G2], None), ""),
        (ALL, (None, [G2]), ""),
        (NAMED, (None, [G2]), "bc"),
        ("SELECT ?s FROM g:g1 { ?s ex:p ?o }", ([G2], None), "bc"),
        ("SELECT ?s FROM NAMED g:g1 { GRAPH ?g { ?s ex:p ?o } }", ([G2], None), ""),
        (ALL, ([f"{BASE}/graph/none"], None), ""),
        (ALL, ([f"{G1}--release-2026-01-01T000000Z"], None), ""),
        (ALL, ([f"{G1}--release-2026-01-01T000000Z-002"], None), ""),
        (
            f"SELECT ?s {{ GRAPH <{G1}--release-2026-01-01T000000Z-002> {{ ?s ex:p ?o }} }}",
            (None, None),
            "",
        ),
        ("SELECT (?o AS ?s) { ex:b ex:p ?o }", (None, None), "a"),
    ],
)
def test_dataset(
    store: Store, text: str, dataset: tuple[list[str] | None, list[str] | None], found: str
) -> None:
    """Union, FROM and the request's dataset mean the same; other releases are never seen."""
    assert names(store, text, *dataset) == found


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_results_in_each_format(store: Store, name: str) -> None:
    """Solutions leave in the four formats of results, with the public names of graphs."""
    answer = store.query("SELECT ?g { GRAPH ?g { ex:a ex:p 'one' } }", name)
    body = b"".join(answer.chunks)
    assert answer.media_type == format_named(name).content_type
    assert G1.encode() in body
    assert b"release" not in body


@pytest.mark.parametrize("name", ["ttl", "nt", "jsonld", "rdf"])
@pytest.mark.parametrize(
    "text", ["CONSTRUCT { ?s ex:p ?o } { ?s ex:p ?o }", "CONSTRUCT WHERE { ?s ex:p ?o }"]
)
def test_graphs_in_each_format(store: Store, text: str, name: str) -> None:
    """Graphs leave in the four syntaxes and mean the same."""
    answer = store.query(text, name)
    target = format_named(name).engine
    assert isinstance(target, ox.RdfFormat)
    found = {quad.triple for quad in ox.parse(b"".join(answer.chunks), target)}
    wanted = {q.triple for q in small_release() if q.predicate.value == EX + "p"}
    assert found == wanted


def test_describe_form(store: Store) -> None:
    """DESCRIBE gives the triples of the thing, from the union of the graphs."""
    found = store.construct("DESCRIBE ex:c")
    assert ox.Triple(ox.NamedNode(EX + "c"), ox.NamedNode(EX + "p"), ox.Literal("both")) in found


def test_quads(store: Store) -> None:
    """Quads are found by each of their parts, under public names."""
    quads, found = small_release(), store.quads_for
    a, c = ox.NamedNode(EX + "a"), ox.NamedNode(EX + "c")
    assert set(found()) == set(quads)
    assert set(found(subject=c)) == {q for q in quads if q.subject == c}
    assert set(found(object=a)) == {q for q in quads if q.object == a}
    assert set(found(graph=graph("g2"))) == {q for q in quads if q.graph_name == graph("g2")}
    assert found(a, None, None, graph("g2")) == []
    assert found(graph=graph("none")) == []
    assert found(ox.BlankNode("b0")) == []
    assert {str(name) for name in store.named_graphs()} == {str(q.graph_name) for q in quads}


def test_many_subjects(store: Store) -> None:
    """A thousand subjects are asked for at once; a triple of two graphs comes once."""
    a, c, p = (ox.NamedNode(EX + name) for name in "acp")
    many = [ox.NamedNode(f"{EX}no{n}") for n in range(1000)]
    found = store.triples_about([a, *many, c, a], [p])
    assert sorted(map(str, found)) == [
        f"<{EX}a> <{EX}p> " + '"one"',
        f"<{EX}c> <{EX}p> " + '"both"',
    ]
    assert store.triples_about([], [p]) == store.triples_about([a], []) == []


def test_bound_before_grouping(store: Store) -> None:
    """A bound variable narrows what is counted, and a bound graph name is the public one."""
    text = "SELECT ?s (COUNT(DISTINCT ?o) AS ?n) { ?s ex:p ?o } GROUP BY ?s"
    assert [row["n"] for row in store.select(text, s=ox.NamedNode(EX + "c"))] == [ox.Literal(1)]
    text = "SELECT ?g ?s { GRAPH ?g { ?s ex:p ?o } } LIMIT 5"
    assert {row["g"] for row in store.select(text, g=graph("g2"))} == {graph("g2")}
    a = ox.NamedNode(EX + "a")
    assert store.construct("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5", s=a)[0].subject == a


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.query(ALL, "ttl"),
        lambda store: store.query("DESCRIBE ex:a", "json"),
        lambda store: store.query(ALL, "pdf"),
        lambda store: store.query(ALL, "json", ["not an iri"]),
        lambda store: store.select("ASK { ?s ?p ?o }"),
        lambda store: store.construct("ASK { ?s ?p ?o }"),
        lambda store: store.ask("SELECT ?s { ?s ?p ?o }"),
    ],
)
def test_impossible(store: Store, ask: Callable[[Store], object]) -> None:
    """What cannot be written or evaluated is said as a QueryError."""
    with pytest.raises(QueryError):
        ask(store)


@pytest.mark.parametrize("text", ["SELECT * {\n ?s ex:p ?o .\n ?s ?p ] .\n}", "SELECT ?s {"])
def test_syntax(store: Store, text: str) -> None:
    """What is no query is a QuerySyntax."""
    with pytest.raises(QuerySyntax):
        store.query(text, "json")


# ---- the bundled site ------------------------------------------------------------------------


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
    shelf = running.shelf(tmp_path_factory.mktemp("data"), BASE)
    shelf.put("2026-01-02T000000Z", checked.quads)
    return RemoteStore(shelf.query, shelf.open("2026-01-02T000000Z"), PREFIXES)


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
