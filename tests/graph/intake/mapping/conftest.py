"""Fixtures that the tests of this folder share."""

import pytest
from support.cases import load_paths

from graph.check.check import bundled_site
from graph.intake.load import Loaded


@pytest.fixture(scope="module")
def bundled() -> Loaded:
    """The bundled site as it is read."""
    return load_paths(bundled_site())
