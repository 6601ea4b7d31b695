"""The made-up country that benchmarks and tests of scale are run on."""

from collections import Counter
from pathlib import Path

import pytest
from bench.generate import slugs, write_country
from support.cases import check_paths, read_site

from graph.check.report import Report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four organisations and what they share."""
    return write_country(tmp_path_factory.mktemp("country") / "tables", 4, seed=7)


@pytest.fixture(scope="module")
def report(country: Path) -> Report:
    """What a check of them says."""
    return check_paths(*sorted(country.iterdir()))


def test_passes(report: Report) -> None:
    """A made-up country can be published as it is."""
    assert report.conforms, report.findings
    assert report.triples > 4_000


def test_same_seed(country: Path, tmp_path: Path) -> None:
    """The same seed gives the same bytes, and a smaller country is part of a larger one."""
    smaller = write_country(tmp_path / "tables", 2, seed=7)
    assert set(slugs(2, 7)) < set(slugs(4, 7)) != set(slugs(4, 8))
    for slug in slugs(2, 7):
        files = sorted(f.name for f in (smaller / slug).iterdir())
        assert files == sorted(f.name for f in (country / slug).iterdir())
        for name in files:
            assert (smaller / slug / name).read_bytes() == (country / slug / name).read_bytes()


def test_popularity(country: Path) -> None:
    """Some laws are named by every organisation, most by none of four."""
    named: Counter[str] = Counter()
    for slug in slugs(4, 7):
        named.update({entry["names"] for entry in read_site(country / slug)["entries"]})
    laws = Counter({law["key"]: named[law["key"]] for law in read_site(country / "shared")["laws"]})
    assert laws["act-2537-tambon"] == 4
    assert sum(1 for times in laws.values() if times == 0) > len(laws) / 2


@pytest.mark.parametrize("table", ["plans", "leaflets", "corrections", "links", "collections"])
def test_whole_site(country: Path, table: str) -> None:
    """Every organisation has plans, leaflets, faults with corrections, links and collections."""
    assert all(read_site(country / slug)[table] for slug in slugs(4, 7))
