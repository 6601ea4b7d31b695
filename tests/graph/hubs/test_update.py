"""A file of hubs that is mended holds what one holds that is made anew."""

import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.index_rows import hub_rows

from graph.history.delta import Difference
from graph.hubs import write as hub_index
from graph.hubs.lists import ListUpdater
from graph.hubs.read import LEAST
from graph.hubs.update import update_hubs
from graph.hubs.write import write_hubs
from graph.rdf.vocab import PREFIXES, term
from graph.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

BASE = "http://localhost:8000"
Quads = frozenset[ox.Quad]


def thing(path: str) -> ox.NamedNode:
    """Return a thing of the site."""
    return ox.NamedNode(f"{BASE}/id/{path}")


def said(subject: str, predicate: str, value: object, graph: str = "org") -> ox.Quad:
    """Return a statement."""
    node = value if isinstance(value, ox.NamedNode | ox.Literal) else thing(str(value))
    return ox.Quad(thing(subject), term(predicate), node, ox.NamedNode(f"{BASE}/graph/{graph}"))


def organisation(number: int, dice: random.Random) -> set[ox.Quad]:
    """Return an organisation with a plan, its entries, a document and a statement."""
    org, plan, document = f"org/o{number}", f"plan/p{number}", f"document/d{number}"
    kind = dice.choice(["manual", "report"])
    name = ox.Literal(f"คู่มือ {dice.randrange(50)}", language="th")
    quads = {
        said(plan, "dct:publisher", org),
        said(plan, "rdf:type", term("km:Plan")),
        said(document, "dct:subject", f"topic/t{dice.randrange(2)}"),
        said(document, "dct:type", term(f"kind:{kind}")),
        said(document, "skos:prefLabel", name),
        said(document, "dct:publisher", org),
        said(document, "dct:references", f"law/l{dice.randrange(3)}"),
        said("service/s", "m8g:hasCompetentAuthority", org),
        said(f"statement/s{number}", "prov:wasAttributedTo", org),
        said(f"statement/s{number}", "km:legalBasis", "provision/v"),
    }
    for entry in range(dice.randrange(3)):
        quads |= {
            said(f"entry/e{number}-{entry}", "dct:isPartOf", plan),
            said(f"entry/e{number}-{entry}", "schema:item", f"law/l{dice.randrange(3)}"),
        }
    return quads


JUST_NO_HUB = {said(f"link/c{n}", "rdf:type", term("km:CandidateLink")) for n in range(LEAST)}


def country(organisations: Iterable[int], seed: int) -> Quads:
    """Return what is said of some organisations, and of what they share."""
    shared = {said("provision/v", "eli:is_part_of", "law/l0", "shared"), *JUST_NO_HUB}
    found = (organisation(n, random.Random(f"{seed} {n}")) for n in organisations)
    return frozenset(shared.union(*found))


FIRST = country(range(200), 1)
CHANGES = {
    "nothing": FIRST,
    "one more": FIRST | country([200], 1),
    "one fewer": country(range(199), 1),
    "one other": country(range(199), 1) | country([199], 2),
    "many others": country(range(150), 1) | country(range(150, 200), 2),
    "fewer than make a hub": country(range(90), 1),
    "none": frozenset({said("provision/v", "eli:is_part_of", "law/l0", "shared")}),
    "another section": (FIRST - country([], 1))
    | {said("provision/v", "eli:is_part_of", "law/l1", "shared")},
    "one said twice": FIRST | {said("link/c1", "rdf:type", term("km:CandidateLink"), "x")},
    "some said twice": FIRST
    | {said(f"plan/p{n}", "rdf:type", term("km:Plan"), "x") for n in range(9)},
}
PAIRS = [(a, b) for a in ("nothing", "fewer than make a hub") for b in CHANGES]


def as_store(folder: Path, quads: Quads) -> EmbeddedStore:
    """Return a store of these quads."""
    store = ox.Store(str(folder))
    store.bulk_extend(quads)
    store.flush()
    del store
    return EmbeddedStore(folder, PREFIXES)


