"""CSV for Excel: every cell that could be a formula, however the file is cut into blocks."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.store.embedded import Answer
from publish.http.excel_csv import BYTE_ORDER_MARK, ExcelCells, for_excel

SIGNS = "=+-@\t\r\n \"',;1a9.eก"


def write(rows: list[list[str]]) -> bytes:
    """Return rows as the engine writes them: RFC 4180, UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def read(data: bytes) -> list[list[str]]:
    """Return the rows of a file for Excel, which begins with a byte-order mark."""
    assert data.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def defuse(data: bytes, size: int = 7) -> bytes:
    """Return the file for Excel, read in blocks of `size` bytes."""
    return b"".join(
        ExcelCells().defuse(iter([data[i : i + size] for i in range(0, len(data), size)]))
    )


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+66 81", "'+66 81"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(1,2)", "'@SUM(1,2)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "  '=1"),
        (" " * 200 + "=1", " " * 200 + "'=1"),
        ('=HYPERLINK("http://a/","b")', '\'=HYPERLINK("http://a/","b")'),
        ("-5", "-5"),
        ("-5.25e-3", "-5.25e-3"),
        ("-5a", "'-5a"),
        ("-" + "1" * 200 + "+cmd", "'-" + "1" * 200 + "+cmd"),
        ("-", "'-"),
        ("1-1=0", "1-1=0"),
        ('"=1"', '"=1"'),
        ("a,=1", "a,=1"),
        ("a\n=1", "a\n=1"),
        ("ตำบล=เมือง", "ตำบล=เมือง"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 7, 64, 65, 1000])
def test_cells(cell: str, safe: str, size: int) -> None:
    """A cell that a spreadsheet would run gets an apostrophe; any other stays as it is."""
    rows = [["first", "second"], [cell, "x"], ["x", cell], ["", ""]]
    assert read(defuse(write(rows), size)) == [rows[0], [safe, "x"], ["x", safe], ["", ""]]


@given(
    st.lists(st.lists(st.text(SIGNS, max_size=90), min_size=2, max_size=3), max_size=4),
    st.integers(1, 200),
)
def test_any_table(rows: list[list[str]], size: int) -> None:
    """Cut anywhere, no cell begins like a formula, and without apostrophes it is the same table."""
    found = read(defuse(write(rows), size))
    assert [len(row) for row in found] == [len(row) for row in rows]
    for before, after in zip(chain(*rows), chain(*found), strict=True):
        assert after.lstrip(" ")[:1] not in list("=+@\t\r\n")
        lead = len(before) - len(before.lstrip(" "))
        assert before in (after, after[:lead] + after[lead + 1 :])
        assert len(after) == len(before) or after[lead] == "'"


def test_whole_answer_keeps_its_length() -> None:
    """A short answer says how long it is, with the byte-order mark and the apostrophes."""
    found = for_excel(Answer("text/csv; charset=utf-8", iter([b"a,b\r\n=1,2\r\n"]), 11))
    body = b"".join(found.chunks)
    assert body == BYTE_ORDER_MARK + b"a,b\r\n'=1,2\r\n"
    assert found.size_bytes == len(body)


class Endless(Iterator[bytes]):
    """Blocks of one cell that does not end, until it is closed."""

    is_closed = False

    def __next__(self) -> bytes:
        if self.is_closed:
            raise StopIteration
        return b"x" * 65536

    def close(self) -> None:
        """Stop."""
        self.is_closed = True


def test_memory_is_constant() -> None:
    """A cell of 64 MB passes through in blocks, and closing closes what is read from."""
    blocks = Endless()
    cells = for_excel(Answer("text/csv", blocks)).chunks
    tracemalloc.start()
    for _ in range(1000):
        next(cells)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    cells.close()  # type: ignore[attr-defined]
    assert blocks.is_closed
    assert list(cells) == []
