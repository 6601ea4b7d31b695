"""Search in the bundled site: what citizens, officers and analysts type, and what they find."""

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.paths import DATA

from graph.errors import QueryTimeout, ReleaseDamaged
from graph.rdf.vocab import term
from graph.release.manifest import Release
from graph.search import find as search
from graph.search.find import Query, SearchIndex
from graph.search.index_rows import FILE
from graph.search.write import write_index

TABLE = DATA / "search_queries.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def index(site: Release) -> Iterator[SearchIndex]:
    """The search index of the bundled site."""
    opened = SearchIndex(site.folder)
    yield opened
    opened.close()


def keys(found: search.Found) -> list[str]:
    """Return what was found as type and slug, what comes near after the rest."""
    return [hit.iri.split("/id/")[1] for hit in (*found.hits, *found.near)]


@pytest.mark.parametrize("case", CASES, ids=[case["query"] for case in CASES])
def test_what_is_looked_for_is_found(index: SearchIndex, case: dict[str, str]) -> None:
    """What the reader wants comes first, or among the first five."""
    assert case["expect"] in keys(index.find(Query(case["query"])))[: int(case["within"])]


def test_the_table_speaks_for_everyone() -> None:
    """There are queries of citizens, officers and analysts, and slips; sixty at least."""
    assert {case["who"] for case in CASES} == {"citizen", "officer", "analyst", "slip"}
    assert len({case["query"] for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        ({"kind": "law"}, "law/act-2522-building-control"),
        ({"topic": "building-control", "kind": "leaflet"}, "leaflet/sao-301107-building-permit"),
        ({"year": "2562", "kind": "law"}, "law/act-2562-land-building-tax"),
        ({"org": "sao-301107", "kind": "plan"}, "plan/sao-301107-km-1"),
    ],
)
def test_results_are_narrowed(index: SearchIndex, facets: dict[str, str], expected: str) -> None:
    """Values of facets narrow, with no words at all too; what is counted is what is there."""
    found = index.find(Query("", facets))
    assert expected in keys(found)
    for name, value in facets.items():
        assert dict(found.counts[name])[value] == found.total


def test_pages_do_not_overlap(index: SearchIndex) -> None:
    """Page after page gives every hit once, in one order."""
    whole = index.find(Query("การ"), 0, 1000)
    pages = [index.find(Query("การ"), at, 7).hits for at in range(0, whole.total, 7)]
    assert [hit for page in pages for hit in page] == list(whole.hits)
    assert whole.total > 20


MEANT = [
    ("เบี้ยยังชีบ", "เบี้ยยังชีพผู้สูงอายุ"),
    ("ผู้สุงอายุ", "ผู้สูงอายุ"),
    ("จริยะธรรม", "จริยธรรม"),
    ("พรบ ควบคุมอาคาน 2522", "พระราชบัญญัติควบคุมอาคาร พ.ศ. 2522"),
    ("bulding control act", "building control act"),
    ("goverment pension", "government pension"),
    ("bulding control act 1999", ""),  # a number is never put right
    ("ควบคุมอาคาน 2599", ""),
    ("ที่1การส่งเสริมจิตสำนีก", ""),  # a part of a long name is none
    ("ฮฮฮฮฮฮ ฮฮฮฮฮ", ""),
]


@pytest.mark.parametrize(("typed", "meant"), MEANT)
def test_a_slip_is_told(index: SearchIndex, typed: str, meant: str) -> None:
    """Where nothing holds the words, a whole label or Latin words are offered, and found."""
    found = index.find(Query(typed))
    assert (found.total, found.meant) == (0, meant)
    assert not meant or index.find(Query(meant)).total


@pytest.mark.parametrize("case", [case for case in CASES if case["who"] == "slip"])
def test_no_torn_word_is_offered(index: SearchIndex, case: dict[str, str]) -> None:
    """What is offered for a Thai slip is called just that by something."""
    meant = index.find(Query(case["query"])).meant
    if meant and not meant.isascii():
        labels = {t.text for hit in index.find(Query(meant)).hits for t in hit.texts}
        assert meant in labels


def test_suggestions_begin_with_what_is_typed(index: SearchIndex) -> None:
    """Names that begin so come first, and no name comes twice."""
    for typed in ("เบ", "เบี้ย", "พรบ.ควบ", "buil", "ภ"):
        hits = index.suggest(typed)
        assert hits, typed
        names = [next(iter(hit.names.values())) for hit in hits]
        assert len(set(names)) == len(names)
    assert index.suggest("ผู้สูง")[0].iri.endswith("/topic/older-people")
    assert index.suggest(" . ") == ()


