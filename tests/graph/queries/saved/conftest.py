"""Fixtures that the tests of this folder share."""

import pytest
from support.national import write_national
from support.sites import publish_once

from graph.rdf.vocab import PREFIXES
from graph.store.embedded import EmbeddedStore
from publish.config import Config


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The bundled site."""
    release = publish_once(Config(data=tmp_path_factory.mktemp("page")))
    return EmbeddedStore(release.store_path, PREFIXES)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Five organisations: of three districts, and of a province."""
    tables = write_national(tmp_path_factory.mktemp("tables") / "national")
    release = publish_once(Config(data=tmp_path_factory.mktemp("country")), tables)
    return EmbeddedStore(release.store_path, PREFIXES)
