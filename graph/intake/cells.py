"""Turns the text of one cell into its RDF value, or into the problem with it.

In: stripped text and the column that the shapes describe. Out: a literal or IRI in canonical
lexical form, or a `Problem`. Faults that RDF would hide are found here, because a validator cannot
see them later: rdflib reads "๒๕๖๒" as 2562, and xsd:date takes any year.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pyoxigraph as ox

from graph.findings import Text, nearest
from graph.intake.tables import MAX_CELL_CHARACTERS
from graph.rdf.vocab import expand
from graph.schema.columns import Column
from graph.text.thai import ERA, arabic_digits

FIRST_BE_YEAR = 2400
"""Smaller years can only be C.E.: B.E. 2400 is 1857."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BROKEN_FORMULA = re.compile(r"#(?:[A-Z][A-Z0-9/_]*[!?]|N/A|GETTING_DATA)")
"""The error values of spreadsheets (ECMA-376 part 1, 18.17.2.7), and those that came later."""
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_MONTH_NAMED = re.compile(r"(\d{1,2})\s*([ก-๎]+\.?[ก-๎]*\.?)\s*(?:พ\.ศ\.\s*)?(\d{4})")
_MONTHS = (
    ("มกราคม", "มค"), ("กุมภาพันธ์", "กพ"), ("มีนาคม", "มีค"), ("เมษายน", "เมย"),
    ("พฤษภาคม", "พค"), ("มิถุนายน", "มิย"), ("กรกฎาคม", "กค"), ("สิงหาคม", "สค"),
    ("กันยายน", "กย"), ("ตุลาคม", "ตค"), ("พฤศจิกายน", "พย"), ("ธันวาคม", "ธค"),
)  # fmt: skip
_YEAR_WORDS = re.compile(r"ปี|งบประมาณ|พุทธศักราช|พ\.?\s?ศ\.?|\s")
_TRUE, _FALSE = {"yes", "true", "1", "ใช่", "y"}, {"no", "false", "0", "ไม่ใช่", "ไม่", "n"}
_YEAR_BE = expand("km:yearBE")
_XSD = {name: expand(f"xsd:{name}") for name in ("integer", "date", "boolean", "string")}


@dataclass(frozen=True)
class Problem:
    """Why a cell has no value: the name of a problem of `problems.toml`, and a sharper remedy."""

    name: str
    fix: Text | None = None
    details: tuple[tuple[str, object], ...] = ()


Value = ox.NamedNode | ox.Literal


def check_text(text: str) -> Problem | None:
    """Return the fault in the characters of a cell of any column, None where there is none."""
    if len(text) > MAX_CELL_CHARACTERS:
        return Problem(
            "cell-too-long", details=(("length", len(text)), ("limit", MAX_CELL_CHARACTERS))
        )
    if _BROKEN_FORMULA.fullmatch(text):
        return Problem("cell-error")
    if "\n" in text or "\r" in text:
        return Problem("cell-line-break")
    hidden = _INVISIBLE.search(text)
    if hidden:
        name = unicodedata.name(hidden[0], "control character")
        shown = f"U+{ord(hidden[0]):04X} {name}"
        return Problem("cell-invisible", details=(("character", shown),))
    return None


def read_cell(text: str, column: Column) -> Value | Problem:
    """Return the value of a cell that is no reference, or its fault."""
    if column.codes:
        return _code(text, column)
    if column.is_iri:
        return _iri(text)
    if column.lang:
        return ox.Literal(text, language=column.lang)
    if column.datatype == _XSD["integer"]:
        return read_year(text) if column.predicate == _YEAR_BE else _integer(text)
    if column.datatype == _XSD["date"]:
        return read_date(text)
    if column.datatype == _XSD["boolean"]:
        return read_boolean(text)
    return ox.Literal(text)


def _typed(lexical: str, datatype: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(_XSD[datatype]))


def write(value: object) -> Text:
    """Return the remedy “write this”."""
    return Text(f"เขียน {value}", f"write {value}")


def _code(text: str, column: Column) -> Value | Problem:
    codes = dict(column.codes)
    if text in codes:
        return ox.NamedNode(codes[text])
    names = {name.lower(): code for name, code in column.code_names} | {
        code: code for code in codes
    }
    if text.lower() in names:  # what the code is called, in Thai or English, says the same
        return ox.NamedNode(codes[names[text.lower()]])
    likely = names.get(nearest(text, list(names)) or "")
    fix = column.message
    if likely:
        fix = Text(f"น่าจะเป็น {likely} · {fix.th}", f"perhaps {likely}; {fix.en}")
    return Problem("code-unknown", fix)


