"""The application as a whole: errors, the move to a new release, prefixes, the query page."""

import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request_started
from support.readers import make_app

from graph.builder.build import build_release
from graph.check.check import Checked
from graph.errors import NoRelease, ReleaseError
from graph.release.activate import activate, publication_lock
from graph.release.manifest import Release
from publish.cli.publish import release_input
from publish.config import Config
from publish.server.stack import create_app
from publish.web import served_release as current

pytestmark = pytest.mark.slow


@pytest.fixture
def own(tmp_path: Path, checked: Checked) -> tuple[Config, Callable[[], Release]]:
    """Settings with a data folder of their own, and what publishes into it."""
    config = Config(data=tmp_path, workers=1)

    def publish() -> Release:
        with publication_lock(tmp_path):
            return build_release(tmp_path, release_input(config, checked))

    return config, publish


@pytest.fixture
def moving(own: tuple[Config, Callable[[], Release]]) -> Iterator[Flask]:
    """An application on a data folder of its own."""
    own[1]()
    app = make_app(own[0])
    yield app
    app.extensions["km"].current.close()


def wait_for(app: Flask, release_id: str) -> bool:
    """Tell whether the application comes to serve this release."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if app.test_client().get("/readyz").text.strip() == release_id:
            return True
        time.sleep(0.05)
    return False


def test_new_release_is_noticed(moving: Flask, own: tuple[Config, Callable[[], Release]]) -> None:
    """A running server moves to a new release, and back, on its own; old ones stay to be had."""
    client = moving.test_client()
    first = client.get("/readyz").text.strip()
    old_tag = client.get("/").headers["ETag"]
    second = own[1]().id
    assert wait_for(moving, second)
    assert client.get("/", headers={"If-None-Match": old_tag}).status_code == 200
    assert client.get(f"/dumps/{first}/all.trig").status_code == 200
    assert first in client.get("/releases").text
    activate(own[0].data, first)
    assert wait_for(moving, first)


def test_the_watch_outlives_a_lack_of_files(
    moving: Flask, own: tuple[Config, Callable[[], Release]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at the releases that fails, with every file taken, is not the last one."""
    looks: list[int] = []

    def fail(_: Path) -> list[str]:
        looks.append(1)
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("publish.web.served_release.release_ids", fail)
    while len(looks) < 2:
        time.sleep(0.05)
    monkeypatch.undo()
    assert wait_for(moving, own[1]().id)


def test_request_ends_on_its_release(
    moving: Flask, own: tuple[Config, Callable[[], Release]]
) -> None:
    """Who began on the old release finishes on it, and then it is closed."""
    current = moving.extensions["km"].current
    held = current.enter()
    second = own[1]().id
    assert wait_for(moving, second)
    assert held.is_retired
    assert held.users == 1
    assert held.store.ask("ASK { ?s a km:Law }")
    current.leave(held)
    assert held.users == 0


def test_no_request_is_forgotten(app: Flask) -> None:
    """Every way a request can end lets go of its release."""
    client, current = app.test_client(), app.extensions["km"].current
    before = current.enter().users
    for path in ("/", "/none", "/broken", "/dumps/current/all.nq", "/sparql?query=ASK{}"):
        client.get(path)
        client.head(path)
    after = current.enter().users
    assert after == before + 1


ANSWERS = (
    "/?lang=en",
    "/doc/plan/sao-301107-km-1",
    "/doc/plan/sao-301107-km-1.ttl",
    "/ontology",
    "/queries/laws-named",
    "/queries/laws-named.csv",
    "/dumps/current/shared.ttl",
    "/sparql?query=SELECT*{?law+a+km:Law}&format=csv",
    "/sparql?query=SELECT*{?s+?p+?o}&format=json",  # longer than a block: streamed
)


@pytest.mark.parametrize("path", [*ANSWERS, "/sparql/terms.json", "/static/site.css?v=1"])
def test_an_answer_leaves_before_flask(app: Flask, path: str) -> None:
    """Pages, files and answers to queries are made once and sent again without Flask."""
    client, asked = app.test_client(), []
    with request_started.connected_to(lambda _, **more: asked.append(path), app):
        first, again = client.get(path), client.get(path)
        known = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert len(asked) == (not path.startswith("/sparql?"))  # queries never come to Flask
    assert (first.status_code, again.status_code, known.status_code) == (200, 200, 304)
    assert first.data == again.data != b""
    ours = {"Content-Length", "Date"}
    assert {n: v for n, v in first.headers if n not in ours} == {
        n: v for n, v in again.headers if n not in ours
    }


def test_a_new_release_empties_the_cache(
    moving: Flask, own: tuple[Config, Callable[[], Release]]
) -> None:
    """After the move nothing of the old release is sent, neither pages nor answers to queries."""
    client = moving.test_client()
    old = {path: client.get(path).headers["ETag"] for path in ANSWERS}
    assert wait_for(moving, own[1]().id)
    for path, etag in old.items():
        response = client.get(path)
        is_file = path.startswith("/dumps/")  # named by its content, which is the same
        assert (response.headers["ETag"] != etag) is not is_file, path


def test_damaged_release_is_refused(
    moving: Flask,
    own: tuple[Config, Callable[[], Release]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A release whose files differ from its manifest does not serve, until they are mended."""
    monkeypatch.setattr(current, "_PATIENCE_S", 0.3)
    config = own[0]
    good = moving.test_client().get("/readyz").text.strip()
    bad = config.data / "releases" / "9999-01-01T000000Z"
    shutil.copytree(config.data / "releases" / good, bad)
    with (bad / "dumps" / "all.nq").open("ab") as file:
        file.write(b"x")
    link = config.data / "new"
    link.symlink_to(Path("releases") / bad.name)
    with caplog.at_level(logging.ERROR):
        link.replace(config.data / "current")
        time.sleep(1.2)
    assert moving.test_client().get("/readyz").text.strip() == good
    assert len([r for r in caplog.records if bad.name in r.getMessage()]) == 1
    shutil.copy(config.data / "releases" / good / "dumps" / "all.nq", bad / "dumps" / "all.nq")
    assert wait_for(moving, bad.name)


def test_nothing_to_serve(tmp_path: Path) -> None:
    """Without a release there is no application, and the message says what to run."""
    with pytest.raises(NoRelease, match="km publish"):
        create_app(Config(data=tmp_path))


def test_other_base_is_refused(own: tuple[Config, Callable[[], Release]]) -> None:
    """A release made for another base would answer every address with 404."""
    own[1]()
    with pytest.raises(ReleaseError, match="publish again"):
        create_app(replace(own[0], base="https://other.example"))


def test_site_below_a_path(tmp_path: Path, checked: Checked) -> None:
    """A base with a path works behind a proxy that keeps the path and one that takes it off."""
    config = Config(data=tmp_path, workers=1, base="http://localhost:8000/km")
    with publication_lock(tmp_path):
        build_release(tmp_path, release_input(config, checked))
    app = make_app(config)
    client = app.test_client()
    for path in ("/km/", "/"):
        page = client.get(path).text
        assert 'href="/km/static/site.css' in page
        assert 'href="/km/browse"' in page
        assert not re.search(r'href="/(?!km/)', page)
    assert "Disallow: /km/sparql?\n" in client.get("/km/robots.txt").text
    app.extensions["km"].current.close()
