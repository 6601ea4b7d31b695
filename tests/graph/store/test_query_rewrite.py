"""Queries as they go to a server: dataset, graph names, prefixes and bound terms."""

import pyoxigraph as ox
import pytest

from graph.errors import QueryError, QuerySyntax
from graph.store.query_rewrite import rewrite
from graph.store.release_names import NOWHERE, ReleaseGraphs

BASE = "http://localhost:8000"
GRAPHS = ReleaseGraphs("R", BASE, (f"{BASE}/graph/a", f"{BASE}/graph/b"))
A, B = f"{BASE}/graph/a--release-R", f"{BASE}/graph/b--release-R"
PREFIXES = {"g": f"{BASE}/graph/", "km": "https://w3id.org/tambon-km/ns#"}


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }"),
        ("ASK { GRAPH g:a {} }", f"ASK {{ GRAPH <{A}> {{}} }}"),
        ("ASK { GRAPH<http://localhost:8000/graph/a>{} }", f"ASK {{ GRAPH<{A}>{{}} }}"),
        (r"ASK { GRAPH <http://localhost:8000/graph/\u0061> {} }", f"ASK {{ GRAPH <{A}> {{}} }}"),
        ("ASK { GRAPH g:c {} }", f"ASK {{ GRAPH <{NOWHERE}> {{}} }}"),
        (
            "PREFIX g: <urn:x:> ASK { GRAPH g:a {} }",
            f"PREFIX g: <urn:x:> ASK {{ GRAPH <{NOWHERE}> {{}} }}",
        ),
        (
            f"PREFIX a: <{BASE}/graph/a> ASK {{ a: ?p 'g:a <{BASE}/graph/a>' }} # g:a",
            f"PREFIX a: <{BASE}/graph/a> ASK {{ <{A}> ?p 'g:a <{BASE}/graph/a>' }} # g:a",
        ),
        (
            f"BASE <{BASE}/> ASK {{ <graph/b> ?p ?o }}",
            f"BASE <{BASE}/> ASK {{ <{B}> ?p ?o }}",
        ),
    ],
)
def test_names_of_graphs(text: str, sent: str) -> None:
    """A graph's name is that of the release wherever it stands, but in strings and comments."""
    assert rewrite(text, GRAPHS, PREFIXES).text.rpartition("\n")[2].strip() == sent


@pytest.mark.parametrize(
    ("text", "given", "default", "named"),
    [
        ("ASK {}", (None, None), [GRAPHS.union], []),
        ("ASK { GRAPH ?g {} }", (None, None), [GRAPHS.union], [A, B]),
        ("ASK FROM g:a { GRAPH ?g {} }", (None, None), [A], [NOWHERE]),
        ("ASK FROM NAMED g:a { GRAPH ?g {} }", (None, None), [NOWHERE], [A]),
        ("ASK FROM <urn:x> {}", (None, None), [NOWHERE], []),
        ("ASK FROM g:a {}", ([f"{BASE}/graph/b"], None), [B], []),
        ("ASK {}", ([A], None), [NOWHERE], []),
        ("ASK { GRAPH ?g {} }", (None, [f"{BASE}/graph/b"]), [NOWHERE], [B]),
    ],
)
def test_dataset(
    text: str,
    given: tuple[list[str] | None, list[str] | None],
    default: list[str],
    named: list[str],
) -> None:
    """The dataset is always said, and holds only graphs of the release; FROM has left the text."""
    sent = rewrite(text, GRAPHS, PREFIXES, *given)
    assert (list(sent.default_graphs), list(sent.named_graphs)) == (default, named)
    assert "FROM" not in sent.text


def test_used_prefixes_are_declared_on_their_own_line() -> None:
    """Lines and columns of the writer's text stay, one line down."""
    sent = rewrite("ASK {\n ?s a km:Plan }", GRAPHS, PREFIXES)
    assert sent.text == f"PREFIX km: <{PREFIXES['km']}> \nASK {{\n ?s a km:Plan }}"
    assert sent.lines_before == 1
    assert rewrite("ASK FROM\ng:a {}", GRAPHS, {"g": PREFIXES["g"]}).text.endswith("\n    {}")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("SELECT ?x { ?x ?p ?o }", "SELECT ?x { VALUES (?x) { (V) } ?x ?p ?o }"),
        (
            "SELECT ?x (EXISTS { ?x ?p ?o } AS ?e) WHERE { ?x ?p ?o }",
            "SELECT ?x (EXISTS { ?x ?p ?o } AS ?e) WHERE { VALUES (?x) { (V) } ?x ?p ?o }",
        ),
        ("ASK { ?x ?p ?o }", "ASK { VALUES (?x) { (V) } ?x ?p ?o }"),
        ("DESCRIBE ?x { ?x ?p 1 }", "DESCRIBE ?x { VALUES (?x) { (V) } ?x ?p 1 }"),
        (
            "CONSTRUCT { ?x ?p ?o } WHERE { ?x ?p ?o }",
            "CONSTRUCT { ?x ?p ?o } WHERE { VALUES (?x) { (V) } ?x ?p ?o }",
        ),
        (
            "CONSTRUCT WHERE { ?x ?p ?o } LIMIT 3",
            "CONSTRUCT { ?x ?p ?o }  WHERE { VALUES (?x) { (V) } ?x ?p ?o } LIMIT 3",
        ),
    ],
)
@pytest.mark.parametrize(
    "value", [ox.Literal('}" } DROP ALL #\n\\', language="th"), ox.NamedNode("urn:x")]
)
def test_bound_terms(text: str, sent: str, value: ox.Literal | ox.NamedNode) -> None:
    """A bound term stands at the head of the outermost group, as N-Triples writes it."""
    assert rewrite(text, GRAPHS, {}, bindings={"x": value}).text == sent.replace("V)", f"{value})")


def test_what_cannot_be_sent() -> None:
    """A blank node, a query without a group, and a relative graph name are refused."""
    for text, bound in (("ASK {}", ox.BlankNode("b")), ("DESCRIBE ?x", ox.Literal("x"))):
        with pytest.raises(QueryError):
            rewrite(text, GRAPHS, {}, bindings={"x": bound})
    with pytest.raises(QueryError, match="absolute"):
        rewrite("ASK {}", GRAPHS, {}, ["graph/a"])


@pytest.mark.parametrize("text", ["ASK FROMNAMED<urn:x> {}", "ASK FROM:x {}", "ASK {GRAPH:x{}}"])
def test_keywords_without_a_space(text: str) -> None:
    """What only our own engine reads is refused, with its place, before it means something else."""
    with pytest.raises(QuerySyntax, match="put a space"):
        rewrite(text, GRAPHS, {"": "urn:"})
