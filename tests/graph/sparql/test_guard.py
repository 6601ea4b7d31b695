"""The query guard: what it cuts a query into, what it refuses, and that it does so in one pass."""

import contextlib
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import QueryError, QueryRefused, QuerySyntax, QueryTooComplex
from graph.sparql.guard import QueryLimits, QueryShape, check_query, quick_check, shape
from graph.sparql.tokens import tokens

ADMITTED = [
    "SELECT * { ?s ?p ?o }",
    "select*{?s?p?o}",
    "PREFIX ex: <http://e/> ASK { ex:service ex:p 'SERVICE' } # SERVICE",
    "PREFIX service: <http://e/> SELECT * { GRAPH service:g { ?s service:p service:o } }",
    'SELECT * { ?s <http://e/SERVICE> ?service ; ?p """it\'s "SERVICE" \\" {{{ """ }',
    "SELECT * { ?s ?p '''a''b\\'''' , '' , \"\" , \"#\" , '{{{' }",
    'SELECT ?ตำบล { ?ตำบล <http://e/ที่ตั้ง> "เมืองเกษตร"@th }',
    "PREFIX อบต: <http://e/> SELECT * { อบต:เมืองเกษตร ?p อบต:a\\(b\\)%41.c }",
    "SELECT * { ?s ?p ?o FILTER(?o<5&&?o>1||?s<?o) }",
    "SELECT * { FILTER(?a < <http://e/(a)>) }",
    "SELECT * { VALUES (?a ?b) { (1 <urn:x#y>) (<#a> <#b>) (UNDEF <?q=1>) } }",
    "SELECT * { ?s (<a:>|^<b:>)/<c:>*/!(<d:>|^a)? -1.5E-3 , +.2 , 1. , 1.e5 , _:b.c }",
    "SELECT * { VALUES ?x { " + "-1 " * 2000 + "} }",
    "SELECT * { VALUES ?x { " + "<http://e/a> " * 4000 + "} }",
    "SELECT " + "*" + " {" * 50 + " }" * 50,
    'VERSION "1.2" BASE <http://e/> SELECT * { <<( <a> <b> <c> )>> ?p "x"@en--ltr {| <p> 1 |} }',
]

REFUSED = [
    "SELECT * { SERVICE <http://e/> {} }",
    "SELECT * { service silent ?x {} }",
    "SELECT*{SERVICE<http://e/>{}}",
    "SELECT * { ?s ?p 1.SERVICE <http://e/> {} }",
    "SELECT * { ?s ?p trueSERVICE<http://e/>{} }",
    "SELECT * { ?s ?p true.SERVICE:c{} }",
    "SELECT * { SERVICEex:y{} }",
    "SELECT * { SERVICESILENT?x{} }",
    'SELECT * { ?s ?p "x"@en--ltrSERVICE <http://e/> {} }',
    "SELECT * { ?s ?p '#' . SERVICE <http://e/> {} }",
    "SELECT * { ?s ?p <http://e/#> . SERVICE <http://e/> {} }",
    "INSERT DATA { <a:> <a:> 1 }",
    "PREFIX ex: <http://e/> BASE <http://e/> delete where { ?s ?p ?o }",
    "LOAD <http://e/>",
    "# a comment\nWITH <http://e/> DELETE { ?s ?p ?o } WHERE {}",
    "CLEAR ALL",
    "DROP ALL",
    "CREATE GRAPH <a:>",
    "ADD <a:> TO <b:>",
    "MOVE <a:> TO <b:>",
    "COPY <a:> TO <b:>",
]

