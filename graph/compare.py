"""Two graphs side by side: which lines came, which went, subject by subject.

In: the N-Quads lines of the old graph and of the new one, both sorted by their bytes. Out: a
`SubjectChange` for each subject of either. It is a merge: it holds one subject's lines at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class SubjectChange:
    """What became of one subject in one graph; `before` and `after` count its lines."""

    subject: bytes
    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]
    before: int
    after: int

    @property
    def sign(self) -> str:
        """A for a subject that is new, D for one that is gone, M for one that differs."""
        if self.before and self.after:
            return "M"
        return "A" if self.after else "D"


def compare(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[SubjectChange]:
    """Yield each subject of either graph, with the lines that came and went.

    Raises ValueError where lines are not sorted: a merge of them would invent changes.

    >>> [(c.sign, c.added) for c in compare([b"<a> <p> <b> ."], [b"<a> <p> <c> ."])]
    [('M', (b'<a> <p> <c> .',))]
    """
    for subject, found in groupby(_merge(old, new), key=lambda item: item[1].split(b" ", 1)[0]):
        lines = tuple(found)
        gone = tuple(line for sign, line in lines if sign < 0)
        came = tuple(line for sign, line in lines if sign > 0)
        kept = len(lines) - len(gone) - len(came)
        yield SubjectChange(subject, came, gone, kept + len(gone), kept + len(came))


def _merge(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield (-1, line) for what only `old` has, (1, line) for only `new`, (0, line) for both."""
    olds, news = _in_order(old), _in_order(new)
    before, after = next(olds, None), next(news, None)
    while before is not None and after is not None:
        if before == after:
            yield 0, before
            before, after = next(olds, None), next(news, None)
        elif before < after:
            yield -1, before
            before = next(olds, None)
        else:
            yield 1, after
            after = next(news, None)
    if before is not None:
        yield -1, before
    if after is not None:
        yield 1, after
    yield from ((-1, line) for line in olds)
    yield from ((1, line) for line in news)


def _in_order(lines: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for line in lines:
        if line < last:
            raise ValueError(f"lines are not sorted: {line!r} comes after {last!r}")
        last = line
        yield line
