"""The round trip: the page that started this project, written again from the graph alone."""

import hashlib
import re

import pytest

from graph.check.check import bundled_site
from graph.describe.source_page import page_lines
from graph.store.embedded import EmbeddedStore
from publish.config import Config

SHA256 = "2561c7e292a9f21e838e5f1dbe1a558533e2e954c1ae857b15f60e5a4d8fd408"


def without_space(text: str) -> str:
    """Return `text` without any white space; a no-break space is white space too."""
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def original() -> dict[int, str]:
    """The non-blank lines of the captured page by number."""
    text = (bundled_site() / "page.txt").read_text(encoding="utf-8")
    return {n: line for n, line in enumerate(text.split("\n"), 1) if line.strip()}


@pytest.fixture(scope="module")
def rebuilt(store: EmbeddedStore, config: Config) -> dict[int, str]:
    """The lines as the graph has them."""
    lines = page_lines(store, f"{config.base}/id/source/sao-301107-km-page")
    return {line.number: line.text for line in lines}


def test_the_captured_page_is_the_one_that_was_handed_in() -> None:
    """The bundled copy has the SHA-256 of the page as captured."""
    assert hashlib.sha256((bundled_site() / "page.txt").read_bytes()).hexdigest() == SHA256


def test_every_line_is_there_in_order(original: dict[int, str], rebuilt: dict[int, str]) -> None:
    """The graph has all 38 non-blank lines, under their numbers and in order."""
    assert len(original) == 38
    assert list(rebuilt) == list(original)


def test_every_line_reads_as_published(original: dict[int, str], rebuilt: dict[int, str]) -> None:
    """Words, numbering and headings are verbatim; only white space may differ."""
    differing = {
        n: (rebuilt.get(n), line)
        for n, line in original.items()
        if without_space(rebuilt.get(n, "")) != without_space(line)
    }
    assert differing == {}


def test_an_unknown_page_has_no_lines(store: EmbeddedStore) -> None:
    """A page nobody captured gives nothing, not an error."""
    assert page_lines(store, "http://localhost:8000/id/source/none") == []
