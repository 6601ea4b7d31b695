"""The saved questions: answers checked by hand on the page and on five made organisations."""

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SH
from support.national import A, D
from support.queries_saved import BASE, EVERY, QUERIES, answer

from graph.errors import QueryError, QuerySyntax
from graph.queries.saved import SavedQuery, as_rdf, bind, find_query, read_query, saved_queries
from graph.rdf.rdflib_terms import to_rdflib
from graph.sparql.guard import check_query
from graph.store.embedded import EmbeddedStore


@EVERY
def test_each_query(query: SavedQuery) -> None:
    """A query passes the gate, orders its rows, names no identifier and selects its parameters."""
    assert check_query(query.text).form == "SELECT"
    assert "\nORDER BY " in query.text
    assert "/id/" not in query.text
    assert query.text.startswith("PREFIX ")
    selected = query.text.partition("SELECT")[2].partition("WHERE")[0].split()
    assert all(f"${parameter.name}" in selected for parameter in query.parameters)
    ox.Store().query(query.text)  # with no prefix of ours declared for it


def test_order() -> None:
    """The collection is numbered from 1 to 24, with names of their own."""
    assert [query.number for query in QUERIES] == list(range(1, 25))
    assert len({query.name for query in QUERIES}) == 24
    assert {q.iri for q in QUERIES} == {f"{BASE}/queries/{q.name}" for q in QUERIES}


@EVERY
def test_metadata(query: SavedQuery) -> None:
    """Each query says in RDF what it asks, in Thai and English, and what it takes."""
    graph = to_rdflib(as_rdf([query], BASE))
    node = URIRef(query.iri)
    assert graph.value(node, SH.select).toPython() == query.text
    assert set(graph.objects(node, RDF.type)) == {SH.SPARQLExecutable, SH.SPARQLSelectExecutable}
    assert query.title.th and query.title.en and query.description.th and query.description.en
    assert languages(graph, node, RDFS.label) == ["en", "th"]
    for parameter in graph.objects(node, SH.parameter):
        assert (parameter, RDF.type, SH.Parameter) in graph
        assert graph.value(parameter, SH.path)
        assert languages(graph, parameter, SH.name) == ["en", "th"]
        assert languages(graph, parameter, SH.description) == ["en", "th"]
        kinds = [*graph.objects(parameter, SH["class"]), *graph.objects(parameter, SH.datatype)]
        assert len(kinds) == 1


def languages(graph: Graph, node: object, name: URIRef) -> list[str]:
    """Return the languages in which a thing has this property."""
    return sorted(str(value.language) for value in graph.objects(node, name))


def test_collection_as_turtle() -> None:
    """The whole collection goes through Turtle unchanged, and every default has the site's base."""
    triples = as_rdf(saved_queries("https://km.example/site"), "https://km.example/site")
    turtle = ox.serialize(triples, format=ox.RdfFormat.TURTLE)
    assert turtle
    graph = Graph().parse(data=turtle.decode(), format="turtle")
    assert len(graph) == len(set(triples))
    defaults = {str(value) for value in graph.objects(None, SH.defaultValue)}
    assert defaults == {
        f"https://km.example/site/id/{thing}"
        for thing in (
            "fiscal-year/2562",
            "provision/decree-2546-good-governance-s11",
            "service/building-permit",
        )
    }


@pytest.mark.parametrize(
    ("name", "values", "bound"),
    [
        ("plan-entries", {}, {}),
        ("plan-entries", {"organisation": " sao-1 "}, {"organisation": "org/sao-1"}),
        (
            "plan-entries",
            {"organisation": f"{BASE}/id/org/sao-1"},
            {"organisation": "org/sao-1"},
        ),
        ("fiscal-year", {}, {"fiscalYear": "fiscal-year/2562"}),
        ("fiscal-year", {"fiscalYear": "2561"}, {"fiscalYear": "fiscal-year/2561"}),
        ("fiscal-year", {"fiscalYear": ""}, {}),
    ],
)
def test_bind_things(name: str, values: dict[str, str], bound: dict[str, str]) -> None:
    """A thing is bound by its key or IRI, the default where nothing is said, and "" binds none."""
    expected = {variable: ox.NamedNode(f"{BASE}/id/{path}") for variable, path in bound.items()}
    assert bind(find_query(QUERIES, name), values) == expected


