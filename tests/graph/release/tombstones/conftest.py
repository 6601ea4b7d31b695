"""Fixtures that the tests of this folder share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.cases import Tables, write_site
from support.sites import publish, publish_once

from graph.release.manifest import Release
from publish.config import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with an empty data folder."""
    return Config(data=tmp_path / "var", workers=1)


@pytest.fixture
def put(config: Config, tmp_path: Path) -> Callable[[Tables], Release]:
    """What publishes tables."""
    numbers = iter(range(100))

    def publish_tables(tables: Tables) -> Release:
        folder = write_site(tables, tmp_path / f"site-{next(numbers)}")
        return publish(config, folder) if config.data.exists() else publish_once(config, folder)

    return publish_tables
