"""Fixtures that the tests of this folder share."""

from pathlib import Path

import pytest

from publish.config import Config


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "var"


@pytest.fixture
def settings(data: Path) -> Config:
    """Settings on that folder."""
    return Config(data=data)
