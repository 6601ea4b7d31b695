"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from support.cases import row_of, small_site, write_site
from support.releases_routes import NEW, OLD, later
from support.sites import publish

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app


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
    made.append(later(config, write_site(tables, folder / "2")))
    topic = {**tables["topics"][0], "key": "new-topic", "label_th": "เรื่องใหม่", "label_en": ""}
    tables["topics"].append(topic)
    made.append(later(config, write_site(tables, folder / "3")))
    return made


@pytest.fixture(scope="module")
def client(config: Config, releases: list[Release]) -> Iterator[FlaskClient]:
    """A client of the newest release."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()
