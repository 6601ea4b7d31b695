"""The saved questions on the web: pages, forms, charts, files, and the collection as RDF."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from bench.processes import free_port
from flask.testing import FlaskClient
from support.national import A, B, write_national
from support.paths import TESTS
from support.readers import BROWSER, make_app
from support.sites import publish_once

from graph.errors import EngineBusy, QueryTimeout
from graph.queries.saved import SavedQuery, run, saved_queries
from graph.rdf.vocab import term
from graph.release.manifest import Release
from graph.store.embedded import EmbeddedStore
from publish.config import Config
from publish.drawings.charts import MOST_BARS, draw, is_worth_drawing
from publish.web.dates import keep_together
from publish.web.labels import cut
from publish.web.texts import read_catalogue

QUERIES = saved_queries(Config.base)
EVERY = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
CATALOGUE = read_catalogue()
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application on the bundled site."""
    app = make_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a site with several organisations."""
    tables = write_national(tmp_path_factory.mktemp("tables") / "national")
    base = f"http://127.0.0.1:{free_port()}"
    config = Config(data=tmp_path_factory.mktemp("country"), base=base, workers=1)
    publish_once(config, tables)
    app = make_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


class Cells(HTMLParser):
    """Collects the texts of the cells of a page's table, row by row, and the links in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._is_cell = False
        self.feed(page.partition("<tbody>")[2].partition("</tbody>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self._is_cell = True
        elif tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self._is_cell = self._is_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        """Take a cell's words."""
        if self._is_cell:
            self.rows[-1][-1] += data


# ---- the list --------------------------------------------------------------------------------


def test_list(client: FlaskClient) -> None:
    """All questions are listed in Thai, in groups, and lead to their pages."""
    page = client.get("/queries", headers={**BROWSER, "Accept-Language": "th"}).text
    assert page.count('class="card-title"') == 24
    assert page.count("<section") == 7
    assert "กฎหมายใดบ้างที่อ้างถึง" in page
    assert all(f'href="/queries/{query.name}"' in page for query in QUERIES)
    english = client.get("/queries?lang=en", headers=BROWSER).text
    assert "Which laws are named" in english
    assert 'href="/queries/laws-named?lang=en"' in english


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("text/html", "text/html"),
    ],
)
@pytest.mark.parametrize("path", ["/queries", "/queries/laws-named"])
def test_five_formats(client: FlaskClient, path: str, accept: str, media_type: str) -> None:
    """The collection and each question are pages and RDF at one address."""
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(media_type)
    assert "Accept" in response.headers["Vary"]
    assert 'rel="alternate"' in response.headers["Link"]


def test_collection_as_data(client: FlaskClient) -> None:
    """In N-Triples are the texts of all 24, and each question's own file holds its own."""
    whole = set(ox.parse(client.get("/queries.nt").data, format=ox.RdfFormat.N_TRIPLES))
    assert sum(quad.predicate == term("sh:select") for quad in whole) == 24
    one = set(ox.parse(client.get("/queries/evidence.nt").data, format=ox.RdfFormat.N_TRIPLES))
    assert one < whole
    assert sum(quad.predicate == term("sh:select") for quad in one) == 1


@pytest.mark.parametrize(
    "path", ["/queries/none", "/queries/none.csv", "/queries.pdf", "/queries/evidence.pdf"]
)
def test_unknown(client: FlaskClient, path: str) -> None:
    """What is no question of ours is not found."""
    assert client.get(path).status_code == 404


# ---- the answer ------------------------------------------------------------------------------


@EVERY
def test_every_answer(client: FlaskClient, store: EmbeddedStore, query: SavedQuery) -> None:
    """Each page has its question in both languages, and as many rows as the query gives."""
    page = client.get(f"/queries/{query.name}", headers=BROWSER)
    assert page.status_code == 200
    title = keep_together(query.title.en).replace("'", "&#39;")
    assert f'lang="en">{title}' in page.text
    found = Cells(page.text)
    own = next(
        q
        for q in saved_queries(client.application.extensions["km"].config.base)
        if q.name == query.name
    )
    assert len(found.rows) == len(run(own, store))
    assert not any(cell.startswith(("http:", "https:")) for row in found.rows for cell in row)
    assert all(link.startswith("/") for link in found.links)
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page.text)
    assert all(re.search("[ก-๛]", head) for head in heads), heads


