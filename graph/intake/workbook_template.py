"""The empty workbook an officer fills in, made from the shapes.

In: the shapes. Out: an XLSX file with one page a sheet: Thai headers, a note on each with what to
write, the required ones marked, and a drop-down wherever the shapes close the list.
"""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from graph.errors import SourceError
from graph.findings import Text
from graph.schema.columns import Column
from graph.schema.sheets import KEY, Shapes, SheetShape

ROWS_WITH_DROP_DOWN = 2000
"""Rows that offer the list; rows below it are checked when they are read."""
_REQUIRED = PatternFill("solid", fgColor="1F4E5F")
_OPTIONAL = PatternFill("solid", fgColor="6B8E9B")


def write_template(path: Path, shapes: Shapes) -> None:
    """Write the workbook to `path`. Raises SourceError where it exists or cannot be written."""
    book = Workbook()
    assert isinstance(book.active, Worksheet)  # a new workbook has one page
    book.remove(book.active)
    for sheet in shapes.sheets:
        _page(book.create_sheet(sheet.name), sheet)
    try:
        with path.open("xb") as file:
            book.save(file)
    except FileExistsError as error:
        raise SourceError(f"{path} is there already / มีไฟล์นี้อยู่แล้ว") from error
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def _page(page: Worksheet, sheet: SheetShape) -> None:
    page.freeze_panes = "B2"
    page.sheet_properties.tabColor = "1F4E5F" if sheet.belongs_to else "6B8E9B"
    _header(page, 1, KEY, sheet.message, required=True)
    for index, column in enumerate(sheet.columns, 2):
        words = Text(
            f"{column.description.th}\n{column.message.th}",
            f"{column.description.en}\n{column.message.en}",
        )
        _header(page, index, column.title, words, required=column.required)
        if column.codes:
            _drop_down(page, index, column)


def _header(page: Worksheet, index: int, title: Text, words: Text, *, required: bool) -> None:
    cell = page.cell(row=1, column=index, value=title.th)
    cell.font = Font(bold=required, color="FFFFFF")
    cell.fill = _REQUIRED if required else _OPTIONAL
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    must = "ต้องกรอก / required\n" if required else ""
    note = Comment(f"{must}{words.th}\n\n{title.en}\n{words.en}", "tambon-km")
    note.width, note.height = 360, 220
    cell.comment = note
    page.column_dimensions[get_column_letter(index)].width = max(16, len(title.th) + 4)


def _drop_down(page: Worksheet, index: int, column: Column) -> None:
    words = ",".join(column.choices)
    choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=not column.required)
    # Excel refuses a longer message in a workbook.
    choice.error = f"{column.message.th}\n{column.message.en}"[:255]
    letter = get_column_letter(index)
    choice.add(f"{letter}2:{letter}{ROWS_WITH_DROP_DOWN}")
    page.add_data_validation(choice)
