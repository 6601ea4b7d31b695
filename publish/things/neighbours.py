"""Draws the neighbours of a thing: those that point to it on the left, its own links on the right.

In: a description and a namer. Out: a `Neighbourhood`, which `templates/neighbours.html` writes as
SVG and as a list. It draws at most six neighbours on a side, first one of each relation; the list
says how many more there are and leads to them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest

import pyoxigraph as ox

from graph.describe.resource import Description
from graph.rdf.iris import parse_iri
from graph.rdf.vocab import compact, term
from graph.schema.layout import Kind, Layout
from publish.web.labels import Namer, cut, split_letters
from publish.web.page_data import Link

MOST = 6  # on each side
WIDTH = 760
_BOX, _BOX_HEIGHT, _ROW = 256, 50, 62
_MIDDLE, _MIDDLE_HEIGHT = 168, 68
_LETTERS, _MIDDLE_LETTERS = 29, 16


@dataclass(frozen=True)
class Neighbour:
    """A neighbour: by what relation, which way it points, and where its box stands."""

    relation: str
    link: Link
    words: str
    is_incoming: bool
    x: int
    y: int
    path: str


@dataclass(frozen=True)
class UndrawnNeighbours:
    """How many neighbours of one relation are not drawn, and the way to them."""

    text: str
    href: str


@dataclass(frozen=True)
class Neighbourhood:
    """The drawing; `lines` are the words of the box in the middle."""

    title: str
    description: str
    width: int
    height: int
    box_width: int
    box_height: int
    middle_x: int
    middle_y: int
    middle_width: int
    middle_height: int
    lines: tuple[str, ...]
    neighbours: tuple[Neighbour, ...]
    more: tuple[UndrawnNeighbours, ...]


def draw_neighbours(description: Description, namer: Namer, layout: Layout) -> Neighbourhood | None:
    """Return the drawing for a thing of ours; None where it has fewer than two neighbours."""
    is_ours = partial(_is_ours, namer.links.base, layout.by_type)
    if not is_ours(description.iri):
        return None
    left, right = _incoming(description, namer, is_ours), _outgoing(description, namer, is_ours)
    if len(left) + len(right) < 2:
        return None
    texts, name = namer.texts, namer.name(description.iri).text
    height = max(len(left), len(right)) * _ROW
    return Neighbourhood(
        title=texts("neighbours.of", name=name),
        description=texts("neighbours.description", incoming=len(left), outgoing=len(right)),
        width=WIDTH,
        height=height,
        box_width=_BOX,
        box_height=_BOX_HEIGHT,
        middle_x=(WIDTH - _MIDDLE) // 2,
        middle_y=(height - _MIDDLE_HEIGHT) // 2,
        middle_width=_MIDDLE,
        middle_height=_MIDDLE_HEIGHT,
        lines=_two_lines(name),
        neighbours=(
            *_place(left, height, is_incoming=True),
            *_place(right, height, is_incoming=False),
        ),
        more=tuple(_more(description, namer, left)),
    )


def _is_ours(base: str, kinds: Mapping[str, Kind], node: ox.NamedNode) -> bool:
    """Tell whether a node is a thing of a kind of ours."""
    thing = parse_iri(base, node.value)
    return thing is not None and thing.type in kinds


def _incoming(
    description: Description, namer: Namer, is_ours: Callable[[ox.NamedNode], bool]
) -> list[tuple[ox.NamedNode, str, Link]]:
    """Return the first things that point here: one of each relation, then a second of each."""
    by_relation = [
        [(s, of.predicate) for s in of.subjects if s != description.iri and is_ours(s)]
        for of in description.incoming
    ]
    turns = (turn for turn in chain.from_iterable(zip_longest(*by_relation)) if turn is not None)
    texts, found = namer.texts, []
    for subject, predicate in _first(turns).items():
        key = f"incoming.{compact(predicate.value)}"
        words = texts(key) if texts.has(key) else namer.name(predicate).text
        found.append((predicate, words, namer.link(subject)))
    return found


def _outgoing(
    description: Description, namer: Namer, is_ours: Callable[[ox.NamedNode], bool]
) -> list[tuple[ox.NamedNode, str, Link]]:
    """Return the first things that this one points to, in the order of the description."""
    found = (
        (t.object, t.predicate)
        for t in description.outgoing
        if isinstance(t.object, ox.NamedNode)
        and t.subject == description.iri
        and t.object != description.iri
        and t.predicate != term("rdf:type")
        and is_ours(t.object)
    )
    return [(p, namer.name(p).text, namer.link(thing)) for thing, p in _first(found).items()]


def _first(
    found: Iterable[tuple[ox.NamedNode, ox.NamedNode]],
) -> dict[ox.NamedNode, ox.NamedNode]:
    """Return the first neighbours, each with the first of its relations."""
    firsts: dict[ox.NamedNode, ox.NamedNode] = {}
    for thing, predicate in found:
        firsts.setdefault(thing, predicate)
        if len(firsts) == MOST:
            break
    return firsts


def _place(
    found: Sequence[tuple[ox.NamedNode, str, Link]], height: int, is_incoming: bool
) -> Iterator[Neighbour]:
    """Yield the neighbours of one side from top to bottom, each with the line to the middle."""
    top = (height - len(found) * _ROW) // 2
    x, edge = (0, _BOX) if is_incoming else (WIDTH - _BOX, WIDTH - _BOX)
    near = (WIDTH - _MIDDLE) // 2 if is_incoming else (WIDTH + _MIDDLE) // 2
    bend = (edge + near) // 2
    for at, (_, relation, link) in enumerate(found):
        y = top + at * _ROW + (_ROW - _BOX_HEIGHT) // 2
        level, middle = y + _BOX_HEIGHT // 2, height // 2
        outward = f"M{near},{middle} C{bend},{middle} {bend},{level} {edge},{level}"
        inward = f"M{edge},{level} C{bend},{level} {bend},{middle} {near},{middle}"
        path = inward if is_incoming else outward
        yield Neighbour(relation, link, cut(link.label.text, _LETTERS), is_incoming, x, y, path)


def _more(
    description: Description, namer: Namer, drawn: Sequence[tuple[ox.NamedNode, str, Link]]
) -> Iterator[UndrawnNeighbours]:
    """Yield, for each relation, how many more things point here than are drawn."""
    texts, links = namer.texts, namer.links
    for of in description.incoming:
        shown = [words for predicate, words, _ in drawn if predicate == of.predicate]
        if shown and of.total > len(shown):
            rest = texts.number(of.total - len(shown))
            words = texts("neighbours.more", relation=shown[0], count=rest)
            name = compact(of.predicate.value)
            yield UndrawnNeighbours(words, links.to_relation(description.iri.value, name))


def _two_lines(name: str) -> tuple[str, ...]:
    """Return a name in two lines at most, broken at a space where one is near the middle."""
    letters = split_letters(name)
    if len(letters) <= _MIDDLE_LETTERS:
        return (name,)
    spaces = [at for at, letter in enumerate(letters[: _MIDDLE_LETTERS + 1]) if letter == " "]
    at = spaces[-1] if spaces and spaces[-1] > _MIDDLE_LETTERS // 3 else _MIDDLE_LETTERS
    return "".join(letters[:at]), cut("".join(letters[at:]).strip(), _MIDDLE_LETTERS)