@EVERY
def test_columns_have_words(query: SavedQuery) -> None:
    """Every column of every question is called something in Thai and English."""
    selected = query.text.partition("SELECT")[2].partition("WHERE")[0]
    for name in re.findall(
        r"(?:AS\s+)?[?$](\w+)(?!\s*\)\s*AS)", re.sub(r"COUNT\(.*?\)", "", selected, flags=re.S)
    ):
        assert f"column.{re.sub('(Th|En)$', '', name)}" in CATALOGUE


def test_things_are_shown_by_name(client: FlaskClient) -> None:
    """A thing is its name in the reader's language with a link; its columns of words are gone."""
    found = Cells(client.get("/queries/plan-entries?lang=en", headers=BROWSER).text)
    assert not any(re.search("[ก-๛]", cell) for row in found.rows for cell in row)
    assert found.links[0].startswith("/doc/plan/sao-301107-km-1?lang=en")
    thai = Cells(client.get("/queries/plan-entries", headers=BROWSER).text)
    assert [row[2] for row in thai.rows] == ["1", "2", "3", "4", "5"] * 2
    assert {len(row) for row in thai.rows} == {5}


def test_what_holds_for_every_row_is_said_once(client: FlaskClient, country: FlaskClient) -> None:
    """One organisation in every row stands above the table; several stand in it."""
    one = client.get("/queries/entry-counts", headers=BROWSER).text
    assert 'class="scope"' in one and "องค์การบริหารส่วนตำบลเมืองเกษตร" in one
    several = country.get("/queries/entry-counts", headers=BROWSER).text
    assert 'class="scope"' not in several
    assert len({row[0] for row in Cells(several).rows}) > 1


