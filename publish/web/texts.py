"""The words of the interface, Thai and English, from one catalogue: `texts.toml`.

In: a key such as "nav.browse" and a language. Out: the words. The names of terms of the data are
not here: they come from the ontology.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from importlib.resources import files

from publish.web.dates import write_date, write_year

LANGUAGES = ("th", "en")
_BANGKOK = timezone(timedelta(hours=7))
Catalogue = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Texts:
    """The catalogue in one language; call it with a key, and values for the braces in the words."""

    lang: str
    catalogue: Catalogue

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key. Raises KeyError for one that the catalogue lacks."""
        words = self.catalogue[key][self.lang]
        return words.format(**values) if values else words

    def has(self, key: str) -> bool:
        """Tell whether the catalogue has such a key."""
        return key in self.catalogue

    def number(self, value: int) -> str:
        """Return a number with a comma between thousands."""
        return f"{value:,}"

    def list(self, words: Iterable[str]) -> str:
        """Return words one after the other: a, b and c."""
        *first, last = words
        return self("list.and", first=", ".join(first), last=last) if first else last

    def date(self, day: date) -> str:
        """Return a day in words, in the reader's era; of a moment, the day in Bangkok."""
        if isinstance(day, datetime):
            day = day.astimezone(_BANGKOK).date()
        return write_date(day, self.lang)

    def moment(self, moment: datetime) -> str:
        """Return a day and the time of day in Bangkok."""
        clock = moment.astimezone(_BANGKOK).strftime("%H:%M")
        return self("date.moment", date=self.date(moment), clock=clock)

    def year(self, year_be: int) -> str:
        """Return a Buddhist-era year in both eras."""
        return write_year(year_be, self.lang)

    def size(self, size_bytes: int) -> str:
        """Return a size in bytes, KB or MB (thousands, as portals count)."""
        for unit, step in (("MB", 1_000_000), ("KB", 1_000)):
            if size_bytes >= step:
                return f"{size_bytes / step:.1f} {unit}"
        return self("size.bytes", count=size_bytes)


def read_catalogue() -> Catalogue:
    """Return the catalogue, its keys flat: table, dot, name."""
    tables = tomllib.loads((files("publish") / "texts.toml").read_text(encoding="utf-8"))
    return {
        f"{table}.{name}": words
        for table, entries in tables.items()
        for name, words in entries.items()
    }
