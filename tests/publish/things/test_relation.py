"""Hubs: what a thousand things point to is counted once, and listed a page at a time."""

import csv
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from support.national import A, B, write_national
from support.sites import publish_once

from graph.describe.resource import FEW, _most, describe
from graph.hubs import write as hub_index
from graph.hubs.read import BACKWARDS, LEAST, PAGE_SIZE, Hubs, Part, Relation
from graph.hubs.write import write_hubs
from graph.rdf.vocab import PREFIXES, expand
from graph.sparql.internal import internal_query
from graph.store.embedded import EmbeddedStore
from publish.config import Config
from publish.pages.quality import MAX_FAULTS
from publish.server.stack import create_app

BASE = "http://localhost:8000"
TOPIC, LAW, SERVICE = (f"{BASE}/id/{type}/x" for type in ("topic", "law", "service"))
SUBJECT, ITEM = expand("dct:subject"), expand("schema:item")
LEAFLETS, MANUALS, ENTRIES = 70, 9, 60


def make_store(folder: Path) -> EmbeddedStore:
    """Return a store with a topic of many leaflets and few manuals, a law and a wide service."""
    lines = [f"<{TOPIC}> a km:Topic . <{LAW}> a km:Law . <{SERVICE}> a cpsv:PublicService ."]
    for n in range(LEAFLETS):
        name = f'skos:prefLabel "แผ่นพับ {LEAFLETS - n:03}"@th'
        lines.append(f"<{BASE}/id/leaflet/l{n}> dct:subject <{TOPIC}> ; {name} .")
    for n in range(MANUALS):
        thing = f"<{BASE}/id/document/d{n}>"
        lines.append(f"{thing} dct:subject <{TOPIC}> ; dct:type kind:manual .")
    for n in range(ENTRIES):
        list, owner = f"<{BASE}/id/plan/p{n}>", f"<{BASE}/id/org/o{n % 7}>"
        lines.append(f"<{BASE}/id/entry/e{n}> schema:item <{LAW}> ; dct:isPartOf {list} .")
        lines.append(f"{list} dct:publisher {owner} .")
        lines.append(f"<{SERVICE}> m8g:hasCompetentAuthority <{BASE}/id/org/s{n}> .")
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    store = ox.Store(str(folder))
    for quad in ox.parse((prefixes + "\n".join(lines)).encode(), format=ox.RdfFormat.TURTLE):
        for graph in ("org", "inferred"):
            name = ox.NamedNode(f"{BASE}/graph/{graph}")
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, name))
    store.flush()
    del store
    return EmbeddedStore(folder, PREFIXES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a store and its hubs."""
    return tmp_path_factory.mktemp("hubs")


@pytest.fixture(scope="module")
def store(folder: Path) -> EmbeddedStore:
    """A store with a few hubs."""
    return make_store(folder / "store")


@pytest.fixture(scope="module")
def hubs(folder: Path, store: EmbeddedStore) -> Hubs:
    """Its hubs."""
    write_hubs(folder / "hubs.sqlite", store, BASE)
    return Hubs(folder / "hubs.sqlite")


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


# ---- their pages -----------------------------------------------------------------------------

MANY = 130
PATH = "/doc/law/act-2482-alpha"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client on the made-up organisations, one of which names a law a hundred times more."""
    folder = tmp_path_factory.mktemp("many")
    tables = write_national(folder / "tables")
    with (tables / "entries.csv").open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        for n in range(MANY):
            rows.writerow([f"{A}-x-{n}", f"{A}-km-1", n + 3, "อัลฟา", "act-2482-alpha", "", "", ""])
    with (tables / "documents.csv").open("a", encoding="utf-8", newline="") as file:
        for n in range(MANY):
            kind, name = ("manual", "คู่มือ") if n % 2 else ("report", "รายงาน")
            row = [f"{B}-{kind}-{n}", B, kind, f"{name}ที่ {n:03}", "", "", "", "", "", ""]
            csv.writer(file).writerow(row)
    with (tables / "corrections.csv").open("a", encoding="utf-8", newline="") as file:
        for n in range(MANY):
            row = [f"{B}-y-{n}", f"{B}-heading", "typo", "จัดการ", "การจัดการ", "เหตุผล", "sure"]
            csv.writer(file).writerow(row)
    config = Config(data=folder / "var", workers=1)
    publish_once(config, tables)
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def test_a_hub_leads_to_the_pages_of_a_relation(client: FlaskClient) -> None:
    """The law says how many lines name it, shows a few, and the pages hold each of them once."""
    page = client.get(PATH).text
    total = MANY + 3
    assert f"ดูทั้งหมด {total} รายการ" in page
    href = re.search(rf'href="({PATH}\?of=[^"]+)"', page)
    assert href is not None
    address, seen = html.unescape(href[1]), list[str]()
    while address:
        found = client.get(address).text
        seen += re.findall(r'item-title"><a href="(/doc/entry/[^"]+)"', found)
        after = re.search(r'rel="next" href="([^"]+)"', found)
        address = html.unescape(after[1]) if after else ""
    assert len(seen) == len(set(seen)) == total


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("of=schema:item&page=2", 200),
        ("of=schema:item&page=๓", 200),
        ("of=schema:item&page=4", 404),
        ("of=schema:item&page=0", 404),
        ("of=schema:item&page=x", 404),
        ("of=schema:item&kind=entry", 200),
        ("of=schema:item&kind=law", 404),
        ("of=<https://schema.org/item>", 200),
        ("of=nothing:here", 404),
        ("of=", 404),
        ("of=eli:amends", 200),
        ("of=^eli:amends", 404),
    ],
)
def test_addresses_of_a_relation(client: FlaskClient, query: str, status: int) -> None:
    """What is not there is not found; Thai digits are digits; small relations have pages too."""
    assert client.get(f"{PATH}?{query}").status_code == status


