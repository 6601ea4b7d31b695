"""A bar chart as inline SVG: geometry and words for `templates/chart.html`.

In: words with a number each. Out: a `Chart` whose bars are widths in percent and places in pixels,
so that it fits any screen without a script, a style attribute or a scale: words keep their size,
bars stretch. It says nothing that the table beside it does not say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from publish.web.labels import cut
from publish.web.page_data import Link
from publish.web.texts import Texts

MOST_BARS = 30
_ROW_PX = 48
_WIDEST = 86  # percent; the rest is for the number behind the longest bar
_PHONE, _DESK = 40, 100  # letters that fit


@dataclass(frozen=True)
class ChartBar:
    """One bar: its words for a narrow and a wide screen, its number, and where it stands."""

    short: str
    long: str
    number: str
    width: str
    words_y: int
    bar_y: int
    number_y: int


@dataclass(frozen=True)
class Chart:
    """A chart; `title` and `description` are also for readers who cannot see it. `height` is in
    pixels."""

    id: str
    title: str
    description: str
    height: int
    bars: tuple[ChartBar, ...]


def draw(id: str, title: str, description: str, rows: Sequence[tuple[str, int]]) -> Chart:
    """Return the chart of the first rows, in their order. Numbers are not below zero."""
    shown = rows[:MOST_BARS]
    most = max(number for _, number in shown)
    bars = tuple(_bar(place, *row, most) for place, row in enumerate(shown))
    return Chart(id, title, description, len(bars) * _ROW_PX, bars)


def is_worth_drawing(numbers: Sequence[int]) -> bool:
    """Tell whether there is something to compare: two bars, and more than ones and noughts."""
    return len(numbers) > 1 and max(numbers) > 1 and min(numbers) >= 0


def _bar(place: int, words: str, number: int, most: int) -> ChartBar:
    top = place * _ROW_PX
    return ChartBar(
        short=cut(words, _PHONE),
        long=cut(words, _DESK),
        number=f"{number:,}",
        width=f"{number / most * _WIDEST:.2f}%" if most else "0%",
        words_y=top + 17,
        bar_y=top + 25,
        number_y=top + 37,
    )


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
