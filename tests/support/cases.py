"""Sites for tests to break: the bundled site, and a small site cut from it that has no finding.

In: the CSV files of the bundled site. Out: tables as lists of dictionaries. A test changes a table
in one place and writes all tables into a folder of its own.
"""

import csv
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from graph.check.check import bundled_site
from graph.check.report import Report
from graph.check.validate import validate
from graph.intake.load import Loaded, load
from graph.rdf.vocab import expand
from graph.schema.sheets import Shapes, load_shapes

BASE = "http://localhost:8000"
ORG = "sao-301107"

Tables = dict[str, list[dict[str, str]]]

_ROWS = {
    "organizations": "sao-301107",
    "agencies": "dla",
    "areas": "province-30 district-3011 tambon-301107",
    "topics": "good-governance personnel-administration personnel-development older-people"
    " building-control local-tax work-procedures",
    "services": "old-age-allowance local-tax building-permit",
    "indicators": "o10-manual o40-ethics",
    "fiscal_years": "2562",
    "laws": "decree-2546-good-governance act-2542-local-personnel act-2522-building-control",
    "provisions": "decree-2546-good-governance-s11",
    "plans": "sao-301107-km-1",
    "collections": "sao-301107-inside",
    "entries": "sao-301107-p1-1 sao-301107-p1-2 sao-301107-int-1",
    "documents": "sao-301107-personnel-development-criteria sao-301107-older-people-standard"
    " sao-301107-operations-manual",
    "leaflets": "sao-301107-building-permit",
    "statements": "sao-301107-levels sao-301107-level-1 sao-301107-level-2 sao-301107-section-11",
    "sources": "sao-301107-km-page",
    "corrections": "sao-301107-section-11-1 sao-301107-levels-1",
    "links": "sao-301107-link-1 sao-301107-link-3",
}


def read_site(folder: Path | None = None) -> Tables:
    """Return the tables of a folder of CSV files, of the bundled site if none is given."""
    tables = {}
    for path in sorted((folder or bundled_site()).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


def small_site() -> Tables:
    """Return a few rows of every sheet of the bundled site; checking them finds nothing."""
    whole = read_site()
    tables = {
        name: [row_of(whole, name, key) for key in keys.split()] for name, keys in _ROWS.items()
    }
    tables["plans"][0]["fiscal_year"] = "2562"
    row_of(tables, "documents", f"{ORG}-older-people-standard")["related"] = ""
    tables["retired"] = [
        {
            "key": f"{ORG}-retired-1",
            "owner": ORG,
            "was": f"plan/{ORG}-km-9",
            "replaced_by": f"plan/{ORG}-km-1",
            "note_th": "รวมกับแผนที่ 1",
            "note_en": "merged into plan 1",
        }
    ]
    return tables


def write_site(tables: Tables, folder: Path) -> Path:
    """Write `tables` as CSV files, with the captured page beside them, and return the folder."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", rows)
    page = bundled_site() / "page.txt"
    (folder / page.name).write_bytes(page.read_bytes())
    return folder


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    """Write one table; its columns are those of the first row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def row_of(tables: Tables, sheet: str, key: str) -> dict[str, str]:
    """Return the row with that key."""
    return next(row for row in tables[sheet] if row["key"] == key)


def check_paths(*paths: Path) -> Report:
    """Return the report on files and folders."""
    loaded = load_paths(*paths)
    return Report(tuple(validate(loaded, shapes())), len(loaded.sources), len(loaded.quads))


def load_paths(*paths: Path) -> Loaded:
    """Return what the reader alone makes of files and folders."""
    return load(paths, shapes(), BASE)


@cache
def shapes() -> Shapes:
    """Return the shapes, read once."""
    return load_shapes()


def rules_found(report: Report) -> list[str]:
    """Return the rules of the findings in order, without the namespace of the shapes."""
    return [finding.rule.rpartition("#")[2] for finding in report.findings]


def thing(type: str, slug: str) -> ox.NamedNode:
    """Return the node of a thing."""
    return ox.NamedNode(f"{BASE}/id/{type}/{slug}")


def typed(lexical: str, datatype: str) -> ox.Literal:
    """Return a literal of a datatype such as xsd:date."""
    return ox.Literal(lexical, datatype=ox.NamedNode(expand(datatype)))
