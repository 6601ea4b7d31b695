"""Two graphs compared line by line: what came, what went, and of which subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.history.diff import compare

lines = st.builds(lambda s, o: b"<%d> <p> <%d> ." % (s, o), st.integers(0, 3), st.integers(0, 3))
graphs = st.sets(lines).map(sorted)


@given(graphs, graphs)
def test_each_change_has_lines(old: list[bytes], new: list[bytes]) -> None:
    """Of graphs that hold each line once, no subject is told that neither gained nor lost a line.

    Those who read the changes count on it and do not look again.
    """
    changes = [*compare(old, new)]
    assert all(change.added or change.removed for change in changes)
    assert sorted(line for change in changes for line in change.added) == sorted({*new} - {*old})
    assert sorted(line for change in changes for line in change.removed) == sorted({*old} - {*new})


@given(graphs)
def test_signs(graph: list[bytes]) -> None:
    """A subject is new, gone or different; one of a graph that stays as it is is not told."""
    assert {change.sign for change in compare((), graph)} <= {"A"}
    assert {change.sign for change in compare(graph, ())} <= {"D"}
    assert [*compare(graph, graph)] == []
    changes = compare(graph, [line.replace(b"> .", b"0> .") for line in graph])
    assert {change.sign for change in changes} <= {"M"}


@pytest.mark.parametrize(
    "old", [[b"<b> <p> <c> .", b"<a> <p> <c> ."], [b"<a> <q> .", b"<a> <p> ."]]
)
def test_lines_that_are_not_sorted(old: list[bytes]) -> None:
    """Lines in another order would make changes up, so they are refused."""
    with pytest.raises(ValueError, match="not sorted"):
        [*compare(old, ())]
