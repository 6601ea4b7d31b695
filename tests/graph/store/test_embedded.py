"""The embedded store: datasets, formats, prefixes, bound terms, and errors that name a place."""

import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import QueryError, QuerySyntax, ReleaseDamaged
from graph.store.embedded import EmbeddedStore

EX = "http://example.org/"
QUADS = f"""
<{EX}a> <{EX}p> "ตำบล" <{EX}g1> .
<{EX}b> <{EX}p> "two" <{EX}g2> .
<{EX}c> <{EX}p> "three" .
"""
TWO = ((ox.NamedNode(EX + "a"), ox.Literal("ตำบล")), (ox.NamedNode(EX + "b"), ox.Literal("two")))
SUBJECTS = "SELECT ?s { ?s ?p ?o }"
NAMED = "SELECT ?s { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """A store of a few quads."""
    path = tmp_path_factory.mktemp("store") / "store"
    writer = ox.Store(path)
    writer.bulk_load(QUADS.encode(), format=ox.RdfFormat.N_QUADS)
    writer.flush()
    del writer
    return EmbeddedStore(path, {"ex": EX})


def _subjects(
    store: EmbeddedStore, text: str, default: list[str] | None, named: list[str] | None
) -> str:
    graphs = [None if g is None else [EX + name for name in g] for g in (default, named)]
    answer = json.loads(b"".join(store.query(text, "json", *graphs).chunks))
    rows = answer["results"]["bindings"]
    return "".join(sorted(row["s"]["value"].removeprefix(EX) for row in rows))


@pytest.mark.parametrize(
    ("text", "default", "named", "subjects"),
    [
        (SUBJECTS, None, None, "abc"),
        (NAMED, None, None, "ab"),
        ("SELECT ?s FROM ex:g1 { ?s ?p ?o }", None, None, "a"),
        ("SELECT ?s FROM NAMED ex:g1 { ?s ?p ?o }", None, None, ""),
        ("SELECT ?s FROM NAMED ex:g1 { GRAPH ?g { ?s ?p ?o } }", None, None, "a"),
        ("SELECT ?s { ?s ?p ?o FILTER(?o != 'FROM') }", None, None, "abc"),
        (SUBJECTS, ["g2"], None, "b"),
        (SUBJECTS, ["g1", "g2"], None, "ab"),
        (NAMED, ["g2"], None, ""),
        (SUBJECTS, None, ["g2"], ""),
        (NAMED, None, ["g2"], "b"),
        ("SELECT ?s FROM ex:g1 { ?s ?p ?o }", ["g2"], None, "b"),
        ("SELECT ?s FROM NAMED ex:g1 { GRAPH ?g { ?s ?p ?o } }", None, ["g2"], "b"),
        ("SELECT ?s FROM NAMED ex:g1 { GRAPH ?g { ?s ?p ?o } }", ["g2"], None, ""),
        (SUBJECTS, ["nowhere"], None, ""),
    ],
)
def test_dataset(
    store: EmbeddedStore,
    text: str,
    default: list[str] | None,
    named: list[str] | None,
    subjects: str,
) -> None:
    """The request's dataset comes before FROM, FROM before the union of all graphs."""
    assert _subjects(store, text, default, named) == subjects


@pytest.mark.parametrize(
    ("name", "media_type", "first"),
    [
        ("json", "application/sparql-results+json", b'{"head":'),
        ("xml", "application/sparql-results+xml", b"<?xml"),
        ("csv", "text/csv; charset=utf-8", b"o\r\n"),
        ("tsv", "text/tab-separated-values; charset=utf-8", b"?o\n"),
    ],
)
def test_result_formats(store: EmbeddedStore, name: str, media_type: str, first: bytes) -> None:
    """Solutions leave in each of the four result formats, in UTF-8."""
    answer = store.query("SELECT ?o { ex:a ?p ?o }", name)
    body = b"".join(answer.chunks)
    assert answer.media_type == media_type
    assert body.startswith(first)
    assert "ตำบล".encode() in body


