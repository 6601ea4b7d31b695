"""CSV that Excel opens correctly and that runs nothing: a byte-order mark, and no formula.

In: SPARQL CSV (RFC 4180, UTF-8) in blocks. Out: the same table for a spreadsheet. Thai Excel reads
CSV as Windows-874 unless it begins with a byte-order mark. A spreadsheet takes a cell that begins
with `=`, `+`, `-`, `@`, a tab or a line end for a formula (OWASP, "CSV Injection"), so an
apostrophe goes before those, also after spaces. A negative number stays one. Plain CSV is the exact
form.

Memory is constant, however long a cell is: only the beginning of a cell is held back.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from graph.intake.spreadsheet_safety import NUMBER, STARTS
from graph.store.embedded import Answer
from publish.http.stream import Stream, close_blocks

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_AHEAD_BYTES = 64
_DANGEROUS = STARTS.encode()
_LINE_ENDS = b"\r\n"  # in quotes they are part of the cell
_NUMBER = re.compile(rf'{NUMBER}(?=[,"\r\n]|\Z)'.encode())
_SPACES = re.compile(rb" *+")
_OPEN_REST = re.compile(rb"[^,\n]*+")
_QUOTED_REST = re.compile(rb'(?:[^"]++|"")*+')


def for_excel(answer: Answer) -> Answer:
    """Return an answer in CSV as one for Excel; one that is whole already stays whole."""
    cells = Stream(ExcelCells().defuse(answer.chunks), partial(close_blocks, answer.chunks))
    if answer.size_bytes is None:
        return replace(answer, chunks=cells)
    body = b"".join(cells)
    return replace(answer, chunks=iter([body]), size_bytes=len(body))


class ExcelCells:
    """Reads a CSV file cell by cell, and puts an apostrophe before each that could be a formula."""

    def __init__(self) -> None:
        self._held = b""
        self._step: Callable[[ExcelCells, bytes, int, bytearray], int | None] = ExcelCells._start
        self._is_quoted = False
        self._is_done = False

    def defuse(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the blocks of a CSV file with its cells defused, after a byte-order mark."""
        yield BYTE_ORDER_MARK
        while not self._is_done:
            block = next(blocks, None)
            self._is_done = block is None
            safe = self._defuse_block(self._held + (block or b""))
            if safe:
                yield safe

    def _defuse_block(self, data: bytes) -> bytes:
        """Return the bytes that are safe by now; an undecided beginning of a cell is held back."""
        safe, at = bytearray(), 0
        while at < len(data):
            ends = self._step(self, data, at, safe)
            if ends is None:
                break
            at = ends
        self._held = data[at:]
        return bytes(safe)

    # Each step adds what it has read to `safe` and returns where that ends, or None where it must
    # see more first; it says itself which step comes next.

    def _start(self, data: bytes, at: int, safe: bytearray) -> int | None:
        self._is_quoted = data.startswith(b'"', at)
        self._step = ExcelCells._lead
        safe += data[at : at + self._is_quoted]
        return at + self._is_quoted

    def _lead(self, data: bytes, at: int, safe: bytearray) -> int | None:
        ends = _end(_SPACES, data, at)
        safe += data[at:ends]
        if ends == at:
            if len(data) - at < _AHEAD_BYTES and not self._is_done:
                return None
            safe += b"'" * self._is_dangerous(data, at)
            self._step = ExcelCells._rest
        return ends

    def _is_dangerous(self, data: bytes, at: int) -> bool:
        if data[at] not in _DANGEROUS and not (self._is_quoted and data[at] in _LINE_ENDS):
            return False
        number = _NUMBER.match(data, at)
        return number is None or number.end() - at >= _AHEAD_BYTES

    def _rest(self, data: bytes, at: int, safe: bytearray) -> int | None:
        ends = _end(_QUOTED_REST if self._is_quoted else _OPEN_REST, data, at)
        safe += data[at:ends]
        if ends == len(data):
            return ends
        if not self._is_quoted:
            self._step = ExcelCells._start
        elif ends + 1 == len(data) and not self._is_done:
            return ends if ends > at else None  # the cell's end, or the first half of two quotes
        self._is_quoted = False
        safe += data[ends : ends + 1]
        return ends + 1


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    assert found is not None  # each of these patterns matches nothing, too
    return found.end()
