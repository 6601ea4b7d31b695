"""The changes that a publication will make, found before it changes anything.

In: the named graphs of a checked dataset and the releases before it. Out: a `Preview`: the
additions, losses and changes of each graph; the tombstones of lost things; identifiers that would
be given to another thing; graphs that shrink. Graphs with the same hash are passed over, the others
are merged line by line, so the cost follows the changes. Nothing is written.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from graph.errors import KmError, NoRelease
from graph.history.diff import SubjectChange, compare
from graph.history.read import find_thing
from graph.rdf.facts import gather
from graph.rdf.iris import INFERRED, ONTOLOGY, RETIRED, graph_iri, parse_iri
from graph.rdf.named_graphs import NamedGraphs, n_quads
from graph.rdf.vocab import term
from graph.release.manifest import Release, current_id, open_release, release_ids
from graph.release.reuse import NAMES, NAMING, OtherThing, classes_of, find_reuse, label_of
from graph.release.tombstones import Tombstone, read_retirements, read_tombstones, release_iri

SHRINK_LIMIT = 0.5
"""A graph that keeps less than this part of its triples is suddenly much smaller."""

_OURS = (f"/{INFERRED}", f"/{ONTOLOGY}")

MAX_SHOWN = 20
"""How many things that come, go or change in a graph are named."""

_TELLING = {str(name).encode() for name in (term("rdf:type"), *NAMES)}


@dataclass(frozen=True)
class GraphPreview:
    """What becomes of one named graph.

    Attributes:
        before, after: how many triples it has.
        came, went: how many of them are different.
        things: how many things are added (A), removed (D), changed (M) in it.
        shown: the first of them, by the same letters.
        label: what its organisation is called, empty where it is no organisation's.
    """

    graph: str
    before: int
    after: int
    came: int
    went: int
    things: Mapping[str, int]
    shown: Mapping[str, tuple[str, ...]]
    label: str = ""


@dataclass(frozen=True)
class Preview:
    """What a publication will change.

    `before` is the release that was compared with, None for the first one; `is_blind` where there
    are releases, but none that can be read.
    """

    before: str | None
    is_blind: bool = False
    graphs: tuple[GraphPreview, ...] = ()
    gone: tuple[Tombstone, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    others: tuple[OtherThing, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def shrinking(self) -> tuple[GraphPreview, ...]:
        """The graphs of data that vanish, or keep less than half of their triples."""
        return tuple(
            g
            for g in self.graphs
            if g.after < g.before * SHRINK_LIMIT and not g.graph.endswith(_OURS)
        )


@dataclass
class _Comparison:
    """What comparing all graphs with those of one release has found.

    `lost` counts in how many graphs a thing stands no more; `gained` are things that stand in a
    graph anew; `old` and `new` hold names and classes of things that change; `constant` are things
    of these that keep a name word for word.
    """

    base: str
    known: Collection[str] = ()
    lost: Counter[str] = field(default_factory=Counter)
    gained: set[str] = field(default_factory=set)
    old: dict[str, list[ox.Triple]] = field(default_factory=dict)
    new: dict[str, list[ox.Triple]] = field(default_factory=dict)
    constant: set[str] = field(default_factory=set)
    graphs: list[GraphPreview] = field(default_factory=list)


def preview_publication(data: Path, graphs: NamedGraphs, base: str) -> Preview:
    """Return what publishing `graphs` will change in `data`."""
    before = _predecessors(data, base)
    retirements: dict[str, Tombstone] = {}
    known: dict[str, Tombstone] = {}
    for release in before:
        known = {**_tombstones(release, base), **known}
    current = before[0] if before else None
    for name in graphs.names():
        if not _is_same(graphs, name, current):
            retirements |= read_retirements(graphs.triples(name))
    comparisons = [(release, _compare(graphs, release, base, known)) for release in before]
    gone: dict[str, Tombstone] = {}
    for release, found in comparisons:
        gone = {**_gone(release, found, base), **gone}
    first = comparisons[0][1] if comparisons else _Comparison(base)
    there = {i for i in known if _is_there(i, first, current, base)}
    stones = _merge({i: s for i, s in known.items() if i not in there}, gone, retirements)
    return Preview(
        before=current.id if current else None,
        is_blind=_is_blind(data, base) if current is None else False,
        graphs=tuple(first.graphs),
        gone=tuple(stones[iri] for iri in sorted(gone)),
        tombstones=tuple(stones[iri] for iri in sorted(stones)),
        others=tuple(
            sorted(
                find_reuse(first.old, first.new, (first.gained, first.constant), known),
                key=lambda other: other.iri,
            )
        ),
        names=_names(first),
    )


def _predecessors(data: Path, base: str) -> list[Release]:
    """Return the current release, and newer ones that were gone back from: readers saw them too.

    Where the current one is damaged, the newest that is not stands for it.
    """
    current, ids = current_id(data) or "", release_ids(data)
    found = [*_opened(data, [current] if current else [])]
    found = found or [*islice(_opened(data, (i for i in ids if i < current)), 1)]
    found += _opened(data, (i for i in ids if i > current))
    return [release for release in found if release.manifest.base == base]


def _is_blind(data: Path, base: str) -> bool:
    """Tell whether something is published that cannot be read."""
    try:
        return open_release(data).manifest.base == base
    except NoRelease:
        return False
    except KmError:
        return True


def _opened(data: Path, ids: Iterable[str]) -> Iterator[Release]:
    for release_id in ids:
        with suppress(KmError):
            yield open_release(data, release_id)


def _tombstones(release: Release, base: str) -> dict[str, Tombstone]:
    return read_tombstones(_triples(release.lines(graph_iri(base, RETIRED))))


def _triples(lines: Iterable[bytes]) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS)]


def _is_same(graphs: NamedGraphs, name: str, before: Release | None) -> bool:
    return before is not None and before.manifest.digests.get(name) == graphs.sha256(name)


# ---- graph by graph --------------------------------------------------------------------------


def _compare(
    graphs: NamedGraphs, before: Release, base: str, known: Collection[str]
) -> _Comparison:
    """Compare each graph with that of the release before; those come last that it had not."""
    found = _Comparison(base, known)
    old = before.manifest.graphs
    names = {*graphs.names()}
    for name in sorted(
        (names | {*old}) - {graph_iri(base, RETIRED)}, key=lambda n: (n not in old, n)
    ):
        if name in names and _is_same(graphs, name, before):
            continue
        triples = graphs.triples(name) if name in names else ()
        new = n_quads(name, triples).splitlines(keepends=True)
        seen = _look(found, name, compare(before.lines(name), new), is_new=name not in old)
        label = _organisation(name, triples, before, base)
        preview = GraphPreview(name, old.get(name, 0), len(triples), *seen, label)
        shown = {iri for iris in preview.shown.values() for iri in iris}
        for triple in (t for t in triples if t.predicate in NAMES):
            iri = str(triple.subject)[1:-1]
            if iri in found.old and triple not in found.new.get(iri, ()):
                found.constant.add(iri)
            if iri in shown and triple.predicate in NAMING:
                found.new.setdefault(iri, []).append(triple)
        found.graphs.append(preview)
    return found


def _organisation(name: str, triples: Sequence[ox.Triple], before: Release, base: str) -> str:
    """Return what the organisation of a graph is called, also where it is gone."""
    iri = f"{base}/id/org/{name.rpartition('/')[2]}"
    mark = f"<{iri}> ".encode()
    said = triples or _triples(line for line in before.lines(name) if line.startswith(mark))
    return label_of(gather(t for t in said if str(t.subject) == f"<{iri}>"), iri)


def _look(
    found: _Comparison, graph: str, changes: Iterable[SubjectChange], *, is_new: bool
) -> tuple[int, int, dict[str, int], dict[str, tuple[str, ...]]]:
    """Note the changes of one graph; return what `GraphPreview` says of them.

    Of a graph that is new as a whole, only things are noted that there were already.
    """
    came = went = 0
    things, shown = Counter[str](), dict[str, tuple[str, ...]]()
    is_data = graph not in {graph_iri(found.base, name) for name in (INFERRED, ONTOLOGY)}
    for change in changes:
        came, went = came + len(change.added), went + len(change.removed)
        iri, sign = change.subject.decode()[1:-1], change.sign
        if parse_iri(found.base, iri) is None:
            continue
        found.lost[iri] += sign == "D"
        if is_new and not found.lost[iri] and iri not in found.known:
            del found.lost[iri]
        else:
            if sign == "A":
                found.gained.add(iri)
            if is_data:
                _keep(found.old, iri, change.removed)
                _keep(found.new, iri, change.added)
        if is_data:
            things[sign] += 1
            if things[sign] <= MAX_SHOWN:
                shown[sign] = (*shown.get(sign, ()), iri)
    return came, went, dict(things), shown


def _keep(kept: dict[str, list[ox.Triple]], iri: str, lines: Iterable[bytes]) -> None:
    """Keep the names and classes among the statements of a thing."""
    telling = [line for line in lines if line.split(b" ", 2)[1] in _TELLING]
    if telling:
        kept.setdefault(iri, []).extend(_triples(telling))


# ---- things that go, and things that come back ------------------------------------------------


def _gone(before: Release, found: _Comparison, base: str) -> dict[str, Tombstone]:
    """Return the things that were in the release before and stand in no graph any more."""
    stones = {}
    for iri, losses in found.lost.items():
        state = find_thing(before.folder, iri.removeprefix(base)) if losses else None
        if state is not None and state.graphs <= losses and iri not in found.gained:
            facts = gather(found.old.get(iri, ()))
            stones[iri] = Tombstone(
                iri,
                facts.names(ox.NamedNode(iri)),
                classes_of(facts, iri),
                release_iri(base, before.id),
            )
    return stones


def _is_there(iri: str, found: _Comparison, current: Release | None, base: str) -> bool:
    """Tell whether a thing that has a tombstone is in the new release."""
    state = find_thing(current.folder, iri.removeprefix(base)) if current else None
    stays = state is not None and state.graphs > found.lost[iri]
    return stays or iri in found.gained


def _merge(
    known: Mapping[str, Tombstone],
    gone: Mapping[str, Tombstone],
    retirements: Mapping[str, Tombstone],
) -> dict[str, Tombstone]:
    """Return all tombstones; the tables of now decide about replacements."""
    stones = {**known, **gone}
    for iri, told in retirements.items():
        stone = stones.get(iri, Tombstone(iri))
        stones[iri] = replace(
            stone, retirement=told.retirement, replaced_by=told.replaced_by, notes=told.notes
        )
    return stones


def _names(found: _Comparison) -> dict[str, str]:
    """Return what the things that come, go or change are called, where their triples say it."""
    names = {}
    for iri in {*found.old, *found.new}:
        label = label_of(gather(found.new.get(iri, ())), iri)
        label = label or label_of(gather(found.old.get(iri, ())), iri)
        if label:
            names[iri] = label
    return names
