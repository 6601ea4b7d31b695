"""Fixtures that the tests of this folder share."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.engine_pool import EX

from publish.engine.pool import EnginePool


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 3,000 values."""
    path = tmp_path_factory.mktemp("engine") / "store"
    writer = ox.Store(path)
    predicate, graph = ox.NamedNode(EX + "p"), ox.NamedNode(EX + "g")
    writer.bulk_extend(
        ox.Quad(ox.NamedNode(f"{EX}{i}"), predicate, ox.Literal(f"value {i}"), graph)
        for i in range(3000)
    )
    writer.flush()
    del writer
    return path


@pytest.fixture(scope="module")
def pool(path: Path) -> Iterator[EnginePool]:
    """Two workers that may work one second."""
    with EnginePool(path, {"ex": EX}, workers=2, deadline_s=1.0, quick_s=0.2) as pool:
        yield pool
