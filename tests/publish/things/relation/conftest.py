"""Fixtures that the tests of this folder share."""

from pathlib import Path

import pytest
from support.things_relation import BASE, make_store

from graph.hubs.read import Hubs
from graph.hubs.write import write_hubs
from graph.store.embedded import EmbeddedStore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a store and its hubs."""
    return tmp_path_factory.mktemp("hubs")


@pytest.fixture(scope="module")
def store(folder: Path) -> EmbeddedStore:
    """A store with a few hubs."""
    return make_store(folder / "store")


@pytest.fixture(scope="module")
def hubs(folder: Path, store: EmbeddedStore) -> Hubs:
    """Its hubs."""
    write_hubs(folder / "hubs.sqlite", store, BASE)
    return Hubs(folder / "hubs.sqlite")
