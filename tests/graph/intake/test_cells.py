"""One cell: what is read, what is refused, and what the officer is told to write instead."""

from datetime import date, timedelta

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import shapes, typed

from graph.intake.cells import Problem, check_text, read_cell, year_suggestions
from graph.intake.tables import MAX_CELL_CHARACTERS
from graph.rdf.vocab import expand
from graph.schema.columns import Column


def _column(sheet: str, name: str) -> Column:
    shape = shapes().sheet(sheet)
    assert shape is not None
    column = shape.column(name)
    assert column is not None
    return column


YEAR = _column("documents", "year_be")
DATE = _column("documents", "date")
POSITION = _column("entries", "position")
FLAG = _column("entries", "truncated")
KIND = _column("documents", "kind")
LINK = _column("organizations", "homepage")
LABEL = _column("documents", "label_th")
CODE = _column("areas", "code")


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (YEAR, "2562", typed("2562", "xsd:integer")),
        (YEAR, "๒๕๖๒", typed("2562", "xsd:integer")),
        (YEAR, "2400", typed("2400", "xsd:integer")),
        (DATE, "2019-04-30", typed("2019-04-30", "xsd:date")),
        (DATE, "2020-02-29", typed("2020-02-29", "xsd:date")),
        (DATE, "๒๐๑๙-๐๔-๓๐", typed("2019-04-30", "xsd:date")),
        (POSITION, "007", typed("7", "xsd:integer")),
        (POSITION, "-3", typed("-3", "xsd:integer")),
        (POSITION, "๑๒", typed("12", "xsd:integer")),
        (FLAG, "yes", typed("true", "xsd:boolean")),
        (FLAG, "TRUE", typed("true", "xsd:boolean")),
        (FLAG, "1", typed("true", "xsd:boolean")),
        (FLAG, "ใช่", typed("true", "xsd:boolean")),
        (FLAG, "No", typed("false", "xsd:boolean")),
        (FLAG, "0", typed("false", "xsd:boolean")),
        (FLAG, "ไม่", typed("false", "xsd:boolean")),
        (KIND, "manual", ox.NamedNode(expand("kind:manual"))),
        (LINK, "https://www.example.go.th/", ox.NamedNode("https://www.example.go.th/")),
        (LINK, "http://ไทย.ไทย/ก", ox.NamedNode("http://ไทย.ไทย/ก")),
        (LABEL, "แผ่นพับ", ox.Literal("แผ่นพับ", language="th")),
        (CODE, "07", ox.Literal("07")),
    ],
)
def test_read(column: Column, text: str, value: object) -> None:
    """A cell that is right becomes one value in canonical form."""
    assert read_cell(text, column) == value


@pytest.mark.parametrize(
    ("column", "text", "problem", "write"),
    [
        (YEAR, "2019", "year-is-ce", "2562"),
        (YEAR, "๒๐๑๙", "year-is-ce", "2562"),
        (YEAR, "1857", "year-is-ce", "2400"),
        (YEAR, "2399", "year-is-ce", "2942"),
        (YEAR, "1856", "year-is-ce", None),
        (YEAR, "1000", "year-is-ce", None),
        (YEAR, "999", "year-short", None),
        (YEAR, "99", "year-short", "2599"),
        (YEAR, "100", "year-short", None),
        (DATE, "2400-01-01", "date-is-be", "1857-01-01"),
        (YEAR, "1500", "year-is-ce", None),
        (YEAR, "68", "year-short", "2568"),
        (YEAR, "0", "year-short", "2500"),
        (YEAR, "250", "year-short", None),
        (YEAR, "-5", "year-short", None),
        (YEAR, "พ.ศ. 2562", "number-bad", "2562"),
        (YEAR, "พ.ศ.๒๕๖๒", "number-bad", "2562"),
        (YEAR, "ปีงบประมาณ 62", "number-bad", "2562"),
        (YEAR, "ปีที่ 3", "number-bad", None),
        (YEAR, "2562.5", "number-bad", None),
        (YEAR, "18-20", "number-bad", None),
        (YEAR, "9" * 19, "number-bad", None),
        (YEAR, "²562", "number-bad", None),
        (POSITION, "1,000", "number-bad", None),
        (POSITION, "1e3", "number-bad", None),
        (DATE, "30/04/2562", "date-is-be", "2019-04-30"),
        (DATE, "30-4-2562", "date-is-be", "2019-04-30"),
        (DATE, "2562-04-30", "date-is-be", "2019-04-30"),
        (DATE, "๓๐/๐๔/๒๕๖๒", "date-is-be", "2019-04-30"),
        (DATE, "30 เม.ย. 2562", "date-is-be", "2019-04-30"),
        (DATE, "30 เมษายน พ.ศ. 2562", "date-is-be", "2019-04-30"),
        (DATE, "๓๐ เมษายน ๒๕๖๒", "date-is-be", "2019-04-30"),
        (DATE, "29/02/2563", "date-is-be", "2020-02-29"),
        (DATE, "30/4/2019", "date-bad", "2019-04-30"),
        (DATE, "2019-4-30", "date-bad", "2019-04-30"),
        (DATE, "2019/04/30", "date-bad", None),
        (DATE, "30 เมษา 2562", "date-bad", None),
        (DATE, "April 2019", "date-bad", None),
        (DATE, "43585", "date-bad", None),
        (DATE, "31/02/2562", "date-impossible", None),
        (DATE, "29/02/2562", "date-impossible", None),
        (DATE, "04/30/2019", "date-impossible", None),
        (DATE, "31 ก.พ. 2562", "date-impossible", None),
        (DATE, "0000-01-01", "date-impossible", None),
        (FLAG, "maybe", "boolean-bad", None),
        (KIND, "manul", "code-unknown", "manual"),
        (KIND, "คู่มิอ", "code-unknown", "manual"),
        (KIND, "Policy statment", "code-unknown", "policy-statement"),
        (KIND, "xyz", "code-unknown", None),
        (LINK, "www.example.go.th", "iri-bad", None),
        (LINK, "ftp://example.go.th/", "iri-bad", None),
        (LINK, "javascript:alert(1)", "iri-bad", None),
        (LINK, "https://a b/", "iri-bad", None),
        (LINK, "https://[", "iri-bad", None),
        (LINK, "https://a/<b>", "iri-bad", None),
        (LINK, "https://", "iri-bad", None),
    ],
)
def test_refuse(column: Column, text: str, problem: str, write: str | None) -> None:
    """A cell that is wrong is named, and what to write is told in both languages where known."""
    found = read_cell(text, column)
    assert isinstance(found, Problem)
    assert found.name == problem
    if write:
        assert found.fix is not None
        assert write in found.fix.th
        assert write in found.fix.en
    elif problem == "code-unknown":
        assert found.fix == column.message
    else:
        assert found.fix is None


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\x85",
        "\xad",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2028",
        "\u2060",
        "\ufeff",
        "\U000e0041",
    ],
)
def test_invisible(character: str) -> None:
    """A character that nobody can see is named by its code point, wherever it stands."""
    problem = check_text(f"แผ่น{character}พับ")
    assert problem is not None
    assert problem.name == "cell-invisible"
    assert f"U+{ord(character):04X}" in str(dict(problem.details)["character"])


