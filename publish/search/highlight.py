"""The words of a query, marked in a published text.

In: a text and the normalised words of a query. Out: the text cut into stretches, found and other.
Normalising keeps the place of each letter, so a search for พระราชบัญญัติ marks พ.ร.บ. in the text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from graph.text.normalise import Traced, read_normaliser

_LETTERS = 220  # of a long text that are shown, around what was found
_BEFORE = 60
_THAI = re.compile("[ก-๛]")


@dataclass(frozen=True)
class Stretch:
    """Some words of a text; `is_found` where they are what was looked for."""

    text: str
    is_found: bool = False


def mark(text: str, words: Iterable[str]) -> tuple[Stretch, ...]:
    """Return the text with the words marked.

    >>> [s.text for s in mark("ขอ พ.ร.บ. นี้", ["พระราชบัญญัติ"])]
    ['ขอ ', 'พ.ร.บ.', ' นี้']
    """
    words = tuple(words)
    if not _holds_any(text, words):
        return tuple(_cut(normalize("NFC", text), ()))
    traced = _trace(text)
    return tuple(_cut(traced.source, sorted(_places(traced, words))))


def excerpt(text: str, words: Iterable[str]) -> tuple[Stretch, ...]:
    """Return the part of a text around the first word that was found, marked; or nothing."""
    words = tuple(words)
    if not _holds_any(text, words):
        return ()
    traced = _trace(text)
    places = sorted(_places(traced, words))
    if not places:
        return ()
    source = traced.source
    start = max(0, places[0][0] - _BEFORE)
    start = source.rfind(" ", 0, start) + 1 if start else 0
    end = start + _LETTERS if len(source) > start + _LETTERS else len(source)
    end = source.find(" ", end) if source.find(" ", end) > 0 else len(source)
    shown = mark(source[start:end], words)
    before = (Stretch("… "),) if start else ()
    after = (Stretch(" …"),) if end < len(source) else ()
    return before + shown + after


@lru_cache(1_024)  # one page asks about a name word by word, and of an owner's in each line
def _normalise(text: str) -> str:
    return read_normaliser().normalise(text)


@lru_cache(256)
def _trace(text: str) -> Traced:
    return read_normaliser().trace(text)


def _holds_any(text: str, words: Iterable[str]) -> bool:
    """Tell whether there is something to mark: it costs a fraction of finding out where."""
    normalised = _normalise(text)
    return any(word in normalised for word in words)


def _places(traced: Traced, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield where the words stand: Latin ones where a word begins, Thai ones anywhere."""
    for word in words:
        at = traced.text.find(word)
        while word and at >= 0:
            if not (_is_latin(word[0]) and at and _is_latin(traced.text[at - 1])):
                yield traced.place(at, at + len(word))
            at = traced.text.find(word, at + len(word))


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and not _THAI.match(letter)


def _cut(text: str, places: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
    """Yield the text cut at these places, which are in order and may overlap."""
    at = 0
    for start, end in _merge(places):
        if start > at:
            yield Stretch(text[at:start])
        yield Stretch(text[start:end], is_found=True)
        at = end
    if at < len(text):
        yield Stretch(text[at:])


def _merge(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
