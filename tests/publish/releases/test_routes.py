"""What was: the pages of releases, the feed, the sitemaps, and things as they were."""

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from support.cases import row_of, small_site, write_site
from support.sites import publish
from werkzeug.http import http_date

from graph.history.read import read_summary
from graph.release.activate import activate
from graph.release.manifest import Release
from publish.config import Config
from publish.releases import feeds
from publish.releases import routes as history
from publish.server.stack import create_app
from publish.web.dates import moment_of

pytestmark = pytest.mark.slow

LEAFLET = "/doc/leaflet/sao-301107-building-permit"
GONE = "/doc/link/sao-301107-link-3"
OLD, NEW = "ใบอนุญาตก่อสร้าง", "ใบอนุญาตก่อสร้างอาคาร"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings of a site with a past."""
    return Config(data=tmp_path_factory.mktemp("past") / "var", workers=1)


@pytest.fixture(scope="module")
def releases(config: Config, tmp_path_factory: pytest.TempPathFactory) -> list[Release]:
    """Three releases: a leaflet gets another name and a link goes; then a topic comes."""
    folder = tmp_path_factory.mktemp("tables")
    tables = small_site()
    row_of(tables, "leaflets", "sao-301107-building-permit")["label_th"] = OLD
    made = [publish(config, write_site(tables, folder / "1"))]
    row_of(tables, "leaflets", "sao-301107-building-permit")["label_th"] = NEW
    tables["links"] = [row for row in tables["links"] if row["key"] != "sao-301107-link-3"]
    made.append(_later(config, write_site(tables, folder / "2")))
    topic = {**tables["topics"][0], "key": "new-topic", "label_th": "เรื่องใหม่", "label_en": ""}
    tables["topics"].append(topic)
    made.append(_later(config, write_site(tables, folder / "3")))
    return made


def _later(config: Config, folder: Path) -> Release:
    """Publish in another second than before, since moments are told in seconds."""
    time.sleep(1.1)
    return publish(config, folder)


@pytest.fixture(scope="module")
def client(config: Config, releases: list[Release]) -> Iterator[FlaskClient]:
    """A client of the newest release."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def at(release: Release, seconds: int = 0) -> dict[str, str]:
    """Return the header that asks for a moment: that of a release, or some seconds off."""
    return {"Accept-Datetime": http_date(moment_of(release.id) + timedelta(seconds=seconds))}


# ---- pages of releases -------------------------------------------------------------------------


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


# ---- feed and sitemaps -------------------------------------------------------------------------


def test_the_feed(client: FlaskClient, releases: list[Release]) -> None:
    """The feed has each release, newest first, with what RFC 4287 section 4.1 demands."""
    response = client.get("/feed.atom?lang=en")
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.data)
    for name in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{name}") is not None
    entries = root.findall(f"{ATOM}entry")
    ids = [str(entry.findtext(f"{ATOM}id")) for entry in entries]
    assert ids == [f"{Config.base}/releases/{r.id}" for r in reversed(releases)]
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == [
        moment_of(r.id).isoformat() for r in reversed(releases)
    ]
    assert all(client.get(i.removeprefix(Config.base)).status_code == 200 for i in ids)
    assert entries[0].findtext(f"{ATOM}summary") == "1 added, 0 changed, 0 removed"


def addresses(client: FlaskClient, path: str) -> dict[str, str]:
    """Return the addresses of a sitemap, or of the index, with their lastmod."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(response.data)
    return {
        str(one.findtext(f"{SITEMAP}loc")): str(one.findtext(f"{SITEMAP}lastmod")) for one in root
    }


def test_every_address_of_the_sitemaps_answers(client: FlaskClient) -> None:
    """Addresses are absolute, of this host, and answer 200 to whoever asks for a page."""
    parts = addresses(client, "/sitemap.xml")
    found = [a for part in parts for a in addresses(client, part.removeprefix(Config.base))]
    assert len(found) == len(set(found)) > 100
    for address in found:
        assert address.startswith(Config.base + "/")
        response = client.get(address.removeprefix(Config.base), headers={"Accept": "text/html"})
        assert response.status_code == 200, address


def test_lastmod_is_true(client: FlaskClient, releases: list[Release]) -> None:
    """A thing was modified when the release came that last changed it."""
    first, second, third = (moment_of(r.id).isoformat() for r in releases)
    found = addresses(client, "/sitemap/1.xml")
    assert found[f"{Config.base}/doc/topic/building-control"] == first
    assert found[f"{Config.base}{LEAFLET}"] == second
    assert found[f"{Config.base}/doc/topic/new-topic"] == third
    assert f"{Config.base}{GONE}" not in found
    assert set(addresses(client, "/sitemap/pages.xml").values()) == {"None"}


def test_sitemaps_are_cut(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sitemap has more addresses than it may, and each thing stands in one."""
    whole = addresses(client, "/sitemap/1.xml")
    monkeypatch.setattr(feeds, "MAX_ADDRESSES", 7)
    cache_breaker = "?cut=7"  # the front keeps what it has answered before
    parts = list(addresses(client, f"/sitemap.xml{cache_breaker}"))[1:]
    cut = [addresses(client, p.removeprefix(Config.base) + cache_breaker) for p in parts]
    assert all(len(part) <= 7 for part in cut)
    assert [a for part in cut for a in part] == list(whole)
    for name in ("0", str(len(parts) + 1), "x", "-1"):
        assert client.get(f"/sitemap/{name}.xml{cache_breaker}").status_code == 404


def test_robots_are_told(client: FlaskClient) -> None:
    """robots.txt names the sitemap, and keeps them from tables that are made anew each time."""
    text = client.get("/robots.txt").text
    assert f"Sitemap: {Config.base}/sitemap.xml\n" in text
    assert "Disallow: /catalog/gdc.\n" in text and "Disallow: /catalog\n" not in text


# ---- Memento -----------------------------------------------------------------------------------


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


# ---- after going back --------------------------------------------------------------------------


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
