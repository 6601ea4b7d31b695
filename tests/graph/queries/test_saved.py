"""The saved questions: answers checked by hand on the page and on five made organisations."""

import csv
from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SH
from support.national import LEVEL, SHARED, A, B, C, D, E, write_national
from support.paths import DATA
from support.sites import publish_once

from graph.errors import QueryError, QuerySyntax
from graph.queries.saved import SavedQuery, as_rdf, bind, find_query, read_query, run, saved_queries
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import PREFIXES, Term
from graph.sparql.guard import check_query
from graph.store.embedded import EmbeddedStore, Solution
from publish.config import Config

BASE = Config.base
QUERIES = saved_queries(BASE)
INVENTORY = DATA / "inventory.csv"
EVERY = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)

Rows = list[tuple[str, ...]]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The bundled site."""
    release = publish_once(Config(data=tmp_path_factory.mktemp("page")))
    return EmbeddedStore(release.store_path, PREFIXES)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Five organisations: of three districts, and of a province."""
    tables = write_national(tmp_path_factory.mktemp("tables") / "national")
    release = publish_once(Config(data=tmp_path_factory.mktemp("country")), tables)
    return EmbeddedStore(release.store_path, PREFIXES)


@pytest.fixture(scope="module")
def doubled(country: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The same organisations, where a second graph says everything again."""
    path = tmp_path_factory.mktemp("doubled")
    writer, again = ox.Store(path), ox.NamedNode("urn:x:again")
    for quad in country.quads_for():
        writer.extend([quad, ox.Quad(quad.subject, quad.predicate, quad.object, again)])
    writer.flush()
    del writer
    return EmbeddedStore(path, PREFIXES)


def answer(store: EmbeddedStore, name: str, columns: str, **values: str) -> Rows:
    """Return some columns of an answer: things by their keys, nothing as an empty string."""
    found = run(find_query(QUERIES, name), store, values)
    return [tuple(show(row.get(column)) for column in columns.split()) for row in found]


def show(value: Term | None) -> str:
    """Return the key of a thing or the words of a literal."""
    if isinstance(value, ox.NamedNode):
        return value.value.rpartition("/")[2]
    return value.value if isinstance(value, ox.Literal) else ""


def inventory(part: str = "") -> list[dict[str, str]]:
    """Return the rows of the inventory, of one part of the page if it is named."""
    with INVENTORY.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if part in ("", row["part"])]


# ---- the page --------------------------------------------------------------------------------


def test_plan_entries(page: EmbeddedStore) -> None:
    """Both plans list their five entries in the inventory's order and corrected words."""
    rows = answer(page, "plan-entries", "planPosition position entryTh entryEn")
    assert rows == [
        (plan, row["position"], row["corrected"], row["en"])
        for plan in ("1", "2")
        for row in inventory(f"plan-{plan}")
    ]
    kinds = [kind for (kind,) in answer(page, "plan-entries", "kindTh")]
    assert kinds[5:] == ["ประกาศผลดีเด่น"] + ["พระราชบัญญัติ"] * 4
    assert kinds[:5] == ["หลักเกณฑ์", "มาตรฐาน", "แนวทาง", "ข้อสั่งการ", "มาตรฐาน"]


@pytest.mark.parametrize(
    ("name", "part"), [("learning-components", "components"), ("km-levels", "levels")]
)
def test_statements_in_order(page: EmbeddedStore, name: str, part: str) -> None:
    """The components and levels come in the page's order, with their line and words."""
    expected = [(r["position"], r["line"], r["corrected"], r["en"]) for r in inventory(part)]
    assert len(expected) == {"components": 4, "levels": 3}[part]
    assert answer(page, name, "position sourceLine textTh textEn") == expected


def test_duties(page: EmbeddedStore) -> None:
    """Section 11 lays down three duties, all on line 25."""
    duties = [row for row in inventory("duties") if row["id"].startswith("duty-")]
    expected = [(row["position"], "25", row["corrected"]) for row in duties]
    assert answer(page, "section-duties", "position sourceLine textTh") == expected


def test_corrections(page: EmbeddedStore) -> None:
    """The corrections turn the published words into the right ones, and none is left out."""
    rows = answer(page, "corrections", "sourceLine published corrected faultTh")
    counts, words = Counter[str](), {row["id"]: row["verbatim"] for row in inventory()}
    for line, published, corrected, fault in rows:
        at_line = [row for row in inventory() if row["line"] == line]
        (found,) = [row["id"] for row in at_line if published in row["verbatim"]]
        counts[found] += 1
        if corrected and fault != "ต่างจากถ้อยคำทางการ":  # the official text is not the page's
            words[found] = words[found].replace(published, corrected)
    assert dict(counts) == FAULTS
    cut = "p1-4"  # nobody knows its right words: the inventory only adds the sign of a cut
    assert {k: w for k, w in words.items() if k != cut} == {
        row["id"]: row["corrected"] for row in inventory() if row["id"] != cut
    }


FAULTS = {
    "slogan": 1,
    "vision": 2,
    "page-sub": 1,
    "st-lo": 1,
    "lv-head": 1,
    "decree": 2,
    "duty-1": 1,
    "duty-2": 1,
    "plan-1": 2,
    "p1-3": 1,
    "p1-4": 1,
    "p2-2": 2,
    "p2-3": 1,
    "p2-4": 1,
    "p2-5": 2,
    "col-int": 1,
    "int-5": 1,
    "col-ext": 1,
    "ext-4": 1,
    "ext-5": 1,
}
"""How many faults the inventory tells of, row by row."""


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        (
            "collection-kinds",
            "scope kind entries",
            [
                ("inside", "manual", "2"),
                ("inside", "dos-and-donts", "1"),
                ("inside", "guideline", "1"),
                ("inside", "report", "1"),
                ("outside", "leaflet", "4"),
                ("outside", "policy-statement", "1"),
            ],
        ),
        (
            "laws-named",
            "law yearBE yearCE",
            [
                ("act-2500-local-pension", "2500", "1957"),
                ("act-2522-building-control", "2522", "1979"),
                ("act-2539-tort-liability", "2539", "1996"),
                ("act-2542-local-personnel", "2542", "1999"),
                ("decree-2546-good-governance", "2546", "2003"),
            ],
        ),
        (
            "leaflet-laws",
            "leaflet law asserted confidenceTh",
            [
                ("sao-301107-building-permit", "act-2522-building-control", "true", "ค่อนข้างแน่ใจ"),
                ("sao-301107-tax-2563", "act-2562-land-building-tax", "true", "ค่อนข้างแน่ใจ"),
                *(
                    ("sao-301107-old-age-allowance", law, "false", "น่าจะใช่")
                    for law in (
                        "regulation-2552-old-age-allowance",
                        "regulation-2566-old-age-allowance",
                    )
                ),
            ],
        ),
        (
            "leaflets-without-law",
            "leafletTh candidates",
            [("แผ่นพับเบี้ยยังชีพผู้สูงอายุ", "2"), ("แผ่นพับภาษี", "0")],
        ),
        (
            "service-leaflets",
            "service leafletTh",
            [
                ("building-permit", "แผ่นพับการขออนุญาตก่อสร้าง"),
                ("local-tax", "แผ่นพับภาษี"),
                ("local-tax", "แผ่นพับภาษี 63 (ปี พ.ศ. 2563)"),
                ("old-age-allowance", "แผ่นพับเบี้ยยังชีพผู้สูงอายุ"),
            ],
        ),
        ("footnotes-without-notes", "mark sourceLine", [("30", "13"), ("31", "23")]),
        ("cut-titles", "sourceLine characters", [("33", "80"), ("34", "80")]),
        ("eighty-characters", "sourceLine cut", [("33", "true"), ("34", "true")]),
        (
            "fiscal-year",
            "fiscalYear thingTh stated",
            [("2562", "องค์กรปกครองส่วนท้องถิ่นที่มีผลปฏิบัติงานดีเด่น ประจำปีงบประมาณ พ.ศ.2562", "true")],
        ),
        (
            "amendments-behind",
            "verbatim number yearBE yearCE",
            [
                ("พรบ.ควบคุมอาคาร พ.ศ. 2522 และที่แก้ไขเพิ่มเติม", number, year_be, year_ce)
                for number, year_be, year_ce in (
                    ("2", "2535", "1992"),
                    ("3", "2543", "2000"),
                    ("4", "2550", "2007"),
                )
            ],
        ),
        (
            "evidence",
            "asserted confidenceTh indicator documentTh",
            [
                ("true", "ค่อนข้างแน่ใจ", "o40-ethics", "ข้อควรทำและไม่ควรทำ (Dos & Don'ts)"),
                ("true", "ค่อนข้างแน่ใจ", "o40-ethics", "แนวทางในการประพฤติตนทางจริยธรรม"),
                ("false", "น่าจะใช่", "o10-manual", "คู่มือการปฏิบัติงานของเจ้าหน้าที่องค์กรปกครองส่วนท้องถิ่น"),
                ("false", "น่าจะใช่", "o10-manual", "คู่มือปฏิบัติงานของเจ้าหน้าที่วิเคราะห์นโยบายและแผน"),
                ("false", "น่าจะใช่", "personnel-development", "หลักเกณฑ์การพัฒนาบุคลากร"),
                ("false", "น่าจะใช่", "personnel-development", "รายงานผลการเข้ารับการฝึกอบรม"),
            ],
        ),
        (
            "evidence-missing",
            "indicator notation candidates",
            [("o10-manual", "O10", "2"), ("personnel-development", "", "2")],
        ),
        ("editions", "workTh edition yearBE", [("แผ่นพับภาษี", "sao-301107-tax-2563", "2563")]),
        (
            "most-named-laws",
            "law organisations",
            [
                ("act-2500-local-pension", "1"),
                ("act-2522-building-control", "1"),
                ("act-2539-tort-liability", "1"),
                ("act-2542-local-personnel", "1"),
                ("decree-2546-good-governance", "1"),
            ],
        ),
        ("same-statements", "statement", []),
        ("without-leaflet", "organisation", []),
        (
            "entry-counts",
            "kind entries",
            [
                *((kind, "4") for kind in ("act", "leaflet")),
                *((kind, "2") for kind in ("guideline", "manual", "standard")),
                *((kind, "1") for kind in ("award-list", "criteria", "directive")),
                *((kind, "1") for kind in ("dos-and-donts", "policy-statement", "report")),
            ],
        ),
        ("amendment-unsaid", "entry", []),
        ("fault-league", "source misspellings faults", [("sao-301107-km-page", "8", "25")]),
    ],
)
def test_page(page: EmbeddedStore, name: str, columns: str, expected: Rows) -> None:
    """The page of อบต.เมืองเกษตร answers as its inventory, read by hand, says."""
    assert answer(page, name, columns) == expected


