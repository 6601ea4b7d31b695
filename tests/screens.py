"""Pictures of each kind of page: `python tests/screens.py http://localhost:8000 FOLDER [NAME...]`.

Phone and desktop, Thai and English, light and dark, with Debian's chromium.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGES = {
    "home": "/",
    "organization": "/doc/org/sao-301107",
    "plan": "/doc/plan/sao-301107-km-1",
    "collection": "/doc/collection/sao-301107-outside",
    "entry": "/doc/entry/sao-301107-p1-3",
    "document": "/doc/document/sao-301107-ethics-guideline",
    "leaflet": "/doc/leaflet/sao-301107-tax-2563",
    "law": "/doc/law/act-2522-building-control",
    "topic": "/doc/topic/building-control",
    "service": "/doc/service/building-permit",
    "relation": "/doc/topic/building-control?of=dct:subject",
    "statement": "/doc/statement/sao-301107-levels",
    "correction": "/doc/correction/sao-301107-slogan-1",
    "source": "/doc/source/sao-301107-km-page",
    "area": "/doc/area/tambon-301107",
    "browse": "/browse",
    "browse-law": "/browse/law",
    "ontology": "/ontology",
    "term": "/ontology/Plan",
    "rule": "/shapes/label-th",
    "queries": "/queries",
    "question": "/queries/laws-named?yearBE=2522",
    "question-chart": "/queries/entry-counts",
    "question-wide": "/queries/corrections",
    "sparql": "/sparql",
    "sparql-answer": "/sparql?question=laws-named",
    "dumps": "/dumps",
    "quality": "/quality",
    "releases": "/releases",
    "404": "/doc/plan/nothing-here",
}
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


def chromium() -> str | None:
    """Return the path of the system's Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def take(browser: Browser, base: str, name: str, folder: Path) -> None:
    """Take the pictures of one page."""
    for size, (width, height) in SIZES.items():
        for lang in ("th", "en"):
            for scheme in ("light", "dark"):
                if scheme == "dark" and lang == "en":
                    continue
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                sign = "&" if "?" in PAGES[name] else "?"
                page.goto(f"{base}{PAGES[name]}{sign}lang={lang}")
                suffix = "" if scheme == "light" else "-dark"
                path = folder / f"{name}-{size}-{lang}{suffix}.png"
                page.screenshot(path=path, full_page=True)
                page.close()


def main(base: str, folder: Path, names: list[str]) -> None:
    """Take pictures of the named pages, or of all."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        for name in names or PAGES:
            take(browser, base, name, folder)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:])
