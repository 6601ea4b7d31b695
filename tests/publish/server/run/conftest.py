"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator

import pytest
from support.server_run import Sender, running


@pytest.fixture(scope="module")
def sender() -> Sender:
    """The application of the shared server."""
    return Sender()


@pytest.fixture(scope="module")
def port(sender: Sender) -> Iterator[int]:
    """The port of a server with four threads."""
    with running(sender) as (port, _):
        yield port