def test_each_page_of_a_relation_has_its_own_tag_and_languages(client: FlaskClient) -> None:
    """Two pages differ, and the switch of language keeps the page."""
    first, second = (client.get(f"{PATH}?of=schema:item&page={n}") for n in (1, 2))
    assert first.headers["ETag"] != second.headers["ETag"]
    english = re.search(r'<a href="([^"]+)" lang="en"', second.text)
    assert english is not None
    assert {"of=schema%3Aitem", "page=2", "lang=en"} <= set(
        html.unescape(english[1]).partition("?")[2].split("&")
    )


def test_a_long_list_shows_all_its_entries(client: FlaskClient) -> None:
    """A plan of many entries is not cut, and they stand in order."""
    page = client.get(f"/doc/plan/{A}-km-1").text
    numbers = [int(n) for n in re.findall(r'class="number"[^>]*>(\d+)<', page)]
    assert numbers == list(range(1, MANY + 3))


def test_lists_of_a_kind_come_from_the_hubs(client: FlaskClient) -> None:
    """The list of entries counts them and has no second page before there are two hundred."""
    assert f"ทั้งหมด {MANY + 8} รายการ" in client.get("/browse/entry").text
    assert client.get("/browse/entry?page=๑").status_code == 200
    assert client.get("/browse/entry?page=2").status_code == 404


def test_documents_of_all_kinds_are_one_list(client: FlaskClient) -> None:
    """The list of documents holds those of every kind once."""
    page = client.get("/browse/document").text
    total = MANY + 6
    assert f"ทั้งหมด {total} รายการ" in page
    assert len(set(re.findall(r'href="(/doc/document/[^"]+)"', page))) == total
    assert client.get("/browse/document?page=2").status_code == 404


def test_faults_of_a_hub_are_counted_and_the_first_shown(client: FlaskClient) -> None:
    """Of a kind of fault that is recorded very often, all are counted and some are shown."""
    page = client.get("/quality").text
    section = page.split('id="fault-typo"')[1].split("<h3")[0]
    assert f'<span class="count">{MANY + 3}</span>' in section
    assert section.count("<del>") == MAX_FAULTS
    assert f"ดูทั้งหมด {MANY + 3} รายการ" in section
    few = page.split('id="fault-omission"')[1].split("<h3")[0]
    assert few.count("<del>") == 1
    assert f'href="/doc/statement/{B}-principle-1"' in few


def test_every_entry_of_a_hub_is_an_item(store: EmbeddedStore, hubs: Hubs) -> None:
    """A law that sixty lines name knows them all."""
    assert hubs.relations(LAW)[ITEM].total == ENTRIES


def test_documents_are_many_together() -> None:
    """Documents come by kind: of sixty the first of each kind are shown, of five plans all."""
    manuals = Part("document.manual", 30, 30, 0, 1)
    reports = Part("document.report", 30, 30, 30, 2)
    plans = Part("plan", 5, 5, 60, 3)
    of = Relation(1, "http://purl.org/dc/terms/publisher", 65, (manuals, reports, plans))
    assert [_most(of, part) for part in of.parts] == [FEW, FEW, LEAST]