def test_every_question_is_asked_of_the_page() -> None:
    """The inventory's twenty entries and 25 faults are what the counts above add up to."""
    entries = [
        row for part in ("plan-1", "plan-2", "col-int", "col-ext") for row in inventory(part)
    ]
    assert (len(entries), sum(FAULTS.values()), len(QUERIES)) == (20, 25, 24)
    assert {row["id"] for row in inventory() if row["issue"]} == set(FAULTS)


# ---- the country -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        (
            # alpha: A twice and B; beta: A, B, C; the decree: A's duty and D's manual, while C's
            # link to it is only a candidate; the amendment: C.
            "most-named-laws",
            "law organisations",
            [
                ("act-2520-beta", "3"),
                ("act-2482-alpha", "2"),
                ("decree-2546", "2"),
                ("act-2510-alpha-2", "1"),
            ],
        ),
        (
            "laws-named",
            "organisation law yearBE yearCE",
            [
                (D, "decree-2546", "2546", "2003"),
                (A, "act-2482-alpha", "2482", "1940"),
                (A, "act-2520-beta", "2520", "1977"),
                (A, "decree-2546", "2546", "2003"),
                (B, "act-2482-alpha", "2482", "1940"),
                (B, "act-2520-beta", "2520", "1977"),
                (C, "act-2510-alpha-2", "2510", "1967"),
                (C, "act-2520-beta", "2520", "1977"),
            ],
        ),
        (
            "same-statements",
            "verbatim organisation kindTh organisations",
            [
                *((LEVEL, who, "ระดับการจัดการความรู้", "3") for who in (A, B, C)),
                (SHARED, A, "หลักการ", "2"),
                (SHARED, C, "องค์ประกอบขององค์การแห่งการเรียนรู้", "2"),
            ],
        ),
        (
            "without-leaflet",
            "service province district organisation",
            [
                ("building-permit", "", "district-9801", E),
                ("building-permit", "province-99", "district-9901", B),
            ],
        ),
        (
            "entry-counts",
            "organisation kind entries",
            [(D, "manual", "1"), (A, "act", "3"), (B, "act", "2"), (C, "act", "2")],
        ),
        (
            "amendment-unsaid",
            "organisation entry law amendments",
            [(B, f"{B}-p1-1", "act-2482-alpha", "2")],
        ),
        (
            "fault-league",
            "source misspellings faults",
            [(f"{B}-page", "2", "3"), (f"{A}-page", "1", "1"), (f"{C}-page", "0", "0")],
        ),
        (
            "evidence-missing",
            "organisation indicator candidates",
            [
                (E, "o1", "0"),
                (E, "o2", "0"),
                (A, "o2", "0"),
                (B, "o1", "0"),
                (B, "o2", "1"),
                (C, "o1", "0"),
                (C, "o2", "0"),
            ],
        ),
        (
            "evidence",
            "organisation asserted indicator document",
            [
                (D, "true", "o1", f"{D}-manual"),
                (D, "true", "o2", f"{D}-manual"),
                (A, "true", "o1", f"{A}-report"),
                (B, "false", "o2", f"{B}-report"),
            ],
        ),
        (
            "leaflet-laws",
            "leaflet law asserted",
            [
                (f"{A}-permit", "act-2482-alpha", "true"),
                (f"{C}-permit", "act-2520-beta", "false"),
            ],
        ),
        (
            "leaflets-without-law",
            "leaflet candidates",
            [(f"{B}-leaflet", "0"), (f"{C}-permit", "1")],
        ),
        (
            "service-leaflets",
            "organisation service leaflet",
            [
                (A, "building-permit", f"{A}-permit"),
                (B, "building-permit", ""),
                (B, "local-tax", ""),
                (C, "building-permit", f"{C}-permit"),
            ],
        ),
        (
            "fiscal-year",
            "organisation thing stated date",
            [
                ("", "act-2562-gamma", "false", "2019-04-30"),
                (D, f"{D}-manual", "true", ""),
                (B, f"{B}-report", "false", "2018-10-01"),
            ],
        ),
        (
            "amendments-behind",
            "entry amendment number",
            [
                (f"{A}-i-1", "act-2510-alpha-2", "2"),
                (f"{A}-i-1", "act-2530-alpha", ""),
                (f"{A}-p1-1", "act-2510-alpha-2", "2"),
                (f"{A}-p1-1", "act-2530-alpha", ""),
                (f"{C}-p1-2", "", ""),
            ],
        ),
        (
            "plan-entries",
            "entry entryEn",
            [
                (f"{who}-p1-{n}", "")
                for who, n in [(D, 1), (A, 1), (A, 2), (B, 1), (B, 2), (C, 1), (C, 2)]
            ],
        ),
        ("collection-kinds", "organisation scope kind entries", [(A, "inside", "act", "1")]),
        (
            "learning-components",
            "organisation position sourceLine",
            [(D, "", ""), (C, "", "1")],
        ),
        ("km-levels", "organisation sourceLine", [(A, "4"), (B, ""), (C, "")]),
        ("footnotes-without-notes", "statement mark sourceLine", [(f"{D}-component", "1", "")]),
        ("cut-titles", "entry characters", [(f"{C}-p1-2", "")]),
        ("eighty-characters", "thing cut", [(f"{D}-p1-1", "false")]),
        (
            "editions",
            "work edition yearBE",
            [(f"{D}-manual", f"{D}-manual-2", ""), (f"{A}-report", f"{A}-report-2", "2562")],
        ),
        (
            "corrections",
            "organisation sourceLine correction corrected confidenceTh",
            [
                (A, "2", f"{A}-1", "สม่ำเสมอ ๆ", "แน่ใจ"),
                (B, "1", f"{B}-1", "การจัดการ", "แน่ใจ"),
                (B, "2", f"{B}-2", "ในองค์กร", "แน่ใจ"),
                (B, "3", f"{B}-3", "องค์การ", "แน่ใจ"),
                (C, "", f"{C}-1", "", ""),
            ],
        ),
    ],
)
def test_country(country: EmbeddedStore, name: str, columns: str, expected: Rows) -> None:
    """Over several organisations the answers are those of the tables, counted by hand."""
    assert answer(country, name, columns) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"district": "district-9902"}, []),
        ({"province": "province-99", "service": "building-permit"}, [B]),
        ({"service": "local-tax"}, [E, A, B, C]),
        ({"service": "local-tax", "district": "district-9902"}, [C]),
        ({"service": ""}, [E, B, E, A, B, C]),
    ],
)
def test_without_leaflet(
    country: EmbeddedStore, values: dict[str, str], expected: list[str]
) -> None:
    """District, province and service narrow the organisations; an empty service means every one."""
    rows = answer(country, "without-leaflet", "organisation", **values)
    assert rows == [(organisation,) for organisation in expected]