def test_long_answers_say_that_they_are_cut(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page shows the first rows only and says so; the file has them all."""
    monkeypatch.setattr("publish.queries.rows.MAX_ROWS", 3)
    page = client.get("/queries/corrections?lang=en&organisation=sao-301107", headers=BROWSER).text
    assert len(Cells(page).rows) == 3
    assert "Only the first 3 rows" in page
    assert client.get("/queries/corrections.csv").text.count("\n") == 26


def test_answers_too_big_for_a_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer cut in the middle of a row is shown to the row before."""
    monkeypatch.setattr("publish.queries.rows.MAX_BYTES", 5000)
    text = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 2000"
    page = client.get("/sparql", query_string={"query": text, "lang": "en"}, headers=BROWSER)
    assert page.status_code == 200
    assert "Only the first" in page.text
    assert len(Cells(page.text).rows) > 10


# ---- parameters ------------------------------------------------------------------------------


def test_form(client: FlaskClient) -> None:
    """Each parameter is a list of what the release holds, by name, sent by GET."""
    page = client.get("/queries/laws-named?yearBE=2522&lang=en", headers=BROWSER).text
    assert '<form class="query narrow" action="/queries/laws-named" method="get">' in page
    assert re.findall(r'<select id="(\w+)"', page) == ["organisation", "topic", "yearBE"]
    assert '<option value="2522" selected>2522</option>' in page
    assert '<option value="building-control">Building control</option>' in page
    assert '<input type="hidden" name="lang" value="en">' in page
    assert len(Cells(page).rows) == 1


def test_default_and_any(client: FlaskClient) -> None:
    """Without a value the default is asked, and an empty value asks for everything."""
    default = client.get("/queries/fiscal-year", headers=BROWSER).text
    assert '<option value="2562" selected>' in default
    everything = client.get("/queries/fiscal-year?fiscalYear=", headers=BROWSER).text
    assert "selected" not in everything
    assert len(Cells(everything).rows) >= len(Cells(default).rows)


def test_too_many_to_choose_from(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a list would be too long the key is typed, with words on what it looks like."""
    monkeypatch.setattr("graph.queries.choices.MOST", 0)
    page = client.get("/queries/plan-entries?organisation=sao-301107", headers=BROWSER).text
    assert '<input id="organisation" name="organisation" value="sao-301107"' in page
    assert "เช่น sao-301107" in page


@pytest.mark.parametrize(
    ("address", "thai", "english"),
    [
        ("laws-named?yearBE=last", "ใช้ไม่ได้", "cannot be used"),
        ("laws-named?yearBE=2019", "2562", "write 2562"),
        ("laws-named?topic=nothing", "ไม่มีเรื่อง", "there is no topic"),
        ("laws-named?topic=%3E%20%7D%20%3Cscript%3E", "ใช้ไม่ได้", "cannot be used"),
        ("laws-named?topic=a&topic=b", "ใส่ได้ค่าเดียว", "one value only"),
        ("without-leaflet?district=tambon-301107", "ไม่มีอำเภอ", "there is no district"),
    ],
)
def test_wrong_values(client: FlaskClient, address: str, thai: str, english: str) -> None:
    """A value that cannot be meant is 400, told in Thai and English beside the form."""
    response = client.get(f"/queries/{address}", headers=BROWSER)
    assert response.status_code == 400
    assert 'role="alert"' in response.text and "<form" in response.text
    assert thai in response.text and english in response.text
    assert response.text.count("<script") == response.text.count('<script src="/static/')
    assert response.headers["Cache-Control"] == "no-store"
    name, _, values = address.partition("?")
    file = client.get(f"/queries/{name}.csv?{values}", headers={"Accept": "text/csv"})
    assert file.status_code == 400
    assert english in file.text


def test_names_it_does_not_know(client: FlaskClient) -> None:
    """A page passes over what a social network adds to an address; a file refuses a slip."""
    page = client.get("/queries/plan-entries?fbclid=abc&yearBE=2522", headers=BROWSER)
    assert page.status_code == 200 and len(Cells(page.text).rows) == 10
    file = client.get("/queries/plan-entries.csv?organization=x")
    assert file.status_code == 400 and "it takes: organisation" in file.text
    assert client.get("/queries/plan-entries.csv?lang=en").status_code == 200


def test_address_is_shared_whole(client: FlaskClient) -> None:
    """The page for chosen values names itself with them, in both languages, and is not indexed."""
    page = client.get("/queries/laws-named?yearBE=2522", headers=BROWSER).text
    assert 'content="noindex"' in page
    assert 'href="/queries/laws-named?yearBE=2522&amp;lang=en"' in page
    assert 'href="/queries/laws-named.excel.csv?yearBE=2522"' in page
    plain = client.get("/queries/laws-named", headers=BROWSER)
    assert 'rel="canonical"' in plain.text
    other = client.get("/queries/laws-named?yearBE=2522", headers=BROWSER)
    assert other.headers["ETag"] != plain.headers["ETag"]
    known = {**BROWSER, "If-None-Match": plain.headers["ETag"]}
    assert client.get("/queries/laws-named", headers=known).status_code == 304


@pytest.mark.parametrize(
    ("error", "status"), [(QueryTimeout("too long"), 504), (EngineBusy("busy"), 503)]
)
def test_engine_errors(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    """A question runs in the workers with their deadline, and the page says when it is passed."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("publish.engine.pool.EnginePool.query", fail)
    response = client.get(f"/queries/plan-entries?not-asked-before={status}", headers=BROWSER)
    assert response.status_code == status
    assert str(error) in response.text
    assert ("Retry-After" in response.headers) == (status == 503)
    assert client.get("/queries/plan-entries.csv").status_code == status


# ---- charts ----------------------------------------------------------------------------------


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


# ---- files -----------------------------------------------------------------------------------


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
