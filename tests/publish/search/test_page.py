"""Search over HTTP: the page, JSON, suggestions, OpenSearch, and lists as files."""

import csv
import io
import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from support.programs import needs_chromium

from graph.release.manifest import Release
from publish.config import Config
from publish.search.highlight import excerpt, mark
from publish.server.stack import create_app

BROWSER = {"Accept": "text/html"}
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application on the bundled site."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def page_of(client: FlaskClient, path: str) -> str:
    """Return a page, which must be there."""
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 200, path
    return response.text


def test_results_show_what_was_found(client: FlaskClient) -> None:
    """A result has its kind, its name with the words marked, and where it belongs."""
    page = page_of(client, "/search?q=พรบ+ควบคุมอาคาร+2522&lang=th")
    first = re.search(r"<ol class=\"results\">.*?</li>", page, re.DOTALL)
    assert first is not None
    assert "/doc/law/act-2522-building-control" in first[0]
    assert "<mark>พระราชบัญญัติควบคุมอาคาร</mark>" in first[0]
    assert "พ.ศ.\u00a0<mark>2522</mark> (ค.ศ.\u00a01979)" in first[0]


def test_words_found_elsewhere_are_quoted(client: FlaskClient) -> None:
    """What the name does not hold is shown from the published words."""
    page = page_of(client, "/search?q=อนุยาต&lang=th")
    assert "<mark>อนุยาต</mark>" in page


def test_synonyms_are_marked(client: FlaskClient) -> None:
    """Whoever types a citizen's word sees the office's word marked."""
    assert "<mark>ภาษีที่ดินและสิ่งปลูกสร้าง</mark>" in page_of(client, "/search?q=ภาษีบ้าน&lang=th")


@pytest.mark.parametrize("typed", ["กฎหมาย", "law", "Laws"])
def test_a_kind_leads_to_its_list(client: FlaskClient, typed: str) -> None:
    """Whoever types what a kind is called is offered the whole of it, and how many there are."""
    page = page_of(client, f"/search?q={typed}&lang=th")
    assert '<a href="/browse/law?lang=th">ดูกฎหมายทั้งหมด 13 รายการ</a>' in page
    assert "/browse/law?" not in page_of(client, f"/search?q={typed}+2522&lang=th")


def test_saved_questions_are_found(client: FlaskClient) -> None:
    """Questions whose titles hold the words are offered, three at most, in either language."""
    for typed in ("leaflets", "แผ่นพับ"):
        page = page_of(client, f"/search?q={typed}&lang=en")
        group = page.split('id="answers"')[1].split("</section>")[0]
        assert 1 <= group.count('href="/queries/') <= 3
    assert 'id="answers"' not in page_of(client, "/search?q=ฮฮฮฮฮฮ&lang=en")


def test_filters_are_links(client: FlaskClient) -> None:
    """Each filter narrows to what it counts, and goes away again by the same place."""
    page = page_of(client, "/search?q=ควบคุม&lang=en")
    link = re.search(r'href="([^"]*kind=law[^"]*)"', page)
    assert link is not None
    narrowed = page_of(client, link[1].replace("&amp;", "&"))
    assert "/doc/topic/" not in narrowed.split("<ol")[1].split("</ol>")[0]
    assert 'aria-current="true">Laws' in narrowed
    assert 'name="kind" value="law"' in narrowed


def test_a_year_of_either_era_narrows(client: FlaskClient) -> None:
    """year=1979 and year=2522 are one filter."""
    one, other = (client.get(f"/search.json?kind=law&year={y}").json for y in ("1979", "2522"))
    assert one["results"] == other["results"]
    assert [r["yearBE"] for r in one["results"]] == [2522]