@pytest.mark.parametrize(
    ("name", "part"),
    [("ttl", b"ex:a ex:p "), ("nt", b"<http://example.org/a> "), ("jsonld", b"{"), ("rdf", b"<?")],
)
@pytest.mark.parametrize("text", ["CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "DESCRIBE ex:a"])
def test_graph_formats(store: EmbeddedStore, text: str, name: str, part: bytes) -> None:
    """Graphs leave in each of the four syntaxes, Turtle with the site's prefixes."""
    assert part in b"".join(store.query(text, name).chunks)


def test_answers_come_in_blocks(store: EmbeddedStore) -> None:
    """A long answer is cut into blocks of at most 64 KB, and together they are the whole."""
    text = 'SELECT ?n { VALUES ?n { "' + '" "'.join("x" * 100 for _ in range(2000)) + '" } }'
    blocks = list(store.query(text, "csv").chunks)
    assert max(map(len, blocks)) == 64 * 1024
    assert len(b"".join(blocks)) == 3 + 2000 * 102


def test_bound_terms(store: EmbeddedStore) -> None:
    """Values enter as terms and come out as terms; what is unbound is left out."""
    thing = ox.NamedNode(EX + "a")
    found = store.select("SELECT ?s ?o ?x { ?s ?p ?o OPTIONAL { ?o ?y ?x } }", s=thing)
    assert [row["o"] for row in found] == [ox.Literal("ตำบล")]
    assert "x" not in found[0]
    assert store.construct("CONSTRUCT WHERE { ?s ?p ?o }", s=thing)[0].subject == thing
    assert store.ask("ASK { ?s ?p ?o }", s=thing)
    assert [quad.graph_name.value for quad in store.quads_for(thing)] == [EX + "g1"]
    assert len(store.named_graphs()) == 2


def test_triples_about_many(store: EmbeddedStore) -> None:
    """What is said of several subjects comes at once, each triple once."""
    a, b, p = (ox.NamedNode(EX + name) for name in "abp")
    found = store.triples_about([a, b, a], [p])
    assert sorted(map(str, found)) == [str(ox.Triple(s, p, o)) for s, o in TWO]
    assert store.triples_about([a], []) == store.triples_about([], [p]) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.query(SUBJECTS, "ttl"),
        lambda store: store.query("DESCRIBE ex:a", "json"),
        lambda store: store.query(SUBJECTS, "pdf"),
        lambda store: store.query(SUBJECTS, "json", ["not an iri"]),
        lambda store: store.query("SELECT (ex:f(1) AS ?x) {}", "json"),
        lambda store: store.select("ASK {}"),
        lambda store: store.construct("ASK {}"),
        lambda store: store.ask("DESCRIBE ex:a"),
    ],
)
def test_impossible(store: EmbeddedStore, ask: Callable[[EmbeddedStore], object]) -> None:
    """What cannot be written or evaluated is said as a QueryError."""
    with pytest.raises(QueryError):
        ask(store)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("SELECT * {\n ?s ?p ?o .\n ?s ?p ] .\n}", 3, 8, "']'"),
        ("SELECT * { ?s ?p 'ตำบล' ;; ?o ] }", 1, 31, "']'"),
        ("SELECT * { ?s ?p", 1, 17, "too early"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, 34, "do not go together"),
        ("SELECT ?s { ?s ?p ?o } ORDER", 1, 29, "too early"),
        ("SELECT * { ?s foo:p ?o }", 1, 15, "'foo:' is not declared"),
        ("SELECT * { ?s <p> ?o }", 1, 15, "<p> is no absolute IRI"),
        ("SELECT * { FILTER(LENGTH(?s)) }", 1, 19, "'LENGTH'"),
        ("SELECT ?s WHERE ?s ?p ?o }", 1, 17, "'?s'"),
        ("SELECT * { ?s ?p 'open }", 1, 18, "not closed"),
        ("SELECT (1 AS ?x) (2 AS ?x) {}", None, None, "Duplicated variable"),
        ("INSERT DATA { ex:a ex:a 1 }", 1, 1, "'INSERT'"),
    ],
)
def test_syntax(
    store: EmbeddedStore, text: str, line: int | None, column: int | None, says: str
) -> None:
    """A syntax error names the line, the column and the piece that does not fit."""
    with pytest.raises(QuerySyntax, match=says) as caught:
        store.query(text, "json")
    assert (caught.value.line, caught.value.column) == (line, column)


def test_no_store_is_made(tmp_path: Path) -> None:
    """A folder without a store is refused, and stays as it was."""
    with pytest.raises(ReleaseDamaged):
        EmbeddedStore(tmp_path / "missing", {})
    with pytest.raises(ReleaseDamaged):
        EmbeddedStore(tmp_path, {})
    assert list(tmp_path.iterdir()) == []
