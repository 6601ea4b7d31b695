"""Reads CSV files and XLSX workbooks into sheets of text cells that know their place.

In: a folder of CSV files, one CSV file, or one workbook, from strangers. Out: `Sheet`s whose cells
are stripped text, and findings about the files themselves. `graph.schema.sheets` knows what the
columns mean.

CSV is read as RFC 4180, and with the changes that Thai Excel makes: a byte-order mark, Windows-874,
semicolons or tabs. The declared sizes of a workbook's ZIP are checked before it is opened, and rows
and columns are limited, since a single cell far away makes a file of 5 KB fill all memory.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from graph.findings import Finding, Place, find
from graph.intake.spreadsheet_safety import unguard

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_RATIO = 100
"""The most that a workbook's ZIP may expand: a ZIP bomb expands far more."""

MAX_ROWS = 1_000_000
MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 32_767
"""The most characters that Excel itself keeps in a cell."""

THAI_ENCODING = "cp874"


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it (the header is 1) and its stripped cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the file it came from, the header cells and the rows that hold text."""

    name: str
    file: str
    folder: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        """Return a place in this sheet; `column` counts from 0."""
        return Place(
            file=self.file,
            sheet=self.name,
            row=row,
            letter=None if column is None else column_letters(column),
            column=self.header[column]
            if column is not None and column < len(self.header)
            else None,
        )


def column_letters(column: int) -> str:
    """Return what a spreadsheet calls a column; `column` counts from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    letters, number = "", column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


@dataclass(frozen=True)
class Reading:
    """What one file gave."""

    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]


class _Unreadable(Exception):
    """Carries the one finding that ends the reading of a file."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.problem.en)
        self.finding = finding


def read_tables(path: Path, name: str) -> Reading:
    """Return the sheets of one CSV file or workbook; no content of a file raises an exception.

    `name` is how findings call the file.
    """
    place = Place(file=name)
    try:
        size_bytes = path.stat().st_size
        if size_bytes > MAX_FILE_BYTES:
            what = f"{size_bytes:,} > {MAX_FILE_BYTES:,} bytes"
            return Reading((), (find("too-large", place, what=what),))
        if path.suffix.lower() == ".xlsx":
            return _read_workbook(path, place)
        return _read_csv(path, place)
    except _Unreadable as error:
        return Reading((), (error.finding,))
    except OSError as error:
        return Reading((), (find("file-unreadable", place, why=error.strerror or error),))


# ---- CSV -------------------------------------------------------------------------------------


def _read_csv(path: Path, place: Place) -> Reading:
    text, findings = _decode(path.read_bytes(), place)
    separator = _separator(text)
    if separator != ",":
        shown = {";": "; (semicolon)", "\t": "TAB"}[separator]
        findings.append(find("csv-separator", place, separator=shown))
    sheet = _sheet(path.stem, path.parent, place, _csv_rows(text, separator, place))
    return Reading((sheet,), tuple(findings))


def _decode(data: bytes, place: Place) -> tuple[str, list[Finding]]:
    """Return the text of a CSV: UTF-8, with or without a mark, or the old Thai encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), [find("encoding-bom", place)]
        except UnicodeDecodeError as error:
            raise _Unreadable(find("encoding-unknown", place, position=error.start)) from error
    try:
        text = data.decode("utf-8-sig")
        marked = data.startswith(b"\xef\xbb\xbf")
        return text, [find("encoding-bom", place)] if marked else []
    except UnicodeDecodeError as error:
        position = error.start
    try:
        text = data.decode(THAI_ENCODING)
    except UnicodeDecodeError as error:
        raise _Unreadable(find("encoding-unknown", place, position=error.start)) from error
    if not _mostly_thai(text):
        raise _Unreadable(find("encoding-unknown", place, position=position))
    return text, [find("encoding-thai", place)]


def _mostly_thai(text: str) -> bool:
    """Tell whether what is not ASCII is Thai, so that Windows-874 was the right guess.

    A Thai vowel or tone mark stands on a Thai letter; the é of a Western file would not.
    Quotation marks and dashes tell nothing: they are the same bytes there.
    """
    foreign = len(re.findall("[^\x00-\xa0\u2013-\u2026\u20ac]", text))
    thai = len(re.findall("[\u0e01-\u0e5b]", text))
    stray = len(re.findall("(?<![\u0e01-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", text))
    return thai - stray >= 0.9 * foreign


