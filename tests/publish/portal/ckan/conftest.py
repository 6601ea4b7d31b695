"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from support.national import write_national
from support.sites import publish_once

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the bundled site with a contact in its settings."""
    known = replace(config, contact_name="สำนักปลัด", contact_email="saraban@example.go.th")
    app = create_app(known)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of five organisations; one has a contact of its own, the others none."""
    folder = tmp_path_factory.mktemp("many")
    tables = write_national(folder / "national")
    file = tables / "organizations.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    ends = [",contact_name,contact_email", ",กองคลัง,a@b.go.th", *[",,"] * 4]
    text = "\n".join(line + end for line, end in zip(lines, ends, strict=True))
    file.write_text(text + "\n", encoding="utf-8")
    publish_once(Config(data=folder / "var", workers=1), tables)
    app = create_app(Config(data=folder / "var", workers=1))
    yield app.test_client()
    app.extensions["km"].current.close()
