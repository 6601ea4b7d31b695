"""Fixtures that many tests share: the bundled site, published once, and a server on it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bench.processes import free_port
from playwright.sync_api import Browser, Page, sync_playwright
from screens import CHROMIUM_OPTIONS
from support import memory_guard
from support.programs import chromium
from support.sites import check_once, publish_once, serving

from graph.check.check import Checked
from graph.rdf.vocab import PREFIXES
from graph.release.manifest import Release
from graph.store.embedded import EmbeddedStore
from publish.config import Config
from publish.server.stack import assemble


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests whose fixtures start a browser or a server."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & {"browser", "page"}:
            item.add_marker(pytest.mark.browser)
        if asked & {"server", "port", "running"}:
            item.add_marker(pytest.mark.server)


@pytest.fixture(scope="session", autouse=True)
def bounded_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """End a run that takes too much memory, and print where it was."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():  # the guard prints to the terminal
        guard = memory_guard.start()
    yield
    guard.terminate()
    guard.wait()


@pytest.fixture(scope="session")
def checked() -> Checked:
    """The bundled site, loaded and checked, under the default base."""
    return check_once(Config.base)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings whose base is the address the `server` fixture listens on."""
    port = free_port()
    data = tmp_path_factory.mktemp("var")
    return Config(port=port, base=f"http://127.0.0.1:{port}", data=data, workers=2)


@pytest.fixture(scope="session")
def site(config: Config) -> Release:
    """A release of the bundled site."""
    return publish_once(config)


@pytest.fixture
def copied(site: Release, tmp_path: Path) -> Path:
    """A data folder with a copy of the bundled site's release, for a test to break."""
    folder = tmp_path / "copied"
    shutil.copytree(site.folder, folder / "releases" / site.id)
    (folder / "current").symlink_to(Path("releases") / site.id)
    return folder


@pytest.fixture(scope="session")
def store(site: Release) -> EmbeddedStore:
    """The store of the bundled site's release."""
    return EmbeddedStore(site.store_path, PREFIXES)


@pytest.fixture(scope="session")
def server(config: Config, site: Release) -> Iterator[str]:
    """The address of a running server on the bundled site, as `km serve` runs it."""
    with serving(assemble(config).asgi, config):
        yield config.base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A fresh page that fails the test on a console error or a request to another host.

    The browser logs a page that answers 400 or 404 as an error. Those lines are ignored.
    """
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
    assert [t for t in trouble if "responded with a status of 40" not in t] == []
