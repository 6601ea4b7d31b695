"""From a file with one mistake to the one finding that says so, in place and in two languages."""

from pathlib import Path

import pytest
from support.cases import ORG, check_paths, row_of, small_site, write_site
from support.check_validate import MANUAL, Expected, compare

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
    compare(report.findings, expected)
    for finding in report.findings:
        assert finding.place.file == f"site/{sheet}.csv"
        assert finding.place.sheet == sheet
