"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.readers import make_app

from graph.errors import NoRelease
from graph.release.manifest import Release
from publish.config import Config


@pytest.fixture(scope="module")
def app(config: Config, site: Release) -> Iterator[Flask]:
    """The application on the bundled site."""
    app = make_app(config)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret of the house")

    @app.get("/gone")
    def gone() -> str:
        raise NoRelease("nothing here")

    yield app
    app.extensions["km"].current.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application, without a network between."""
    return app.test_client()
