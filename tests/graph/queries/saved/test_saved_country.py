"""The saved questions: answers checked by hand on the page and on five made organisations."""

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from support.national import LEVEL, SHARED, A, B, C, D, E
from support.queries_saved import EVERY, Rows, answer

from graph.queries.saved import SavedQuery, run
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import PREFIXES, Term
from graph.store.embedded import EmbeddedStore, Solution

pytestmark = pytest.mark.slow


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
