"""The application as a whole: errors, the move to a new release, prefixes, the query page."""

import json
import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from support.readers import BROWSER, make_app

from graph.builder.build import build_release
from graph.check.check import Checked
from graph.errors import (
    EngineBusy,
    KmError,
    NoRelease,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueryTooComplex,
    ReleaseDamaged,
    ReleaseError,
)
from graph.release.activate import activate, publication_lock
from graph.release.manifest import Release
from graph.search.find import Found, Query, SearchIndex
from publish.cli.publish import release_input
from publish.config import Config
from publish.http.negotiate import HTML, NotAcceptable
from publish.http.status import status_of
from publish.server.stack import create_app
from publish.web import not_found as near_names
from publish.web import served_release as current

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def app(config: Config, site: Release) -> Iterator[Flask]:
    """The application on the bundled site."""
    app = make_app(config)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret of the house")

    @app.get("/gone")
    def gone() -> str:
        raise NoRelease("nothing here")

    yield app
    app.extensions["km"].current.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application, without a network between."""
    return app.test_client()


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


# ---- the query page --------------------------------------------------------------------------


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


# ---- releases come and go --------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path, checked: Checked) -> tuple[Config, Callable[[], Release]]:
    """Settings with a data folder of their own, and what publishes into it."""
    config = Config(data=tmp_path, workers=1)

    def publish() -> Release:
        with publication_lock(tmp_path):
            return build_release(tmp_path, release_input(config, checked))

    return config, publish


@pytest.fixture
def moving(own: tuple[Config, Callable[[], Release]]) -> Iterator[Flask]:
    """An application on a data folder of its own."""
    own[1]()
    app = make_app(own[0])
    yield app
    app.extensions["km"].current.close()


def wait_for(app: Flask, release_id: str) -> bool:
    """Tell whether the application comes to serve this release."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if app.test_client().get("/readyz").text.strip() == release_id:
            return True
        time.sleep(0.05)
    return False


def test_new_release_is_noticed(moving: Flask, own: tuple[Config, Callable[[], Release]]) -> None:
    """A running server moves to a new release, and back, on its own; old ones stay to be had."""
    client = moving.test_client()
    first = client.get("/readyz").text.strip()
    old_tag = client.get("/").headers["ETag"]
    second = own[1]().id
    assert wait_for(moving, second)
    assert client.get("/", headers={"If-None-Match": old_tag}).status_code == 200
    assert client.get(f"/dumps/{first}/all.trig").status_code == 200
    assert first in client.get("/releases").text
    activate(own[0].data, first)
    assert wait_for(moving, first)


