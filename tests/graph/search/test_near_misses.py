"""How near words are to what they were perhaps meant to be."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.search.near_misses import bigrams, count_shared, distance, nearly
from graph.search.query_words import Words, take_apart

letters = st.text("กขคab ", max_size=12)


def least_edits(word: str, text: str) -> int:
    """Return the same by the definition (Sellers 1980): cell by cell, row by row."""
    row = [0] * (len(text) + 1)
    for at, letter in enumerate(word, 1):
        above, row = row, [at]
        for column, other in enumerate(text, 1):
            swap = above[column - 1] + (letter != other)
            row.append(min(swap, above[column] + 1, row[column - 1] + 1))
    return min(row)


@given(letters, letters)
def test_distance_is_that_of_the_definition(word: str, text: str) -> None:
    """The bits of a column give what the table gives."""
    assert distance(word, text) == least_edits(word, text)


@pytest.mark.parametrize(
    ("word", "text", "edits"),
    [
        ("ยังชีบ", "เบี้ยยังชีพผู้สูงอายุ", 1),
        ("bulding", "building control act", 1),
        ("ธรรมมาภิบาล", "หลักธรรมาภิบาล", 1),
        ("abc", "", 3),
        ("", "abc", 0),
        ("a" * 100, "b" + "a" * 100, 0),
    ],
)
def test_distance(word: str, text: str, edits: int) -> None:
    """A letter too many, too few or wrong is one edit; what stands around costs nothing."""
    assert distance(word, text) == edits


@given(letters, letters)
def test_pairs_that_are_shared(one: str, other: str) -> None:
    """Pairs are counted as sets would count them."""
    assert count_shared(bigrams(one), other) == len(bigrams(one) & bigrams(other))


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    """An index with the names that a test puts in."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript((files("graph.search") / "search.sql").read_text("utf-8"))
        yield connection


def put_names(index: sqlite3.Connection, *names: str) -> None:
    """Index things by their names, numbered from 1."""
    for node, name in enumerate(names, 1):
        index.execute("INSERT INTO folded VALUES (?, ?, '', '')", (node, name))
        index.execute("INSERT INTO text VALUES (?, 0, 'th', ?)", (node, name))
        for at in range(len(name) - 2):
            trigram = name[at : at + 3]
            index.execute("INSERT OR IGNORE INTO trigram VALUES (?, 1)", (trigram,))
    index.execute("INSERT INTO words (words) VALUES ('rebuild')")


@pytest.mark.parametrize(
    ("typed", "name", "is_near"),
    [
        ("abcdefghij", "abcdef####", True),
        ("abcdefghij", "abcde#####", False),
        ("abcdefghij", "abcdefg###", True),
        ("abcdefghijklmnopqrst", "abcdefghijkl########", True),  # 12 of 20 are 0.6
        ("abcdefghijklmnopqrst", "abcdefghijk#########", False),
    ],
)
def test_six_letters_of_ten_are_near(
    typed: str, name: str, is_near: bool, index: sqlite3.Connection
) -> None:
    """A thing is offered where its names hold at least 0.6 of the letters typed, and no less."""
    put_names(index, name)
    near, _ = nearly(index, Words(typed, (typed,)), {})
    assert near == ([1] if is_near else [])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("abcdefgx", "abcdefgh"),  # eight letters may hold two slips
        ("abcdefxy", "abcdefgh"),
        ("abcdexyz", ""),
        ("abcx", "abcdefgh"),  # four may hold one
        ("abxy", ""),
        ("abcdxy", ""),  # six may hold one
        ("abcdef ghx", "abcdefgh"),  # three may hold one
    ],
)
def test_what_was_meant_is_a_slip_away(typed: str, meant: str, index: sqlite3.Connection) -> None:
    """A name is offered instead of what was typed where one letter of four differs, and no more."""
    table = str.maketrans("abcdefghxyz", "กขคงจฉชซฮอฬ")  # Latin words are corrected one by one
    put_names(index, "abcdefgh".translate(table))
    _, found = nearly(index, take_apart(typed.translate(table)), {})
    assert found == meant.translate(table)


@pytest.mark.parametrize(("letters", "is_meant"), [(18, True), (19, False), (12, True)])
def test_a_label_of_three_times_the_length(
    letters: int, is_meant: bool, index: sqlite3.Connection
) -> None:
    """A label longer than three times the words typed says too much that nobody typed."""
    label = "กขคงจฉ".ljust(letters, "ล")
    put_names(index, label)
    near, meant = nearly(index, take_apart("กขคงจช"), {})
    assert (near, meant) == ([1], label if is_meant else "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("common abcd", "common abxd"),  # three letters of four, in their order, are 0.75
        ("common ehg", ""),  # two of three are less
        ("comon", "common"),
        ("common", ""),  # nothing else was meant
    ],
)
def test_latin_words_are_corrected_one_by_one(
    typed: str, meant: str, index: sqlite3.Connection
) -> None:
    """A Latin word is corrected where a word of the label is alike by at least 0.75."""
    put_names(index, "common abxd efg")
    assert nearly(index, take_apart(typed), {})[1] == meant


def test_the_nearest_label_may_not_be_the_one_meant(index: sqlite3.Connection) -> None:
    """A label with two slips in a short word is nearest and not offered; the next one is."""
    nearest, meant = "กขคงจฉชซ ฮอลม", "กขคงจฉปป ฮอลว"
    put_names(index, nearest, meant)
    assert nearly(index, take_apart("กขคงจฉชซ ฮอวว"), {}) == ([1, 2], meant)