def _separator(text: str) -> str:
    """Return the character that separates columns in the first line that holds text."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _csv_rows(text: str, separator: str, place: Place) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            _cap(number, len(cells), place)
            yield [unguard(cell.strip()) for cell in cells]
    except csv.Error as error:
        raise _Unreadable(find("csv-broken", place, row=number + 1, why=error)) from error


# ---- XLSX ------------------------------------------------------------------------------------


def _read_workbook(path: Path, place: Place) -> Reading:
    _look_into_zip(path, place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # openpyxl warns of styles, which are not read
            sheets = list(_pages(path, place, calculated=True))
            findings: Iterable[Finding] = ()
            if _has_formulas(path):
                findings = _uncalculated(sheets, _pages(path, place, calculated=False))
            return Reading(tuple(sheets), tuple(findings))
    except _Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever the XML made it raise
        why = str(error).partition("\n")[0].replace(str(path), place.file)
        raise _Unreadable(find("xlsx-bad", place, why=why)) from error


def _pages(path: Path, place: Place, *, calculated: bool) -> Iterator[Sheet]:
    """Yield the visible sheets, with the values of formulas or, if not `calculated`, their text."""
    from openpyxl import load_workbook  # here: it takes long to import, and most files are CSV

    with path.open("rb") as file:  # opened here, since openpyxl leaves bad files open
        book = load_workbook(file, read_only=True, data_only=calculated)
        for page in book.worksheets:
            if page.title.startswith("_") or page.sheet_state != "visible":
                continue
            page.reset_dimensions()  # a wrong declared size would hide rows
            at = Place(file=place.file, sheet=page.title)
            yield _sheet(page.title, path.parent, at, _workbook_rows(page, at))


def _uncalculated(sheets: list[Sheet], written: Iterator[Sheet]) -> Iterator[Finding]:
    """Report formulas without a stored result; programs other than spreadsheets write them."""
    for sheet, formulas in zip(sheets, written, strict=True):
        values = {row.number: row.cells for row in sheet.rows}
        for row in formulas.rows:
            cells = values.get(row.number, ())
            for index, text in enumerate(row.cells):
                empty = index >= len(cells) or not cells[index]
                if empty and text.startswith("="):
                    yield find("cell-formula", sheet.place(row.number, index), value=text)


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        pages = [m for m in archive.namelist() if m.startswith("xl/worksheets/")]
        return any(re.search(rb"<(?:\w+:)?f[ />]", archive.read(page)) for page in pages)


def _look_into_zip(path: Path, place: Place) -> None:
    """Refuse a file that is no ZIP or declares sizes that are too large; nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _Unreadable(find("xlsx-bad", place, why=error)) from error
    full = sum(m.file_size for m in members)
    packed = max(1, sum(m.compress_size for m in members))
    if full > MAX_FILE_BYTES or full / packed > MAX_RATIO:
        raise _Unreadable(find("too-large", place, what=f"{full:,} bytes unpacked"))


def _workbook_rows(page: object, place: Place) -> Iterator[list[str]]:
    for number, cells in enumerate(page.iter_rows(), 1):  # type: ignore[attr-defined]
        width = max((i for i, c in enumerate(cells, 1) if c.value is not None), default=0)
        _cap(number, width, place)
        yield [_text(cell.value) for cell in cells[:width]]


def _text(value: object) -> str:
    """Return a workbook cell as an officer would have typed it into a CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# ---- both ------------------------------------------------------------------------------------


def _cap(row: int, width: int, place: Place) -> None:
    if row > MAX_ROWS or width > MAX_COLUMNS:
        what = f"row {row:,}, {width:,} columns (at most {MAX_ROWS:,} and {MAX_COLUMNS})"
        raise _Unreadable(find("too-large", place, what=what))


def _sheet(name: str, folder: Path, place: Place, lines: Iterator[list[str]]) -> Sheet:
    header: tuple[str, ...] = ()
    rows = []
    for number, cells in enumerate(lines, 1):
        stripped = tuple(cell.strip() for cell in cells)
        if number == 1:
            header = stripped
        elif any(stripped):
            rows.append(Row(number, stripped))
    return Sheet(name.strip().lower(), place.file, folder, header, tuple(rows))
