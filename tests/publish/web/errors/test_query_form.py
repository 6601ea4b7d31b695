"""The application as a whole: errors, the move to a new release, prefixes, the query page."""

import re

import pytest
from flask.testing import FlaskClient
from support.readers import BROWSER

pytestmark = pytest.mark.slow


def ask(client: FlaskClient, query: str, **more: str) -> tuple[int, str]:
    """Return what a browser sees for a query."""
    arguments = {"query": query, **more}
    response = client.get("/sparql", query_string=arguments, headers=BROWSER)
    return response.status_code, response.text


def test_query_page_is_a_plain_form(client: FlaskClient) -> None:
    """The form works without a script and has an example to start from."""
    page = client.get("/sparql", headers=BROWSER).text
    assert re.search('<form class="query"[^>]* action="/sparql" method="get"', page)
    assert "SELECT ?list ?position" in page


def test_examples_are_answered(client: FlaskClient) -> None:
    """Each example on the page gives rows, and each saved question an answer."""
    page = client.get("/sparql", headers=BROWSER).text
    examples = re.findall(r'href="(/sparql\?question=[^"]+)"', page)
    assert len(examples) == 4 + 24
    for href in examples[4:]:
        assert 'id="answer"' in client.get(href, headers=BROWSER).text
    for href in examples[:4]:
        assert "<tbody>" in client.get(href.replace("&amp;", "&"), headers=BROWSER).text


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT ?l WHERE { ?l a km:Law }", 200, "พระราชบัญญัติควบคุมอาคาร"),
        ("SELECT ?l WHERE { ?l a km:None }", 200, "ไม่พบคำตอบ"),
        ("ASK { ?l a km:Law }", 200, "จริง"),
        ("CONSTRUCT { ?l a km:Law } WHERE { ?l a km:Law }", 200, "a km:Law"),
        ("SELECT * WHERE {\n ?a ?b }", 400, "บรรทัด 2"),
        ("DROP ALL", 403, "ตอบคำถามนี้ไม่ได้"),
        ("SELECT * { SERVICE <http://evil/> { ?s ?p ?o } }", 403, "ตอบคำถามนี้ไม่ได้"),
        ('SELECT ("<script>alert(1)</script>" AS ?x) {}', 200, "&lt;script&gt;"),
        ("SELECT (IRI('javascript:alert(1)') AS ?x) {}", 200, "javascript:alert(1)"),
    ],
)
def test_answers_and_errors_stand_on_the_page(
    client: FlaskClient, query: str, status: int, words: str
) -> None:
    """A browser sees the answer, or the mistake where it stands, and never runs either."""
    found, page = ask(client, query)
    assert found == status
    assert words in page
    assert page.count("<script") == page.count('<script src="/static/') == 3
    assert 'href="javascript' not in page


def test_format_is_left_to_the_endpoint(client: FlaskClient) -> None:
    """Who picks a format in the form gets a file, browser or not."""
    response = client.get(
        "/sparql", query_string={"query": "ASK {}", "format": "csv"}, headers=BROWSER
    )
    assert response.headers["Content-Type"].startswith("text/csv")


def test_programs_get_results(client: FlaskClient) -> None:
    """Without a wish for HTML the answer is SPARQL JSON."""
    response = client.get("/sparql", query_string={"query": "ASK {}"})
    assert response.headers["Content-Type"].startswith("application/sparql-results+json")
