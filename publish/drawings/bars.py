"""Bars in a list: each line is a link with a number, and a bar in proportion to it.

In: links with a number each. Out: the lines for `templates/bars.html`. The bar is decoration, an
SVG whose width is a percentage; the list says the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from publish.web.page_data import Link
from publish.web.texts import Texts


@dataclass(frozen=True)
class CountBar:
    """A line: where it leads, its number, and how long its bar is."""

    link: Link
    count: str
    width: str


def draw_bars(rows: Sequence[tuple[Link, int]], texts: Texts) -> tuple[CountBar, ...]:
    """Return the lines of these rows, in their order; the greatest number has the longest bar."""
    most = max((number for _, number in rows), default=1) or 1
    return tuple(
        CountBar(link, texts.number(number), f"{number / most * 100:.1f}%") for link, number in rows
    )
