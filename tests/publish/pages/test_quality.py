"""The quality page: what the check found and what the graph records, and how to mend each."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient

from graph.release.manifest import Release
from publish.config import Config
from publish.drawings.charts import draw_bars
from publish.server.stack import create_app
from publish.web.page_data import Label, Link
from publish.web.texts import Texts, read_catalogue

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application on the bundled site."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def test_findings_lead_to_the_thing_and_its_line(client: FlaskClient) -> None:
    """A finding names its cell, leads to the thing and its line, and says what to do."""
    page = client.get("/quality?lang=en", headers=BROWSER).text
    found = page.split('id="rule-verbatim-cut"')[1].split("</ul>")[0]
    assert 'mueang-kaset/entries.csv · row 4 · column "Words as published" [verbatim]' in unescape(
        found
    )
    assert 'href="/doc/entry/sao-301107-p1-3?lang=en"' in found
    assert 'href="/doc/source/sao-301107-km-page?lang=en#line-33"' in found
    assert "What to do:" in found and "write its full title" in found


FAULTS = {"typo": 8, "truncation": 2, "dangling-footnote": 2, "abbreviation": 3}


@pytest.mark.parametrize("kind", FAULTS)
def test_recorded_faults_are_counted_by_kind(client: FlaskClient, kind: str) -> None:
    """Each kind has a bar that leads to its faults, and as many lines as it counts."""
    page = client.get("/quality", headers=BROWSER).text
    assert f'href="#fault-{kind}"' in page
    section = page.split(f'id="fault-{kind}"')[1].split("</ul>")[0]
    assert section.count("<li>") == FAULTS[kind]


def test_a_fault_shows_both_words_and_where_they_stand(client: FlaskClient) -> None:
    """The words as published, the right ones, the line, and the record that says why."""
    page = client.get("/quality", headers=BROWSER).text
    fault = re.search(r"<li>(?:(?!</li>).)*อนุยาต.*?</li>", page, re.DOTALL)
    assert fault is not None
    assert "<del>อนุยาต</del>" in fault[0] and "<ins>อนุญาต</ins>" in fault[0]
    assert 'href="/doc/source/sao-301107-km-page#line-59"' in fault[0]
    assert 'href="/doc/correction/sao-301107-ext-4-1"' in fault[0]
    unknown = page.split('id="fault-dangling-footnote"')[1].split("</ul>")[0]
    assert "<ins>" not in unknown and "ไม่ทราบ จึงไม่เดา" in unknown


def test_every_bar_leads_somewhere(client: FlaskClient) -> None:
    """Bars lead to a heading of the page, and on the home page to pages."""
    page = client.get("/quality", headers=BROWSER).text
    anchors = re.findall(r'href="#((?:rule|fault)-[^"]+)"', page)
    assert len(anchors) > 8
    assert all(f'id="{anchor}"' in page for anchor in anchors)
    home = client.get("/", headers=BROWSER).text
    bars = re.findall(r'<li><a href="(/[^"]+)">[^<]+</a> <span class="count">', home)
    assert {"/browse/law", "/doc/topic/building-control"} <= set(bars)
    assert all(client.get(href, headers=BROWSER).status_code == 200 for href in bars)


def test_bars_are_as_long_as_their_numbers() -> None:
    """The greatest number has the whole width, half of it half; no rows, no bars."""
    texts = Texts("en", read_catalogue())
    rows = [(Link(Label("a"), "/a"), 2_000), (Link(Label("b"), "/b"), 1_000), (Link(Label("c")), 0)]
    assert [(b.count, b.width) for b in draw_bars(rows, texts)] == [
        ("2,000", "100.0%"),
        ("1,000", "50.0%"),
        ("0", "0.0%"),
    ]
    assert draw_bars([], texts) == ()
