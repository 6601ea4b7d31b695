"""The saved queries as a collection, and what their parameters may be given."""

import pyoxigraph as ox
import pytest
from support.national import B, write_national
from support.sites import publish_once

from graph.errors import QueryError
from graph.queries.choices import MOST, list_choices
from graph.queries.groups import Collection, read_collection
from graph.queries.saved import SavedQuery, as_rdf, bind, fill, run, saved_queries
from graph.rdf.vocab import PREFIXES, expand, term
from graph.store.embedded import EmbeddedStore
from publish.config import Config

BASE = Config.base
COLLECTION = read_collection(BASE)
EVERY = pytest.mark.parametrize("query", COLLECTION.queries, ids=lambda query: query.name)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Four organisations of two districts and their province."""
    tables = write_national(tmp_path_factory.mktemp("tables") / "national")
    release = publish_once(Config(data=tmp_path_factory.mktemp("country")), tables)
    return EmbeddedStore(release.store_path, PREFIXES)


def named(name: str, collection: Collection = COLLECTION) -> SavedQuery:
    """Return a query that is there."""
    query = collection.find(name)
    assert query is not None
    return query


def test_every_query_has_a_place() -> None:
    """Each of the 24 stands in one group, and each group has a name in both languages."""
    assert sorted(query.number for query in COLLECTION.queries) == list(range(1, 25))
    assert all(g.id and g.title.th and g.title.en and g.queries for g in COLLECTION.groups)
    assert COLLECTION.title.th and COLLECTION.description.en
    assert COLLECTION.find("no-such-query") is None


def test_a_query_without_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new query that was put in no group is noticed at once."""
    some = saved_queries(BASE)
    more = (*some, SavedQuery(**{**vars(some[0]), "name": "new", "number": 25}))
    monkeypatch.setattr("graph.queries.groups.saved_queries", lambda base: more)
    with pytest.raises(QueryError, match="stands in one group"):
        read_collection(BASE)


def test_collection_as_rdf() -> None:
    """From the collection one comes by dct:hasPart to every query's text."""
    triples = set(COLLECTION.triples)
    parts = term("dct:hasPart")
    groups = {t.object for t in triples if t.subject == ox.NamedNode(COLLECTION.iri)}
    held = {t.object for t in triples if t.predicate == parts and t.subject in groups}
    texts = {t.subject for t in triples if t.predicate == term("sh:select")}
    assert held == texts == {ox.NamedNode(query.iri) for query in COLLECTION.queries}


def test_about_one_query() -> None:
    """The data about a query holds its own parameters, no others, and says where it belongs."""
    query = named("fiscal-year")
    triples = COLLECTION.about(query)
    types = [t.subject for t in triples if t.object == term("sh:Parameter")]
    assert len(types) == len(query.parameters) == 2
    assert {t.subject for t in triples} == {
        ox.NamedNode(query.iri),
        ox.NamedNode(f"{COLLECTION.iri}#plans"),
        *types,
    }
    assert not any(t.predicate == term("sh:path") for t in as_rdf([named("most-named-laws")], BASE))


@EVERY
def test_measures_are_columns(query: SavedQuery) -> None:
    """What a query says it counts is one of its columns, made by COUNT."""
    for measure in query.measures:
        assert f"AS ?{measure})" in query.text.replace("\n  ", " ")
    assert bool(query.measures) == ("(COUNT(" in query.text.partition("WHERE")[0])


@EVERY
def test_filled_text_gives_the_same_rows(country: EmbeddedStore, query: SavedQuery) -> None:
    """The text with values written into it answers as the query with the terms bound."""
    for parameter in query.parameters:
        choices = list_choices(country, parameter)
        assert choices is not None and choices.values
        for value in choices.values:
            values = {p.name: "" for p in query.parameters} | {parameter.name: parameter.key(value)}
            rows = run(query, country, values)
            text = fill(query, bind(query, values))
            assert country.select(text) == rows
    assert fill(query, {}) == query.text


@pytest.mark.parametrize(
    ("name", "parameter", "keys"),
    [
        ("without-leaflet", "district", ["district-9801", "district-9901", "district-9902"]),
        ("without-leaflet", "province", ["province-99"]),
        ("without-leaflet", "service", ["building-permit", "local-tax"]),
        ("laws-named", "topic", ["building-control", "ethics"]),
        ("fiscal-year", "fiscalYear", ["2561", "2562"]),
    ],
)
def test_choices(country: EmbeddedStore, name: str, parameter: str, keys: list[str]) -> None:
    """A parameter may be given the things of its class and kind, by name."""
    (asked,) = [p for p in named(name).parameters if p.name == parameter]
    choices = list_choices(country, asked)
    assert choices is not None
    assert [asked.key(value) for value in choices.values] == keys
    assert all("th" in choices.facts.names(value) for value in choices.values)


def test_years_to_choose(country: EmbeddedStore) -> None:
    """A literal parameter may be given the values of its property."""
    (year,) = [p for p in named("laws-named").parameters if p.name == "yearBE"]
    assert year.path == expand("km:yearBE")
    choices = list_choices(country, year)
    assert choices is not None
    assert [year.key(value) for value in choices.values][:2] == ["2482", "2510"]


def test_too_many_to_choose(country: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a person scrolls through is no list; the key is typed instead."""
    monkeypatch.setattr("graph.queries.choices.MOST", 3)
    (organisation,) = named("plan-entries").parameters
    assert MOST == 500
    assert list_choices(country, organisation) is None


def test_a_kind_is_checked(country: EmbeddedStore) -> None:
    """A province is no district: it is refused instead of answered with no rows."""
    query = named("without-leaflet")
    assert [row["organisation"] for row in run(query, country, {"district": "district-9901"})] == [
        ox.NamedNode(f"{BASE}/id/org/{B}")
    ]
    with pytest.raises(QueryError, match="ไม่มีอำเภอ “province-99”"):
        run(query, country, {"district": "province-99", "service": ""})
