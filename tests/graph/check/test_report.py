"""The same findings as text, JSON and HTML."""

import json
from dataclasses import replace

import pytest
from support.check_report import HOSTILE, make_finding, report_text

from graph.check.report import (
    MOST_OF_RULE,
    Report,
    as_extract,
    as_json,
    as_text,
    describe_place,
    name_column,
)
from graph.findings import Finding, Place, Severity, Text
from graph.rdf.vocab import SHAPE


@pytest.mark.parametrize(
    ("findings", "code", "conforms"),
    [
        ([], 0, True),
        ([make_finding(Severity.INFO)], 0, True),
        ([make_finding(Severity.WARNING)], 0, True),
        ([make_finding(Severity.WARNING), make_finding()], 1, False),
        ([make_finding(), make_finding(unreadable=True)], 2, False),
    ],
)
def test_exit_code(findings: list[Finding], code: int, conforms: bool) -> None:
    """0 where nothing stops a publication, 1 where something does, 2 where a file is no use."""
    report = Report(tuple(findings), 1, 1)
    assert (report.exit_code, report.conforms) == (code, conforms)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place("f", "s", 14, "C", "label_th"), "C14 “label_th”"),
        (Place("f", "s", 14, "C"), "C14"),
        (Place("f", "s", 14), "แถว 14 / row 14"),
        (Place("f", line=3), "บรรทัด 3 / line 3"),
        (Place("f", subject="http://x/y"), "<http://x/y>"),
        (Place("f", subject="http://x/y", path="km:issue"), "<http://x/y> km:issue"),
        (Place("f"), "ทั้งไฟล์ / the whole file"),
    ],
)
def test_describe_place(place: Place, words: str) -> None:
    """A place is told as narrowly as it is known."""
    assert describe_place(make_finding(place=place)) == words


def test_text() -> None:
    """Lines are grouped by file and sheet, Thai before English, with the counts at the end."""
    other = make_finding(Severity.INFO, Place("site/areas.csv", "areas", 2, "A", "key"), "x")
    lines = list(as_text(Report((make_finding(), other), 2, 1234)))
    assert lines == [
        "site/areas.csv · แผ่น/sheet areas",
        "  i A2 “รหัส” [key] = 'x'",
        "      ช่องนี้ว่าง → เขียนชื่อ",
        "      this cell is empty → write a name",
        "",
        "site/topics.csv · แผ่น/sheet topics",
        "  ✗ C14 “ชื่อ (ไทย)” [label_th]",
        "      ช่องนี้ว่าง → เขียนชื่อ",
        "      this cell is empty → write a name",
        "",
        "2 ไฟล์/files, 1,234 triples: 1 ต้องแก้ (to mend), 0 ควรดู (to look at), "
        "1 แจ้งให้ทราบ (for information)",
    ]


@pytest.mark.parametrize(
    ("sheet", "header", "called"),
    [
        ("topics", "label_th", Text("“ชื่อ (ไทย)” [label_th]", '"Name (Thai)" [label_th]')),
        ("topics", "ชื่อ (ไทย)", Text("“ชื่อ (ไทย)” [label_th]", '"Name (Thai)" [label_th]')),
        ("topics", "Key", Text("“รหัส” [key]", '"key"')),
        ("topics", "mine", Text("“mine”", '"mine"')),
        (None, None, Text("", "")),
    ],
)
def test_columns_are_called_by_their_headers(
    sheet: str | None, header: str | None, called: Text
) -> None:
    """A column is named as in the workbook, in the reader's language, its code in brackets."""
    assert name_column(sheet, header) == called


def test_text_steers_no_terminal() -> None:
    """Control and direction characters of a value, header, file or message are spelt out."""
    place = Place(f"{HOSTILE}.csv", HOSTILE, 2, "A", HOSTILE)
    finding = Finding("x", Severity.WARNING, place, Text(HOSTILE, HOSTILE), Text("", ""), HOSTILE)
    text = report_text(Report((finding,), 1, 1))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[31m" in text


def test_json() -> None:
    """The JSON has the same keys for every finding; null stands for what does not apply."""
    turtle = make_finding(place=Place("x.ttl", subject="http://x/y", path="km:issue"), value="ก")
    body = json.loads(as_json(Report((make_finding(), turtle), 2, 10)))
    assert list(body) == ["conforms", "files", "triples", "counts", "findings"]
    assert body["counts"] == {"Violation": 2, "Warning": 0, "Info": 0}
    assert body["conforms"] is False
    assert body["findings"][0] == {
        "severity": "Violation",
        "rule": "https://w3id.org/tambon-km/shapes#label-th",
        "file": "site/topics.csv",
        "sheet": "topics",
        "row": 14,
        "column": "label_th",
        "cell": "C14",
        "line": None,
        "subject": None,
        "property": None,
        "value": None,
        "problem": {"th": "ช่องนี้ว่าง", "en": "this cell is empty"},
        "fix": {"th": "เขียนชื่อ", "en": "write a name"},
    }
    assert list(body["findings"][1]) == list(body["findings"][0])
    assert body["findings"][1]["property"] == "km:issue"


def test_extract_holds_the_first_of_each_rule() -> None:
    """What a page shows counts all and holds the first of each rule, in the order of the report."""
    many = [make_finding(value=str(n)) for n in range(MOST_OF_RULE + 3)]
    other = replace(make_finding(Severity.WARNING), rule=SHAPE + "topic-missing")
    found = json.loads(as_extract(Report((*many, other), 1, 1)))
    assert found["rules"] == {SHAPE + "label-th": MOST_OF_RULE + 3, SHAPE + "topic-missing": 1}
    assert [f["value"] for f in found["findings"]] == [*map(str, range(MOST_OF_RULE)), None]
    assert found["findings"][-1]["rule"] == SHAPE + "topic-missing"
    assert found["counts"] == {"Violation": MOST_OF_RULE + 3, "Warning": 1, "Info": 0}
