"""The query page in a real browser: the editor, its words, answers, errors, cancel, no script."""

import re
from importlib.resources import files
from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import Browser
from support.programs import needs_chromium
from support.queries_query_page import PLANS
from support.readers import BROWSER

from publish.config import Config


@needs_chromium
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
