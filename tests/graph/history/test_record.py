"""What changed: two graphs side by side, and the files a release keeps of it."""

import gzip
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ReleaseDamaged
from graph.history.diff import compare
from graph.history.read import (
    MAX_STATEMENTS,
    Summary,
    count_things,
    find_thing,
    newest_versions,
    read_changes,
    read_graphs,
    read_summary,
    read_things,
)
from graph.history.record import GraphLines, record

BASE = "http://km"


def line(subject: str, value: str, graph: str = "a") -> bytes:
    """Return one statement about a thing."""
    return f'<{BASE}/id/{subject}> <http://p/> "{value}" <{BASE}/graph/{graph}> .\n'.encode()


def write(folder: Path, graphs: Mapping[str, Mapping[str, str]], before: Path | None) -> Summary:
    """Record a release of graphs, each a mapping of subjects to the values said of them."""
    folder.mkdir()
    return record(folder, folder.name, BASE, lines_of(graphs), before, lines_of(HELD.get(before)))


HELD: dict[Path | None, Mapping[str, Mapping[str, str]]] = {}


def lines_of(graphs: Mapping[str, Mapping[str, str]] | None) -> dict[str, GraphLines]:
    """Return what `record` wants of graphs."""
    found = {}
    for name, said in (graphs or {}).items():
        lines = sorted(line(s, value, name) for s, values in said.items() for value in values)
        found[f"{BASE}/graph/{name}"] = GraphLines(str(hash(tuple(lines))), partial(iter, lines))
    return found


@pytest.fixture
def releases(tmp_path: Path) -> list[Path]:
    """Three releases: b/2 changes, then a/1 goes from one graph, c/1 altogether, d/1 comes."""
    HELD.clear()
    steps: list[Mapping[str, Mapping[str, str]]] = [
        {"a": {"a/1": "x", "b/2": "xy"}, "c": {"c/1": "x", "a/1": "z"}},
        {"a": {"a/1": "x", "b/2": "yz"}, "c": {"c/1": "x", "a/1": "z"}},
        {"a": {"b/2": "yz", "b/2-1": "n"}, "c": {"a/1": "z", "d/1": "x"}},
    ]
    folders: list[Path] = []
    for number, step in enumerate(steps, 1):
        folder = tmp_path / f"r{number}"
        write(folder, step, folders[-1] if folders else None)
        HELD[folder] = step
        folders.append(folder)
    return folders


triples = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)))


@given(triples, triples)
def test_what_is_compared_leads_from_one_to_the_other(
    old: set[tuple[int, int]], new: set[tuple[int, int]]
) -> None:
    """The old lines less those removed and with those added are the new lines."""
    olds, news = ({line(f"t/{s}", str(v)) for s, v in side} for side in (old, new))
    changes = list(compare(sorted(olds), sorted(news)))
    added = {one for change in changes for one in change.added}
    removed = {one for change in changes for one in change.removed}
    assert (olds - removed) | added == news
    assert removed <= olds and not added & olds
    differing = sorted({subject for subject, _ in old ^ new})
    for side, counts in ((old, [c.before for c in changes]), (new, [c.after for c in changes])):
        assert counts == [len([one for one in side if one[0] == n]) for n in differing]


@pytest.mark.parametrize(
    "lines",
    [
        [line("b/1", "x"), line("a/1", "x")],
        [line("a/1", "y"), line("a/1", "x")],
        [line("a/1", "x"), line("b/1", "x"), line("a/1", "y")],
    ],
)
def test_unsorted_lines_are_refused(lines: list[bytes]) -> None:
    """A merge of lines that are not sorted would tell of changes that never were."""
    with pytest.raises(ValueError, match="not sorted"):
        list(compare([], lines))


def test_the_first_release_counts_nothing(releases: list[Path]) -> None:
    """Of the first release everything is new, which is what its dump says."""
    assert read_summary(releases[0]) == Summary(None, 5, 3)
    assert read_changes(releases[0], 0, 10) == ([], 0)
    assert (releases[0] / "history" / "added.nq").read_bytes() == b""


def test_a_summary_counts_things_once(releases: list[Path]) -> None:
    """A thing that left one of its graphs has changed; one that left its last is gone."""
    first, second = read_summary(releases[1]), read_summary(releases[2])
    assert first == Summary("r1", 5, 3, 1, 1, 0, 0, 1, (f"{BASE}/graph/a",))
    assert second is not None
    assert (second.things_added, second.things_removed, second.things_changed) == (2, 1, 1)
    assert (second.statements_added, second.statements_removed) == (2, 2)


def test_things_know_when_they_changed(releases: list[Path]) -> None:
    """What did not change keeps the release that changed it last."""
    assert [(t.path, t.graphs, t.version) for t in read_things(releases[1])] == [
        ("/id/a/1", 2, "r1"),
        ("/id/b/2", 1, "r2"),
        ("/id/c/1", 1, "r1"),
    ]
    assert [(t.path, t.graphs, t.version) for t in read_things(releases[2])] == [
        ("/id/a/1", 1, "r3"),
        ("/id/b/2", 1, "r2"),
        ("/id/b/2-1", 1, "r3"),
        ("/id/d/1", 1, "r3"),
    ]


@pytest.mark.parametrize("path", ["/id/a/1", "/id/b/2", "/id/b/2-1", "/id/d/1"])
def test_a_thing_is_found(releases: list[Path], path: str) -> None:
    """Bisection finds the first line, the last, and a path that another begins with."""
    found = find_thing(releases[2], path)
    assert found is not None and found.path == path


