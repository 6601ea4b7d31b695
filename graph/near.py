"""Near misses: where in a text a misspelt word nearly stands, and how far off it is.

In: a word and a text, both folded. Out: the stretch of the text with the fewest insertions,
deletions and substitutions between (Sellers 1980: an edit distance whose text may begin and end
anywhere). Plain Python, so the caller keeps both short.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Alignment:
    """The stretch text[start:end] that is `distance` edits away."""

    distance: int
    start: int
    end: int


def align(word: str, text: str) -> Alignment:
    """Return where `word` stands in `text`, or nearly; of stretches as near, one of its length.

    >>> align("ยังชีบ", "เบี้ยยังชีพผู้สูงอายุ")
    Alignment(distance=1, start=5, end=11)
    """
    row, begin = [0] * (len(text) + 1), [*range(len(text) + 1)]
    for at, letter in enumerate(word, 1):
        above, above_begin = row, begin
        row, begin = [at], [0]
        for column, other in enumerate(text, 1):
            swap = above[column - 1] + (letter != other)
            drop, add = above[column] + 1, row[column - 1] + 1
            best = min(swap, drop, add)
            row.append(best)
            if swap == best:
                begin.append(above_begin[column - 1])
            else:
                begin.append(above_begin[column] if drop == best else begin[column - 1])
    end = min(range(len(row)), key=lambda at: (row[at], abs(at - begin[at] - len(word))))
    return Alignment(row[end], begin[end], end)


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters of a text."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
