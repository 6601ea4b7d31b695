"""Thai dictionary order.

Code-point order is wrong for Thai: a leading vowel is written before the consonant that it is
sorted after, and tone marks count only where the letters are the same.
"""

import re
from functools import lru_cache

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
