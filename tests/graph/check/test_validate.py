"""From a file with one mistake to the one finding that says so, in place and in two languages."""

from pathlib import Path

import pytest
from support.cases import BASE, check_paths
from support.check_validate import Expected, compare
from support.paths import BAD

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


@pytest.mark.parametrize(
    ("path", "exit_code", "expected"), FILES, ids=[path[:40] for path, _, _ in FILES]
)
def test_files(path: str, exit_code: int, expected: list[Expected]) -> None:
    """A file with one mistake gives its finding, no other, and never a traceback."""
    report = check_paths(BAD / path)
    compare(report.findings, expected)
    assert report.exit_code == exit_code
    for finding in report.findings:
        assert finding.place.file.partition("/")[0] in Path(path).parts


def test_every_bad_file_is_a_case() -> None:
    """No file lies in the folder of bad files that no case speaks of."""
    cases = {Path(path).parts[0] for path, _, _ in FILES}
    assert {path.name for path in BAD.iterdir()} <= cases
