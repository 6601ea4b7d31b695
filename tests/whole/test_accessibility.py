"""WCAG 2.2 AA over every kind of page: axe-core in Chromium, keyboard, target sizes, reflow.

`tests/axe/axe.min.js` is axe-core of Deque Systems, under the Mozilla Public License 2.0
(`tests/axe/LICENSE`); it is part of the tests alone and is never served.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from screens import PAGES, SIZES, address_of
from support.paths import TESTS
from support.programs import needs_chromium

pytestmark = needs_chromium

AXE = (TESTS / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The editor of the query page scrolls with its own cursor, which axe cannot know.
RUN = """rules => axe.run({exclude: [['.CodeMirror']]},
  {runOnly: {type: 'tag', values: rules}}).then(found =>
  found.violations.map(v => v.id + ': ' + v.help + ' — ' +
    v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))"""
LOOKS = [
    pytest.param(size, lang, scheme, id=f"{size}-{lang}-{scheme}")
    for size, lang, scheme in (
        ("phone", "th", "light"),
        ("desktop", "en", "dark"),
    )
]


@pytest.fixture(scope="module")
def looks(browser: Browser) -> Iterator[dict[tuple[str, str], Page]]:
    """A page for each size and colour scheme, used again and again."""
    contexts: list[BrowserContext] = []
    pages = {}
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            contexts.append(context)
            pages[size, scheme] = context.new_page()
    yield pages
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("size", "lang", "scheme"), LOOKS)
def test_axe_finds_nothing(
    looks: dict[tuple[str, str], Page], server: str, size: str, lang: str, scheme: str
) -> None:
    """No violation on any kind of page, in both languages, colour schemes and sizes."""
    opened = looks[size, scheme]
    found: dict[str, Any] = {}
    for name in PAGES:
        opened.goto(address_of(server, name, lang))
        open_details(opened)
        opened.evaluate(AXE)
        violations = opened.evaluate(RUN, RULES)
        if violations:
            found[name] = violations
    assert found == {}


def test_the_editor_can_be_scrolled_by_keys(
    looks: dict[tuple[str, str], Page], server: str
) -> None:
    """On a phone, where lines of a query are longer than the editor, the keyboard reaches them."""
    opened = looks["phone", "light"]
    opened.goto(f"{server}/sparql?lang=en")
    opened.locator(".CodeMirror-scroll").wait_for()
    scroller = opened.get_by_role("group", name="Query", exact=False).and_(
        opened.locator(".CodeMirror-scroll")
    )
    assert scroller.count() == 1
    scroller.focus()
    opened.evaluate(AXE)
    rule = "scrollable-region-focusable"
    found = opened.evaluate(
        "rule => axe.run('.CodeMirror', {runOnly: {type: 'rule', values: [rule]}})", rule
    )
    assert found["violations"] == []


def open_details(opened: Page) -> None:
    """Unfold what is collapsed, so that it is looked at too."""
    opened.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


REACH = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter(e => e.checkVisibility() && e.type !== 'hidden' && !e.disabled && e.tabIndex >= 0
    && !e.closest('.CodeMirror')).length"""
HERE = """() => { const e = document.activeElement;
  if (!e || e === document.body) return null;
  e.dataset.seen = (e.dataset.seen ?? 0) + 1;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {tag: e.tagName, first: e.dataset.seen === '1',
    seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    inside: box.bottom > 0 && box.top < innerHeight}; }"""


@pytest.mark.parametrize("name", ["home", "plan", "topic", "law", "organization", "404"])
def test_the_keyboard_reaches_everything(
    looks: dict[tuple[str, str], Page], server: str, name: str
) -> None:
    """Tab comes by every link and control, in view and visibly; the first one skips to the text."""
    opened = looks["desktop", "light"]
    opened.goto(address_of(server, name, "th"))
    expected = opened.evaluate(REACH)
    reached = 0
    for _ in range(expected + 5):
        opened.keyboard.press("Tab")
        here = opened.evaluate(HERE)
        if here is None or not here["first"]:
            break
        reached += 1
        assert here["seen"], (name, reached, here)
        assert here["inside"], (name, reached, here)
        if reached == 1:
            assert opened.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert reached >= expected


SMALL = """() => [...document.querySelectorAll('a[href], button, input, select, summary')]
  .filter(e => e.checkVisibility() && e.type !== 'hidden' && !e.closest('.skip, .CodeMirror'))
  .filter(e => { const s = getComputedStyle(e); return s.display !== 'inline'; })
  .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 90)])
  .filter(([box]) => box.width < 24 || box.height < 24).map(([box, text]) =>
    Math.round(box.width) + 'x' + Math.round(box.height) + ' ' + text)"""


@pytest.mark.parametrize("name", sorted(PAGES))
def test_targets_and_reflow(looks: dict[tuple[str, str], Page], server: str, name: str) -> None:
    """On 320 px nothing scrolls sideways (1.4.10); targets that are no text have 24 px (2.5.8)."""
    opened = looks["phone", "light"]
    opened.set_viewport_size({"width": 320, "height": 640})
    opened.goto(address_of(server, name, "th"))
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320
    assert opened.evaluate(SMALL) == []
    opened.set_viewport_size({"width": SIZES["phone"][0], "height": SIZES["phone"][1]})
