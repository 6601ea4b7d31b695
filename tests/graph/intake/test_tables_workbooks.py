"""Files to sheets of text: encodings, separators, workbooks, and files that are no tables."""

import random
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from support.intake_tables import read_folder, read_sheet
from support.paths import BAD

from graph.intake.tables import Row, Sheet


def test_typed_cells() -> None:
    """Numbers, dates and formulas of a workbook read as an officer would have typed them."""
    sheet = read_sheet(BAD / "typed.xlsx")
    assert sheet.name == "laws"
    title = "พระราชบัญญัติ"
    assert [row.cells for row in sheet.rows] == [
        ("act-2562-test", "act", title, "", "2562", "2019-04-30", "2"),
        ("act-2563-test", "act", title, "Test act", "2563", "2020-04-30", "1"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2562, "2562"),
        (2562.0, "2562"),
        (1.5, "1.5"),
        (True, "yes"),
        (False, "no"),
        (date(2019, 4, 30), "2019-04-30"),
        (datetime(2019, 4, 30), "2019-04-30"),
        (datetime(2019, 4, 30, 8, 30), "2019-04-30 08:30:00"),
        (time(8, 30), "08:30:00"),
        ("  ก ", "ก"),
        ("#N/A", "#N/A"),
    ],
)
def test_workbook_values(tmp_path: Path, value: object, text: str) -> None:
    """Each kind of workbook cell has one reading."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Topics "
    page.append(["key", "x"])
    page.append(["a", value])
    path = tmp_path / "book.xlsx"
    book.save(path)
    sheet = read_sheet(path)
    assert sheet.name == "topics"
    assert sheet.rows == (Row(2, ("a", text)),)


def test_formula_never_calculated() -> None:
    """A formula without a saved result is told at its cell, instead of being read as empty."""
    reading = read_folder(BAD / "formula-not-saved.xlsx")
    assert [(f.rule, f.place.cell) for f in reading.findings] == [("cell-formula", "B2")]


def test_hidden_sheets() -> None:
    """Hidden sheets, and those whose name begins with _, are not read."""
    assert [sheet.name for sheet in read_folder(BAD / "hidden.xlsx").sheets] == ["topics"]


def test_gaps_in_a_workbook(tmp_path: Path) -> None:
    """Empty rows and columns before the data keep rows and letters as the spreadsheet shows."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "topics"
    page["A1"], page["C1"], page["A5"], page["C5"] = "key", "label_th", "x", "ก"
    path = tmp_path / "book.xlsx"
    book.save(path)
    sheet = read_sheet(path)
    assert sheet.header == ("key", "", "label_th")
    assert sheet.rows == (Row(5, ("x", "", "ก")),)
    assert sheet.place(5, 2).cell == "C5"
    assert sheet.place(5, 2).column == "label_th"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("text.xlsx", "xlsx-bad"),
        ("zip.xlsx", "xlsx-bad"),
        ("truncated.xlsx", "xlsx-bad"),
        ("entity-bomb.xlsx", "xlsx-bad"),
        ("zip-bomb.xlsx", "too-large"),
        ("far-column.xlsx", "too-large"),
    ],
)
def test_bad_workbooks(name: str, rule: str) -> None:
    """What is no workbook, or too much of one, is one finding without the path of the machine."""
    reading = read_folder(BAD / name)
    assert reading.sheets == ()
    assert [f.rule for f in reading.findings] == [rule]
    assert str(BAD) not in reading.findings[0].problem.en
    assert "\n" not in reading.findings[0].problem.en


def test_workbook_of_another_program(tmp_path: Path) -> None:
    """A workbook without styles, as programs write them, reads without a word from the library."""
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(BAD / "typed.xlsx") as archive, zipfile.ZipFile(path, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "xl/styles.xml":
                start, end = data.index(b"<cellStyles"), data.index(b"<tableStyles")
                data = data[:start] + data[end:]
            copy.writestr(name, data)
    assert read_sheet(path).name == "laws"


def _damaged(data: bytes) -> Iterator[bytes]:
    """Yield a file with bytes lost or changed at places that are the same on every run."""
    chance = random.Random(2562)
    for _ in range(60):
        at = chance.randrange(len(data))
        yield data[:at]
        yield data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        yield data[:at] + data[at + chance.randrange(1, 200) :]


def test_damaged_workbooks(tmp_path: Path) -> None:
    """A workbook damaged anywhere is read or refused; nothing is raised."""
    data = (BAD / "typed.xlsx").read_bytes()
    path = tmp_path / "book.xlsx"
    for damaged in _damaged(data):
        path.write_bytes(damaged)
        reading = read_folder(path)
        assert reading.sheets or [f.rule for f in reading.findings] in (["xlsx-bad"], ["too-large"])


def test_damaged_parts(tmp_path: Path) -> None:
    """The same for the XML inside: a ZIP that is whole around parts that are not."""
    with zipfile.ZipFile(BAD / "typed.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / "book.xlsx"
    for name in parts:
        for damaged in list(_damaged(parts[name]))[:12]:
            with zipfile.ZipFile(path, "w") as archive:
                for other, data in parts.items():
                    archive.writestr(other, damaged if other == name else data)
            for finding in read_folder(path).findings:
                assert finding.rule in ("xlsx-bad", "too-large", "cell-formula")


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    """Any bytes called a CSV or a workbook give sheets or findings."""
    for name in ("topics.csv", "book.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        reading = read_folder(path)
        assert reading.sheets or reading.findings


def test_places() -> None:
    """A place knows its file, sheet, row, letter and the header as it stands in the sheet."""
    sheet = Sheet("topics", "book.xlsx", Path(), ("key", "ชื่อ (ไทย)"), ())
    place = sheet.place(14, 1)
    assert (place.file, place.sheet, place.cell) == ("book.xlsx", "topics", "B14")
    assert place.column == "ชื่อ (ไทย)"
    assert sheet.place(3, 27).cell == "AB3"
    assert sheet.place(3, 27).column is None
    assert sheet.place(3).cell is None