@pytest.mark.parametrize("typed", ["2522", "๒๕๒๒"])
def test_bind_years(page: EmbeddedStore, typed: str) -> None:
    """A year is an integer, in whatever digits it was typed."""
    assert answer(page, "laws-named", "law", yearBE=typed) == [("act-2522-building-control",)]


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        (
            "plan-entries",
            {"organization": "x"},
            "no parameter 'organization'; it takes: organisation",
        ),
        ("most-named-laws", {"organisation": "x"}, "it takes: nothing"),
        ("plan-entries", {"organisation": "อบต."}, "such as sao-301107"),
        ("plan-entries", {"organisation": "a> } #"}, "cannot be used"),
        ("plan-entries", {"organisation": f"{BASE}/id/law/x"}, "cannot be used"),
        ("plan-entries", {"organisation": "sao-000000"}, "there is no organisation 'sao-000000'"),
        ("laws-named", {"topic": "tax"}, "ไม่มีเรื่อง “tax”"),
        ("laws-named", {"yearBE": "2019"}, "write 2562"),
        ("laws-named", {"yearBE": "๖๒"}, "write 2562"),
        ("laws-named", {"yearBE": "last year"}, "such as 2522"),
        ("fiscal-year", {"fiscalYear": "2599"}, "there is no fiscal year '2599'"),
    ],
)
def test_a_wrong_value_is_refused(
    page: EmbeddedStore, name: str, values: dict[str, str], says: str
) -> None:
    """A value that cannot be meant is refused with what to write instead."""
    with pytest.raises(QueryError, match=says):
        answer(page, name, "", **values)


def test_a_default_may_be_absent(country: EmbeddedStore) -> None:
    """A default that is not in this data is no mistake: there are just no rows."""
    assert answer(country, "section-duties", "duty") == []
    rows = answer(country, "section-duties", "duty sourceLine", section="")
    assert rows == [(f"{D}-duty", ""), (f"{A}-duty", "3")]


def test_find_query() -> None:
    """A misspelt name is answered with the one that was meant."""
    assert find_query(QUERIES, "evidence").number == 16
    with pytest.raises(QueryError, match="perhaps: evidence-missing"):
        find_query(QUERIES, "evidense-missing")


def test_own_query() -> None:
    """A query without a head is a query; one with a head may have parameters of its own."""
    plain = read_query("ASK {}", "mine.rq", BASE)
    assert (plain.name, plain.number, plain.parameters, plain.text) == ("mine", 0, (), "ASK {}\n")
    head = f"#+ <> <{SH.parameter}> [ <{SH.path}> <urn:n/x> ] .\n"
    own = read_query(head + "SELECT $x { BIND($x AS ?y) }", "mine.rq", BASE)
    with pytest.raises(QueryError, match="mine needs x"):
        bind(own, {})
    assert bind(own, {"x": "a"}) == {"x": ox.Literal("a")}


@pytest.mark.parametrize(
    ("head", "error", "says"),
    [
        ("#+ @prefix a: <urn:a> .\n#+ <> a", QuerySyntax, "mine.rq, line 2"),
        ("#+ <> <{sh}parameter> [] .", QueryError, "needs an sh:path"),
        (
            "#+ <> <{sh}parameter> [ <{sh}path> <urn:x> ; <{sh}class> <urn:y> ] .",
            QueryError,
            "shapes",
        ),
    ],
)
def test_a_broken_head(head: str, error: type[QueryError], says: str) -> None:
    """A head that cannot be read is refused, with its line."""
    with pytest.raises(error, match=says):
        read_query(head.replace("{sh}", str(SH)) + "\nASK {}", "mine.rq", BASE)