def test_nothing_found_helps_on(client: FlaskClient) -> None:
    """A page without results offers what was meant, what comes near, and topics to start from."""
    slip = page_of(client, "/search?q=เบี้ยยังชีบ&lang=th")
    assert "เบี้ยยังชีพผู้สูงอายุ</a></p>" in slip
    assert "/doc/service/old-age-allowance" in slip
    nothing = page_of(client, "/search?q=ฮฮฮฮฮฮ&lang=en")
    assert "Nothing holds all of these words" in nothing
    assert "/doc/topic/older-people" in nothing
    assert "/doc/topic/older-people" in page_of(client, "/search")


def test_what_is_typed_stays_text(client: FlaskClient) -> None:
    """Markup in a query is shown, not run; in JSON and suggestions too."""
    hostile = "%3Cscript%3Ealert(1)%3C/script%3E%22%27"
    page = page_of(client, f"/search?q={hostile}&kind={hostile}&page=1")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert client.get(f"/suggest?q={hostile}").json[0].startswith("<script>")
    assert client.get(f"/suggest?q={hostile}").mimetype == "application/x-suggestions+json"


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999", "๒x"])
def test_a_page_that_cannot_be_is_not_found(client: FlaskClient, page: str) -> None:
    """A page's number is a number, and not past what is ranked."""
    assert client.get(f"/search?q=ภาษี&page={page}").status_code == 404


def test_a_page_is_named_in_thai_digits_too(client: FlaskClient) -> None:
    """`page=๒` is the second page."""
    second = client.get("/search.json?q=การ&page=2").json
    assert second["results"]
    assert client.get("/search.json?q=การ&page=๒").json["results"] == second["results"]


def test_json_says_what_the_page_says(client: FlaskClient) -> None:
    """The same hits in the same order, with names in both languages, and the way to the next."""
    answer = client.get("/search.json?q=การ").json
    assert answer["total"] > 20
    assert len(answer["results"]) == 20
    assert answer["next"].endswith("page=2")
    following = client.get("/search.json?q=การ&page=2").json
    ids = [r["id"] for r in (*answer["results"], *following["results"])]
    assert len(set(ids)) == len(ids)
    assert set(answer["results"][0]["name"]) == {"th", "en"}
    assert client.get("/search.json?q=การ").headers["Access-Control-Allow-Origin"] == "*"


def test_suggestions_are_as_opensearch_wants_them(client: FlaskClient, config: Config) -> None:
    """Four lists: what was typed, names, kinds, addresses; in the reader's language."""
    typed, names, kinds, addresses = client.get("/suggest?q=buil&lang=en").json
    assert typed == "buil"
    assert names[0] == "Building control"
    assert kinds[0] == "Topic"
    assert addresses[0] == f"{config.base}/doc/topic/building-control"
    assert len(names) == len(kinds) == len(addresses)


def test_a_browser_can_search_here(client: FlaskClient, config: Config) -> None:
    """Every page leads to the OpenSearch description, whose templates answer."""
    page = page_of(client, "/doc/law/act-2522-building-control")
    assert 'rel="search"' in page
    assert 'role="search"' in page
    response = client.get("/opensearch.xml")
    assert response.mimetype == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(response.data)
    assert len(root.findtext(f"{OPENSEARCH}ShortName") or "") <= 16
    for url in root.iter(f"{OPENSEARCH}Url"):
        template = url.get("template", "").removeprefix(config.base)
        filled = template.replace("{searchTerms}", "tax").replace("{startPage?}", "1")
        answer = client.get(filled, headers={"Accept": url.get("type", "")})
        assert (answer.status_code, answer.mimetype) == (200, url.get("type"))


