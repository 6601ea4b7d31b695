"""One contract, two stores: the same cases on the embedded store and on real SPARQL servers."""

import json
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from support.store_contract import BASE, EX, TERMS, graph, small_release

from graph.errors import QueryError, QuerySyntax
from graph.store.embedded import format_named
from graph.store.interface import Store

pytestmark = pytest.mark.slow


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