@EVERY
def test_a_parameter_selects_rows(country: EmbeddedStore, query: SavedQuery) -> None:
    """A bound parameter gives the very rows that have this value when nothing is bound."""
    anything = {parameter.name: "" for parameter in query.parameters}
    whole = run(query, country, anything)
    for parameter in query.parameters:
        for value in {row[parameter.name] for row in whole if parameter.name in row}:
            some = run(query, country, anything | {parameter.name: parameter.key(value)})
            assert comparable(some) == comparable(
                row for row in whole if row.get(parameter.name) == value
            )


@EVERY
def test_a_triple_said_twice(
    country: EmbeddedStore, query: SavedQuery, doubled: EmbeddedStore
) -> None:
    """What two graphs say counts once, though the union of graphs gives it twice."""
    anything = {parameter.name: "" for parameter in query.parameters}
    assert run(query, doubled, anything) == run(query, country, anything)


@EVERY
def test_every_column_is_filled(
    page: EmbeddedStore, country: EmbeddedStore, query: SavedQuery
) -> None:
    """Each column of an answer has a value in some row: none is misspelt or forgotten."""
    anything = {parameter.name: "" for parameter in query.parameters}
    rows = [*run(query, page, anything), *run(query, country, anything)]
    solutions = ox.Store().query(query.text)
    assert isinstance(solutions, ox.QuerySolutions)
    assert {v.value for v in solutions.variables} == {name for row in rows for name in row}


@EVERY
def test_another_engine_agrees(country: EmbeddedStore, query: SavedQuery) -> None:
    """The questions are plain SPARQL 1.1: rdflib's engine gives the same rows."""
    graph = to_rdflib(country.quads_for())
    found = graph.query(query.text)
    names = [str(name) for name in found.vars or ()]
    theirs = Counter(tuple(str(v) if v is not None else "" for v in row) for row in found)
    mine = run(query, country, {parameter.name: "" for parameter in query.parameters})
    assert theirs == Counter(tuple(text(row.get(name)) for name in names) for row in mine)


def comparable(rows: Iterable[Solution]) -> Counter[frozenset[tuple[str, Term]]]:
    """Return rows so that they compare in any order."""
    return Counter(frozenset(row.items()) for row in rows)


def text(value: Term | None) -> str:
    """Return the IRI or the words of a term, an empty string for none."""
    return value.value if isinstance(value, ox.NamedNode | ox.Literal) else ""


# ---- the collection --------------------------------------------------------------------------


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


# ---- parameters ------------------------------------------------------------------------------


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


# ---- a person's own queries ------------------------------------------------------------------


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
