"""Hubs: what a thousand things point to is counted once, and listed a page at a time."""

import csv
import html
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from support.national import A, B, write_national
from support.sites import publish_once
from support.things_relation import ENTRIES, ITEM, LAW

from graph.describe.resource import FEW, _most
from graph.hubs.read import LEAST, Hubs, Part, Relation
from graph.store.embedded import EmbeddedStore
from publish.config import Config
from publish.pages.quality import MAX_FAULTS
from publish.server.stack import create_app

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
