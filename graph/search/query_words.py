"""A query taken apart into the words that FTS5 looks up.

In: the text that a reader typed. Out: normalised words, the whole text as a name would be written,
and an FTS5 expression. Nothing typed can be an operator in it: normalising leaves letters and
digits only, and each word stands in quotes.
"""

import sqlite3
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from graph.text.normalise import read_normaliser
from graph.text.thai import ERA

MAX_LETTERS = 200
MAX_WORDS = 8
TRIGRAM = 3
"""The letters of a word that the index can find; shorter ones are looked for in the texts."""

_MOST_TRIGRAMS = 400  # that stand for a short word


@dataclass(frozen=True)
class Words:
    """The words to look up, and the whole as a name would be written."""

    whole: str
    each: tuple[str, ...]


def take_apart(text: str) -> Words:
    """Return the words of a typed text, cut at a length that no reader reaches.

    >>> take_apart("พรบ. ควบคุมอาคาร").each
    ('พระราชบัญญัติ', 'ควบคุมอาคาร')
    """
    normaliser, typed = read_normaliser(), clean(text[:MAX_LETTERS])
    each = tuple(dict.fromkeys(normaliser.split(typed)))[:MAX_WORDS]
    return Words(normaliser.normalise(typed), each)


def clean(text: str) -> str:
    """Return a text without what no database holds: half a surrogate pair."""
    return text.encode(errors="ignore").decode()


def match(connection: sqlite3.Connection, words: Sequence[str]) -> str:
    """Return what FTS5 looks for; there is one word at least.

    A word is a phrase of trigrams or one of its synonyms; a year is looked for in both eras. A word
    of two letters is any trigram that begins with it; one letter says nothing beside other words,
    and by itself it is how a name begins.
    """
    telling = [word for word in words if len(word) > 1] or ["\n" + word for word in words]
    found = [_forms(connection, word) for word in telling]
    return " AND ".join(
        "(" + " OR ".join(f'"{f}"' for f in forms) + ")" for forms in found if forms
    )


def _forms(connection: sqlite3.Connection, word: str) -> tuple[str, ...]:
    if len(word) < TRIGRAM:
        rows = connection.execute(
            "SELECT term FROM trigram WHERE term BETWEEN ? AND ? ORDER BY docs DESC, term LIMIT ?",
            (word, word + "\U0010ffff", _MOST_TRIGRAMS),
        )
        return tuple(term for (term,) in rows) or (word + "\n\n",)  # which nothing holds
    if word.isdigit() and len(word) == 4 and 1800 <= int(word) <= 2200:
        return word, str(int(word) + ERA)
    return (word, *synonyms().get(word, ()))


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Return what else each word is called, both folded, from `synonyms.toml`."""
    table = (files("graph.search") / "synonyms.toml").read_text(encoding="utf-8")
    read: dict[str, list[str]] = tomllib.loads(table)
    normalise = read_normaliser().normalise
    return {normalise(word): tuple(map(normalise, others)) for word, others in read.items()}


def with_synonyms(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words and their synonyms: all the words that a hit may hold.

    >>> with_synonyms(["ภาษีบ้าน"])
    ('ภาษีบ้าน', 'ภาษีที่ดินและสิ่งปลูกสร้าง')
    """
    return tuple(form for word in words for form in (word, *synonyms().get(word, ())))
