"""From a file with one mistake to the one finding that says so, in place and in two languages."""

import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import (
    BASE,
    check_paths,
    load_paths,
    row_of,
    rules_found,
    shapes,
    small_site,
    write_site,
)
from support.check_validate import MANUAL
from support.paths import BAD

from graph.check.check import bundled_site, check
from graph.check.validate import validate
from graph.findings import Severity
from graph.intake.load import Loaded


def test_clean(tmp_path: Path) -> None:
    """The small site that the cases break gives no finding itself."""
    assert check_paths(write_site(small_site(), tmp_path / "site")).findings == ()


def test_bundled_site_conforms() -> None:
    """The site that ships with the program passes, with what is known to be worth a look."""
    report = check([bundled_site()], BASE, lambda _: None).report
    assert report.conforms
    assert report.exit_code == 0
    assert sorted(rules_found(report)) == [
        "leaflet-law-missing",
        "leaflet-law-missing",
        "plan-fiscal-year-missing",
        "plan-fiscal-year-missing",
        "verbatim-cut",
        "verbatim-cut",
    ]


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("topics", ["csv-broken"]),
        ("organizations", ["csv-broken"]),
        ("plans", ["csv-broken"]),
        ("laws", ["csv-broken"]),
        ("sources", ["csv-broken"]),
    ],
)
def test_one_broken_file_is_one_finding(tmp_path: Path, sheet: str, found: list[str]) -> None:
    """What refers to a sheet that cannot be read is not blamed for it."""
    site = write_site(small_site(), tmp_path / "site")
    with (site / f"{sheet}.csv").open("a", encoding="utf-8") as file:
        file.write('bad,"never closed\n')
    assert rules_found(check_paths(site)) == found


def test_missing_column_is_one_finding(tmp_path: Path) -> None:
    """Every row lacks a value then, but the header is where to mend it."""
    tables = small_site()
    for row in tables["documents"]:
        del row["kind"], row["owner"]
    report = check_paths(write_site(tables, tmp_path / "site"))
    assert rules_found(report) == ["column-missing", "column-missing"]


def test_missing_optional_column(tmp_path: Path) -> None:
    """Without an optional column each row is told once what it lacks, with its row."""
    tables = small_site()
    for row in tables["services"]:
        del row["topic"]
    report = check_paths(write_site(tables, tmp_path / "site"))
    assert rules_found(report) == ["topic-missing"] * 3
    assert [f.place.row for f in report.findings] == [2, 3, 4]
    assert {f.severity for f in report.findings} == {Severity.WARNING}


def test_several_faults_of_one_cell_are_one_finding(tmp_path: Path) -> None:
    """A cell that breaks many rules is reported once, in the reader's words if it has any."""
    tables = small_site()
    row_of(tables, "documents", MANUAL)["kind"] = "x"  # unknown, and so missing for the shapes
    row_of(tables, "documents", MANUAL)["topic"] = "x; y; z"
    row_of(tables, "areas", "tambon-301107")["part_of"] = "tambon-301107; x"
    report = check_paths(write_site(tables, tmp_path / "site"))
    cells = [(f.place.file, f.place.cell) for f in report.findings]
    assert len(cells) == len(set(cells)) == 3
    assert rules_found(report) == ["reference-unknown", "code-unknown", "reference-unknown"]


def test_reading_order(tmp_path: Path) -> None:
    """Worst first, then by file, sheet, row and column as one reads."""
    tables = small_site()
    tables["topics"][1]["label_th"] = ""
    tables["topics"][0]["alt_th"] = "\u200b"
    tables["topics"][0]["label_en"] = "\u200b"
    tables["documents"][0]["kind"] = "x"
    tables["services"][0]["topic"] = ""
    report = check_paths(write_site(tables, tmp_path / "site"))
    assert [(f.place.sheet, f.place.cell) for f in report.findings] == [
        ("documents", "C2"),
        ("topics", "C2"),
        ("topics", "D2"),
        ("topics", "B3"),
        ("services", "E2"),
    ]


def test_same_findings_every_time(tmp_path: Path) -> None:
    """Two runs over the same mistakes give equal findings in equal order."""
    tables = small_site()
    for rows in tables.values():
        rows[0]["label_th"] = "ก\nข"
    site = write_site(tables, tmp_path / "site")
    once, again = check_paths(site), check_paths(site)
    assert once.findings == again.findings
    assert len(once.findings) > 10


