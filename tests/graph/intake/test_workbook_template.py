"""The empty workbook: what the shapes say, and what the reader reads back."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from openpyxl import load_workbook

from graph.errors import SourceError
from graph.intake.cells import read_cell
from graph.intake.tables import read_tables
from graph.intake.workbook_template import write_template
from graph.schema.sheets import load_shapes


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A fresh empty workbook."""
    path = tmp_path / "km.xlsx"
    write_template(path, load_shapes())
    return path


def test_each_sheet_is_a_page_the_reader_knows(workbook: Path) -> None:
    """Every sheet of the shapes is a page, and every header is understood by the reader."""
    shapes = load_shapes()
    reading = read_tables(workbook, "km.xlsx")
    assert reading.findings == ()
    assert [s.name for s in reading.sheets] == [s.name for s in shapes.sheets]
    for sheet in reading.sheets:
        shape = shapes.sheet(sheet.name)
        assert shape is not None
        names = [shape.by_header[header.lower()] for header in sheet.header]
        assert names == ["key", *(c.name for c in shape.columns)]


def test_closed_lists_are_drop_downs(workbook: Path) -> None:
    """The column of document kinds offers the kinds, and none is cut by Excel's 255 characters."""
    book = load_workbook(workbook)
    page = book["documents"]
    lists = [v.formula1 for v in page.data_validations.dataValidation]
    assert any("คู่มือ" in choice and "มาตรฐาน" in choice for choice in lists)
    validations = [v for p in book for v in p.data_validations.dataValidation]
    assert all(len(v.formula1) <= 257 for v in validations)


def test_what_is_offered_is_read() -> None:
    """Each word of a drop-down is Thai, holds no comma, and is read as the code it stands for."""
    closed = [c for sheet in load_shapes().sheets for c in sheet.columns if c.codes]
    assert closed
    for column in closed:
        for word, (_, iri) in zip(column.choices, column.codes, strict=True):
            assert re.search("[ก-ฮ]", word) and "," not in word and '"' not in word
            assert read_cell(word, column) == ox.NamedNode(iri)


def test_headers_say_what_to_write(workbook: Path) -> None:
    """A header carries the rule's own words in Thai and English, and tells when it is required."""
    page = load_workbook(workbook)["plans"]
    notes = {cell.value: cell.comment.text for cell in page[1] if cell.comment}
    assert "ต้องกรอก" in notes["ชื่อ (ไทย)"]
    assert "write one Thai name" in notes["ชื่อ (ไทย)"]
    assert "ต้องกรอก" not in notes["ปีงบประมาณ"]


def test_nothing_is_overwritten(workbook: Path) -> None:
    """A file that is there stays as it is."""
    before = workbook.read_bytes()
    with pytest.raises(SourceError, match=r"km\.xlsx"):
        write_template(workbook, load_shapes())
    assert workbook.read_bytes() == before
