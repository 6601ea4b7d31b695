"""Printing: a plan or a leaflet on one sheet of A4, with its address as a QR code."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support.programs import needs_chromium, needs_pdfinfo

from publish.drawings.qr import make_qr

ADDRESS = "http://localhost:8000/id/plan/sao-301107-km-1"
PRINTED = (
    "/doc/plan/sao-301107-km-1",
    "/doc/plan/sao-301107-km-2",
    "/doc/collection/sao-301107-outside",
    "/doc/leaflet/sao-301107-tax",
    "/doc/leaflet/sao-301107-old-age-allowance",
)


@needs_chromium
@needs_pdfinfo
@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("path", PRINTED)
def test_one_sheet_of_a4(
    browser: Browser, server: str, tmp_path: Path, path: str, lang: str
) -> None:
    """What is printed is one page of A4, with the code in it and nothing to click."""
    opened = browser.new_page(color_scheme="dark")
    opened.goto(f"{server}{path}?lang={lang}")
    opened.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    opened.emulate_media(media="print")
    assert opened.locator(".qr svg").is_visible()
    assert not opened.locator(".menu").is_visible()
    assert not opened.locator(".as-data").is_visible()
    opened.close()
    told = subprocess.run(
        ["pdfinfo", tmp_path / "page.pdf"], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"^Pages: +1$", told, re.MULTILINE)
    assert "(A4)" in told


def drawn(path: str, size: int) -> list[list[int]]:
    """Return the squares that a path of `M x y h n v1 h-n z` fills."""
    rows = [[0] * size for _ in range(size)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for dx in range(int(length)):
            rows[int(y)][int(x) + dx] = 1
    return rows


def test_the_drawing_is_the_code() -> None:
    """The path fills the squares that segno makes, in a white border four wide."""
    import segno

    code = make_qr(ADDRESS)
    rows = drawn(code.path, code.size)
    matrix = segno.make_qr(ADDRESS, error="q", boost_error=False, mask=0).matrix
    assert [row[4:-4] for row in rows[4:-4]] == [list(row) for row in matrix]
    assert not any(any(row) for row in (*rows[:4], *rows[-4:]))
    assert not any(row[side] for row in rows for side in (0, 3, -1, -4))


def test_the_code_holds_the_permanent_address() -> None:
    """The code leads to the identifier, which is kept for ever."""
    assert make_qr(ADDRESS).address == ADDRESS
    assert make_qr(ADDRESS).path != make_qr(ADDRESS + "0").path