def _iri(text: str) -> Value | Problem:
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", text):
            return ox.NamedNode(text)
    except ValueError:
        pass
    return Problem("iri-bad")


def _whole(text: str) -> int | None:
    digits = arabic_digits(text)
    return int(digits) if re.fullmatch(r"-?[0-9]{1,18}", digits) else None


def _integer(text: str) -> Value | Problem:
    number = _whole(text)
    return Problem("number-bad") if number is None else _typed(str(number), "integer")


def read_year(text: str) -> Value | Problem:
    """Read a Buddhist-era year; B.E. = C.E. + 543."""
    number = _whole(text)
    if number is None:
        year = next(iter(year_suggestions(text)), None)
        return Problem("number-bad", write(year) if year else None)
    if 0 <= number < 100:
        return Problem("year-short", write(2500 + number))
    if number < 1000:
        return Problem("year-short")
    if number < FIRST_BE_YEAR:
        be = number + ERA
        return Problem("year-is-ce", write(be) if be >= FIRST_BE_YEAR else None)
    return _typed(str(number), "integer")


def read_date(text: str) -> Value | Problem:
    """Read a C.E. date, year-month-day; for another spelling the problem says what to write."""
    digits = arabic_digits(text)
    parts = _date_parts(digits)
    if parts is None:
        return Problem("date-bad")
    year, month, day = parts
    era_is_be = year >= FIRST_BE_YEAR
    try:
        found = date(year - ERA if era_is_be else year, month, day)
    except ValueError:
        return Problem("date-impossible")
    if era_is_be:
        return Problem("date-is-be", write(found.isoformat()))
    if digits != found.isoformat():
        return Problem("date-bad", write(found.isoformat()))
    return _typed(digits, "date")


def _date_parts(digits: str) -> tuple[int, int, int] | None:
    """Return the year, month and day that a text states, whether such a day exists or not."""
    if iso := _ISO_DATE.fullmatch(digits):
        year, month, day = (int(part) for part in iso.groups())
        return year, month, day
    if day_first := _DAY_FIRST.fullmatch(digits):
        day, month, year = (int(part) for part in day_first.groups())
        return year, month, day
    named = _MONTH_NAMED.fullmatch(digits)
    name = named[2].replace(".", "") if named else ""
    for number, names in enumerate(_MONTHS, 1):
        if named and name in names:
            return int(named[3]), number, int(named[1])
    return None


def read_boolean(text: str) -> Value | Problem:
    """Read yes or no, in the words that people use for them."""
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        return _typed("true" if word in _TRUE else "false", "boolean")
    return Problem("boolean-bad")


def year_suggestions(text: str) -> tuple[str, ...]:
    """Return the B.E. years that a short, C.E. or worded year may mean, as keys of fiscal years.

    >>> year_suggestions("2019"), year_suggestions("62"), year_suggestions("พ.ศ. ๒๕๖๒")
    (('2562',), ('2562',), ('2562',))
    """
    bare = _YEAR_WORDS.sub("", text)
    number = _whole(bare)
    if number is None:
        return ()
    if bare != text and FIRST_BE_YEAR <= number < 10_000:
        return (str(number),)
    if 0 <= number < 100:
        return (str(2500 + number),)
    return (str(number + ERA),) if 1000 <= number < FIRST_BE_YEAR else ()


def suggest_fix(
    text: str, separator: str | None, key_of: Callable[[str], str | None]
) -> Text | None:
    """Return what to write for a name, or for several with commas between; None if not known.

    `key_of` returns the key that a name, or a key itself, stands for.

    >>> suggest_fix("waste, Taxes", ";", {"waste": "waste", "Taxes": "local-tax"}.get).en
    'separate them with ; and not a comma: write waste; local-tax'
    """
    key = key_of(text)
    if key:
        return write(key)
    parts = [part for part in (p.strip() for p in re.split("[,،、]", text)) if part]
    if not separator or len(parts) < 2:
        return None
    keys = [key_of(part) for part in parts]
    if None in keys:
        return None
    remedy = write(f"{separator} ".join(dict.fromkeys(filter(None, keys))))
    return Text(
        f"คั่นด้วย {separator} ไม่ใช่จุลภาค: {remedy.th}",
        f"separate them with {separator} and not a comma: {remedy.en}",
    )