@pytest.mark.parametrize(
    "text",
    ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#BUSY!"],
)
def test_broken_formula(text: str) -> None:
    """What a spreadsheet shows in place of a result is no text of the officer's."""
    problem = check_text(text)
    assert problem is not None
    assert problem.name == "cell-error"


@pytest.mark.parametrize("text", ["#1", "# N/A", "#km", "แบบ #REF!", "#REF! ในแบบ", "N/A"])
def test_number_sign(text: str) -> None:
    """A number sign in a text is no error value."""
    assert check_text(text) is None


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\r"])
def test_line_break(text: str) -> None:
    """A line break inside a cell is told in those words."""
    problem = check_text(text)
    assert problem is not None
    assert problem.name == "cell-line-break"


@pytest.mark.parametrize(
    ("text", "code"),
    [("Manual", "manual"), ("คู่มือ", "manual"), ("พ.ร.บ.", "act"), ("ACT", "act")],
)
def test_a_code_by_its_name(text: str, code: str) -> None:
    """What a code is called in Thai or English is understood like the code."""
    assert read_cell(text, KIND) == ox.NamedNode(expand(f"kind:{code}"))


@pytest.mark.parametrize("text", ["แผ่นพับ", "ปฺบัติ", "a\tb", "“ก” – …", "ก" * 32_767])
def test_visible(text: str) -> None:
    """Thai marks, dashes, quotes and a very long text are no problem in themselves."""
    assert check_text(text) is None


def test_too_long() -> None:
    """A text that no spreadsheet could hold is refused with its length."""
    problem = check_text("ก" * (MAX_CELL_CHARACTERS + 1))
    assert problem is not None
    assert problem.name == "cell-too-long"
    assert dict(problem.details) == {"length": 32_768, "limit": 32_767}


@settings(deadline=None)
@given(st.dates(date(1858, 1, 1), date(2100, 12, 31)))
def test_date_eras(day: date) -> None:
    """Whatever day is written in the Buddhist era, its C.E. date is what to write."""
    thai = f"{day.day}/{day.month}/{day.year + 543}"
    found = read_cell(thai, DATE)
    assert isinstance(found, Problem)
    assert found.fix is not None
    assert found.fix.en == f"write {day.isoformat()}"
    assert read_cell(day.isoformat(), DATE) == typed(day.isoformat(), "xsd:date")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    """No text makes the reader fail, in no kind of column."""
    for column in (YEAR, DATE, POSITION, FLAG, KIND, LINK, CODE):
        assert isinstance(read_cell(text, column), Problem | ox.NamedNode | ox.Literal)
    check_text(text)


@settings(deadline=None)
@given(st.integers(-10_000, 10_000))
def test_years(number: int) -> None:
    """A year is read only in the Buddhist era, and what is told to write is read."""
    found = read_cell(str(number), YEAR)
    if not isinstance(found, Problem):
        assert number >= 2400
    elif found.fix:
        assert not isinstance(read_cell(found.fix.en.removeprefix("write "), YEAR), Problem)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2019", ("2562",)),
        ("62", ("2562",)),
        ("2562", ()),
        ("-1", ()),
        ("500", ()),
        ("x", ()),
        ("0", ("2500",)),
        ("99", ("2599",)),
        ("100", ()),
        ("2399", ("2942",)),
        ("2400", ()),
        ("พ.ศ. 2400", ("2400",)),
        ("พ.ศ. 9999", ("9999",)),
        ("พ.ศ. 10000", ()),
    ],
)
def test_year_suggestions(text: str, years: tuple[str, ...]) -> None:
    """A fiscal year that is short or C.E. has one likely meaning."""
    assert year_suggestions(text) == years


def test_every_day_is_iso() -> None:
    """Days around the turn of a year keep their year in both eras."""
    for shift in range(-3, 4):
        day = date(2019, 1, 1) + timedelta(days=shift)
        found = read_cell(f"{day.day}.{day.month}.{day.year + 543}", DATE)
        assert isinstance(found, Problem)
        assert found.fix is not None
        assert found.fix.th == f"เขียน {day.isoformat()}"
