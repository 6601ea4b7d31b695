"""Fixtures that the tests of this folder share."""

import shutil
from pathlib import Path

import pytest

from graph.check.check import bundled_site


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "var"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the bundled site to break."""
    return Path(shutil.copytree(bundled_site(), tmp_path / "site"))
