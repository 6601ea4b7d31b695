"""The saved questions on the web: pages, forms, charts, files, and the collection as RDF."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from support.national import A, B
from support.paths import TESTS
from support.queries_routes import EVERY, Cells
from support.readers import BROWSER

from graph.queries.saved import SavedQuery
from publish.drawings.charts import MOST_BARS, draw, is_worth_drawing
from publish.web.labels import cut

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def test_chart(client: FlaskClient) -> None:
    """Counts are drawn as bars that say in words what the table says, without any style."""
    page = client.get("/queries/entry-counts", headers=BROWSER).text
    (drawn,) = SVG.findall(page)
    svg = ElementTree.fromstring(drawn.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    assert svg.get("role") == "img"
    labels = (svg.get("aria-labelledby") or "").split()
    assert [e.get("id") for e in svg if e.tag in ("title", "desc")] == labels
    assert all(e.get("style") is None and e.tag != "style" for e in svg.iter())
    rows = Cells(page).rows
    assert [e.text for e in svg.iterfind("text[@class='value']")] == [row[-1] for row in rows]
    assert [e.text for e in svg.iterfind("text[@class='long']")] == [row[0] for row in rows]
    widths = [float((e.get("width") or "").rstrip("%")) for e in svg.iterfind("rect")]
    counts = [int(row[-1]) for row in rows]
    assert widths == pytest.approx([86 * count / max(counts) for count in counts], abs=0.01)


def test_no_chart_without_a_count(client: FlaskClient) -> None:
    """Where nothing is counted, or nothing differs, nothing is drawn."""
    for name in ("plan-entries", "most-named-laws", "fault-league"):
        assert not SVG.search(client.get(f"/queries/{name}", headers=BROWSER).text)


def test_charts_of_several(country: FlaskClient) -> None:
    """Among several organisations a bar says whose it is."""
    (drawn,) = SVG.findall(country.get("/queries/entry-counts", headers=BROWSER).text)
    assert " · " in drawn
    only = country.get(f"/queries/entry-counts?organisation={A}", headers=BROWSER).text
    assert f'<option value="{B}">' in only
    assert B not in only.partition('id="answer"')[2].partition('id="text"')[0]


@pytest.mark.parametrize(
    ("numbers", "worth"),
    [([], False), ([9], False), ([1, 0, 1], False), ([2, 0], True), ([3, -1], False)],
)
def test_worth_drawing(numbers: list[int], worth: bool) -> None:
    """A chart needs two bars and more than ones and noughts."""
    assert is_worth_drawing(numbers) == worth


def test_a_long_chart_is_cut() -> None:
    """Only the first rows are drawn, and long words are cut by letters, not by marks."""
    chart = draw("x", "", "", [("ที่" * 200, n + 1) for n in range(100)])
    assert len(chart.bars) == MOST_BARS
    assert chart.bars[0].short == "ที่" * 39 + "…"
    assert cut("ที่นี่", 3) == "ที่นี่"


@EVERY
def test_every_file(client: FlaskClient, query: SavedQuery) -> None:
    """CSV, CSV for Excel and SPARQL JSON hold the same rows, and .rq the query."""
    plain = client.get(f"/queries/{query.name}.csv")
    rows = list(csv.reader(io.StringIO(plain.text, newline="")))
    assert plain.headers["Content-Disposition"] == f'attachment; filename="{query.name}.csv"'
    excel = client.get(f"/queries/{query.name}.excel.csv")
    assert excel.data.startswith(b"\xef\xbb\xbf")
    assert f'filename="{query.name}-excel.csv"' in excel.headers["Content-Disposition"]
    assert list(csv.reader(io.StringIO(excel.data.decode("utf-8-sig"), newline=""))) == rows
    answer = json.loads(client.get(f"/queries/{query.name}.json").data)
    assert answer["head"]["vars"] == rows[0]
    assert len(answer["results"]["bindings"]) == len(rows) - 1
    text = client.get(f"/queries/{query.name}.rq")
    assert text.headers["Content-Type"].startswith("application/sparql-query")
    lines = [line for line in text.text.splitlines() if not line.startswith("  VALUES $")]
    assert lines == query.text.splitlines()


def test_files_for_values(client: FlaskClient) -> None:
    """The values are bound in a file too, and each has its own entity tag."""
    path = "/queries/laws-named.json?yearBE=2522"
    (row,) = json.loads(client.get(path).data)["results"]["bindings"]
    assert row["law"]["value"].endswith("/act-2522-building-control")
    assert 'VALUES $yearBE { "2522"' in client.get("/queries/laws-named.rq?yearBE=2522").text
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/queries/laws-named.json").headers["ETag"] != tag
    assert client.head(path).headers["Content-Type"] == "application/sparql-results+json"


def test_the_editor_is_one_click_away(client: FlaskClient) -> None:
    """The link to the query page carries the query with its values, and it runs there."""
    page = client.get("/queries/laws-named?yearBE=2522", headers=BROWSER).text
    (href,) = re.findall(r'class="button quiet" href="([^"]+)"', page)
    answer = client.get(href.replace("&amp;", "&"), headers=BROWSER)
    assert answer.status_code == 200
    assert len(Cells(answer.text).rows) == 1


def test_pictures_are_listed() -> None:
    """The pages of this module are among those that are looked at in a browser."""
    pages = (TESTS / "screens.py").read_text(encoding="utf-8")
    assert '"/queries"' in pages and '"/queries/entry-counts"' in pages
