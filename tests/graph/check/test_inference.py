"""What follows from the data: the published rules, and what the shapes compare with."""

from importlib.resources import files

import pyoxigraph as ox
import pytest
from support.cases import BASE, ORG, load_paths, thing

from graph.check.check import bundled_site
from graph.check.inference import construct, infer
from graph.rdf.vocab import PREFIXES, SHAPE, expand, term

HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
IMPLIED = (files("shapes") / "implied.rq").read_text(encoding="utf-8")


def _quads(turtle: str) -> list[ox.Quad]:
    base = "@prefix : <http://localhost:8000/id/x/> .\n"
    return list(ox.parse((HEAD + base + turtle).encode(), ox.RdfFormat.TURTLE))


def _implied(turtle: str, name: str) -> set[tuple[str, str]]:
    """Return the pairs of last letters of subject and object of an implied property."""
    triples = construct(_quads(turtle), IMPLIED)
    wanted = [t for t in triples if t.predicate == ox.NamedNode(SHAPE + name)]
    return {(_last(t.subject), _last(t.object)) for t in wanted}


def _last(term: object) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value.rpartition("/")[2] if isinstance(term, ox.NamedNode) else term.value


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2019-04-30", "2562"),
        ("2019-01-01", "2562"),
        ("2018-12-31", "2561"),
        ("1941-01-01", "2484"),
        ("1941-02-01", "2484"),
        ("1940-12-31", "2483"),
        ("1940-04-01", "2483"),
        ("1940-03-31", "2482"),
        ("1940-02-01", "2482"),
        ("1939-04-01", "2482"),
        ("1933-02-12", "2475"),
        ("1932-06-27", "2475"),
    ],
)
@pytest.mark.parametrize("path", ["dct:issued", "eli:date_document"])
def test_year_of_a_date(date: str, year: str, path: str) -> None:
    """The Buddhist-era year of a date; until 1940 the year began on 1 April."""
    turtle = f':a km:yearBE 1 ; {path} "{date}"^^xsd:date .'
    assert _implied(turtle, "impliedYearBE") == {("a", year)}


def test_year_without_a_date() -> None:
    """A year alone has nothing to agree with but itself; a date alone implies no year."""
    assert _implied(":a km:yearBE 2562 .", "impliedYearBE") == {("a", "2562")}
    assert _implied(':a dct:issued "2019-04-30"^^xsd:date .', "impliedYearBE") == set()


def test_fiscal_year() -> None:
    """A fiscal year runs from 1 October of the year before to 30 September."""
    turtle = ":a a km:FiscalYear ; km:yearBE 2562 . :b km:yearBE 2563 ."
    assert _implied(turtle, "impliedStart") == {("a", "2018-10-01")}
    assert _implied(turtle, "impliedEnd") == {("a", "2019-09-30")}


@pytest.mark.parametrize(
    ("positions", "right"),
    [
        ({"a": "1"}, "a"),
        ({"a": "1", "b": "2", "c": "3"}, "abc"),
        ({"a": "3", "b": "1", "c": "2"}, "abc"),
        ({"a": "1", "b": "2", "c": "2"}, "a"),
        ({"a": "1", "b": "2", "c": "4"}, "ab"),
        ({"a": "2", "b": "3"}, "a"),
        ({"a": "0", "b": "1"}, "b"),
        ({"a": "-1", "b": "1"}, "b"),
        ({"a": "1", "b": "", "c": "3"}, "ac"),
        ({"a": "1", "b": "", "c": "4"}, "a"),
        ({}, ""),
    ],
)
def test_positions(positions: dict[str, str], right: str) -> None:
    """A position is implied where its list holds it once and has at least so many members."""
    turtle = "".join(
        f":{name} a km:Entry ; dct:isPartOf :list {f'; schema:position {at}' if at else ''} .\n"
        for name, at in positions.items()
    )
    expected = {(name, positions[name]) for name in right}
    assert _implied(turtle, "impliedPosition") == expected


@pytest.mark.parametrize(
    ("turtle", "right"),
    [
        # two lists are two
        (
            ":a dct:isPartOf :x ; schema:position 1 . :b dct:isPartOf :y ; schema:position 1 .",
            {("a", "1"), ("b", "1")},
        ),
        # the plans of one owner are a list, its collections another, another owner's a third
        (
            ":a a km:Plan ; dct:publisher :o ; schema:position 1 ."
            ":b a km:Collection ; dct:publisher :o ; schema:position 1 ."
            ":c a km:Plan ; dct:publisher :p ; schema:position 1 .",
            {("a", "1"), ("b", "1"), ("c", "1")},
        ),
        (
            ":a a km:Plan ; dct:publisher :o ; schema:position 1 ."
            ":b a km:Plan ; dct:publisher :o ; schema:position 1 .",
            set(),
        ),
        # statements may stand in a list without a number, and then are not counted
        (
            ":a a km:Statement ; dct:isPartOf :x ; schema:position 1 ."
            ":b a km:Statement ; dct:isPartOf :x ."
            ":c a km:Statement ; dct:isPartOf :x ; schema:position 3 .",
            {("a", "1")},
        ),
        # a number without a list is wrong for a statement; an entry is told to have a list
        (":a a km:Statement ; schema:position 1 .", set()),
        (":a a km:Entry ; schema:position 7 .", {("a", "7")}),
        (":a a km:Plan ; schema:position 7 .", {("a", "7")}),
    ],
)
def test_lists(turtle: str, right: set[tuple[str, str]]) -> None:
    """What is one list: the parts of a whole, the plans of an owner, its collections."""
    assert _implied(turtle, "impliedPosition") == right


