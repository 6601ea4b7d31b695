"""A timeline in both eras: one bar for each year, as tall as the number of things of that year.

In: the number of things of each Buddhist-era year. Out: a `Timeline` for `templates/timeline.html`:
horizontal places in percent, so that it fits any screen, heights in pixels. Each bar leads to its
year; the list below it says the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph.text.thai import ERA
from publish.web.context import RequestContext
from publish.web.page_data import Label, Link

HEIGHT = 132
_GROUND, _TALLEST, _LEAST = 88, 70, 12
_LEFT, _RIGHT = 5.0, 95.0  # percent
_STEPS, _MOST_TICKS = (1, 2, 5, 10, 20, 50, 100), 8
_WORTH = 3  # years, below which there is no line to see


@dataclass(frozen=True)
class Tick:
    """A year on the line, in the reader's era and in the other."""

    x: str
    first: str
    second: str


@dataclass(frozen=True)
class Year:
    """The bar of a year: its link, its number of things, and its place."""

    link: Link
    count: str
    x: str
    y: int
    height: int


@dataclass(frozen=True)
class Timeline:
    """The drawing; `title` and `description` are also for readers who cannot see it."""

    title: str
    description: str
    height: int
    ground: int
    ticks: tuple[Tick, ...]
    years: tuple[Year, ...]


def draw_timeline(context: RequestContext, type: str, name: str) -> Timeline | None:
    """Return the timeline of the things of a kind; None where they are of hardly any years."""
    found = context.serving.search.tally("year", type)
    tally = {int(year): count for year, count in found.items() if year.isdigit()}
    if len(tally) < _WORTH:
        return None
    texts, first, last = context.texts, min(tally), max(tally)
    most = max(tally, key=lambda year: (tally[year], year))
    return Timeline(
        title=texts("timeline.title", name=name),
        description=texts(
            "timeline.description",
            first=texts.year(first),
            last=texts.year(last),
            most=texts.year(most),
            count=texts.number(tally[most]),
        ),
        height=HEIGHT,
        ground=_GROUND,
        ticks=tuple(_ticks(first, last, texts.lang)),
        years=tuple(_years(context, type, tally)),
    )


def _years(context: RequestContext, type: str, tally: Mapping[int, int]) -> Iterator[Year]:
    first, last, most = min(tally), max(tally), max(tally.values())
    for year in sorted(tally):
        height = max(_LEAST, round(tally[year] / most * _TALLEST))
        href = context.links.to("/search", kind=type, year=str(year))
        yield Year(
            link=Link(Label(context.texts.year(year)), href),
            count=context.texts.number(tally[year]),
            x=_across(year, first, last),
            y=_GROUND - height,
            height=height,
        )


def _ticks(first: int, last: int, lang: str) -> Iterator[Tick]:
    """Yield round years of the reader's era, few enough to be read."""
    step = next((s for s in _STEPS if (last - first) / s < _MOST_TICKS), _STEPS[-1])
    shift = 0 if lang == "th" else ERA
    for shown in range(first - shift, last - shift + 1):
        if shown % step == 0:
            other = shown - ERA if lang == "th" else shown + ERA
            yield Tick(_across(shown + shift, first, last), str(shown), str(other))


def _across(year: int, first: int, last: int) -> str:
    """Return where a year stands, in percent of the width."""
    share = (year - first) / ((last - first) or 1)
    return f"{_LEFT + share * (_RIGHT - _LEFT):.2f}%"
