"""The application as a whole: errors, the move to a new release, prefixes, the query page."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.readers import BROWSER

from graph.errors import (
    EngineBusy,
    KmError,
    NoRelease,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueryTooComplex,
    ReleaseDamaged,
)
from graph.search.find import Found, Query, SearchIndex
from publish.http.negotiate import HTML, NotAcceptable
from publish.http.status import status_of
from publish.web import not_found as near_names

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAcceptable([HTML]), 406),
        (QuerySyntax("x"), 400),
        (QueryTooComplex("x"), 400),
        (QueryRefused("x"), 403),
        (QueryTimeout("x"), 504),
        (EngineBusy("x"), 503),
        (NoRelease("x"), 503),
        (ReleaseDamaged("x"), 503),
        (KmError("x"), 500),
    ],
)
def test_every_exception_has_its_status(error: KmError, status: int) -> None:
    """The tree of exceptions becomes statuses in one place."""
    assert status_of(error) == status


@pytest.mark.parametrize(
    ("path", "status"), [("/none", 404), ("/broken", 500), ("/gone", 503), ("/doc/law/none", 404)]
)
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER["Accept"], "text/html"),
        ("*/*", "text/plain"),
        ("text/turtle", "text/plain"),
        ("application/json", "application/problem+json"),
        ("image/png", "text/plain"),
    ],
)
def test_errors_are_told_in_the_clients_way(
    client: FlaskClient, path: str, status: int, accept: str, media_type: str
) -> None:
    """A browser gets a page, JSON readers a problem (RFC 9457), others text; no secret is told."""
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == status
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    assert "secret" not in response.text
    if media_type == "application/problem+json":
        assert json.loads(response.data)["status"] == status


def test_error_pages_have_the_frame(client: FlaskClient) -> None:
    """A reader who went astray finds the way back, in their language."""
    thai = client.get("/none", headers=BROWSER).text
    english = client.get("/none?lang=en", headers=BROWSER).text
    assert "ไม่พบหน้านี้" in thai
    assert "There is no such page" in english
    assert 'name="robots" content="noindex"' in thai
    assert 'href="/"' in thai


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/doc/law/act-2522-buildng-control", "/doc/law/act-2522-building-control"),
        ("/doc/plan/sao-301107-km-9", "/doc/plan/sao-301107-km-1"),
        ("/id/leaflet/sao-301107-old-age-alowance", "/doc/leaflet/sao-301107-old-age-allowance"),
        ("/building-permit", "/doc/service/building-permit"),
        ("/ผู้สูงอายุ", "/doc/topic/older-people"),
    ],
)
def test_who_went_astray_is_told_near_names(client: FlaskClient, path: str, near: str) -> None:
    """A slip in an address, or a guess at one, leads on to what there is; in both languages."""
    for lang in ("th", "en"):
        response = client.get(f"{path}?lang={lang}", headers=BROWSER)
        assert response.status_code == 404
        assert f'href="{near}?lang={lang}"' in response.text


@pytest.mark.parametrize(
    ("path", "is_searched"),
    [("/buildng-permt", True), ("/" + "-".join(["buildng"] * 9), False), ("/plan/buildng", True)],
)
def test_near_names_cost_little(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, is_searched: bool
) -> None:
    """What comes near is looked for only for a few words, and few keys are measured."""
    searched: list[str] = []
    find, measure = SearchIndex.find, near_names.get_close_matches

    def count(index: SearchIndex, query: Query, *page: int) -> Found:
        searched.append(query.text)
        return find(index, query, *page)

    def measure_few(word: str, keys: Sequence[str], *limits: Any) -> list[str]:
        assert len(keys) == 3
        return measure(word, keys, *limits)

    monkeypatch.setattr(near_names, "_MEASURED", 3)
    monkeypatch.setattr(SearchIndex, "find", count)
    monkeypatch.setattr(near_names, "get_close_matches", measure_few)
    assert client.get(path, headers=BROWSER).status_code == 404
    assert bool(searched) is is_searched
    near = client.get("/doc/entry/sao-301107-p1-999", headers=BROWSER)
    assert 'href="/doc/entry/sao-301107-p1-1"' in near.text


@pytest.mark.parametrize("path", ["/x", "/%00", "/doc/law/" + "x" * 500, "/%ff", "/..%2f..%2fetc"])
def test_near_names_of_nonsense(client: FlaskClient, path: str) -> None:
    """Whatever an address holds, the page that finds nothing is a page."""
    response = client.get(f"{path}/nothing", headers=BROWSER)
    assert response.status_code == 404
    assert response.text.endswith("</html>")


LAW = "law/act-2522-building-control"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"/doc/{LAW}/", f"/doc/{LAW}"),
        (f"/doc/{LAW}.ttl/", f"/doc/{LAW}.ttl"),
        (f"/doc/{LAW}/?lang=en&x=1", f"/doc/{LAW}?lang=en"),
        (f"/id/{LAW}/", f"/id/{LAW}"),
        (f"/doc/{LAW.upper()}", f"/doc/{LAW}"),
        (f"/doc/{LAW}.TTL", f"/doc/{LAW}.ttl"),
        (f"/id/{LAW.title()}/", f"/id/{LAW}"),
    ],
)
def test_slips_lead_to_the_known_address(client: FlaskClient, path: str, target: str) -> None:
    """An address with capitals or a slash at its end leads to the thing, for good."""
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 308
    assert response.headers["Location"] == target
    assert client.get(target, headers={"Accept": "text/html"}).status_code in (200, 303)


@pytest.mark.parametrize(
    "path",
    ["/doc/law/nothing/", "/doc/LAW/NOTHING", "/id/law/x/", f"/doc/{LAW}//", f"/id/{LAW}.ttl/"],
)
def test_slips_lead_nowhere_else(client: FlaskClient, path: str) -> None:
    """What the store does not know stays 404, however it is spelt."""
    assert client.get(path).status_code == 404


def test_406_lists_the_formats_as_links(client: FlaskClient) -> None:
    """Who wants an image is led to what there is, in a page unless a page is refused by name."""
    for start in ("id", "doc"):
        path = f"/{start}/law/act-2522-building-control?lang=en"
        shown = client.get(path, headers={"Accept": "image/png"})
        assert (shown.status_code, shown.mimetype) == (406, "text/html")
        assert "Not offered in that format" in shown.text
        for name in ("html", "ttl", "jsonld", "rdf", "nt"):
            target = f"/doc/law/act-2522-building-control.{name}"
            assert f'href="{target}"' in shown.text
            assert f"<{target}>; rel=" in shown.headers["Link"]
            assert client.get(target).status_code == 200
    headers = {"Accept": "image/png, text/html;q=0"}
    response = client.get("/doc/law/act-2522-building-control", headers=headers)
    assert (response.status_code, response.mimetype) == (406, "text/plain")
    assert "text/turtle" in response.text


def test_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    """405 says what is allowed (RFC 9110 section 15.5.6)."""
    response = client.post("/doc/law/act-2522-building-control")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "start"), [("/healthz", "ok"), ("/robots.txt", "User-agent: *"), ("/readyz", "20")]
)
def test_small_addresses(client: FlaskClient, path: str, start: str) -> None:
    """Programs find what they expect, as text."""
    response = client.get(path)
    assert response.text.startswith(start)
    assert response.headers["Content-Type"].startswith("text/plain")


def test_static_files_are_there(client: FlaskClient) -> None:
    """Every file that a page or the style names is served, fonts with their licence."""
    page = client.get("/").text + client.get("/sparql", headers=BROWSER).text
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    style = client.get("/static/site.css").text
    named |= {f"/static/{name}" for name in re.findall(r"url\(([^)]+)\)", style)}
    named |= {"/favicon.ico", "/static/fonts/OFL.txt", "/static/yasgui/LICENSES.txt"}
    assert len(named) >= 8
    for path in named:
        assert client.get(path).status_code == 200, path
    assert "http" not in re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
