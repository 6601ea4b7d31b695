"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from support.portal_catalogue import read

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the bundled site, whose contact is set."""
    known = replace(config, contact_name="สำนักปลัด", contact_email="saraban@example.go.th")
    app = create_app(known)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.fixture(scope="module")
def graph(client: FlaskClient) -> Graph:
    """The catalogue as a harvester parses it."""
    return read(client, "/catalog.ttl")
