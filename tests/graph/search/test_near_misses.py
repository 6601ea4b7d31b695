"""How near words are to what they were perhaps meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.search.near_misses import bigrams, count_shared, distance

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