@pytest.mark.parametrize("path", ["/browse/law", "/search"])
def test_a_list_can_be_taken_home(client: FlaskClient, path: str) -> None:
    """As CSV, as CSV for Excel and as Turtle: the same things in each; and unchanged is 304."""
    query = "?kind=law" if path == "/search" else ""
    rows = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv{query}").text)))
    assert len(rows) == 13
    assert {r["name_en"] for r in rows if r["year_be"] == "2522"} == {
        "Building Control Act, B.E. 2522 (1979)"
    }
    excel = client.get(f"{path}.excel.csv{query}")
    assert excel.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in excel.headers["Content-Disposition"]
    turtle = client.get(f"{path}.ttl{query}")
    subjects = {t.subject.value for t in ox.parse(turtle.data, ox.RdfFormat.TURTLE)}
    assert subjects == {row["iri"] for row in rows}
    again = client.get(f"{path}.ttl{query}", headers={"If-None-Match": turtle.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/browse/law", "/search?q=ควบคุมอาคาร"])
def test_a_list_is_a_query_too(client: FlaskClient, path: str) -> None:
    """The SPARQL link of a list opens the query that lists it, and it has an answer."""
    link = re.search(r'href="(/sparql\?query=[^"]+)"', page_of(client, path))
    assert link is not None
    answer = client.get(link[1].replace("&amp;", "&"), headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert "act-2522-building-control" in answer.text


def test_a_list_of_nothing_known_is_not_found(client: FlaskClient) -> None:
    """Only kinds of thing have lists."""
    assert client.get("/browse/nothing.csv").status_code == 404


MARKS = [
    ("พรบ.ควบคุมอาคาร พ.ศ. 2522", ["พระราชบัญญัติ", "2522"], ["พรบ.", "2522"]),
    ("แผ่นพับภาษี ๖๓", ["63"], ["๖๓"]),
    ("Building Control Act", ["control"], ["Control"]),
    ("น้ําใจ", ["น้ำ"], ["น้ํา"]),
    ("ที่นี่", ["นี"], ["นี่"]),
    ("ภาษี", ["ไม่มี"], []),
    ("Household, old-age", ["old"], ["old"]),
    ("management, aged", ["age"], ["age"]),
    ("น้ำใต้ดิน", ["น"], ["น้ำ", "น"]),
    ("เบี้ย", ["ี้ย"], ["บี้ย"]),
    ("น้ำใจ", ["ำใจ"], ["น้ำใจ"]),
]


@pytest.mark.parametrize(("text", "words", "expected"), MARKS)
def test_marks_stand_in_the_published_words(
    text: str, words: list[str], expected: list[str]
) -> None:
    """What is marked is what stands there, however it was typed; nothing of the text is lost."""
    stretches = mark(text, words)
    assert [s.text for s in stretches if s.is_found] == expected
    assert "".join(s.text for s in stretches) == text


def test_an_excerpt_is_around_what_was_found() -> None:
    """Of long words the part with the first mark is shown, and it says that it is a part."""
    text = "ก " * 200 + "ภาษีท้องถิ่น " + "ข " * 200
    shown = "".join(s.text for s in excerpt(text, ["ภาษี"]))
    assert "ภาษีท้องถิ่น" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 400
    assert excerpt(text, ["ไม่มี"]) == ()


@needs_chromium
def test_suggestions_by_keyboard(page: Page, server: str) -> None:
    """The combobox: type, arrow down, Escape closes, Enter follows what is chosen."""
    page.goto(f"{server}/browse?lang=th")
    box = page.get_by_role("combobox", name="คำค้น")
    box.focus()
    page.keyboard.type("ควบคุม")
    option = page.get_by_role("option").first
    option.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Escape")
    assert page.get_by_role("listbox").is_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/topic/building-control?lang=th")


@needs_chromium
def test_search_needs_no_script(browser: Browser, server: str) -> None:
    """With JavaScript off the form, the filters and the results work."""
    context = browser.new_context(java_script_enabled=False, locale="th-TH")
    page = context.new_page()
    page.goto(f"{server}/")
    page.get_by_role("searchbox").fill("เบี้ยผู้สูงอายุ")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="เบี้ยยังชีพผู้สูงอายุ", exact=True).first.click()
    assert "/doc/service/old-age-allowance" in page.url
    context.close()


def test_json_is_small(client: FlaskClient) -> None:
    """What is sent while one types stays small."""
    assert len(client.get("/suggest?q=ก").data) < 4_000
    assert json.loads(client.get("/suggest?q=").data)[1] == []