UNREADABLE = [
    ("", 1, 1, "ends before"),
    ("# nothing", 1, 10, "ends before"),
    ("PREFIX ex:", 1, 11, "ends before"),
    ("SELEC * {}", 1, 1, "'SELEC'"),
    ("ASK {\n  ?s ?p 'open\n}", 2, 9, "not closed"),
    ("ASK { ?s ?p '''open'' }", 1, 13, "not closed"),
    ("ASK { ?s ?p 'bad \\q' }", 1, 13, "not closed"),
    ("ASK { ?s ?p 'half \\uD800' }", 1, 13, "not closed"),
    ("ASK { ?s @ ?p }", 1, 10, "'@'"),
    ("ASK { ?s\u00a0?p ?o }", 1, 9, "xa0"),
    ("\ufeffASK {}", 1, 1, "ufeff"),
    ("ASK { 'ตำบล' ` }", 1, 14, "`"),
    ("ASK {} \x00", 1, 8, "x00"),
    # Cut in two ways, each of these would hide a SERVICE from the guard.
    ("ASK { FILTER(?a<b:&&'>')SERVICE <http://e/>{}#'\n}", 1, 16, "two ways"),
    ("ASK { FILTER(?a<b:)SERVICE?x#>\n{}}", 1, 16, "two ways"),
    ("ASK { FILTER(?a<b:c#> '''\n) SERVICE <http://e/> {} #''' }", 1, 16, "two ways"),
    ("ASK { VALUES ?x {'''a' #\\q\n } SERVICE <http://e/> {} #''' }", 1, 18, "not closed"),
]

TOO_MUCH = [
    ("SELECT * {" + " " * 65536 + "}", "bytes"),
    ("ASK { ?s ?p '" + "ก" * 22000 + "' }", "bytes"),
    ("ASK " + "{" * 51, "nested"),
    ("ASK { FILTER(" + "(" * 51, "nested"),
    ("ASK { ?s ?p " + "[<a:> " * 51, "nested"),
    ("ASK { ?s ?p " + "<<( <a:> <a:> " * 51, "nested"),
    ("ASK { ?s ?p ?o " + "{| <a:> 1 " * 51, "nested"),
    ("ASK { BIND(" + "STR(" * 51, "nested"),
    ("ASK { {}" + "UNION{}" * 300 + "}", "groups"),
    ("ASK { FILTER(1" + "+1" * 501 + ") }", "operators"),
    ("ASK { FILTER(1" + " + 1" * 501 + ") }", "operators"),
    ("ASK { FILTER(" + "!" * 501 + "1) }", "operators"),
    ("ASK { FILTER(1" + "||1" * 501 + ") }", "operators"),
    ("ASK { ?s <a:>" + "/<a:>" * 501 + " ?o }", "operators"),
    ("ASK { ?s ?p " + "1," * 2500 + "1 }", "words"),
    ("ASK {" + "BIND(1 AS ?x)" * 900 + "}", "words"),
]

# Each would take minutes if anything were looked at more than a few times.
LONG = [
    '"' * 60000,
    "'" * 59999,
    '"""' + '""a' * 20000,
    "'''" + "\\'" * 30000,
    "a." * 30000,
    "a:" + "." * 60000,
    "a:b" + ".." * 30000 + "c",
    "<a" * 30000,
    "@a" + "-a" * 30000,
    "(" + "a <b:#> " * 4000,
    "1." * 30000,
    ":" + "%41" * 20000 + "%",
]


@pytest.mark.parametrize("query", ADMITTED)
def test_admitted(query: str) -> None:
    """Ordinary queries pass, also those that only look dangerous."""
    assert check_query(query).form in ("SELECT", "ASK")


@pytest.mark.parametrize("query", REFUSED)
def test_refused(query: str) -> None:
    """Updates and SERVICE are refused, also written as the engine alone would read them."""
    with pytest.raises(QueryRefused):
        check_query(query)


@pytest.mark.parametrize(("query", "line", "column", "says"), UNREADABLE)
def test_unreadable(query: str, line: int, column: int, says: str) -> None:
    """What is no token is refused with its place and the piece."""
    with pytest.raises(QuerySyntax, match=says) as caught:
        check_query(query)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(("query", "says"), TOO_MUCH)
def test_too_much(query: str, says: str) -> None:
    """Each limit holds, and its message says which one it was."""
    with pytest.raises(QueryTooComplex, match=says):
        check_query(query)


def test_half_a_character() -> None:
    """Text that no UTF-8 can carry is a syntax error, not a crash."""
    with pytest.raises(QuerySyntax, match="Unicode"):
        check_query("ASK { ?s ?p '\ud800' }")


