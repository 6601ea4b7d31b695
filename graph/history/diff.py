"""Compares two graphs: which lines were added and removed, subject by subject.

In: the N-Quads lines of the old graph and of the new one, both sorted by their bytes. Out: a
`SubjectChange` for each subject that differs. Both inputs are merged, so memory holds the lines of
one subject of each graph at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

Lines = tuple[bytes, ...]


@dataclass(frozen=True)
class SubjectChange:
    """What became of one subject in one graph; `before` and `after` count its lines."""

    subject: bytes
    added: Lines
    removed: Lines
    before: int
    after: int

    @property
    def sign(self) -> str:
        """A for a subject that is new, D for one that is gone, M for one that differs."""
        if self.before and self.after:
            return "M"
        return "A" if self.after else "D"


def compare(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[SubjectChange]:
    """Yield each subject that differs, with the lines that came and went.

    Raises ValueError where lines are not sorted: a merge of them would invent changes.

    >>> [(c.sign, c.added) for c in compare([b"<a> <p> <b> ."], [b"<a> <p> <c> ."])]
    [('M', (b'<a> <p> <c> .',))]
    """
    olds, news = _subjects(old), _subjects(new)
    before, after = next(olds, None), next(news, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before[0] < after[0]):
            assert before is not None  # one of them is there
            yield SubjectChange(before[0], (), before[1], len(before[1]), 0)
            before = next(olds, None)
        elif before is None or after[0] < before[0]:
            yield SubjectChange(after[0], after[1], (), 0, len(after[1]))
            after = next(news, None)
        else:
            if before[1] != after[1]:
                yield _differing(*before, after[1])
            before, after = next(olds, None), next(news, None)


def _differing(subject: bytes, old: Lines, new: Lines) -> SubjectChange:
    was, is_now = {*old}, {*new}
    came = tuple(line for line in new if line not in was)
    gone = tuple(line for line in old if line not in is_now)
    return SubjectChange(subject, came, gone, len(old), len(new))


def _subjects(lines: Iterable[bytes]) -> Iterator[tuple[bytes, Lines]]:
    """Yield each subject with its lines."""
    last = b""
    for subject, found in groupby(lines, key=lambda line: line.split(b" ", 1)[0]):
        of = tuple(found)
        if subject <= last or (len(of) > 1 and [*of] != sorted(of)):
            raise ValueError(f"lines are not sorted, at those of {subject!r}")
        last = subject
        yield subject, of
