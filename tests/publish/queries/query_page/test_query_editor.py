"""The query page in a real browser: the editor, its words, answers, errors, cancel, no script."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bench.processes import free_port
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from support.programs import needs_chromium
from support.queries_query_page import PLANS
from support.sites import serving

from graph.rdf.vocab import PREFIXES
from graph.release.manifest import Release
from publish.config import Config
from publish.engine.pool import EnginePool
from publish.server.stack import assemble

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

EDITOR = "document.querySelector('.CodeMirror').CodeMirror"

HINT = ".CodeMirror-hint"


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


@needs_chromium
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


@needs_chromium
def test_keys_run_and_leave(page: Page, server: str) -> None:
    """Control and Enter ask; Tab is not caught by the editor."""
    open_editor(page, f"{server}/sparql", "ASK { ?s a km:Plan }")
    page.keyboard.press("Control+Enter")
    page.locator("#answer").get_by_text("จริง").wait_for()
    page.evaluate(f"{EDITOR}.focus()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "run"
    assert value(page) == "ASK { ?s a km:Plan }"


@needs_chromium
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


@needs_chromium
def test_long_query(page: Page, server: str) -> None:
    """A query too long for an address is answered too, though it has none to share."""
    text = "SELECT ('ก' AS ?x) { } # " + "ก" * 3000
    open_editor(page, f"{server}/sparql", text)
    page.click("#run")
    page.wait_for_selector("#answer table")
    assert len(page.url) < 200


@needs_chromium
def test_saved_questions_are_one_click_away(page: Page, server: str) -> None:
    """A question from the list stands in the editor, with its answer below."""
    page.goto(f"{server}/sparql")
    page.locator(".starters summary").get_by_text("กฎหมาย", exact=False).first.click()
    page.get_by_role("link", name="กฎหมายใดบ้างที่อ้างถึง").click()
    page.wait_for_selector(".CodeMirror")
    assert "km:legalBasis" in value(page)
    assert page.locator("#answer tbody tr").count() == 5


@needs_chromium
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


@needs_chromium
def test_all_properties_are_offered_when_asked(page: Page, server: str) -> None:
    """Control and space offer what may stand there before anything is typed."""
    open_editor(page, f"{server}/sparql", "SELECT * {\n  ?x ")
    page.keyboard.press("Control+Space")
    found = hints(page)
    assert any(hint.startswith("dct:publisher") for hint in found)
    assert not any(hint.startswith("km:Plan") for hint in found)


@needs_chromium
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


@needs_chromium
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


@needs_chromium
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


@needs_chromium
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


@needs_chromium
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
