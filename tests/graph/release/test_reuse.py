"""Identifiers for another thing: how much alike two names must be to be those of one thing."""

import pyoxigraph as ox
import pytest

from graph.rdf.vocab import term
from graph.release.reuse import OtherThing, find_reuse
from graph.release.tombstones import Tombstone

IRI = "https://km.example.go.th/id/topic/zoo"
NODE = ox.NamedNode(IRI)
TOPIC, PLAN = "https://example.org/Topic", "https://example.org/Plan"


def named(*names: str) -> list[ox.Triple]:
    """Return triples that give the thing these names in Thai."""
    return [ox.Triple(NODE, term("skos:prefLabel"), ox.Literal(n, language="th")) for n in names]


def classed(iri: str) -> list[ox.Triple]:
    """Return the triple that gives the thing a class."""
    return [ox.Triple(NODE, term("rdf:type"), ox.NamedNode(iri))]


def name_of(same: int, letters: int, other: str, end: int = 0) -> str:
    """Return a name that begins with `same` common letters, then differs, and ends alike."""
    return ("ab" * same)[:same] + other * (letters - same) + "c" * end


@pytest.mark.parametrize(
    ("same", "letters", "end", "is_alike"),
    [
        (12, 20, 0, True),  # 0.6 of the letters
        (11, 20, 0, False),
        (120, 200, 0, True),
        (119, 200, 100, False),  # what stands behind 200 letters does not count
        (119, 199, 1, True),  # the last of 200 does
    ],
)
def test_a_reworded_name_is_alike_by_six_letters_of_ten(
    same: int, letters: int, end: int, is_alike: bool
) -> None:
    """A thing whose new name is like a former one by 0.6 or more is the same thing."""
    former, now = name_of(same, letters, "x", end), name_of(same, letters, "y", end)
    found = [*find_reuse({IRI: named(former)}, {IRI: named(now)}, ((), ()), {})]
    assert found == ([] if is_alike else [OtherThing(IRI, former, now=now)])


def test_a_thing_that_comes_back_by_a_former_name() -> None:
    """A retired thing may come back under one of its names, and only where it stands anew."""
    stone = {IRI: Tombstone(IRI, {"th": "zoo"}, (TOPIC,))}
    back, other = {IRI: named("zoo")}, {IRI: named("port")}
    assert [*find_reuse({}, back, ({IRI}, ()), stone)] == []
    assert [*find_reuse({}, other, ({IRI}, ()), stone)] == [OtherThing(IRI, "zoo")]
    assert [*find_reuse({}, other, ((), ()), stone)] == []


def test_a_thing_that_comes_back_as_another_class() -> None:
    """The class of a tombstone counts as one that the thing had; one class in common is enough."""
    stone = {IRI: Tombstone(IRI, {"th": "zoo"}, (TOPIC,))}
    back = {IRI: named("zoo") + classed(PLAN)}
    assert [*find_reuse({}, back, ({IRI}, ()), stone)] == [OtherThing(IRI, "zoo", TOPIC, PLAN)]
    both = {IRI: back[IRI] + classed(TOPIC)}
    assert [*find_reuse({}, both, ({IRI}, ()), stone)] == []


def test_a_constant_name_keeps_the_thing() -> None:
    """A thing that keeps a name word for word may change all its other names."""
    old, new = {IRI: named("zoo")}, {IRI: named("port")}
    assert [*find_reuse(old, new, ((), {IRI}), {})] == []
    assert [*find_reuse(old, new, ((), ()), {})] == [OtherThing(IRI, "zoo", now="port")]


def test_the_thai_name_is_told() -> None:
    """A finding calls the things by their Thai names, or by others where they have none."""
    english = [ox.Triple(NODE, term("skos:prefLabel"), ox.Literal("zoo", language="en"))]
    found = find_reuse({IRI: english}, {IRI: named("ท่าเรือ")}, ((), ()), {})
    assert [*found] == [OtherThing(IRI, "zoo", now="ท่าเรือ")]
    found = find_reuse({IRI: english + named("สวนสัตว์")}, {IRI: named("ท่าเรือ")}, ((), ()), {})
    assert [*found] == [OtherThing(IRI, "สวนสัตว์", now="ท่าเรือ")]
