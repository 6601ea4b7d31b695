"""Cells that a spreadsheet would run as a formula, written so that it does not, and read back.

In: the text of a cell. Out: the same with an apostrophe before it where it begins with `=`, `+`,
`-` or `@` (OWASP, "CSV Injection"), as spreadsheets themselves mark text; or the way back.
A negative number stays one.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t]")
_GUARDED = re.compile(r"'+[=+\-@\t]")
_NUMBER = re.compile(r"-\d+(\.\d+)?\Z")


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
