"""The query page in a real browser: the editor, its words, answers, errors, cancel, no script."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bench.processes import free_port
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from support.programs import needs_chromium
from support.readers import BROWSER, make_app
from support.sites import serving

from graph.rdf.vocab import PREFIXES
from graph.release.manifest import Release
from publish.config import Config
from publish.engine.pool import EnginePool
from publish.server.stack import assemble

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PLANS = "SELECT ?name { ?plan a km:Plan ; skos:prefLabel ?name FILTER(LANG(?name) = 'th') }"
EDITOR = "document.querySelector('.CodeMirror').CodeMirror"
HINT = ".CodeMirror-hint"

in_browser = needs_chromium


@pytest.fixture(scope="module")
def app(config: Config, site: Release) -> Iterator[Flask]:
    """The application on the bundled site."""
    app = make_app(config)
    yield app
    app.extensions["km"].current.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application, without a network between."""
    return app.test_client()


def pool_of(app: Flask) -> EnginePool:
    """Return the query workers of an application."""
    current = app.extensions["km"].current
    serving = current.enter()
    current.leave(serving)
    engine: EnginePool = serving.engine
    return engine


def open_editor(page: Page, address: str, text: str = "") -> None:
    """Open the query page and put a text into its editor, the cursor at its end."""
    page.goto(address)
    page.wait_for_selector(".CodeMirror")
    if text:
        script = f"text => {{ {EDITOR}.setValue(text); {EDITOR}.setCursor(1e6, 0) }}"
        page.evaluate(script, text)
        page.evaluate(f"{EDITOR}.focus()")


def hints(page: Page) -> list[str]:
    """Return what the editor offers, once it does."""
    page.wait_for_selector(HINT)
    return page.locator(HINT).all_inner_texts()


def value(page: Page) -> str:
    """Return the text in the editor."""
    return str(page.evaluate(f"{EDITOR}.getValue()"))


# ---- answers ---------------------------------------------------------------------------------


@in_browser
def test_a_thai_question_is_answered(page: Page, server: str) -> None:
    """The answer comes without a new page, with names as links, and the address is shareable."""
    open_editor(page, f"{server}/sparql", PLANS)
    page.evaluate("window.still = true")
    page.locator("#run").click()
    page.locator("#answer td").get_by_text("แผนการจัดการองค์ความรู้ประเด็นที่ 2").first.wait_for()
    assert page.evaluate("window.still")
    assert page.inner_text("#status") == "2 แถว"
    assert parse_qs(urlsplit(page.url).query)["query"] == [PLANS]
    page.reload()
    page.wait_for_selector(".CodeMirror")
    assert value(page) == PLANS
    assert page.locator("#answer tbody tr").count() == 2


