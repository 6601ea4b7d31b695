"""The saved questions on the web: pages, forms, charts, files, and the collection as RDF."""

import re

import pytest
from flask.testing import FlaskClient
from support.queries_routes import Cells
from support.readers import BROWSER

from graph.errors import EngineBusy, QueryTimeout


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
