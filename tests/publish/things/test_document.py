"""The walk of a page through the program goes one way, and not far."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from bench.page_calls import Walk, count_calls

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app

PAGE = "/doc/plan/sao-301107-km-1.html"
THINGS = "publish/things"


@pytest.fixture(scope="module")
def walk(config: Config, site: Release) -> Iterator[Walk]:
    """The calls of a plan's page, made anew in a process that has made it before."""
    app = create_app(replace(config, cache_mb=0))
    client = app.test_client()
    count_calls(client, PAGE)
    yield count_calls(client, PAGE)
    app.extensions["km"].current.close()


def test_a_page_enters_few_modules(walk: Walk) -> None:
    """A plan's page enters at most 40 modules, with at most 1,000 calls from one to another.

    It was 50 modules and 4,659 calls when all templates passed on each other's text and all parts
    of a page asked the view.
    """
    assert len(walk.modules()) <= 40
    assert walk.crossings().total() <= 1_000


def test_a_page_is_made_in_one_direction(walk: Walk) -> None:
    """Only what composes the page asks the view; the view and the parts ask nothing back."""
    asking = {caller for caller, called in walk.crossings() if called == f"{THINGS}/view.py"}
    allowed = {f"{THINGS}/{name}.py" for name in ("routes", "document", "file_link", "forms/list")}
    assert asking and asking <= allowed
    composing = (f"{THINGS}/routes.py", f"{THINGS}/document.py")
    back = [
        (caller, called)
        for caller, called in walk.crossings()
        if called in composing and caller.startswith(THINGS) and caller not in composing
    ]
    assert back == []
