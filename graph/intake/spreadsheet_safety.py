"""Guards cells that a spreadsheet would run as a formula, and undoes the guard.

In: the text of a cell. Out: the text with an apostrophe before it if it begins like a formula, with
`=`, `+`, `-` or `@` (OWASP, "CSV Injection"); spreadsheets mark text in the same way. `unguard`
removes the apostrophe. Negative numbers stay as they are.
`publish.http.excel_csv` does the same in a stream of bytes.
"""

import re

STARTS = "=+-@\t"
"""A cell that begins with one of these is a formula to a spreadsheet."""

NUMBER = r"-(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+"
"""A negative number, which begins like a formula and is none."""

_FORMULA = re.compile(rf"'*[{re.escape(STARTS)}]")
_GUARDED = re.compile(rf"'+[{re.escape(STARTS)}]")
_NUMBER = re.compile(rf"{NUMBER}\Z")


def guard(text: str) -> str:
    """Return the text as a spreadsheet may have it.

    >>> guard("=1+1"), guard("-5"), guard("- ก")
    ("'=1+1", '-5', "'- ก")
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def unguard(text: str) -> str:
    """Return the text that `guard` was given.

    >>> unguard("'=1+1"), unguard("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if _GUARDED.match(text) else text
