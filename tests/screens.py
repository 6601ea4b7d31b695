"""Pictures of each kind of page: phone and desktop, Thai and English, light and dark.

    python tests/screens.py [--base ADDRESS] [--folder var/screens] [NAME...]
    python tests/screens.py --front     the few that the README shows, into tests/screenshots

With Debian's chromium. Without an address the bundled site is published into a folder of its own
and served for as long as it takes.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from support.programs import chromium

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
    "entry-fault": "/doc/entry/sao-301107-ext-4",
    "document": "/doc/document/sao-301107-ethics-guideline",
    "leaflet": "/doc/leaflet/sao-301107-tax-2563",
    "law": "/doc/law/act-2522-building-control",
    "topic": "/doc/topic/building-control",
    "service": "/doc/service/building-permit",
    "relation": "/doc/topic/building-control?of=dct:subject",
    "provision": "/doc/provision/decree-2546-good-governance-s11",
    "statement": "/doc/statement/sao-301107-levels",
    "correction": "/doc/correction/sao-301107-slogan-1",
    "source": "/doc/source/sao-301107-km-page",
    "area": "/doc/area/tambon-301107",
    "browse": "/browse",
    "browse-law": "/browse/law",
    "ontology": "/ontology",
    "term": "/ontology/Plan",
    "rule": "/shapes/label-th",
    "search": "/search?q=%E0%B9%80%E0%B8%9A%E0%B8%B5%E0%B9%89%E0%B8%A2",
    "search-nothing": "/search?q=qqqq",
    "catalog": "/catalog",
    "data-set": "/catalog/sao-301107",
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


#: What the README shows: a name, size, language and colour scheme; the first screen of each.
FRONT = (
    ("home", "desktop", "th", "light"),
    ("plan", "desktop", "th", "light"),
    ("law", "desktop", "en", "dark"),
    ("topic", "phone", "th", "light"),
    ("leaflet", "phone", "th", "dark"),
    ("entry-fault", "phone", "en", "light"),
)
LANGUAGES, SCHEMES = ("th", "en"), ("light", "dark")


@contextmanager
def served() -> Iterator[str]:
    """Publish the bundled site into a temporary folder and serve it; yields the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as data:
        settings = {"KM_DATA": data, "KM_PORT": str(port), "KM_BASE": base}
        program, environment = [str(Path(sys.executable).with_name("km"))], os.environ | settings
        subprocess.run([*program, "publish"], env=environment, check=True)
        with subprocess.Popen([*program, "serve"], env=environment) as server:
            try:
                _wait_for(f"{base}/healthz")
                yield base
            finally:
                server.terminate()


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


def take(
    browser: Browser, address: str, path: Path, size: str, scheme: str, is_whole: bool = True
) -> None:
    """Take one picture, of the whole page or of its first screen."""
    width, height = SIZES[size]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=path, full_page=is_whole)
    page.close()


def address_of(base: str, name: str, lang: str) -> str:
    """Return the address of a kind of page in a language."""
    sign = "&" if "?" in PAGES[name] else "?"
    return f"{base}{PAGES[name]}{sign}lang={lang}"


def take_all(browser: Browser, base: str, folder: Path, names: list[str]) -> None:
    """Take every picture of these kinds of page."""
    for name, size, lang, scheme in product(names, SIZES, LANGUAGES, SCHEMES):
        path = folder / f"{name}-{size}-{lang}-{scheme}.png"
        take(browser, address_of(base, name, lang), path, size, scheme)


def take_front(browser: Browser, base: str, folder: Path) -> None:
    """Take the pictures of the README."""
    for name, size, lang, scheme in FRONT:
        path = folder / f"{name}-{size}-{lang}-{scheme}.png"
        take(browser, address_of(base, name, lang), path, size, scheme, is_whole=False)


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="")
    parser.add_argument("--folder", type=Path, default=Path("var/screens"))
    parser.add_argument("--front", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    folder = Path(__file__).parent / "screenshots" if options.front else options.folder
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        if options.base:
            _take(browser, options.base.rstrip("/"), folder, options)
        else:
            with served() as base:
                _take(browser, base, folder, options)
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


def _take(browser: Browser, base: str, folder: Path, options: argparse.Namespace) -> None:
    if options.front:
        take_front(browser, base, folder)
    else:
        take_all(browser, base, folder, options.names or list(PAGES))


if __name__ == "__main__":
    main()
