"""A query taken apart: the words to look up, as FTS5 is asked for them.

In: what a reader typed. Out: folded words, the whole as a name would be written, and an expression
of FTS5 in which nothing of what was typed can be an operator: folding leaves letters and digits,
and each word stands in quotes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.fold import read_folder
from graph.search_index import ERA

MAX_LETTERS = 200
MAX_WORDS = 8
TRIGRAM = 3
"""The letters of a word that the index can find; shorter ones are looked for in the texts."""


@dataclass(frozen=True)
class Words:
    """The words to look up, and the whole as a name would be written."""

    whole: str
    each: tuple[str, ...]

    @property
    def long(self) -> tuple[str, ...]:
        """The words that trigrams can find."""
        return tuple(word for word in self.each if len(word) >= TRIGRAM)

    @property
    def short(self) -> tuple[str, ...]:
        """The words that are too short for that."""
        return tuple(word for word in self.each if len(word) < TRIGRAM)


def take_apart(text: str) -> Words:
    """Return the words of what was typed, cut at a length where nobody types on.

    >>> take_apart("พรบ. ควบคุมอาคาร").each
    ('พระราชบัญญัติ', 'ควบคุมอาคาร')
    """
    folder, typed = read_folder(), clean(text[:MAX_LETTERS])
    each = tuple(dict.fromkeys(folder.split(typed)))[:MAX_WORDS]
    return Words(folder.fold(typed), each)


def clean(text: str) -> str:
    """Return a text without what no database holds: half a surrogate pair."""
    return text.encode(errors="ignore").decode()


def match(words: Sequence[str]) -> str:
    """Return what FTS5 looks for: each word as a phrase of trigrams; a year in either era.

    >>> match(["tax", "2020"])
    '("tax") AND ("2020" OR "2563")'
    """
    return " AND ".join(
        "(" + " OR ".join(f'"{form}"' for form in _forms(word)) + ")" for word in words
    )


def _forms(word: str) -> tuple[str, ...]:
    """Return a word, and a year of the common era also as one of the Buddhist era."""
    if word.isdigit() and len(word) == 4 and 1800 <= int(word) <= 2200:
        return word, str(int(word) + ERA)
    return (word,)
