"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator

import pytest
from support.servers import Server, run_oxigraph


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real Oxigraph server."""
    with run_oxigraph() as running:
        yield running