@in_browser
def test_keys_run_and_leave(page: Page, server: str) -> None:
    """Control and Enter ask; Tab is not caught by the editor."""
    open_editor(page, f"{server}/sparql", "ASK { ?s a km:Plan }")
    page.keyboard.press("Control+Enter")
    page.locator("#answer").get_by_text("จริง").wait_for()
    page.evaluate(f"{EDITOR}.focus()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "run"
    assert value(page) == "ASK { ?s a km:Plan }"


@in_browser
def test_downloads(page: Page, server: str) -> None:
    """The answer can be taken along as CSV, CSV for Excel and JSON."""
    open_editor(page, f"{server}/sparql?lang=en", "SELECT ('=1' AS ?x) { }")
    page.click("#run")
    page.wait_for_selector("#answer table")
    with page.expect_download() as found:
        page.get_by_role("link", name="CSV for Excel").click()
    assert found.value.suggested_filename == "result-excel.csv"
    assert Path(found.value.path()).read_bytes() == b"\xef\xbb\xbfx\r\n'=1\r\n"
    with page.expect_download() as found:
        page.locator("#answer").get_by_role("link", name="CSV", exact=True).click()
    assert Path(found.value.path()).read_bytes() == b"x\r\n=1\r\n"


@in_browser
def test_long_query(page: Page, server: str) -> None:
    """A query too long for an address is answered too, though it has none to share."""
    text = "SELECT ('ก' AS ?x) { } # " + "ก" * 3000
    open_editor(page, f"{server}/sparql", text)
    page.click("#run")
    page.wait_for_selector("#answer table")
    assert len(page.url) < 200


@in_browser
def test_saved_questions_are_one_click_away(page: Page, server: str) -> None:
    """A question from the list stands in the editor, with its answer below."""
    page.goto(f"{server}/sparql")
    page.locator(".starters summary").get_by_text("กฎหมาย", exact=False).first.click()
    page.get_by_role("link", name="กฎหมายใดบ้างที่อ้างถึง").click()
    page.wait_for_selector(".CodeMirror")
    assert "km:legalBasis" in value(page)
    assert page.locator("#answer tbody tr").count() == 5


# ---- completion ------------------------------------------------------------------------------


@in_browser
@pytest.mark.parametrize(
    ("before", "typed", "offered", "name", "prefix"),
    [
        ("SELECT * {\n  ?x a ", "km:Pl", "km:Plan แผนการจัดการความรู้", "km:Plan", "km"),
        ("SELECT * {\n  ?x a ", "แผนการ", "km:Plan แผนการจัดการความรู้", "km:Plan", "km"),
        ("SELECT * {\n  ?x ", "km:verb", "km:verbatim", "km:verbatim", "km"),
        ("SELECT * {\n  ?x dct:type ", "kind:leaf", "kind:leaflet แผ่นพับ", "kind:leaflet", "kind"),
    ],
)
def test_completion(
    page: Page, server: str, before: str, typed: str, offered: str, name: str, prefix: str
) -> None:
    """Our classes, properties and codes are offered by name and label, with their prefix."""
    open_editor(page, f"{server}/sparql", before)
    page.keyboard.type(typed)
    assert any(hint.startswith(offered) for hint in hints(page))
    page.keyboard.press("Enter")
    page.wait_for_function(f"{EDITOR}.getValue().startsWith('PREFIX')")
    assert f"PREFIX {prefix}: <{PREFIXES[prefix]}>" in value(page)
    assert value(page).endswith(name)


@in_browser
def test_all_properties_are_offered_when_asked(page: Page, server: str) -> None:
    """Control and space offer what may stand there before anything is typed."""
    open_editor(page, f"{server}/sparql", "SELECT * {\n  ?x ")
    page.keyboard.press("Control+Space")
    found = hints(page)
    assert any(hint.startswith("dct:publisher") for hint in found)
    assert not any(hint.startswith("km:Plan") for hint in found)


@in_browser
def test_only_our_prefixes_are_offered(page: Page, server: str) -> None:
    """After PREFIX come the prefixes of this site, none of prefix.cc."""
    open_editor(page, f"{server}/sparql", "PREFIX ")
    page.keyboard.type("s")
    assert [hint.partition(":")[0] for hint in hints(page)] == sorted(
        name for name in PREFIXES if name.startswith("s")
    )


def test_terms(client: FlaskClient) -> None:
    """The words of the editor are those of the vocabulary, in both languages, kept by a tag."""
    response = client.get("/sparql/terms.json")
    found = json.loads(response.data)
    terms = {term["name"]: term for term in found["terms"]}
    assert found["prefixes"] == PREFIXES
    plan = {"name": "km:Plan", "kind": "class", "th": "แผนการจัดการความรู้"}
    assert plan.items() <= terms["km:Plan"].items()
    kinds = {"skos:prefLabel": "property", "schema:Legislation": "class", "kind:act": "code"}
    assert {name: terms[name]["kind"] for name in kinds} == kinds
    known = {"If-None-Match": response.headers["ETag"]}
    assert client.get("/sparql/terms.json", headers=known).status_code == 304


# ---- errors and cancel -----------------------------------------------------------------------


@in_browser
def test_an_error_is_shown_where_it_is(page: Page, server: str) -> None:
    """The message says line and column, the cursor goes there, and the place is marked."""
    open_editor(page, f"{server}/sparql", "SELECT * {\n  ?s ?p ?o ] }\n")
    page.click("#run")
    page.wait_for_selector("#mistake")
    assert "บรรทัด 2 ตัวอักษรที่ 12" in page.inner_text("#mistake")
    assert page.inner_text(".mistake-mark") == "]"
    place = page.evaluate(f"(({{line, ch}}) => [line, ch])({EDITOR}.getCursor())")
    assert place == [1, 11]
    page.hover(".wrong-line")
    page.keyboard.press("Delete")
    page.wait_for_selector(".mistake-mark", state="detached")
    page.wait_for_selector(".wrong-line", state="detached")


@in_browser
@pytest.mark.parametrize(
    ("name", "is_wrong"), [("km:Plan", False), ("ex:Plan", True)], ids=["ours", "another's"]
)
def test_our_prefixes_are_no_mistakes(page: Page, server: str, name: str, is_wrong: bool) -> None:
    """A line with a prefix of this site is not marked, though the query does not declare it."""
    open_editor(
        page, f"{server}/sparql", f"SELECT * {{\n  ?แผน a {name} ;\n    skos:prefLabel ?ชื่อ }}\n"
    )
    page.wait_for_timeout(300)
    assert page.locator(".wrong-line").count() == is_wrong
    assert page.evaluate(f"{EDITOR}.queryValid") is not is_wrong


@in_browser
def test_refusals_are_shown(page: Page, server: str) -> None:
    """What this endpoint never does is said on the page, without a new one."""
    open_editor(page, f"{server}/sparql", "DELETE WHERE { ?s ?p ?o }")
    page.click("#run")
    page.wait_for_selector("#mistake")
    assert "DELETE is an update" in page.inner_text("#mistake")


@pytest.fixture
def own_server(config: Config, site: Release) -> Iterator[tuple[str, EnginePool]]:
    """The address of a server, as `km serve` runs it, and its query workers to look at."""
    own = replace(config, port=free_port())
    application = assemble(own)
    with serving(application.asgi, own):
        yield f"http://127.0.0.1:{own.port}", pool_of(application.wsgi)
    application.close()


@in_browser
def test_cancel_frees_the_worker(browser: Browser, own_server: tuple[str, EnginePool]) -> None:
    """Cancel ends the request at once, and the query's worker long before its deadline."""
    address, pool = own_server
    page = browser.new_page(locale="en-GB")
    open_editor(page, f"{address}/sparql", ENDLESS)
    page.click("#run")
    page.get_by_role("button", name="Cancel").wait_for()
    assert wait_until(lambda: pool.state().quick + pool.state().slow == 1, 3)
    page.click("#cancel")
    assert page.inner_text("#status") == "Cancelled"
    assert page.locator("#cancel").is_hidden()
    assert wait_until(lambda: pool.state().quick + pool.state().slow == 0, 2)
    page.evaluate(f"{EDITOR}.setValue('ASK {{}}')")
    page.click("#run")
    page.locator("#answer").get_by_text("True").wait_for()
    page.close()


def wait_until(is_so: object, seconds: float) -> bool:
    """Tell whether something comes true in so many seconds."""
    gives_up_at = time.monotonic() + seconds
    while time.monotonic() < gives_up_at:
        if is_so():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


# ---- without script, and within the policy ---------------------------------------------------


@in_browser
def test_without_javascript(browser: Browser, server: str) -> None:
    """The plain form asks, answers and leads on, with no script run."""
    context = browser.new_context(java_script_enabled=False, locale="th-TH")
    page = context.new_page()
    page.goto(f"{server}/sparql")
    page.fill("textarea", PLANS)
    page.locator("#run").click()
    assert page.locator("#answer tbody tr").count() == 2
    page.fill("textarea", "SELECT * { ] }")
    page.locator("#run").click()
    assert "บรรทัด 1" in page.inner_text("#mistake")
    page.goto(f"{server}/queries/laws-named")
    page.select_option("select[name=yearBE]", "2522")
    page.get_by_role("button", name="ดูคำตอบ").click()
    assert page.locator("table.answer tbody tr").count() == 1
    assert "yearBE=2522" in page.url
    context.close()


def test_scripts_are_files_of_this_site(client: FlaskClient) -> None:
    """A page may run scripts, from files of this site only; what is no page runs none."""
    policy = client.get("/sparql", headers=BROWSER).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy and "data:" not in policy and "http" not in policy
    for path in ("/sparql?query=ASK{}&format=json", "/static/mark.svg", "/browse/law.csv"):
        other = client.get(path).headers["Content-Security-Policy"]
        assert "script-src" not in other
    for path in ("/sparql", "/sparql?query=ASK{}", "/sparql?query=x", "/sparql?question=evidence"):
        page = client.get(path, headers=BROWSER)
        assert page.headers["Content-Security-Policy"] == policy
        assert "<style" not in page.text and " style=" not in page.text
        run = re.findall(r"<script(?! type=.application/ld.json.>)", page.text)  # the rest is data
        assert len(run) == page.text.count('<script src="/static/') == 3


def test_what_is_shipped() -> None:
    """The editor comes with its licences, says its version, and names no map to look for."""
    folder = Path(str(files("publish") / "static" / "yasgui"))
    assert "MIT License" in (folder / "LICENSES.txt").read_text(encoding="utf-8")
    assert "version 4.6.2" in (folder / "README.md").read_text(encoding="utf-8")
    assert "sourceMappingURL" not in (folder / "yasqe.min.js").read_text(encoding="utf-8")


def test_questions_by_name(client: FlaskClient) -> None:
    """`?question=` opens a saved question or an example; any other name is not found."""
    for name in ("laws-named", "example-topics"):
        page = client.get(f"/sparql?question={name}", headers=BROWSER)
        assert page.status_code == 200 and "<tbody>" in page.text
    assert client.get("/sparql?question=nothing", headers=BROWSER).status_code == 404


def test_graphs_in_the_address(client: FlaskClient, config: Config) -> None:
    """The page asks of the graphs that the address names, and so do its links."""
    query = {"query": "ASK { ?s a km:Plan }", "default-graph-uri": f"{config.base}/graph/shared"}
    page = client.get("/sparql", query_string={**query, "lang": "en"}, headers=BROWSER)
    assert "False" in page.text
    assert page.text.count("default-graph-uri=http") == 4
    for none in ([], ""):
        asked = {**query, "default-graph-uri": none, "format": "json"}
        assert client.get("/sparql", query_string=asked).json == {"head": {}, "boolean": True}
    whole = client.get("/sparql", query_string={**query, "default-graph-uri": []}, headers=BROWSER)
    assert "จริง" in whole.text or "True" in whole.text


def test_graph_as_text(client: FlaskClient) -> None:
    """A CONSTRUCT is shown as Turtle, and offered in the formats of graphs."""
    text = "CONSTRUCT { ?s a km:Plan } WHERE { ?s a km:Plan }"
    page = client.get("/sparql", query_string={"query": text}, headers=BROWSER).text
    assert "a km:Plan" in page
    assert "format=jsonld&amp;download=1" in page and "format=csv" not in page
