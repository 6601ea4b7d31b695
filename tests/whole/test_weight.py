"""What a page weighs on the way to a reader: HTML, style, font and script, as they were sent."""

import pytest
from playwright.sync_api import Browser, Response
from screens import PAGES
from support.programs import needs_chromium

pytestmark = needs_chromium

FIRST_VISIT_BYTES = 150_000
NEXT_VISIT_BYTES = 15_000
ORDINARY = ("home", "plan", "law", "leaflet", "topic", "organization", "entry", "service", "source")
FOR_EVER = 31_536_000


def weight(response: Response) -> int:
    """Return the bytes of a response's body as they came over the wire."""
    response.finished()
    return int(response.request.sizes()["responseBodySize"])


def is_kept(response: Response) -> bool:
    """Tell whether a browser that has it asks for it no more."""
    return f"max-age={FOR_EVER}" in response.headers.get("cache-control", "")


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("name", ORDINARY)
def test_pages_are_light(browser: Browser, server: str, name: str, lang: str) -> None:
    """Under 150 KB at the first visit, and under 15 KB once style, font and script are there."""
    opened = browser.new_page()
    came: list[Response] = []
    opened.on("response", lambda response: came.append(response))
    opened.goto(f"{server}{PAGES[name]}?lang={lang}", wait_until="networkidle")
    assert {r.request.resource_type for r in came} >= {"document", "stylesheet", "font"}
    assert all(response.ok for response in came)
    first = sum(weight(response) for response in came)
    after = sum(weight(response) for response in came if not is_kept(response))
    opened.close()
    assert first < FIRST_VISIT_BYTES
    assert 0 < after < NEXT_VISIT_BYTES
