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
from support.paths import BAD

from graph.intake import tables
from graph.intake.tables import Reading, Row, Sheet, read_tables

HEADER = ("key", "label_th", "label_en")
ROW = ("older-people", "ผู้สูงอายุ", "Older people")


def _read(path: Path) -> Reading:
    return read_tables(path, path.name)


def _one(path: Path) -> Sheet:
    reading = _read(path)
    assert len(reading.sheets) == 1
    return reading.sheets[0]


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("windows-874", "“คนชรา”…"),
        ("bom", "คนชรา"),
        ("utf-16", "คนชรา"),
        ("semicolons", "คนชรา; ผู้เฒ่า"),
    ],
)
def test_csv_as_saved(folder: str, words: str) -> None:
    """What a Thai Excel makes of a CSV reads the same as UTF-8 with commas."""
    sheet = _one(BAD / folder / "topics.csv")
    assert sheet.name == "topics"
    assert sheet.header == ("key", "label_th", "label_en", "alt_th", "broader")
    assert sheet.rows == (Row(2, (*ROW, words, "")),)


@pytest.mark.parametrize(
    ("encoding", "bytes_before", "rule"),
    [
        ("utf-8", b"", None),
        ("utf-8-sig", b"", "encoding-bom"),
        ("utf-16", b"", "encoding-bom"),
        ("utf-16-be", b"\xfe\xff", "encoding-bom"),
        ("cp874", b"", "encoding-thai"),
        ("tis-620", b"", "encoding-thai"),
        ("iso8859-11", b"", "encoding-thai"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, bytes_before: bytes, rule: str | None) -> None:
    """Thai letters come through, whichever way they were saved, and an odd way is told."""
    path = tmp_path / "topics.csv"
    text = "key,label_th\nx,ก่อนการปฏิบัติ๑๒\n"
    path.write_bytes(bytes_before + text.encode(encoding))
    reading = _read(path)
    assert reading.sheets[0].rows == (Row(2, ("x", "ก่อนการปฏิบัติ๑๒")),)
    assert [f.rule for f in reading.findings] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("key,label_th\nx,Café\n", "latin-1"),
        ("key,label_th\nx,Àëîõü\n", "latin-1"),
        ("key,label_th\nx,日本語\n", "shift-jis"),
    ],
)
def test_other_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    """What is neither UTF nor Thai is refused, not read as Thai gibberish."""
    path = tmp_path / "topics.csv"
    path.write_bytes(text.encode(encoding))
    reading = _read(path)
    assert reading.sheets == ()
    assert [f.rule for f in reading.findings] == ["encoding-unknown"]
    assert reading.findings[0].unreadable


def test_broken_utf_16(tmp_path: Path) -> None:
    """A UTF-16 mark with half a character after it is told as an encoding nobody knows."""
    path = tmp_path / "topics.csv"
    path.write_bytes(b"\xff\xfek\x00\xd8")
    assert [f.rule for f in _read(path).findings] == ["encoding-unknown"]


@pytest.mark.parametrize(
    ("text", "header", "rows"),
    [
        ("key,label_th\nx,ก\n", ("key", "label_th"), [Row(2, ("x", "ก"))]),
        ("key,label_th\r\nx,ก\r\n", ("key", "label_th"), [Row(2, ("x", "ก"))]),
        ("key,label_th\rx,ก\r", ("key", "label_th"), [Row(2, ("x", "ก"))]),
        ("key;label_th\nx;a,b\n", ("key", "label_th"), [Row(2, ("x", "a,b"))]),
        ("key\tlabel_th\nx\ta;b\n", ("key", "label_th"), [Row(2, ("x", "a;b"))]),
        ("key\nx\n", ("key",), [Row(2, ("x",))]),
        ("key,note\n\n ,\nx, a \n", ("key", "note"), [Row(4, ("x", "a"))]),
        ('key,note\nx,"a\nb"\ny,c\n', ("key", "note"), [Row(2, ("x", "a\nb")), Row(3, ("y", "c"))]),
        ('key,note\nx,"say ""ก"""\n', ("key", "note"), [Row(2, ("x", 'say "ก"'))]),
        ("key,note\nx\n", ("key", "note"), [Row(2, ("x",))]),
        ("key\nx,y,z\n", ("key",), [Row(2, ("x", "y", "z"))]),
        ("", (), []),
        ("\n\n", (), []),
    ],
)
def test_csv_rows(tmp_path: Path, text: str, header: tuple[str, ...], rows: list[Row]) -> None:
    """Rows are numbered as a spreadsheet numbers them, and cells are stripped."""
    path = tmp_path / "topics.csv"
    path.write_bytes(text.encode())
    sheet = _one(path)
    assert sheet.header == header
    assert list(sheet.rows) == rows


@pytest.mark.parametrize(
    "text",
    ['key,a\nx,"b\n', 'key,a\nx,"b"c\n', "key\n" + "x" * 200_000 + "\n"],
    ids=["unclosed", "after-quote", "long"],
)
def test_broken_csv(tmp_path: Path, text: str) -> None:
    """A quote that does not end where it should names the row, and nothing of the file is used."""
    path = tmp_path / "topics.csv"
    path.write_text(text, encoding="utf-8")
    reading = _read(path)
    assert reading.sheets == ()
    assert [f.rule for f in reading.findings] == ["csv-broken"]
    assert "row 2" in reading.findings[0].problem.en


def test_caps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, columns and bytes are capped, each with a finding."""
    path = tmp_path / "topics.csv"
    path.write_text("key\n" + "x\n" * 20, encoding="utf-8")
    monkeypatch.setattr(tables, "MAX_ROWS", 10)
    assert [f.rule for f in _read(path).findings] == ["too-large"]
    monkeypatch.undo()
    path.write_text("," * 300, encoding="utf-8")
    assert [f.rule for f in _read(path).findings] == ["too-large"]
    monkeypatch.setattr(tables, "MAX_FILE_BYTES", 100)
    assert [f.rule for f in _read(path).findings] == ["too-large"]


# ---- workbooks -------------------------------------------------------------------------------


def test_typed_cells() -> None:
    """Numbers, dates and formulas of a workbook read as an officer would have typed them."""
    sheet = _one(BAD / "typed.xlsx")
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
    sheet = _one(path)
    assert sheet.name == "topics"
    assert sheet.rows == (Row(2, ("a", text)),)


def test_formula_never_calculated() -> None:
    """A formula without a saved result is told at its cell, instead of being read as empty."""
    reading = _read(BAD / "formula-not-saved.xlsx")
    assert [(f.rule, f.place.cell) for f in reading.findings] == [("cell-formula", "B2")]


def test_hidden_sheets() -> None:
    """Hidden sheets, and those whose name begins with _, are not read."""
    assert [sheet.name for sheet in _read(BAD / "hidden.xlsx").sheets] == ["topics"]


def test_gaps_in_a_workbook(tmp_path: Path) -> None:
    """Empty rows and columns before the data keep rows and letters as the spreadsheet shows."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "topics"
    page["A1"], page["C1"], page["A5"], page["C5"] = "key", "label_th", "x", "ก"
    path = tmp_path / "book.xlsx"
    book.save(path)
    sheet = _one(path)
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
    reading = _read(BAD / name)
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
    assert _one(path).name == "laws"


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
        reading = _read(path)
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
            for finding in _read(path).findings:
                assert finding.rule in ("xlsx-bad", "too-large", "cell-formula")


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    """Any bytes called a CSV or a workbook give sheets or findings."""
    for name in ("topics.csv", "book.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        reading = _read(path)
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
