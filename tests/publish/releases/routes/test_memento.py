"""What was: the pages of releases, the feed, the sitemaps, and things as they were."""

import re
from collections.abc import Iterator
from dataclasses import replace
from shutil import copytree
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from support.releases_routes import ATOM, GONE, LEAFLET, NEW, OLD, at
from werkzeug.http import http_date

from graph.release.activate import activate
from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app
from publish.web.dates import moment_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("index", "seconds", "shown"),
    [
        (0, -3600, 0),
        (0, 0, 0),
        (1, -1, 0),
        (1, 0, 1),
        (2, -1, 1),
        (2, 0, 2),
        (2, 99999, 2),
    ],
)
def test_a_moment_gives_its_release(
    client: FlaskClient, releases: list[Release], index: int, seconds: int, shown: int
) -> None:
    """The release in force then answers; before the first, the first; after the last, the last."""
    response = client.get(f"{LEAFLET}.nt", headers=at(releases[index], seconds))
    assert response.status_code == 200
    assert response.headers["Memento-Datetime"] == http_date(moment_of(releases[shown].id))
    path = f"/releases/{releases[shown].id}{LEAFLET}.nt"
    assert response.headers["Content-Location"] == path
    assert (f'"{OLD}"@th' in response.text) == (shown == 0)
    assert client.get(path).data == response.data


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/ld+json"])
def test_moment_and_format_are_both_negotiated(
    client: FlaskClient, releases: list[Release], accept: str
) -> None:
    """A moment is asked for in any format, and caches are told of both headers."""
    response = client.get(LEAFLET, headers={"Accept": accept, **at(releases[0])})
    assert response.headers["Content-Type"].startswith(accept)
    assert {"Accept", "Accept-Datetime"} <= {v.strip() for v in response.headers["Vary"].split(",")}
    assert "Memento-Datetime" in response.headers and OLD in response.get_data(as_text=True)
    now = client.get(LEAFLET, headers={"Accept": accept})
    assert "Memento-Datetime" not in now.headers
    assert NEW in now.get_data(as_text=True)
    assert now.headers["ETag"] != response.headers["ETag"]
    again = {"Accept": accept, **at(releases[0]), "If-None-Match": response.headers["ETag"]}
    assert client.get(LEAFLET, headers=again).status_code == 304


def test_a_thing_leads_to_its_document_then(client: FlaskClient, releases: list[Release]) -> None:
    """/id keeps its 303; the client carries the moment on to the document."""
    response = client.get(
        "/id/leaflet/sao-301107-building-permit",
        headers={"Accept": "text/turtle", **at(releases[0])},
        follow_redirects=True,
    )
    assert OLD in response.text


def test_what_is_gone_can_be_seen(client: FlaskClient, releases: list[Release]) -> None:
    """A thing that is there no more has a past all the same."""
    now = client.get(GONE)
    assert now.status_code == 410
    assert f'/releases/{releases[0].id}{GONE}>; rel="memento"' in now.headers["Link"]
    assert f'href="/releases/{releases[0].id}{GONE}"' in now.text
    response = client.get(f"{GONE}.ttl", headers=at(releases[0]))
    assert response.status_code == 200
    assert client.get(f"/releases/{releases[0].id}{GONE}.ttl").status_code == 200
    assert client.get(f"/releases/{releases[2].id}{GONE}.ttl").status_code == 404


def test_a_moment_must_be_one(client: FlaskClient) -> None:
    """What is no date is refused (RFC 7089 section 4.5.3)."""
    assert client.get(LEAFLET, headers={"Accept-Datetime": "yesterday"}).status_code == 400


@pytest.mark.parametrize("path", ["/doc/leaflet/none", "/doc/leaflet/NO", "/doc/x/y"])
def test_what_never_was_has_no_past(
    client: FlaskClient, releases: list[Release], path: str
) -> None:
    """A thing that no release has is not found, now and then."""
    assert client.get(path, headers=at(releases[0])).status_code == 404
    assert client.get(f"/timemap{path}").status_code == 404
    assert client.get(f"/releases/{releases[0].id}{path}").status_code == 404


