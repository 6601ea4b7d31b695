"""Near misses: names that almost hold the words, and the words that were perhaps meant.

In: words, and the search index. Out: nodes whose names differ by little. Candidates share the
rarest trigrams of the words. An edit distance whose text may begin and end anywhere (Sellers 1980)
says how near they are. That part is plain Python, so the numbers of letters, texts and candidates
are small.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from graph.search.index_rows import OTHER
from graph.search.query_words import TRIGRAM, Words, clean
from graph.text.normalise import read_normaliser

_LETTERS, _CANDIDATES, _ALIGNED, _TEXT = 60, 400, 8, 200
_ENOUGH = 0.6  # of the letters typed
_ASKED = 3  # near things whose labels may be what was meant
_LONGER = 3  # times what was typed: a longer label says too much that was not
_ALIKE = 0.75  # of Latin words, as difflib compares
_LATIN = re.compile("[a-z0-9 ]+")
_NUMBER = re.compile("[0-9]+")


def distance(word: str, text: str) -> int:
    """Return how many edits lead from `word` to the stretch of `text` that is nearest to it.

    Each letter of the text is one step for all letters of the word at once, whose differences to
    the row before are bits (Myers 1999).

    >>> distance("ยังชีบ", "เบี้ยยังชีพผู้สูงอายุ")
    1
    """
    places: dict[str, int] = {}
    for at, letter in enumerate(word):
        places[letter] = places.get(letter, 0) | 1 << at
    every, last = (1 << len(word)) - 1, 1 << len(word) >> 1
    more, fewer, edits = every, 0, len(word)
    least = edits
    for letter in text:
        same = places.get(letter, 0)
        down = same | fewer
        along = (((same & more) + more) ^ more) | same
        longer, shorter = fewer | ~(along | more), more & along
        edits += bool(longer & last) - bool(shorter & last)
        least = min(least, edits)
        longer, shorter = longer << 1, shorter << 1
        more, fewer = (shorter | ~(down | longer)) & every, longer & down & every
    return least


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters of a text."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def count_shared(pairs: Iterable[str], text: str) -> int:
    """Return how many of these pairs of letters stand in a text."""
    return sum(pair in text for pair in pairs)


def nearly(
    connection: sqlite3.Connection, words: Words, facets: Mapping[str, str]
) -> tuple[list[int], str]:
    """Return the nodes whose names are near the words, and the words that were perhaps meant."""
    typed = "".join(words.each)[:_LETTERS]
    rarest = _rarest_trigrams(connection, typed)
    if not rarest:
        return [], ""
    narrow = [(name, clean(value)) for name, value in facets.items() if value]
    # The sign + lets SQLite ask for all that match first, and not about each of the many inside.
    places = " AND +rowid IN (SELECT node FROM facet WHERE name = ? AND value = ?)" * len(narrow)
    bound = [part for facet in narrow for part in facet]
    rows = connection.execute(
        "SELECT f.node, substr(f.names || f.others, 1, ?) FROM folded f WHERE f.node IN "
        f"(SELECT rowid FROM words WHERE words MATCH ?{places} ORDER BY rowid LIMIT ?)",
        (_TEXT, " OR ".join(f'"{t}"' for t in rarest), *bound, _CANDIDATES),
    ).fetchall()
    pairs = bigrams(typed)
    rows.sort(key=lambda row: (-count_shared(pairs, row[1]), row[0]))
    scored = sorted((-_closeness(words, text), node) for node, text in rows[:_ALIGNED])
    near = [node for closeness, node in scored if -closeness >= _ENOUGH]
    return near, _meant(words, _labels(connection, near[:_ASKED]))


def _labels(connection: sqlite3.Connection, nodes: Sequence[int]) -> list[str]:
    """Return the names and other names of these nodes as published, but for very long ones."""
    rows = connection.execute(
        "SELECT t.text FROM json_each(?) a JOIN text t ON t.node = a.value "
        "WHERE t.role <= ? AND length(t.text) <= ? ORDER BY a.id, t.role, t.text",
        (json.dumps(nodes), OTHER, _TEXT),
    )
    return [text for (text,) in rows]


def _rarest_trigrams(connection: sqlite3.Connection, typed: str) -> list[str]:
    """Return the trigrams that tell most: those in the fewest things, but in some."""
    trigrams = {typed[at : at + TRIGRAM] for at in range(len(typed) - TRIGRAM + 1)}
    rows = connection.execute(
        "SELECT t.term FROM json_each(?) a JOIN trigram t ON t.term = a.value "
        "ORDER BY t.docs, t.term LIMIT 12",
        (json.dumps(sorted(trigrams)),),
    )
    return [term for (term,) in rows]


def _closeness(words: Words, text: str) -> float:
    """Return the share of the typed letters that stand in the text, 1 for all."""
    letters = sum(map(len, words.each))
    return 1 - sum(distance(word[:_LETTERS], text) for word in words.each) / letters


def _meant(words: Words, labels: Sequence[str]) -> str:
    """Return the label that was perhaps meant, or the words as a label's Latin words; else "".

    A label is offered whole, never a part of it: where a Thai word ends is not known. The nearest
    must be a slip away in each word and hold every number that was typed.
    """
    near = [(text, read_normaliser().normalise(text)) for text in dict.fromkeys(labels)]
    near = [pair for pair in near if _is_slip_away(words, pair[1])]
    if _LATIN.fullmatch(words.whole):
        return next(filter(None, (_latin(words, normalised) for _, normalised in near)), "")
    short = [pair for pair in near if len(pair[1]) <= _LONGER * len(words.whole)]
    return max(short, key=lambda pair: (_closeness(words, pair[1]), -len(pair[1])), default=("",))[
        0
    ]


def _is_slip_away(words: Words, normalised: str) -> bool:
    numbers = _NUMBER.findall(normalised)
    return all(
        word in numbers
        if word.isdigit()
        else distance(word[:_LETTERS], normalised) <= max(1, len(word) // 4)
        for word in words.each
    )


def _latin(words: Words, normalised: str) -> str:
    """Return each word as the nearest one of a label; nothing where one is like none of them.

    >>> _latin(Words("bulding act", ("bulding", "act")), "building control act 2522")
    'building act'
    """
    there = normalised.split(" ")
    found = [get_close_matches(word, there, 1, _ALIKE) for word in words.each]
    meant = " ".join(match[0] for match in found if match)
    return meant if all(found) and meant != words.whole else ""