def test_the_watch_outlives_a_lack_of_files(
    moving: Flask, own: tuple[Config, Callable[[], Release]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at the releases that fails, with every file taken, is not the last one."""
    looks: list[int] = []

    def fail(_: Path) -> list[str]:
        looks.append(1)
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("publish.web.served_release.release_ids", fail)
    while len(looks) < 2:
        time.sleep(0.05)
    monkeypatch.undo()
    assert wait_for(moving, own[1]().id)


def test_request_ends_on_its_release(
    moving: Flask, own: tuple[Config, Callable[[], Release]]
) -> None:
    """Who began on the old release finishes on it, and then it is closed."""
    current = moving.extensions["km"].current
    held = current.enter()
    second = own[1]().id
    assert wait_for(moving, second)
    assert held.is_retired
    assert held.users == 1
    assert held.store.ask("ASK { ?s a km:Law }")
    current.leave(held)
    assert held.users == 0


def test_no_request_is_forgotten(app: Flask) -> None:
    """Every way a request can end lets go of its release."""
    client, current = app.test_client(), app.extensions["km"].current
    before = current.enter().users
    for path in ("/", "/none", "/broken", "/dumps/current/all.nq", "/sparql?query=ASK{}"):
        client.get(path)
        client.head(path)
    after = current.enter().users
    assert after == before + 1


ANSWERS = (
    "/?lang=en",
    "/doc/plan/sao-301107-km-1",
    "/doc/plan/sao-301107-km-1.ttl",
    "/ontology",
    "/queries/laws-named",
    "/queries/laws-named.csv",
    "/dumps/current/shared.ttl",
    "/sparql?query=SELECT*{?law+a+km:Law}&format=csv",
    "/sparql?query=SELECT*{?s+?p+?o}&format=json",  # longer than a block: streamed
)


@pytest.mark.parametrize("path", [*ANSWERS, "/sparql/terms.json", "/static/site.css?v=1"])
def test_an_answer_leaves_before_flask(app: Flask, path: str) -> None:
    """Pages, files and answers to queries are made once and sent again without Flask."""
    client, asked = app.test_client(), []
    with request_started.connected_to(lambda _, **more: asked.append(path), app):
        first, again = client.get(path), client.get(path)
        known = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert len(asked) == (not path.startswith("/sparql?"))  # queries never come to Flask
    assert (first.status_code, again.status_code, known.status_code) == (200, 200, 304)
    assert first.data == again.data != b""
    ours = {"Content-Length", "Date"}
    assert {n: v for n, v in first.headers if n not in ours} == {
        n: v for n, v in again.headers if n not in ours
    }


def test_a_new_release_empties_the_cache(
    moving: Flask, own: tuple[Config, Callable[[], Release]]
) -> None:
    """After the move nothing of the old release is sent, neither pages nor answers to queries."""
    client = moving.test_client()
    old = {path: client.get(path).headers["ETag"] for path in ANSWERS}
    assert wait_for(moving, own[1]().id)
    for path, etag in old.items():
        response = client.get(path)
        is_file = path.startswith("/dumps/")  # named by its content, which is the same
        assert (response.headers["ETag"] != etag) is not is_file, path


def test_damaged_release_is_refused(
    moving: Flask,
    own: tuple[Config, Callable[[], Release]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A release whose files differ from its manifest does not serve, until they are mended."""
    monkeypatch.setattr(current, "_PATIENCE_S", 0.3)
    config = own[0]
    good = moving.test_client().get("/readyz").text.strip()
    bad = config.data / "releases" / "9999-01-01T000000Z"
    shutil.copytree(config.data / "releases" / good, bad)
    with (bad / "dumps" / "all.nq").open("ab") as file:
        file.write(b"x")
    link = config.data / "new"
    link.symlink_to(Path("releases") / bad.name)
    with caplog.at_level(logging.ERROR):
        link.replace(config.data / "current")
        time.sleep(1.2)
    assert moving.test_client().get("/readyz").text.strip() == good
    assert len([r for r in caplog.records if bad.name in r.getMessage()]) == 1
    shutil.copy(config.data / "releases" / good / "dumps" / "all.nq", bad / "dumps" / "all.nq")
    assert wait_for(moving, bad.name)


def test_nothing_to_serve(tmp_path: Path) -> None:
    """Without a release there is no application, and the message says what to run."""
    with pytest.raises(NoRelease, match="km publish"):
        create_app(Config(data=tmp_path))


def test_other_base_is_refused(own: tuple[Config, Callable[[], Release]]) -> None:
    """A release made for another base would answer every address with 404."""
    own[1]()
    with pytest.raises(ReleaseError, match="publish again"):
        create_app(replace(own[0], base="https://other.example"))


def test_site_below_a_path(tmp_path: Path, checked: Checked) -> None:
    """A base with a path works behind a proxy that keeps the path and one that takes it off."""
    config = Config(data=tmp_path, workers=1, base="http://localhost:8000/km")
    with publication_lock(tmp_path):
        build_release(tmp_path, release_input(config, checked))
    app = make_app(config)
    client = app.test_client()
    for path in ("/km/", "/"):
        page = client.get(path).text
        assert 'href="/km/static/site.css' in page
        assert 'href="/km/browse"' in page
        assert not re.search(r'href="/(?!km/)', page)
    assert "Disallow: /km/sparql?\n" in client.get("/km/robots.txt").text
    app.extensions["km"].current.close()