HOSTILE = [
    '"', "'", '" OR names:*', "NEAR(ก ข)", "names:ภาษี", "^ภาษี", "ภาษี*", "(((((", "AND OR NOT",
    "%", "_", "\\", "\x00", "ก\x00ข", "'; DROP TABLE node; --", "\n\n", "🙂", "\ud800", "-1", "{}",
    "ก" * 100_000, " ".join("ก" * n for n in range(1, 60)), "\u202e ภาษี", "ภาษี -ท้องถิ่น", "?" * 50,
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_does_harm(index: SearchIndex, typed: str) -> None:
    """Operators of FTS5 and SQL are words like any other, or nothing."""
    assert index.find(Query(typed)).total >= 0
    assert index.find(Query("ภาษี", {"kind": typed, "year": typed})).total == 0 or not typed
    assert len(index.suggest(typed)) <= 8


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_query(index: SearchIndex, typed: str) -> None:
    """No text at all makes an error."""
    index.find(Query(typed))
    index.suggest(typed)


def test_a_search_has_a_deadline(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long is given up, and the next reader is served."""
    with monkeypatch.context() as patch:
        patch.setattr(search, "DEADLINE_S", -1.0)
        patch.setattr(search, "_STEPS", 1)
        with pytest.raises(QueryTimeout, match="longer"):
            index.find(Query("ภา"))
    assert index.find(Query("ภา")).total


def test_names_of_things_and_terms(index: SearchIndex, site: Release) -> None:
    """Pages take labels from the same file: of things, classes and codes, by language."""
    law = f"{site.manifest.base}/id/law/act-2522-building-control"
    act, unknown = "https://w3id.org/tambon-km/kind/act", "http://nowhere.example/"
    names = index.names([law, act, unknown])
    assert names[act] == {"en": "Act", "th": "พระราชบัญญัติ"}
    assert names[law]["en"] == "Building Control Act, B.E. 2522 (1979)"
    assert unknown not in names


def test_the_index_is_in_the_manifest(site: Release) -> None:
    """The index is one of the release's files, with its hash, and never offered for writing."""
    assert FILE in {file.name for file in site.files}
    opened = SearchIndex(site.folder)
    with opened._open() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM node")
    opened.close()


def test_the_same_data_gives_the_same_index(site: Release, tmp_path: Path) -> None:
    """The order of quads makes no difference, so a release that changes nothing changes nothing."""
    quads = list(site.quads())
    write_index(tmp_path / "one", quads, site.manifest.base)
    write_index(tmp_path / "two", reversed(quads), site.manifest.base)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_release_without_an_index_is_refused(tmp_path: Path) -> None:
    """A folder that another version of the program made says what to do."""
    with pytest.raises(ReleaseDamaged, match="publish the release again"):
        SearchIndex(tmp_path)


def test_a_very_long_name_is_not_offered(tmp_path: Path) -> None:
    """A name longer than anyone types is not compared, so it costs nothing and is no suggestion."""
    graph = ox.NamedNode("http://a.example/graph/x")
    for name, meant in (("building permit", "building permit"), ("building permit " * 50, "")):
        folder = tmp_path / str(len(name))
        folder.mkdir()
        thing = ox.NamedNode("http://a.example/id/service/x")
        quad = ox.Quad(thing, term("rdfs:label"), ox.Literal(name, language="en"), graph)
        write_index(folder / FILE, [quad], "http://a.example")
        index = SearchIndex(folder)
        assert index.find(Query("bulding permit")).meant == meant
        index.close()


def test_a_fiscal_year_is_a_year(tmp_path: Path) -> None:
    """A plan of a fiscal year is found by it in either era, as a word and as a filter."""
    base = "http://a.example"
    graph = ox.NamedNode(f"{base}/graph/x")
    plan, year = (ox.NamedNode(f"{base}/id/{n}") for n in ("plan/x-1", "fiscal-year/2569"))
    quads = [
        ox.Quad(plan, term("rdfs:label"), ox.Literal("แผนสมมติ", language="th"), graph),
        ox.Quad(plan, term("dct:temporal"), year, graph),
        ox.Quad(year, term("km:yearBE"), ox.Literal("2569"), graph),
    ]
    write_index(tmp_path / FILE, quads, base)
    index = SearchIndex(tmp_path)
    for query in (Query("แผน 2569"), Query("แผน 2026"), Query("แผน", {"year": "2569"})):
        assert [hit.iri for hit in index.find(query).hits] == [plan.value]
    assert index.find(Query("แผน 2568")).total == 0
    index.close()


def test_things_without_names_are_found_by_their_words(tmp_path: Path) -> None:
    """An entry whose row has no name but verbatim words is found by those."""
    thing = ox.NamedNode("http://a.example/id/entry/x-1")
    words = ox.NamedNode("https://w3id.org/tambon-km/ns#verbatim")
    quads = [
        ox.Quad(thing, words, ox.Literal("ถ้อยคำเดิม"), ox.NamedNode("http://a.example/graph/x"))
    ]
    write_index(tmp_path / FILE, quads, "http://a.example")
    index = SearchIndex(tmp_path)
    assert [hit.iri for hit in index.find(Query("ถ้อยคำ")).hits] == [thing.value]
    index.close()
