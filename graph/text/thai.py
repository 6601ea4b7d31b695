"""Thai digits, years and dictionary order.

Code-point order is wrong for Thai: a leading vowel is written before the consonant that it is
sorted after, and tone marks count only where the letters are the same.
"""

import re
from functools import lru_cache

ERA = 543
"""Years from the common era to the Buddhist one."""

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")
_MARKS = re.compile("[็-๎]")


@lru_cache(maxsize=4096)
def sort_key(text: str) -> tuple[str, str]:
    """Return a key that puts Thai words in dictionary order: letters first, tone marks second.

    >>> sorted(["แก", "ไก่", "กา", "เขา", "ขา"], key=sort_key)
    ['กา', 'แก', 'ไก่', 'ขา', 'เขา']
    """
    swapped = _LEADING_VOWEL.sub(r"\2\1", text.casefold())
    return _MARKS.sub("", swapped), swapped


def arabic_digits(text: str) -> str:
    """Return a text with Arabic digits for Thai ones.

    >>> arabic_digits("๒๕๖๒")
    '2562'
    """
    return text.translate(_DIGITS)


def read_number(text: str) -> int | None:
    """Return a whole number of at most nine digits, Arabic or Thai; None for anything else.

    >>> read_number("๒๕๖๒"), read_number("-1")
    (2562, None)
    """
    digits = arabic_digits(text.strip())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
