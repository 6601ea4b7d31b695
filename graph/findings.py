"""The findings of a check: one frozen record for each cell, in Thai and English.

In: the name of a problem with its details, or a SHACL result. Out: `Finding`s, each with the place,
the value as typed, the fault, and the remedy to write instead.
"""

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Severity(StrEnum):
    """Severity (SHACL 2.1.4): a violation stops a publication, the others are only reported."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True)
class Text:
    """One message in the two languages an officer may read."""

    th: str
    en: str


@dataclass(frozen=True)
class Place:
    """Where to look: a cell of a sheet, or a line or subject of an RDF file.

    `row` and `line` count from 1 as the spreadsheet or editor shows them; `letter` is the
    spreadsheet's name of the column, `column` the header as it stands in the sheet; `path` is
    the prefixed name of the property of an RDF subject, with ^ before it where it points here.
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    letter: str | None = None
    column: str | None = None
    subject: str | None = None
    line: int | None = None
    path: str | None = None

    @property
    def cell(self) -> str | None:
        """The cell as a spreadsheet names it, such as C14."""
        return f"{self.letter}{self.row}" if self.letter and self.row else None


@dataclass(frozen=True)
class Finding:
    """One fault. `rule` is the IRI of a shape, or the name of a problem in `problems.toml`."""

    rule: str
    severity: Severity
    place: Place
    problem: Text
    fix: Text
    value: str | None = None
    unreadable: bool = field(default=False)


@dataclass(frozen=True)
class _Problem:
    severity: Severity
    problem: Text
    fix: Text
    unreadable: bool


@cache
def _problems() -> dict[str, _Problem]:
    table = tomllib.loads((files("graph") / "problems.toml").read_text(encoding="utf-8"))
    return {
        name: _Problem(
            Severity(entry["severity"]),
            Text(entry["th"], entry["en"]),
            Text(entry.get("fix_th", ""), entry.get("fix_en", "")),
            entry.get("unreadable", False),
        )
        for name, entry in table.items()
    }


def has_fix(problem: str) -> bool:
    """Tell whether the problem itself says what to write, so that no column needs to."""
    return bool(_problems()[problem].fix.en)


def find(
    problem: str, place: Place, fix: Text | None = None, value: str | None = None, **details: object
) -> Finding:
    """Return the finding of a reader's problem (`problems.toml`); `fix` replaces the general one.

    `details` fill the braces of the texts, `value` among them; a `Text` each in its language.
    """
    entry = _problems()[problem]
    if value is not None:
        details["value"] = value
    th = {n: shorten(d.th if isinstance(d, Text) else str(d)) for n, d in details.items()}
    en = {n: shorten(d.en if isinstance(d, Text) else str(d)) for n, d in details.items()}
    general = Text(entry.fix.th.format_map(th), entry.fix.en.format_map(en))
    return Finding(
        rule=problem,
        severity=entry.severity,
        place=place,
        problem=Text(entry.problem.th.format_map(th), entry.problem.en.format_map(en)),
        fix=fix or general,
        value=value,
        unreadable=entry.unreadable,
    )


def shorten(text: str, limit: int = 300) -> str:
    """Return `text` cut to `limit` characters with an ellipsis, so that no cell floods a report."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest(word: str, words: list[str], cutoff: float = 0.6) -> str | None:
    """Return the most similar word; None if none reaches the similarity `cutoff` (0 to 1).

    >>> nearest("labl_th", ["label_th", "label_en"])
    'label_th'
    """
    found = get_close_matches(word.lower(), words, n=1, cutoff=cutoff)
    return found[0] if found else None
