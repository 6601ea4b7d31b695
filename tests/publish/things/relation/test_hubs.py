"""Hubs: what a thousand things point to is counted once, and listed a page at a time."""

from pathlib import Path

import pytest
from support.things_relation import BASE, ENTRIES, LAW, LEAFLETS, MANUALS, SERVICE, SUBJECT, TOPIC

from graph.describe.resource import FEW, describe
from graph.hubs import write as hub_index
from graph.hubs.read import BACKWARDS, LEAST, PAGE_SIZE, Hubs, Part, Relation
from graph.hubs.write import write_hubs
from graph.rdf.vocab import expand
from graph.sparql.internal import internal_query
from graph.store.embedded import EmbeddedStore


def test_the_queries_mean_the_same_by_many() -> None:
    """The number that makes a hub stands in the queries too."""
    for name in ("hubs", "wide"):
        assert f"HAVING (COUNT(*) > {LEAST})" in internal_query(name)


def test_things_are_counted_by_kind(hubs: Hubs) -> None:
    """A link in two graphs counts once; documents are told apart by their kind."""
    relation = hubs.relations(TOPIC)[SUBJECT]
    assert relation.total == LEAFLETS + MANUALS
    counts = {part.key: part.total for part in relation.parts}
    assert counts == {"leaflet": LEAFLETS, "document.manual": MANUALS}


def test_what_is_no_hub_is_not_kept(hubs: Hubs) -> None:
    """A thing that few point to is left to the store."""
    assert hubs.relations(f"{BASE}/id/plan/p1") == {}
    assert hubs.relations(f"{BASE}/id/none/x") == {}


def test_pages_are_in_thai_order_and_whole(hubs: Hubs) -> None:
    """Page after page holds everything once, by name."""
    relation = hubs.relations(TOPIC)[SUBJECT]
    part = relation.part("leaflet")
    assert part is not None
    pages = [hubs.page(relation, part, page, PAGE_SIZE) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [PAGE_SIZE, LEAFLETS - PAGE_SIZE, 0]
    assert [t.value[-2:] for t in pages[0][:2]] == ["69", "68"]
    assert len({*pages[0], *pages[1]}) == LEAFLETS
    everything = relation.part("")
    assert everything is not None
    assert everything.listed == LEAFLETS + MANUALS


def test_kinds_of_document_are_one_part_together() -> None:
    """All documents of a hub are one part, which begins where their first kind does."""
    parts = (
        Part("leaflet", 9, 5, 0, 1),
        Part("document.manual", 4, 4, 5, 2),
        Part("document.report", 8, 6, 9, 3),
        Part("plan", 2, 2, 15, 4),
    )
    relation = Relation(1, SUBJECT, 23, parts)
    assert relation.of_type("document") == Part("document", 12, 10, 5)
    assert relation.of_type("plan") == parts[3]
    assert relation.of_type("doc") is None


def test_what_leads_outwards_to_many_is_a_hub_too(hubs: Hubs) -> None:
    """A service that many organisations provide is counted from its side."""
    assert hubs.relations(SERVICE)[BACKWARDS + expand("m8g:hasCompetentAuthority")].total == ENTRIES


def test_organisations_are_counted_when_the_release_is_made(hubs: Hubs) -> None:
    """Sixty lines of seven organisations are seven; of what is no law nothing is counted."""
    assert hubs.figure(LAW, "citing") == 7
    assert hubs.figure(TOPIC, "citing") is None


def test_lists_end_somewhere(
    tmp_path: Path, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the most that is listed, things are counted still."""
    monkeypatch.setattr(hub_index, "MOST", 5)
    write_hubs(tmp_path / "hubs.sqlite", store, BASE)
    part = Hubs(tmp_path / "hubs.sqlite").relations(TOPIC)[SUBJECT].part("leaflet")
    assert part is not None
    assert (part.total, part.listed) == (LEAFLETS, 5)


class NoCounting:
    """A store that refuses to count or list what points somewhere."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.store = store

    def __getattr__(self, name: str) -> object:
        assert name != "select", "a hub is described without a query"
        return getattr(self.store, name)


def test_a_hub_is_described_without_counting(store: EmbeddedStore, hubs: Hubs) -> None:
    """The description of a hub asks the store for no list: few of each kind, and their number."""
    description = describe(NoCounting(store), TOPIC, hubs)  # type: ignore[arg-type]
    assert description is not None
    (of,) = description.incoming
    assert (of.total, len(of.subjects)) == (LEAFLETS + MANUALS, FEW + MANUALS)


def test_a_crowd_is_cut_from_what_is_said(store: EmbeddedStore, hubs: Hubs) -> None:
    """Of sixty providers the description of a service holds the first few."""
    description = describe(store, SERVICE, hubs)
    assert description is not None
    found = [t for t in description.outgoing if t.predicate.value.endswith("CompetentAuthority")]
    assert len(found) == FEW


def test_a_release_without_hubs_has_none(tmp_path: Path) -> None:
    """An older release is served as before."""
    assert Hubs(tmp_path / "hubs.sqlite").relations(TOPIC) == {}
