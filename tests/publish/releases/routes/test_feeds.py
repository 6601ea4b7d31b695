"""What was: the pages of releases, the feed, the sitemaps, and things as they were."""

from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from support.releases_routes import ATOM, GONE, LEAFLET

from graph.release.manifest import Release
from publish.config import Config
from publish.releases import feeds
from publish.web.dates import moment_of

pytestmark = pytest.mark.slow

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


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