@pytest.mark.parametrize(("most", "spare"), [(10_000, 1_000), (20, 0), (20, 7)])
@pytest.mark.parametrize(("before", "after"), [*PAIRS, *((b, a) for a, b in PAIRS)])
def test_mended_is_as_made(
    before: str,
    after: str,
    most: int,
    spare: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After any change the rows are those of a new file, whether lists are whole or cut."""
    monkeypatch.setattr(hub_index, "MOST", most)
    monkeypatch.setattr(hub_index, "RESERVE", spare)
    old, new = CHANGES[before], CHANGES[after]
    stores = as_store(tmp_path / "before", old), as_store(tmp_path / "after", new)
    write_hubs(tmp_path / "old.sqlite", stores[0], BASE)
    write_hubs(tmp_path / "new.sqlite", stores[1], BASE)
    difference = Difference(tuple(new - old), tuple(old - new))
    mended, was = tmp_path / "mended.sqlite", tmp_path / "old.sqlite"
    assert update_hubs(mended, was, stores, difference, BASE)
    assert hub_rows(mended) == hub_rows(tmp_path / "new.sqlite")


@pytest.mark.parametrize("spare", [0, 7, 40])
def test_mended_again_and_again(
    spare: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was mended is mended once more; what moved up in cut lists is what comes next."""
    monkeypatch.setattr(hub_index, "MOST", 20)
    monkeypatch.setattr(hub_index, "RESERVE", spare)
    old, was = country(range(200), 1), tmp_path / "0.sqlite"
    store = as_store(tmp_path / "0", old)
    write_hubs(was, store, BASE)
    for step in range(1, 13):
        gone = range(10 * step)  # the first by their IRIs, which every list shows
        new = country([n for n in range(200) if n not in gone], 1)
        next_store, mended = as_store(tmp_path / f"{step}", new), tmp_path / f"{step}.sqlite"
        difference = Difference(tuple(new - old), tuple(old - new))
        assert update_hubs(mended, was, (store, next_store), difference, BASE)
        write_hubs(tmp_path / "new.sqlite", next_store, BASE)
        assert hub_rows(mended) == hub_rows(tmp_path / "new.sqlite")
        (tmp_path / "new.sqlite").unlink()
        old, store, was = new, next_store, mended


def test_spare_things_move_up_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a list that was cut has spare things, no link is read to fill it; then all are."""
    monkeypatch.setattr(hub_index, "MOST", 20)
    monkeypatch.setattr(hub_index, "RESERVE", 7)
    old, was, reads = country(range(200), 1), tmp_path / "0.sqlite", list[int]()
    store = as_store(tmp_path / "0", old)
    write_hubs(was, store, BASE)
    things = ListUpdater._things
    monkeypatch.setattr(ListUpdater, "_things", lambda *of: reads.append(step) or things(*of))
    for step in (1, 2, 3, 4, 40):
        new = country(sorted(range(200), key=str)[step:], 1)  # every list shows the first by IRI
        next_store, mended = as_store(tmp_path / f"{step}", new), tmp_path / f"{step}.sqlite"
        difference = Difference(tuple(new - old), tuple(old - new))
        assert update_hubs(mended, was, (store, next_store), difference, BASE)
        old, store, was = new, next_store, mended
    assert {*reads} == {40}


def test_another_layout_is_made_anew(tmp_path: Path) -> None:
    """A file of another version of the program is not mended."""
    store = as_store(tmp_path / "store", FIRST)
    write_hubs(tmp_path / "old.sqlite", store, BASE)
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as file:
        file.execute("PRAGMA user_version = 1")
    paths = tmp_path / "new.sqlite", tmp_path / "old.sqlite"
    assert not update_hubs(*paths, (store, store), Difference((), ()), BASE)
    assert not paths[0].exists()
