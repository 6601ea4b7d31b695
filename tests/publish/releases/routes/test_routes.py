"""What was: the pages of releases, the feed, the sitemaps, and things as they were."""

import itertools
import re

import pytest
from flask.testing import FlaskClient
from support.releases_routes import GONE, NEW, OLD

from graph.history.read import read_summary
from graph.release.manifest import Release
from publish.releases import routes as history

pytestmark = pytest.mark.slow


def test_the_list_says_what_changed(client: FlaskClient, releases: list[Release]) -> None:
    """Each release is listed with a link, and with what it changed in words."""
    page = client.get("/releases?lang=en").text
    positions = [page.index(f'href="/releases/{r.id}?lang=en"') for r in reversed(releases)]
    assert positions == sorted(positions)
    assert "1 added, 0 changed, 0 removed" in page
    assert "0 added, 1 changed, 1 removed" in page
    assert "The first release on record" in page


def test_a_release_shows_its_changes(client: FlaskClient, releases: list[Release]) -> None:
    """The page has the old and the new words, what is gone by its name, and the files read."""
    page = client.get(f"/releases/{releases[1].id}").text
    assert f"<del>{OLD}</del>" in page and f"<ins>{NEW}</ins>" in page
    assert f'href="/releases/{releases[0].id}{GONE}"' in page
    assert "http://localhost:8000/id/link" not in page
    assert '<span class="note">ความเชื่อมโยงที่รอการยืนยัน</span>' in page
    assert "leaflets.csv" in page
    assert all(source.sha256 in page for source in releases[1].manifest.sources)
    assert f'href="/releases/{releases[0].id}"' in page


def test_names_are_in_the_readers_language(client: FlaskClient, releases: list[Release]) -> None:
    """Kinds and properties have words, never an IRI."""
    page = client.get(f"/releases/{releases[2].id}?lang=en").text
    assert "Topic" in page and "เรื่องใหม่" in page
    body = page.partition('id="changes"')[2].partition('id="files"')[0]
    assert "http://" not in re.sub('href="[^"]*"', "", body)


@pytest.mark.parametrize("path", ["nothing", "2026-01-01T000000Z", ".tmp-x", "..", "current"])
def test_no_other_release(client: FlaskClient, path: str) -> None:
    """Only releases that are kept have pages."""
    assert client.get(f"/releases/{path}").status_code == 404


def test_pages_of_changes(
    client: FlaskClient, releases: list[Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many changes come a page at a time, each of them once."""
    monkeypatch.setattr(history, "PAGE_SIZE", 1)
    path = f"/releases/{releases[1].id}"
    first, second = (client.get(f"{path}?page={n}").text for n in (1, 2))
    assert 'rel="next"' in first and 'rel="prev"' in second and 'rel="next"' not in second
    assert (OLD in first) + (OLD in second) == 1
    assert client.get(f"{path}?page=3").status_code == 404
    assert client.get(f"{path}?page=x").status_code == 404


def test_changes_as_files(client: FlaskClient, releases: list[Release]) -> None:
    """What came and went can be had as N-Quads, and leads from one dump to the next."""
    for before, after in itertools.pairwise(releases):
        added, removed = (
            set(client.get(f"/releases/{after.id}/{name}.nq", buffered=True).text.splitlines())
            for name in ("added", "removed")
        )
        old, new = (
            set(client.get(f"/dumps/{r.id}/all.nq", buffered=True).text.splitlines())
            for r in (before, after)
        )
        assert (old - removed) | added == new
        assert removed <= old and not added & old


@pytest.mark.parametrize("name", ["graphs.tsv", "resources.tsv", "summary.json", "..", "x.nq"])
def test_nothing_else_of_the_history_is_served(
    client: FlaskClient, releases: list[Release], name: str
) -> None:
    """The files that only this program reads are not offered."""
    assert client.get(f"/releases/{releases[1].id}/{name}").status_code == 404


def test_a_release_counts_what_its_manifest_counts(releases: list[Release]) -> None:
    """The summary's statements are the manifest's triples."""
    for release in releases:
        summary = read_summary(release.folder)
        assert summary is not None and summary.statements == release.manifest.triples
