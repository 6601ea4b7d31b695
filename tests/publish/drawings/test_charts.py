"""Pictures: what is around a thing, and when laws are from; each with the same in words."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from support.programs import needs_chromium

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app
from publish.things.neighbours import MOST

BROWSER = {"Accept": "text/html"}
SVG = "{http://www.w3.org/2000/svg}"
THINGS = [
    "/doc/law/act-2522-building-control",
    "/doc/org/sao-301107",
    "/doc/plan/sao-301107-km-1",
    "/doc/leaflet/sao-301107-building-permit",
    "/doc/topic/older-people",
    "/doc/entry/sao-301107-p2-5",
]


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application on the bundled site."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def figure(client: FlaskClient, path: str, name: str) -> tuple[ElementTree.Element, str]:
    """Return the drawing of a class as XML, and the list that follows it."""
    page = client.get(path, headers=BROWSER).text
    part = page.split(f'class="{name}"')[1]
    drawing = re.search(r"<svg.*</svg>(?=\s*<ul)", part, re.DOTALL)
    assert drawing is not None, path
    return ElementTree.fromstring(drawing[0]), part[drawing.end() :].split("</ul>")[0]


@pytest.mark.parametrize("path", THINGS)
def test_the_list_says_what_the_drawing_says(client: FlaskClient, path: str) -> None:
    """Each box of the drawing is a link that the list has too, and both have names."""
    drawing, said = figure(client, path, "around")
    assert drawing.findtext(f"{SVG}title") and drawing.findtext(f"{SVG}desc")
    links = [link.get("href", "") for link in drawing.iter(f"{SVG}a")]
    assert 2 <= len(links) <= 2 * MOST
    assert links == re.findall(r'<li><span[^>]*>[^<]*</span> <a href="([^"]+)"', said)
    for link in links:
        assert client.get(link, headers=BROWSER).status_code == 200
    assert len([p for p in drawing.iter(f"{SVG}path") if p.get("class") == "edge"]) == len(links)


@pytest.mark.parametrize("path", THINGS)
def test_boxes_stay_in_the_drawing_and_apart(client: FlaskClient, path: str) -> None:
    """No box leaves the drawing, and none lies on another."""
    drawing, _ = figure(client, path, "around")
    _, _, width, height = map(int, drawing.get("viewBox", "").split())
    boxes = [
        tuple(int(rect.get(name, "")) for name in ("x", "y", "width", "height"))
        for rect in drawing.iter(f"{SVG}rect")
    ]
    for x, y, w, h in boxes:
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
    for at, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[at + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_what_is_not_drawn_is_counted(client: FlaskClient) -> None:
    """Where more points here than is drawn, the list says how many and leads to them."""
    _, said = figure(client, "/doc/org/sao-301107?lang=en", "around")
    more = re.findall(r'<li><a href="([^"]+)">[^<]+: \d+ more</a>', said)
    assert more
    for href in more:
        page = client.get(href.replace("&amp;", "&"), headers=BROWSER)
        assert page.status_code == 200


def test_terms_of_the_vocabulary_have_no_drawing(client: FlaskClient) -> None:
    """The drawing is of things; a class is described by its own page."""
    assert 'class="around"' not in client.get("/ontology/Law", headers=BROWSER).text


def test_laws_stand_on_a_line_of_years(client: FlaskClient) -> None:
    """A bar a year, in both eras, and a list of years that lead to the laws of each."""
    drawing, said = figure(client, "/browse/law?lang=th", "timeline")
    assert drawing.findtext(f"{SVG}title") and drawing.findtext(f"{SVG}desc")
    years = re.findall(r'href="([^"]+year=(\d+)[^"]*)">[^<]*<strong>(\d+)', said)
    assert sum(int(count) for _, _, count in years) == 13
    assert [year for _, year, _ in years] == sorted(year for _, year, _ in years)
    assert len(list(drawing.iter(f"{SVG}rect"))) == len(years)
    texts = [text.text for text in drawing.iter(f"{SVG}text")]
    assert "2520" in texts and "1977" in texts
    for href, _, count in years:
        found = client.get(href.replace("&amp;", "&").replace("/search", "/search.json")).json
        assert found["total"] == int(count)


def test_years_are_of_the_readers_era(client: FlaskClient) -> None:
    """English ticks are round in the common era."""
    drawing, _ = figure(client, "/browse/law?lang=en", "timeline")
    ticks = [t.text or "" for t in drawing.iter(f"{SVG}text") if not t.get("class")]
    assert ticks and all(1900 < int(tick) < 2100 and int(tick) % 10 == 0 for tick in ticks)


def test_no_line_without_years(client: FlaskClient) -> None:
    """Kinds of thing without years have a plain list."""
    assert 'class="timeline"' not in client.get("/browse/topic", headers=BROWSER).text


@needs_chromium
def test_phones_get_the_list_alone(browser: Browser, server: str) -> None:
    """The drawing would be too small to read on a phone: the list stands there by itself."""
    for width, is_drawn in ((390, False), (1280, True)):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(server + THINGS[0])
        assert page.locator(".around svg").is_visible() is is_drawn
        assert page.locator(".around ul").is_visible()
        page.close()