@pytest.mark.parametrize("query", LONG)
def test_one_pass(query: str) -> None:
    """Text made to send a pattern back and forth is read in well under a second."""
    began = time.monotonic()
    with pytest.raises(QueryError):
        check_query(query, QueryLimits(tokens=10**6, operators=10**6))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT * {}", QueryShape("SELECT", False)),
        ("# a\nPREFIX select: <a:> describe <a:>", QueryShape("DESCRIBE", False)),
        ("BASE <a:> ASK FROM <b:> {}", QueryShape("ASK", True)),
        ("CONSTRUCT {} FROM NAMED <b:> {}", QueryShape("CONSTRUCT", True)),
        ("SELECT*FROM<b:>{}", QueryShape("SELECT", True)),
        ("PREFIX : <b:> SELECT*FROM:c{}", QueryShape("SELECT", True)),
        ("SELECT * { ?from <a:from> 'FROM' } # FROM", QueryShape("SELECT", False)),
    ],
)
def test_shape(query: str, found: QueryShape) -> None:
    """The form and the presence of FROM are told from tokens alone."""
    assert check_query(query) == shape(query) == found


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT"),
        ("# a\nBASE <http://e/#> PREFIX select: <a:>\r\n\tdescribe<a:>", "DESCRIBE"),
        ("prefix : <a:> ask{}", "ASK"),
        ("CONSTRUCT WHERE { ?อบต ?p 'เมืองเกษตร' }", "CONSTRUCT"),
        ("SELECTED * {}", None),
        ("PREFIX ex: <a:> DELETE WHERE { ?select ?p ?o }", None),
        ("SELECT * { ?s ?p ?service }", None),
        ("SELECT * { ?s ?p ?from }", None),
        ("SELECT * { ?s ?p '\\u0053' }", None),
        ("", None),
    ],
)
def test_glance(query: str, form: str | None) -> None:
    """The quick check decides on small plain queries and leaves all others to the full check."""
    assert quick_check(query) == (form and QueryShape(form, names_dataset=False))  # type: ignore[arg-type]


@pytest.mark.parametrize("query", [*REFUSED, *(query for query, _ in TOO_MUCH), *LONG])
def test_a_glance_lets_nothing_through(query: str) -> None:
    """The quick check accepts no query that the full check refuses."""
    assert quick_check(query) is None


PIECES = (
    "SELECT |ASK|{|}|?s |<a:b> |(|)|'|\"|#|\n|\\|SERVICE |INSERT |PREFIX |a: |FROM |BASE |ſERVICE"
    "|/|<|1 "
)


@given(st.lists(st.sampled_from(PIECES.split("|")), max_size=40).map("".join))
def test_a_glance_agrees_with_reading(query: str) -> None:
    """Where a glance tells the form, reading tells the same, or finds it to be no SPARQL."""
    seen = quick_check(query)
    if seen is not None:
        with contextlib.suppress(QuerySyntax):
            assert check_query(query) == seen


def test_a_glance_keeps_to_the_limits() -> None:
    """Each limit, made smaller, is kept at a glance too."""
    query = "ASK { { ?s (<a:>/<b:>) ?o } }"
    assert quick_check(query) is not None
    for limits in ({"size_bytes": 100}, {"nesting": 2}, {"tokens": 20}, {"groups": 1}):
        assert quick_check(query, QueryLimits(**limits)) is None
    assert quick_check(query, QueryLimits(operators=0)) is None


@given(st.text(alphabet="aé:.<>'\"\\#\n {}()[]?@-_1eE%^|&!SERVIC", max_size=60))
@example("ASK{'''\\")
def test_tokens_cover_the_text(query: str) -> None:
    """Between tokens there is only space and comments, whatever the text."""
    with contextlib.suppress(QuerySyntax):
        found = list(tokens(query))
        for before, after in pairwise(found):
            between = query[before.offset + len(before.text) : after.offset]
            assert not between.strip() or between.lstrip().startswith("#")
