"""Tables out of a release: what an officer opens, and reading them gives the same graph."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from support.cases import BASE, load_paths, shapes, small_site, write_site

from graph.builder.tables import TableWriter
from graph.check.check import bundled_site, check
from graph.intake.load import Loaded
from graph.intake.spreadsheet_safety import guard, unguard
from graph.rdf.named_graphs import InMemory
from graph.release.manifest import Release
from publish.config import Config


def write_tables(loaded: Loaded, folder: Path) -> Path:
    """Write the tables of all graphs of a dataset into a folder, as a release does."""
    writer, graphs = TableWriter(shapes(), BASE), InMemory(loaded.quads)
    archives = []
    for number, name in enumerate(graphs.names()):
        data = writer.archive(graphs.triples(name))
        archives.append(folder / f"{number}.zip")
        archives[-1].write_bytes(data)
    writer.join(archives, folder / "tables")
    return folder / "tables"


@pytest.mark.parametrize("site", ["bundled", "small"])
def test_round_trip(site: str, tmp_path: Path) -> None:
    """Reading the tables that were made of a graph gives that graph, and no violation."""
    source = bundled_site() if site == "bundled" else write_site(small_site(), tmp_path / "site")
    loaded = load_paths(source)
    again = load_paths(write_tables(loaded, tmp_path))
    assert set(again.quads) == set(loaded.quads)
    assert {f.rule for f in again.findings} <= {"encoding-bom", "file-absent"}


def test_tables_of_a_release_pass_the_check(site: Release, config: Config) -> None:
    """`km check` of the CSV files in a release passes and sees as many triples as were loaded."""
    tables = site.dumps / "tables"
    report = check([tables], config.base, lambda _: None).report
    assert report.exit_code == 0
    assert report.triples == check([bundled_site()], config.base, lambda _: None).report.triples


def test_every_table_is_there_once_whole_and_by_organisation(site: Release) -> None:
    """The archive of the whole holds the tables; an organisation's holds its own rows only."""
    with zipfile.ZipFile(site.dumps / "all.csv.zip") as archive:
        for name in archive.namelist():
            assert archive.read(name) == (site.dumps / "tables" / name).read_bytes()
    with zipfile.ZipFile(site.dumps / "sao-301107.csv.zip") as archive:
        assert "plans.csv" in archive.namelist()
        assert "laws.csv" not in archive.namelist()


def test_tables_are_for_excel(site: Release) -> None:
    """Each file begins with a byte-order mark, has CRLF, and keys are sorted as people count."""
    data = (site.dumps / "tables" / "entries.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfkey,")
    assert data.count(b"\r\n") == data.count(b"\n")
    keys = [r["key"] for r in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert keys.index("sao-301107-p1-1") < keys.index("sao-301107-p1-5")
    assert len(keys) == 20


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+66", "'+66"),
        ("@กข", "'@กข"),
        ("- ข้อหนึ่ง", "'- ข้อหนึ่ง"),
        ("'=1", "''=1"),
        ("-5", "-5"),
        ("-1.5", "-1.5"),
        ("'tis", "'tis"),
        ("กข", "กข"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    """What a spreadsheet would run gets an apostrophe, which reading takes away."""
    assert guard(text) == cell
    assert unguard(cell) == text


def test_formula_in_the_data_survives(tmp_path: Path) -> None:
    """A label that looks like a formula is harmless in the table and the same when read."""
    tables = small_site()
    tables["topics"][0]["label_th"] = "=ธรรมาภิบาล"
    loaded = load_paths(write_site(tables, tmp_path / "site"))
    folder = write_tables(loaded, tmp_path)
    assert "'=ธรรมาภิบาล" in (folder / "topics.csv").read_text(encoding="utf-8-sig")
    assert set(load_paths(folder).quads) == set(loaded.quads)
