"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator

import pytest
from bench.processes import free_port
from flask.testing import FlaskClient
from support.national import write_national
from support.readers import make_app
from support.sites import publish_once

from graph.release.manifest import Release
from publish.config import Config


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application on the bundled site."""
    app = make_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a site with several organisations."""
    tables = write_national(tmp_path_factory.mktemp("tables") / "national")
    base = f"http://127.0.0.1:{free_port()}"
    config = Config(data=tmp_path_factory.mktemp("country"), base=base, workers=1)
    publish_once(config, tables)
    app = make_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()
