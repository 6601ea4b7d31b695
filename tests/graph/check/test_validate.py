"""From a file with one mistake to the one finding that says so, in place and in two languages."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import (
    BASE,
    ORG,
    check_paths,
    load_paths,
    row_of,
    rules_found,
    shapes,
    small_site,
    write_site,
)
from support.paths import BAD

from graph.check.check import bundled_site, check
from graph.check.validate import validate
from graph.findings import Finding, Severity
from graph.intake.load import Loaded


@dataclass(frozen=True)
class Expected:
    """One finding: its rule, where it is, the value as typed, and words of the remedy."""

    rule: str
    spot: str | int | None = None  # a cell, a line, or the end of a subject and a property
    value: str | None = None
    write: str = ""
    severity: str = "Violation"


BOM = Expected("encoding-bom", severity="Info", write="nothing")

FILES: list[tuple[str, int, list[Expected]]] = [
    # headers
    ("missing-column", 1, [Expected("column-missing", "row 1", write="label_th")]),
    ("missing-key-column", 1, [Expected("column-missing", "row 1", write='column "key" to the')]),
    (
        "misspelt-column",
        1,
        [Expected("column-unknown", "B1", write='rename it to "Name (Thai)" [label_th];')],
    ),
    (
        "misspelt-optional-column",
        1,
        [Expected("column-unknown", "D1", write='"Broader topic" [broader];')],
    ),
    ("unknown-column", 1, [Expected("column-unknown", "C1", write="begin with _")]),
    ("private-column", 0, []),
    ("two-thai-names", 1, [Expected("column-twice", "C1", write="keep one of the two")]),
    (
        "empty-sheet",
        1,
        [Expected("sheet-empty", "row 1", write='row 1: "key", "Name (Thai)" [label_th]')],
    ),
    ("title-row", 1, [Expected("header-below", "row 1", write="above the header (row 1)")]),
    ("title-rows", 1, [Expected("header-below", "row 1", write="above the header (row 1–2)")]),
    ("unknown-sheet", 1, [Expected("sheet-unknown", write="rename it to topics;")]),
    ("private-sheet", 0, []),
    # cells
    ("unknown-code", 1, [Expected("code-unknown", "B2", "atc", "perhaps act;")]),
    ("thai-code", 0, []),
    ("duplicate-key", 1, [Expected("key-twice", "A4", "older-people", "a key of its own")]),
    ("dangling-reference", 1, [Expected("reference-unknown", "E3", "older-peple", "older-people")]),
    ("ce-year", 1, [Expected("year-is-ce", "E2", "2019", "write 2562")]),
    ("short-year", 1, [Expected("year-short", "E2", "68", "write 2568")]),
    ("be-date", 1, [Expected("date-is-be", "F2", "30/04/2562", "write 2019-04-30")]),
    ("be-iso-date", 1, [Expected("date-is-be", "F2", "2562-04-30", "write 2019-04-30")]),
    ("thai-month", 1, [Expected("date-is-be", "F2", "30 เม.ย. 2562", "write 2019-04-30")]),
    ("impossible-date", 1, [Expected("date-impossible", "F2", "31/02/2562", "2019-04-30")]),
    ("year-and-date-differ", 1, [Expected("year-agrees", "E2", "2561", "B.E. 2562")]),
    ("thai-digits", 0, []),
    ("empty-cell", 1, [Expected("label-th", "C2", None, "write one Thai name")]),
    ("empty-key", 1, [Expected("key-missing", "A3", None, "such as local-tax")]),
    ("underscore-key", 1, [Expected("key-bad", "A2", "Older_People", "write older-people")]),
    ("thai-key", 1, [Expected("key-bad", "A2", "ผู้สูงอายุ", "such as local-tax")]),
    ("invisible-key", 1, [Expected("cell-invisible", "A2", "older\u200b-people", "delete")]),
    ("invisible-zwsp", 1, [Expected("cell-invisible", "B2", "ผู้\u200bสูงอายุ", "delete")]),
    ("invisible-rlo", 1, [Expected("cell-invisible", "C2", "Older \u202epeople", "delete")]),
    ("control-character", 1, [Expected("cell-invisible", "C2", "Older \x1b[31mpeople", "delete")]),
    (
        "newline-in-label",
        1,
        [
            Expected("cell-line-break", "B2", "ผู้\nสูงอายุ", "Alt+Enter"),
            Expected("reference-unknown", "E3", "nowhere", "sheet topics"),
        ],
    ),
    ("beyond-header", 1, [Expected("cell-beyond", "E2", "คนชรา", "around text that has commas")]),
    (
        "broken-formula",
        1,
        [
            Expected("cell-error", "B2", "#VALUE!", "type the value"),
            Expected("label-letters", "C3", "-", "no name"),
        ],
    ),
    # CSV files as such
    ("unclosed-quote", 2, [Expected("csv-broken", None, write="not closed")]),
    ("windows-874", 0, [Expected("encoding-thai", severity="Info", write="CSV UTF-8")]),
    ("latin-1", 2, [Expected("encoding-unknown", write="CSV UTF-8")]),
    ("mixed-encodings", 2, [Expected("encoding-unknown", write="CSV UTF-8")]),
    ("bom", 0, [BOM]),
    ("utf-16", 0, [Expected("csv-separator", severity="Info", write="nothing"), BOM]),
    ("semicolons", 0, [Expected("csv-separator", severity="Info", write="nothing")]),
    ("no-tables", 2, [Expected("no-tables", write=".csv, .xlsx, .ttl")]),
    ("no-tables/README.txt", 2, [Expected("file-kind", write=".csv, .xlsx, .ttl")]),
    ("unknown-kind/topics.ods", 2, [Expected("file-old-workbook", write="Workbook (.xlsx)")]),
    ("unknown-kind/topics.xls", 2, [Expected("file-old-workbook", write="Workbook (.xlsx)")]),
    ("nowhere", 2, [Expected("file-unreadable", write="check the name")]),
    ("nowhere.csv", 2, [Expected("file-unreadable", write="check the name")]),
    ("n" * 300, 2, [Expected("file-unreadable", write="check the name")]),
    # workbooks
    ("text.xlsx", 2, [Expected("xlsx-bad", write="Excel Workbook")]),
    ("zip.xlsx", 2, [Expected("xlsx-bad", write="Excel Workbook")]),
    ("truncated.xlsx", 2, [Expected("xlsx-bad", write="Excel Workbook")]),
    ("entity-bomb.xlsx", 2, [Expected("xlsx-bad", write="Excel Workbook")]),
    ("zip-bomb.xlsx", 2, [Expected("too-large", write="far-away empty")]),
    ("far-cell.xlsx", 2, [Expected("too-large", write="far-away empty")]),
    ("far-column.xlsx", 2, [Expected("too-large", write="far-away empty")]),
    ("typed.xlsx", 0, []),
    ("formula-not-saved.xlsx", 1, [Expected("cell-formula", "B2", '="ผู้"&"สูงอายุ"', "save it")]),
    (
        "broken-formulas.xlsx",
        1,
        [
            Expected("cell-error", "B2", "#REF!", "type the value"),
            Expected("cell-error", "B3", "#N/A", "type the value"),
            Expected("label-letters", "B4", "-", "no name"),
            Expected("cell-error", "A5", "#NAME?", "type the value"),
        ],
    ),
    ("hidden.xlsx", 0, []),
    # RDF
    ("good.ttl", 0, []),
    ("bom.ttl", 0, []),
    ("shared-graph.trig", 0, []),
    ("syntax.ttl", 2, [Expected("rdf-syntax", 10, write="mend that line")]),
    ("missing-dot.nt", 2, [Expected("rdf-syntax", 2, write="mend that line")]),
    ("windows-874.ttl", 2, [Expected("rdf-syntax", 6, write="mend that line")]),
    ("two-labels.ttl", 1, [Expected("label-th", "older-people skos:prefLabel", write="one Thai")]),
    (
        "french-label.ttl",
        1,
        [Expected("label", "older-people skos:prefLabel", "Personnes âgées", "Thai or English")],
    ),
    ("no-label.ttl", 1, [Expected("label-th", "older-people skos:prefLabel", write="one Thai")]),
    ("blank-node.ttl", 1, [Expected("rdf-blank", write="give the thing an IRI")]),
    (
        "foreign-subject.ttl",
        1,
        [Expected("rdf-foreign", "/x", "http://other.example/id/topic/x", f"{BASE}/id/type/key")],
    ),
    (
        "ontology-subject.ttl",
        1,
        [
            Expected(
                "rdf-foreign",
                "#Topic",
                "https://w3id.org/tambon-km/ns#Topic",
                "cannot redefine shared terms",
            )
        ],
    ),
    ("no-class.ttl", 1, [Expected("rdf-class", "/older-people", write="give it a class")]),
    ("unknown-class.ttl", 1, [Expected("rdf-class", "/older-people", write="give it a class")]),
    (
        "unknown-property.ttl",
        1,
        [Expected("property-unknown", "older-people km:yearBe", write="perhaps km:yearBE")],
    ),
    (
        "foreign-property.ttl",
        0,
        [
            Expected(
                "property-foreign",
                "older-people <http://example.org/colour>",
                write="misspelt",
                severity="Warning",
            )
        ],
    ),
    (
        "two-ways.ttl",
        1,
        [
            Expected("rdf-12", None, write="plain triples"),
            Expected("rdf-12", "older-people skos:note", "x", "@th"),
        ],
    ),
    (
        "graphs.trig",
        1,
        [Expected("rdf-graph", None, f"{BASE}/graph/ontology", f"{BASE}/graph/shared")],
    ),
    (
        "literals.ttl",
        1,
        [
            Expected("rdf-literal", "a km:yearBE", "02562", "write 2562"),
            Expected("rdf-literal", "b km:asAmended", "yes", "write true"),
            Expected("date-is-be", "c eli:date_document", "2567-09-15", "write 2024-09-15"),
            Expected("rdf-literal", "d skos:notation", "1.50", "write 1.5"),
            Expected("rdf-literal", "e skos:notation", "1E999999999", "such as 1.5"),
            Expected("rdf-literal", "f km:yearBE", "two", "such as 7"),
            Expected("year-is-ce", "g km:yearBE", "2019", "write 2562"),
            Expected("date-impossible", "h eli:date_document", "2019-02-31", "2019-04-30"),
            Expected("rdf-literal", "i km:asAmended", "1", "write true"),
        ],
    ),
]


def _compare(found: tuple[Finding, ...] | list[Finding], expected: list[Expected]) -> None:
    """Hold each finding against what is expected of it, and their number."""
    told = [(f.rule.rpartition("#")[2], f.place.cell, f.problem.en) for f in found]
    assert len(found) == len(expected), told
    for finding, wanted in zip(found, expected, strict=True):
        place = finding.place
        assert finding.rule.rpartition("#")[2] == wanted.rule
        assert finding.severity.value == wanted.severity
        assert finding.value == wanted.value
        assert wanted.write in finding.fix.en
        for text in (finding.problem.th, finding.problem.en, finding.fix.th, finding.fix.en):
            assert text
            assert "{" not in text
        if isinstance(wanted.spot, int):
            assert place.line == wanted.spot
        elif wanted.spot is None:
            assert (place.cell, place.row, place.line, place.subject) == (None, None, None, None)
        elif wanted.spot.startswith("row "):
            assert (place.row, place.cell) == (int(wanted.spot[4:]), None)
        elif place.cell:
            assert place.cell == wanted.spot
        else:
            assert f"{place.subject} {place.path or ''}".strip().endswith(wanted.spot)


@pytest.mark.parametrize(
    ("path", "exit_code", "expected"), FILES, ids=[path[:40] for path, _, _ in FILES]
)
def test_files(path: str, exit_code: int, expected: list[Expected]) -> None:
    """A file with one mistake gives its finding, no other, and never a traceback."""
    report = check_paths(BAD / path)
    _compare(report.findings, expected)
    assert report.exit_code == exit_code
    for finding in report.findings:
        assert finding.place.file.partition("/")[0] in Path(path).parts


def test_every_bad_file_is_a_case() -> None:
    """No file lies in the folder of bad files that no case speaks of."""
    cases = {Path(path).parts[0] for path, _, _ in FILES}
    assert {path.name for path in BAD.iterdir()} <= cases


# ---- one cell of a whole site ----------------------------------------------------------------

MANUAL = f"{ORG}-operations-manual"
ENTRY = f"{ORG}-p1-1"
LEVELS = f"{ORG}-levels-1"
PAGE = f"{ORG}-km-page"

CELLS: list[tuple[str, str, str, str, list[Expected]]] = [
    ("documents", MANUAL, "kind", "manul", [Expected("code-unknown", "C4", "manul", "manual;")]),
    ("documents", MANUAL, "kind", "", [Expected("document-kind", "C4", None, "choose one kind")]),
    ("documents", MANUAL, "owner", "", [Expected("owner-missing", "B4", None, "organizations")]),
    (
        "documents",
        MANUAL,
        "owner",
        "sao-30110",
        [Expected("reference-unknown", "B4", "sao-30110", "perhaps sao-301107;")],
    ),
    (
        "documents",
        MANUAL,
        "fiscal_year",
        "2019",
        [Expected("reference-unknown", "O4", "2019", "perhaps 2562;")],
    ),
    (
        "documents",
        MANUAL,
        "fiscal_year",
        "62",
        [Expected("reference-unknown", "O4", "62", "perhaps 2562;")],
    ),
    (
        "documents",
        MANUAL,
        "fiscal_year",
        "2563",
        [Expected("reference-unknown", "O4", "2563", "write a fiscal year that stands")],
    ),
    (
        "documents",
        MANUAL,
        "fiscal_year",
        "พ.ศ. 2562",
        [Expected("reference-unknown", "O4", "พ.ศ. 2562", "perhaps 2562;")],
    ),
    (
        "documents",
        MANUAL,
        "topic",
        "ผู้สูงอายุ; older people",
        [Expected("reference-unknown", "H4", "ผู้สูงอายุ", "write older-people")],
    ),
    (
        "documents",
        MANUAL,
        "topic",
        "local-tax, ผู้สูงอายุ",
        [Expected("reference-unknown", "H4", "local-tax, ผู้สูงอายุ", "local-tax; older-people")],
    ),
    (
        "documents",
        MANUAL,
        "topic",
        "local-tax, nowhere",
        [Expected("reference-unknown", "H4", "local-tax, nowhere", "use a key from")],
    ),
    (
        "documents",
        MANUAL,
        "topic",
        "local-tax; work-procedure",
        [Expected("reference-unknown", "H4", "work-procedure", "perhaps work-procedures;")],
    ),
    (
        "documents",
        MANUAL,
        "related",
        "local-tax",
        [Expected("reference-unknown", "M4", "local-tax", "use a key from documents")],
    ),
    ("documents", MANUAL, "issuer", "DLA", [Expected("reference-unknown", "G4", "DLA", "dla;")]),
    ("documents", MANUAL, "year_be", "25622", [Expected("year-be", "P4", "25622", "four digits")]),
    ("documents", MANUAL, "date", "1799-01-01", [Expected("date", "Q4", "1799-01-01", "C.E.")]),
    (
        "documents",
        MANUAL,
        "label_th",
        "ก" * 401,
        [Expected("label", "D4", "ก" * 401, "one preferred name")],
    ),
    (
        "documents",
        MANUAL,
        "label_th",
        "ก" * 32_768,
        [Expected("cell-too-long", "D4", "ก" * 32_768, "shorter")],
    ),
    ("entries", ENTRY, "position", "", [Expected("position", "C2", None, "such as 3")]),
    ("entries", ENTRY, "position", "0", [Expected("position", "C2", "0", "such as 3")]),
    ("entries", ENTRY, "position", "x", [Expected("number-bad", "C2", "x", "such as 3")]),
    ("entries", ENTRY, "position", "3", [Expected("position-sequence", "C2", "3", "1, 2, 3 …")]),
    (
        "entries",
        ENTRY,
        "position",
        "2",
        [
            Expected("position-sequence", "C2", "2", "1, 2, 3 …"),
            Expected("position-sequence", "C3", "2", "1, 2, 3 …"),
        ],
    ),
    ("entries", ENTRY, "position", "๑", []),
    (
        "entries",
        ENTRY,
        "list",
        "",
        [
            Expected("entry-list", "B2", None, "plans or collections"),
            Expected("position-sequence", "C3", "2", "1, 2, 3 …"),
        ],
    ),
    (
        "entries",
        f"{ORG}-p1-2",
        "list",
        f"{ORG}-km-9",
        [Expected("reference-unknown", "B3", f"{ORG}-km-9", f"perhaps {ORG}-km-1;")],
    ),
    ("entries", ENTRY, "truncated", "maybe", [Expected("boolean-bad", "H2", "maybe", "yes or no")]),
    ("entries", ENTRY, "truncated", "ใช่", []),
    (
        "organizations",
        ORG,
        "homepage",
        "www.example.go.th",
        [Expected("iri-bad", "G2", "www.example.go.th", "https://")],
    ),
    (
        "organizations",
        ORG,
        "services",
        "local_tax",
        [Expected("reference-unknown", "F2", "local_tax", "perhaps local-tax;")],
    ),
    ("organizations", ORG, "services", "local-tax;;building-permit;", []),
    (
        "topics",
        "older-people",
        "broader",
        "older-people",
        [Expected("topic-cycle", "E5", "older-people", "a wider topic")],
    ),
    ("corrections", LEVELS, "of", "", [Expected("correction-of", "B3", None, "entries")]),
    (
        "corrections",
        LEVELS,
        "of",
        f"{ORG}-level",
        [Expected("reference-unknown", "B3", f"{ORG}-level", f"perhaps {ORG}-levels;")],
    ),
    (
        "sources",
        PAGE,
        "file",
        "nope.txt",
        [Expected("file-absent", "F2", "nope.txt", "put the file nope.txt", "Warning")],
    ),
    (
        "sources",
        PAGE,
        "file",
        "n" * 300,
        [Expected("file-absent", "F2", "n" * 300, "put the file n", "Warning")],
    ),
    (
        "sources",
        PAGE,
        "file",
        "../page.txt",
        [Expected("source-file", "F2", "../page.txt", "without a folder")],
    ),
    ("sources", PAGE, "sha256", "abc", [Expected("file-differs", "G2", "abc", "write 2561c7e2")]),
    (
        "links",
        f"{ORG}-link-1",
        "confidence",
        "sure",
        [Expected("code-unknown", "E2", "sure", "near-sure")],
    ),
    (
        "areas",
        "tambon-301107",
        "code",
        "3011x7",
        [Expected("area-code", "E4", "3011x7", "2, 4 or 6 digits")],
    ),
]


@pytest.mark.parametrize(
    ("sheet", "key", "column", "text", "expected"),
    CELLS,
    ids=[f"{sheet}-{column}-{text[:20]}" for sheet, _, column, text, _ in CELLS],
)
def test_cells(
    tmp_path: Path, sheet: str, key: str, column: str, text: str, expected: list[Expected]
) -> None:
    """Breaking one cell of a clean site makes the check name that cell."""
    tables = small_site()
    row_of(tables, sheet, key)[column] = text
    report = check_paths(write_site(tables, tmp_path / "site"))
    _compare(report.findings, expected)
    for finding in report.findings:
        assert finding.place.file == f"site/{sheet}.csv"
        assert finding.place.sheet == sheet


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


# ---- hostile RDF -----------------------------------------------------------------------------

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
