"""Fixtures that the tests of this folder share."""

from pathlib import Path

import pytest
from support.cases import BASE, write_site
from support.check_country import FAULTS, make_organisation, write_shared

from graph.check.check import Checked, check


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of what is shared, and one of an organisation for each fault and one without."""
    folder = tmp_path_factory.mktemp("country")
    write_shared(folder)
    for number, fault in enumerate([lambda *_: None, *FAULTS.values()], 500_001):
        tables = make_organisation(f"sao-{number}")
        fault(tables, f"sao-{number}")
        write_site(tables, folder / f"sao-{number}")
    (folder / "sao-600001").mkdir()
    (folder / "sao-600001" / "topics.csv").write_text("key,label_th\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def checked(country: Path) -> Checked:
    """The country, checked folder by folder in this process."""
    return check([country], BASE, lambda _: None, workers=1)