HEAD = """@prefix d: <http://localhost:8000/id/document/> .
@prefix km: <https://w3id.org/tambon-km/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

DEEP = 100_000


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("[ km:issue ", " ]"),
        ("[ km:issue # ]\n", " ]"),
        ("[ km:note ']' ; km:issue ", " ]"),
        ('[ km:note """]"]""" ; km:issue ', " ]"),
        ("[ <http://example.org/]> d:\\] , ", " ]"),
        ("( ", " )"),
        ("<< d:a km:issue ", " >>"),
        ("<<( d:a km:issue ", " )>>"),
        ("<<( d:a km:issue # )>>\n", " )>>"),
        ("<<( d:a km:issue ", ""),
    ],
)
def test_nesting(tmp_path: Path, start: str, end: str) -> None:
    """Brackets nested without end are a finding with a line, whatever stands between them."""
    path = tmp_path / "deep.ttl"
    path.write_text(f"{HEAD}d:x km:issue {start * DEEP}1{end * DEEP} .", encoding="utf-8")
    report = check_paths(path)
    assert rules_found(report) == ["rdf-syntax"]
    assert report.findings[0].place.line is not None
    assert report.exit_code == 2


def test_many_brackets_in_words(tmp_path: Path) -> None:
    """Brackets in strings, IRIs, comments and names are no nesting."""
    lines = [
        f'd:x km:verbatim ":( {i}" , \'([{{\' , """ "( """ . # (\n'
        f"d:x km:explains <http://example.org/({i}> , d:a\\(b ."
        for i in range(200)
    ]
    path = tmp_path / "words.ttl"
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    assert "rdf-syntax" not in rules_found(check_paths(path))


@pytest.mark.parametrize(
    "literal",
    [
        '"1E999999999"^^xsd:decimal',
        '"1E999999999"^^xsd:double',
        f'"{"1" * 5000}"^^xsd:integer',
        f'"{"0" * 1_000_000}x"^^xsd:integer',
        f'"{"0" * 1_000_000}.{"0" * 1_000_000}x"^^xsd:decimal',
        '"P99999999999999Y"^^xsd:duration',
        '"99999999999-01-01T00:00:00"^^xsd:dateTime',
        '"<a>&b;</a>"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral>',
        '"xyz"^^xsd:hexBinary',
        '"x"^^<http://example.org/unknown>',
        '"\\u001B[31m"^^xsd:integer',
    ],
    ids=range(11),
)
def test_hostile_literals(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    literal: str,
) -> None:
    """No literal hangs the check, raises, or prints anything of the libraries."""
    path = tmp_path / "x.ttl"
    path.write_text(f"{HEAD}d:x a km:Document ; km:yearBE {literal} .", encoding="utf-8")
    report = check_paths(path)
    assert [f for f in report.findings if f.place.path == "km:yearBE"]
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_equals_names_what_was_written(tmp_path: Path) -> None:
    """A year that differs from its date is shown as written, not as it was computed."""
    path = tmp_path / "x.ttl"
    text = 'd:x a km:Document ; km:yearBE 2561 ; dct:issued "2019-04-30"^^xsd:date .'
    prefix = "@prefix dct: <http://purl.org/dc/terms/> .\n"
    path.write_text(HEAD + prefix + text, encoding="utf-8")
    found = [f for f in check_paths(path).findings if f.place.path == "km:yearBE"]
    assert [f.value for f in found] == ["2561"]


def test_blank_focus_is_reported_once() -> None:
    """A blank node is reported as such; no rule speaks of it by a random name."""
    quad = ox.Quad(
        ox.BlankNode(),
        ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        ox.NamedNode("https://w3id.org/tambon-km/ns#Document"),
    )
    assert validate(Loaded(quads=[quad]), shapes()) == []


@pytest.mark.parametrize(
    ("paths", "exit_code", "words"),
    [
        (["be-date"], 1, "F2 “วันที่ตรา (ค.ศ.)” [date] = '30/04/2562'"),
        (["text.xlsx"], 2, "text.xlsx"),
        (["windows-874"], 0, "Windows-874"),
        (["literals.ttl"], 1, "km:asAmended = 'yes'"),
    ],
)
def test_command(paths: list[str], exit_code: int, words: str) -> None:
    """`km check` itself prints the finding, no traceback, and ends with the code for it."""
    code = "from publish.cli.main import main; main()"
    command = [sys.executable, "-c", code, "check", *paths]
    done = subprocess.run(
        command, cwd=BAD, capture_output=True, encoding="utf-8", env=_environment(), check=False
    )
    assert done.returncode == exit_code
    assert words in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KM_")}
    return kept | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(BAD.parent.parent)}


def test_loading_is_separate() -> None:
    """What the reader reports stands before any shape has been looked at."""
    assert [f.rule for f in load_paths(BAD / "be-date").findings] == ["date-is-be"]
