"""Files to sheets of text: encodings, separators, workbooks, and files that are no tables."""

from pathlib import Path

import pytest
from support.intake_tables import read_folder, read_sheet
from support.paths import BAD

from graph.intake import tables
from graph.intake.tables import Row

ROW = ("older-people", "ผู้สูงอายุ", "Older people")


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
    sheet = read_sheet(BAD / folder / "topics.csv")
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
    reading = read_folder(path)
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
    reading = read_folder(path)
    assert reading.sheets == ()
    assert [f.rule for f in reading.findings] == ["encoding-unknown"]
    assert reading.findings[0].unreadable


def test_broken_utf_16(tmp_path: Path) -> None:
    """A UTF-16 mark with half a character after it is told as an encoding nobody knows."""
    path = tmp_path / "topics.csv"
    path.write_bytes(b"\xff\xfek\x00\xd8")
    assert [f.rule for f in read_folder(path).findings] == ["encoding-unknown"]


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
    sheet = read_sheet(path)
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
    reading = read_folder(path)
    assert reading.sheets == ()
    assert [f.rule for f in reading.findings] == ["csv-broken"]
    assert "row 2" in reading.findings[0].problem.en


def test_caps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, columns and bytes are capped, each with a finding."""
    path = tmp_path / "topics.csv"
    path.write_text("key\n" + "x\n" * 20, encoding="utf-8")
    monkeypatch.setattr(tables, "MAX_ROWS", 10)
    assert [f.rule for f in read_folder(path).findings] == ["too-large"]
    monkeypatch.undo()
    path.write_text("," * 300, encoding="utf-8")
    assert [f.rule for f in read_folder(path).findings] == ["too-large"]
    monkeypatch.setattr(tables, "MAX_FILE_BYTES", 100)
    assert [f.rule for f in read_folder(path).findings] == ["too-large"]
