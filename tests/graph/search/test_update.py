"""An index that is mended holds what one holds that is made anew."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.index_rows import search_rows

from graph.history.delta import Difference
from graph.rdf.iris import RETIRED, graph_iri
from graph.rdf.vocab import expand, term
from graph.release.manifest import Release
from graph.search import update as search_update
from graph.search.update import update_index
from graph.search.write import write_index
from graph.store.embedded import EmbeddedStore

Quads = frozenset[ox.Quad]
Change = Callable[[Quads, str], Quads]


def thing(base: str, path: str) -> ox.NamedNode:
    """Return a thing of the site."""
    return ox.NamedNode(f"{base}/id/{path}")


def graph(base: str, name: str = "sao-301107") -> ox.NamedNode:
    """Return a graph of the site."""
    return ox.NamedNode(f"{base}/graph/{name}")


def a_fiscal_year(quads: Quads) -> ox.NamedNode:
    """Return a fiscal year of the site."""
    years = (q.subject for q in quads if q.predicate == term("km:yearBE"))
    return min((y for y in years if isinstance(y, ox.NamedNode)), key=str)


def renamed_topic(quads: Quads, base: str) -> Quads:
    """Give a topic another Thai name, which whatever is about it is found by."""
    topic = thing(base, "topic/building-control")
    is_name = {q for q in quads if q.subject == topic and q.predicate == term("skos:prefLabel")}
    name = ox.Literal("ตึกและการก่อสร้าง", language="th")
    return (quads - is_name) | {ox.Quad(topic, term("skos:prefLabel"), name, graph(base, "shared"))}


def added_plan(quads: Quads, base: str) -> Quads:
    """Add a plan and many entries: new things, and more links to what is there."""
    plan = thing(base, "plan/sao-301107-new")
    about = thing(base, "topic/local-tax")
    added = {
        ox.Quad(plan, term("rdf:type"), term("km:Plan"), graph(base)),
        ox.Quad(plan, term("skos:prefLabel"), ox.Literal("แผนใหม่", language="th"), graph(base)),
        ox.Quad(plan, term("dct:subject"), about, graph(base)),
        ox.Quad(plan, term("dct:temporal"), a_fiscal_year(quads), graph(base)),
    }
    for number in range(20):
        entry = thing(base, f"entry/sao-301107-new-{number}")
        added |= {
            ox.Quad(entry, term("rdf:type"), term("km:Entry"), graph(base)),
            ox.Quad(entry, term("dct:isPartOf"), plan, graph(base)),
            ox.Quad(entry, term("km:verbatim"), ox.Literal(f"ข้อ {number}"), graph(base)),
        }
    return quads | added


def removed_entries(quads: Quads, base: str) -> Quads:
    """Take all entries of a plan away, so that less leads to it."""
    start = f"{base}/id/entry/"
    return frozenset(q for q in quads if not q.subject.value.startswith(start))


def another_year(quads: Quads, base: str) -> Quads:
    """Let a fiscal year be another one, for what is of it."""
    years = {q for q in quads if q.predicate == term("km:yearBE") and "/fiscal" in q.subject.value}
    integer = ox.NamedNode(expand("xsd:integer"))
    changed = {
        ox.Quad(q.subject, q.predicate, ox.Literal("2599", datatype=integer), q.graph_name)
        for q in years
    }
    return (quads - years) | changed


def in_the_register(quads: Quads, base: str) -> Quads:
    """Put a tombstone into the register, which is not searched."""
    gone = thing(base, "plan/gone")
    register = ox.NamedNode(graph_iri(base, RETIRED))
    return quads | {ox.Quad(gone, term("rdfs:label"), ox.Literal("หายไป", language="th"), register)}


def of_another_class(quads: Quads, base: str) -> Quads:
    """Give a document another kind, and an entry to another list."""
    kinds = sorted((q for q in quads if q.predicate == term("dct:type")), key=str)
    first, last = kinds[0], kinds[-1]
    parts = sorted((q for q in quads if q.predicate == term("dct:isPartOf")), key=str)
    moved = ox.Quad(parts[0].subject, parts[0].predicate, parts[-1].object, parts[0].graph_name)
    changed = ox.Quad(first.subject, first.predicate, last.object, first.graph_name)
    return (quads - {first, parts[0]}) | {changed, moved}


def nothing(quads: Quads, base: str) -> Quads:
    """Change nothing."""
    return quads


CHANGES = (
    renamed_topic,
    added_plan,
    removed_entries,
    another_year,
    in_the_register,
    of_another_class,
    nothing,
)


@pytest.fixture(scope="module")
def quads(site: Release) -> Quads:
    """The quads of the bundled site."""
    return frozenset(site.quads())


def as_store(folder: Path, quads: Iterable[ox.Quad]) -> EmbeddedStore:
    """Return a store of these quads."""
    store = ox.Store(str(folder))
    store.bulk_extend(quads)
    store.flush()
    del store
    return EmbeddedStore(folder, {})


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("is_back", [False, True])
def test_mended_is_as_made(
    change: Change,
    is_back: bool,
    quads: Quads,
    site: Release,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After each kind of change, and after it was taken back, the rows are those of a new index."""
    monkeypatch.setattr(search_update, "MOST_TOUCHED", 1.0)
    base = site.manifest.base
    gone = ox.NamedNode(graph_iri(base, RETIRED))
    old, new = quads, change(quads, base)
    if is_back:
        old, new = new, old
    write_index(tmp_path / "old", (q for q in old if q.graph_name != gone), base)
    write_index(tmp_path / "new", (q for q in new if q.graph_name != gone), base)
    difference = Difference(tuple(new - old), tuple(old - new))
    store = as_store(tmp_path / "store", new)
    assert update_index(tmp_path / "mended", tmp_path / "old", store, difference, base)
    assert search_rows(tmp_path / "mended") == search_rows(tmp_path / "new")


def test_much_is_made_anew(quads: Quads, site: Release, tmp_path: Path) -> None:
    """Where much is touched nothing is mended, and nothing written."""
    base = site.manifest.base
    write_index(tmp_path / "old", quads, base)
    store = as_store(tmp_path / "store", quads)
    difference = Difference((), tuple(quads))
    assert not update_index(tmp_path / "new", tmp_path / "old", store, difference, base)
    assert not (tmp_path / "new").exists()


def test_another_layout_is_made_anew(quads: Quads, site: Release, tmp_path: Path) -> None:
    """An index of another version of the program is not mended."""
    base = site.manifest.base
    write_index(tmp_path / "old", quads, base)
    with closing(sqlite3.connect(tmp_path / "old")) as index:
        index.execute("PRAGMA user_version = 1")
    store = as_store(tmp_path / "store", quads)
    nothing_new = Difference((), ())
    assert not update_index(tmp_path / "new", tmp_path / "old", store, nothing_new, base)