def test_the_time_map(client: FlaskClient, releases: list[Release]) -> None:
    """It lists the mementos with their moments, and each address answers with that moment."""
    response = client.get(f"/timemap{LEAFLET}")
    assert response.headers["Content-Type"] == "application/link-format"
    lines = response.text.strip().split(",\n")
    assert lines[0] == f'<{Config.base}{LEAFLET}>; rel="original timegate"'
    assert lines[1].startswith(f'<{Config.base}/timemap{LEAFLET}>; rel="self"')
    relations = [re.search('rel="([^"]*)"', line) for line in lines[2:]]
    assert [r[1] for r in relations if r] == ["first memento", "memento", "last memento"]
    for line, release in zip(lines[2:], releases, strict=True):
        found = re.fullmatch(r'<(\S+)>; rel="[^"]*memento"; datetime="([^"]+)"', line)
        assert found is not None
        answer = client.get(found[1].removeprefix(Config.base))
        assert answer.headers["Memento-Datetime"] == found[2] == http_date(moment_of(release.id))
    assert len(client.get(f"/timemap{GONE}").text.splitlines()) == 3


def test_documents_say_where_their_past_is(client: FlaskClient) -> None:
    """Each document names its TimeGate and TimeMap, and so does each memento."""
    link = client.get(LEAFLET).headers["Link"]
    assert f'<{Config.base}{LEAFLET}>; rel="original timegate"' in link
    assert (
        f'<{Config.base}/timemap{LEAFLET}>; rel="timemap"; type="application/link-format"' in link
    )
    assert 'rel="memento"; datetime="' in link


def test_a_memento_says_so(client: FlaskClient, releases: list[Release]) -> None:
    """Its page says which release it shows, is not indexed, and leads to the page of today."""
    page = client.get(f"/releases/{releases[0].id}{LEAFLET}?lang=en").text
    assert "As the release of" in page and 'content="noindex"' in page
    assert f'href="{LEAFLET}?lang=en"' in page
    assert f'href="/releases/{releases[0].id}{LEAFLET}?lang=th"' in page


@pytest.fixture(scope="module")
def gone_back(
    config: Config, releases: list[Release], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A client of the second release, made current again in a copy of the data."""
    data = tmp_path_factory.mktemp("back") / "var"
    copytree(config.data, data, symlinks=True)
    activate(data, releases[1].id)
    app = create_app(replace(config, data=data))
    yield app.test_client()
    app.extensions["km"].current.close()


def test_now_is_what_is_current(gone_back: FlaskClient, releases: list[Release]) -> None:
    """No moment leads to a release that was withdrawn."""
    response = gone_back.get(LEAFLET, headers=at(releases[2], 3600))
    assert response.headers["Memento-Datetime"] == http_date(moment_of(releases[1].id))


def test_what_was_withdrawn_is_kept(gone_back: FlaskClient, releases: list[Release]) -> None:
    """What only a withdrawn release has is not found, but the answer leads to it."""
    response = gone_back.get("/doc/topic/new-topic")
    assert response.status_code == 404
    kept = f"/releases/{releases[2].id}/doc/topic/new-topic"
    assert f'{kept}>; rel="memento"' in response.headers["Link"]
    assert gone_back.get(kept).status_code == 200
    assert "memento" not in gone_back.get("/doc/topic/none").headers.get("Link", "")


def test_the_feed_tells_of_going_back(gone_back: FlaskClient, releases: list[Release]) -> None:
    """Readers of the feed learn that what is current has changed."""
    updated = ElementTree.fromstring(gone_back.get("/feed.atom").data).findtext(f"{ATOM}updated")
    assert updated is not None and updated > moment_of(releases[2].id).isoformat()
