"""Writes dates and years in Thai and English, and keeps "พ.ศ." and its year on one line.

In: a date, a Buddhist year, a text, or the identifier of a release. Out: words; of a release, its
moment. Babel has no Buddhist calendar, so the names of the months are here; a Buddhist year is the
common year + 543.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from graph.text.thai import ERA

# fmt: off
MONTHS = {
    "th": ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
           "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}
# fmt: on
# Words that belong to the number after them: an era, a section, a place in a list.
_BEFORE_A_NUMBER = re.compile(
    r"(พ\.ศ\.|ค\.ศ\.|ที่|มาตรา|บรรทัด|ปีงบประมาณ|\b(?:B\.E\.|[Nn]o\.|[Ll]ine|[Ss]ection)) "
    "(?=[0-9๐-๙]|$)"  # $: a text may come in pieces, with the number at the start of the next
)
_NO_BREAK_SPACE = "\u00a0"


@lru_cache(maxsize=1024)  # every page has the day of the release, lists the same few days
def write_date(day: date, lang: str) -> str:
    """Return a date in words: B.E. for Thai readers, C.E. for others.

    >>> write_date(date(2018, 10, 1), "th")
    '1 ตุลาคม 2561'
    """
    year = day.year + ERA if lang == "th" else day.year
    return f"{day.day} {MONTHS[lang if lang in MONTHS else 'en'][day.month - 1]} {year}"


def write_year(year_be: int, lang: str) -> str:
    """Return a Buddhist-era year in both eras, the reader's own first.

    >>> write_year(2522, "th"), write_year(2522, "en")
    ('พ.ศ. 2522 (ค.ศ. 1979)', '1979 (B.E. 2522)')
    """
    year_ce = year_be - ERA
    if lang == "th":
        return f"พ.ศ. {year_be} (ค.ศ. {year_ce})"
    return f"{year_ce} (B.E. {year_be})"


def keep_together(text: str) -> str:
    """Return a text in which no line can end between "พ.ศ." and its year.

    >>> keep_together("ฉบับที่ 2 พ.ศ. 2535")
    'ฉบับที่\\xa02 พ.ศ.\\xa02535'
    """
    return _BEFORE_A_NUMBER.sub(rf"\1{_NO_BREAK_SPACE}", text)


@lru_cache(maxsize=1024)
def moment_of(release_id: str) -> datetime:
    """Return when a release was begun: its identifier says it.

    >>> moment_of("2026-11-22T101500Z-002").isoformat()
    '2026-11-22T10:15:00+00:00'
    """
    return datetime.strptime(release_id[:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
