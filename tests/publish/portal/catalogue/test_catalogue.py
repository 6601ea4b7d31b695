"""The catalogue: what a portal's harvester reads, line by line, and what people see."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from support.portal_catalogue import TYPES, read

from publish.config import Config
from publish.server.stack import create_app

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("extension", TYPES)
@pytest.mark.parametrize("accept", ["", "text/html", "*/*", "image/png", "text/html;q=0.9,*/*;q=0"])
def test_an_extension_is_always_rdf(client: FlaskClient, extension: str, accept: str) -> None:
    """A harvester sends no Accept, or a browser's; the address says what it gets."""
    headers = {"Accept": accept} if accept else {}
    head = client.head(f"/catalog.{extension}", headers=headers)
    got = client.get(f"/catalog.{extension}", headers=headers)
    assert (head.status_code, got.status_code) == (200, 200)
    assert got.headers["Content-Type"].partition(";")[0] == TYPES[extension]
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/rdf+xml, text/n3, text/turtle", "text/turtle"),
    ],
)
def test_the_catalogue_is_negotiated(client: FlaskClient, accept: str, media_type: str) -> None:
    """Without an extension the client's wish counts, and the answer says so."""
    response = client.get("/catalog", headers={"Accept": accept})
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    assert "Accept" in response.headers["Vary"]
    assert response.headers["Content-Location"].startswith("/catalog.")


def test_formats_say_the_same(client: FlaskClient, graph: Graph) -> None:
    """Each format holds the same triples."""
    for extension in ("jsonld", "rdf", "nt"):
        assert set(read(client, f"/catalog.{extension}")) == set(graph)


@pytest.mark.parametrize(
    "path",
    [
        "/catalog.exe",
        "/catalog.ttl?page=2",
        "/catalog?page=0",
        "/catalog?page=x",
        "/catalog/nobody",
        "/catalog/shared",
    ],
)
def test_what_there_is_not(client: FlaskClient, path: str) -> None:
    """No page is made up."""
    assert client.get(path).status_code == 404


def test_settings_are_part_of_the_tag(config: Config, client: FlaskClient) -> None:
    """Who has the catalogue of before a setting changed gets the new one."""
    other = create_app(replace(config, publisher="A"))
    tags = {c.get("/catalog.ttl").headers["ETag"] for c in (client, other.test_client())}
    other.extensions["km"].current.close()
    assert len(tags) == 2
    tag = client.get("/catalog.ttl").headers["ETag"]
    assert client.get("/catalog.ttl", headers={"If-None-Match": tag}).status_code == 304