@pytest.mark.parametrize("path", ["/id/a/0", "/id/a/10", "/id/c/1", "/id/z/1", "", "/id/b/2-"])
def test_what_is_not_there_is_not_found(releases: list[Path], path: str) -> None:
    """Neither what never was nor what is gone is found."""
    assert find_thing(releases[2], path) is None


def test_many_things_are_found(tmp_path: Path) -> None:
    """Each of a thousand things is found, whatever the length of its line."""
    said = {f"t/{'x' * (n % 7 + 1)}-{n}": "v" for n in range(1000)}
    write(tmp_path / "r", {"a": said}, None)
    assert count_things(tmp_path / "r") == 1000
    assert all(find_thing(tmp_path / "r", f"/id/{name}") for name in said)
    assert newest_versions(tmp_path / "r", 400) == ["r", "r", "r"]
    assert next(read_things(tmp_path / "r", 999)).path == max(f"/id/{name}" for name in said)


def test_changes_are_read_by_the_page(releases: list[Path]) -> None:
    """A change has its statements with it; graphs can be left out."""
    changes, total = read_changes(releases[2], 0, 10)
    shown = [
        (c.sign, c.graph[-1], c.subject.rpartition("/id/")[2], c.came, c.went) for c in changes
    ]
    assert shown == [
        ("D", "a", "a/1", 0, 1),
        ("A", "a", "b/2-1", 1, 0),
        ("D", "c", "c/1", 0, 1),
        ("A", "c", "d/1", 1, 0),
    ]
    assert total == 4
    assert [t.object.value for t in changes[3].added] == ["x"]
    assert read_changes(releases[2], 1, 2) == (changes[1:3], 4)
    assert read_changes(releases[2], 0, 1, hidden=[f"{BASE}/graph/a"]) == (changes[2:3], 2)


def test_long_changes_are_cut(tmp_path: Path) -> None:
    """Of a subject with very many statements a page gets the first, and their number."""
    write(tmp_path / "r1", {"a": {"a/1": "x"}}, None)
    HELD[tmp_path / "r1"] = {"a": {"a/1": "x"}}
    many = "".join(chr(0x4E00 + n) for n in range(MAX_STATEMENTS + 5))
    write(tmp_path / "r2", {"a": {"a/1": "x" + many}}, tmp_path / "r1")
    (change,), _ = read_changes(tmp_path / "r2", 0, 1)
    assert (change.came, len(change.added)) == (MAX_STATEMENTS + 5, MAX_STATEMENTS)


def test_the_files_can_be_applied(releases: list[Path]) -> None:
    """added.nq and removed.nq lead from the release before to this one, gzipped or not."""
    folder = releases[2] / "history"
    removed, added = ((folder / f"{n}.nq").read_bytes() for n in ("removed", "added"))
    before, after = (
        {one for lines in lines_of(HELD[r]).values() for one in lines.read()} for r in releases[1:]
    )
    assert (
        before - {*removed.splitlines(keepends=True)} | {*added.splitlines(keepends=True)} == after
    )
    assert gzip.decompress((folder / "added.nq.gz").read_bytes()) == added


def test_graphs_keep_their_versions(releases: list[Path]) -> None:
    """A graph names the releases that changed it, newest first, and its counts."""
    states = {name[-1]: state for name, state in read_graphs(releases[2]).items()}
    assert states["a"].versions == ("r3", "r2", "r1")
    assert states["c"].versions == ("r3", "r1")
    assert states["a"].statistics.triples == 3
    assert states["a"].statistics.subjects == 2


def test_a_graph_that_is_gone_is_compared(tmp_path: Path) -> None:
    """All that a lost graph said is among what was removed."""
    HELD[tmp_path / "r1"] = {"a": {"a/1": "x"}, "c": {"c/1": "xyz"}}
    write(tmp_path / "r1", HELD[tmp_path / "r1"], None)
    summary = write(tmp_path / "r2", {"a": {"a/1": "x"}}, tmp_path / "r1")
    assert (summary.statements_removed, summary.things_removed) == (3, 1)
    assert summary.graphs == (f"{BASE}/graph/c",)


def test_a_hash_alone_is_no_change(tmp_path: Path) -> None:
    """Where a graph is packed anew but says the same, it keeps its versions."""
    HELD[tmp_path / "r1"] = {"a": {"a/1": "x"}}
    write(tmp_path / "r1", HELD[tmp_path / "r1"], None)
    (graph, lines), *_ = lines_of(HELD[tmp_path / "r1"]).items()
    (tmp_path / "r2").mkdir()
    again = {graph: GraphLines("other", lines.read)}
    summary = record(tmp_path / "r2", "r2", BASE, again, tmp_path / "r1", {graph: lines})
    assert summary == Summary("r1", 1, 1)
    assert read_graphs(tmp_path / "r2")[graph].versions == ("r1",)


def test_a_foreign_file_is_refused(releases: list[Path]) -> None:
    """A history that this program did not write is no history."""
    (releases[0] / "history" / "graphs.tsv").write_text("what\n")
    (releases[0] / "history" / "summary.json").write_text("[]")
    with pytest.raises(ReleaseDamaged):
        read_graphs(releases[0])
    with pytest.raises(ReleaseDamaged):
        read_summary(releases[0])