@pytest.mark.parametrize(
    ("turtle", "loops"),
    [
        (":a skos:broader :b .", ""),
        (":a skos:broader :a .", "a"),
        (":a skos:broader :b . :b skos:broader :a .", "ab"),
        (
            ":a skos:broader :b . :b skos:broader :c . :c skos:broader :a . :d skos:broader :a .",
            "abc",
        ),
        (":a skos:broader :b, :c . :b skos:broader :c .", ""),
        (":a a km:Area ; dct:isPartOf :a .", "a"),
        (":a a km:Area ; dct:isPartOf :b . :b a km:Area ; dct:isPartOf :a .", "ab"),
        (":a a km:Area ; dct:isPartOf :b . :b a km:Area ; dct:isPartOf :c .", ""),
        (":a dct:isPartOf :a .", ""),
    ],
)
def test_cycles(turtle: str, loops: str) -> None:
    """A topic or area that comes back to itself is marked, whatever the length of the way."""
    assert _implied(turtle, "impliedCycle") == {(name, name) for name in loops}


# ---- published rules -------------------------------------------------------------------------


def _inferred(turtle: str) -> set[tuple[str, str, str]]:
    return {
        (_last(q.subject), str(q.predicate), str(q.object)) for q in infer(_quads(turtle), BASE)
    }


NAME = f"<{expand('skos:prefLabel')}>"


@pytest.mark.parametrize(
    ("turtle", "found"),
    [
        (
            ':a a km:Correction ; km:publishedWords "อนุยาต" ; km:correctedWords "อนุญาต" .',
            {("a", NAME, '"อนุยาต → อนุญาต"@th'), ("a", NAME, '"อนุยาต → อนุญาต"@en')},
        ),
        (
            ':a a km:Correction ; km:publishedWords "x" .',
            {
                ("a", NAME, '"x → (ไม่ทราบคำที่ถูก)"@th'),
                ("a", NAME, '"x → (right words unknown)"@en'),
            },
        ),
        (
            ":a a km:CandidateLink ; rdf:subject :b ; rdf:object :c ."
            ':b skos:prefLabel "ข"@th , "B"@en . :c skos:prefLabel "ค"@th .',
            {("a", NAME, '"ข → ค"@th')},
        ),
        (
            ':a a km:Statement ; dct:type statement:slogan ; schema:text "ก"@th ;'
            " prov:wasAttributedTo :o .",
            {("o", f"<{expand('schema:slogan')}>", '"ก"@th')},
        ),
        (
            ':a a km:Statement ; dct:type statement:vision ; schema:text "ก"@th , "A"@en ;'
            " prov:wasAttributedTo :o .",
            {
                ("o", f"<{expand('km:vision')}>", '"ก"@th'),
                ("o", f"<{expand('km:vision')}>", '"A"@en'),
            },
        ),
        (
            ':a a km:Statement ; dct:type statement:heading ; schema:text "ก"@th ;'
            " prov:wasAttributedTo :o .",
            set(),
        ),
    ],
)
def test_inferred(turtle: str, found: set[tuple[str, str, str]]) -> None:
    """What the published rules add: names of corrections and links, slogan and vision."""
    assert _inferred(turtle) == found


def test_graph_of_what_is_inferred() -> None:
    """The rules' triples stand in their own graph, and every row ends up with a Thai name."""
    data = load_paths(bundled_site()).quads
    added = infer(data, BASE)
    assert {q.graph_name for q in added} == {ox.NamedNode(f"{BASE}/graph/inferred")}
    named = {
        q.subject
        for q in (*data, *added)
        if q.predicate == term("skos:prefLabel")
        and isinstance(q.object, ox.Literal)
        and q.object.language == "th"
    }
    assert {q.subject for q in data} == named
    organization = thing("org", ORG)
    assert {q.predicate for q in added if q.subject == organization} == {
        term("schema:slogan"),
        term("km:vision"),
    }


def test_rules_see_every_graph() -> None:
    """A rule may join what stands in two graphs, and named graphs are no obstacle."""
    node, graph = thing("org", "o"), ox.NamedNode
    statement = thing("statement", "a")
    quads = [
        ox.Quad(statement, term("rdf:type"), term("km:Statement"), graph(f"{BASE}/graph/a")),
        ox.Quad(statement, term("dct:type"), term("statement:slogan"), graph(f"{BASE}/graph/b")),
        ox.Quad(statement, term("schema:text"), ox.Literal("ก", language="th")),
        ox.Quad(statement, term("prov:wasAttributedTo"), node, graph(f"{BASE}/graph/a")),
    ]
    assert [(q.subject, q.predicate) for q in infer(quads, BASE)] == [(node, term("schema:slogan"))]
