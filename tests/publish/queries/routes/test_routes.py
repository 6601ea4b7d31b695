"""The saved questions on the web: pages, forms, charts, files, and the collection as RDF."""

import re

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from support.queries_routes import EVERY, QUERIES, Cells
from support.readers import BROWSER

from graph.queries.saved import SavedQuery, run, saved_queries
from graph.rdf.vocab import term
from graph.store.embedded import EmbeddedStore
from publish.web.dates import keep_together
from publish.web.texts import read_catalogue

CATALOGUE = read_catalogue()


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
