"""A real browser walks through the site: no script error, no request to elsewhere, no dead link."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from screens import CHROMIUM_OPTIONS, PAGES, SIZES, chromium

pytestmark = pytest.mark.skipif(chromium() is None, reason="Debian's chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A fresh page that fails the test on a console error or a request to another host."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, locale="th-TH")
    trouble: list[str] = []
    opened.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda e: trouble.append(str(e)))
    host = urlsplit(server).netloc
    opened.on(
        "request", lambda r: trouble.append(r.url) if urlsplit(r.url).netloc != host else None
    )
    yield opened
    opened.close()
    assert [t for t in trouble if "404" not in t] == []


def test_from_home_to_a_law(page: Page, server: str) -> None:
    """From the home page to a plan, the law its fifth entry names, and that law's amendments."""
    page.goto(server)
    assert page.get_attribute("html", "lang") == "th"
    page.get_by_role("link", name="การพัฒนาความรู้แก่พนักงานส่วนตำบล").first.click()
    page.get_by_role("link", name="พระราชบัญญัติควบคุมอาคาร พ.ศ. 2522").first.click()
    page.wait_for_load_state()
    if "/entry/" in page.url:
        page.get_by_role("link", name="พระราชบัญญัติควบคุมอาคาร พ.ศ. 2522", exact=True).first.click()
    assert "/doc/law/act-2522-building-control" in page.url
    assert page.get_by_text("(ฉบับที่ 2)").first.is_visible()


def test_the_language_can_be_changed(page: Page, server: str) -> None:
    """The switch leads to the same page in English, with the same thing on it."""
    page.goto(f"{server}/doc/plan/sao-301107-km-1")
    page.locator('a[hreflang="en"]').first.click()
    assert page.get_attribute("html", "lang") == "en"
    assert "good governance" in page.inner_text("h1")


def test_a_question_in_the_browser(page: Page, server: str) -> None:
    """The query page takes a question and shows its answer as a table."""
    page.goto(f"{server}/sparql")
    page.locator("textarea").fill(
        "SELECT ?name { ?plan a km:Plan ; skos:prefLabel ?name } ORDER BY ?name"
    )
    page.locator("textarea").locator("xpath=ancestor::form").locator(
        "button[type=submit]"
    ).first.click()
    page.wait_for_load_state()
    assert page.locator("table").get_by_text("แผนการจัดการองค์ความรู้ประเด็นที่ 2").first.is_visible()


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.parametrize("size", sorted(SIZES))
def test_nothing_is_wider_than_the_screen(
    browser: Browser, server: str, name: str, size: str
) -> None:
    """No page scrolls sideways, on a phone or a desk."""
    width, height = SIZES[size]
    opened = browser.new_page(viewport={"width": width, "height": height})
    opened.goto(f"{server}{PAGES[name]}")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()


def test_every_link_leads_somewhere(page: Page, server: str) -> None:
    """Every link inside the site, on every kind of page, answers 200."""
    found: set[str] = set()
    for path in (path for name, path in PAGES.items() if name != "404"):
        page.goto(server + path)
        found |= set(page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"))
    inside = sorted({url.partition("#")[0] for url in found if url.startswith(server)})
    assert len(inside) > 100
    broken = {url: s for url in inside if (s := page.request.get(url).status) != 200}
    assert broken == {}
