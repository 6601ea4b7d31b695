"""The same findings as text, JSON and HTML."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from support.cases import check_paths
from support.paths import BAD

from graph.check.report import (
    MARKS,
    MOST_OF_RULE,
    NAMES,
    Report,
    as_extract,
    as_html,
    as_json,
    as_text,
    describe_place,
    name_column,
    summary,
)
from graph.findings import Finding, Place, Severity, Text, find, has_fix, nearest, shorten
from graph.rdf.vocab import SHAPE
from graph.schema.sheets import load_shapes

HOSTILE = "<script>alert('x')</script>&\"\x1b[31m\u202e"


def _finding(
    severity: Severity = Severity.VIOLATION,
    place: Place | None = None,
    value: str | None = None,
    unreadable: bool = False,
) -> Finding:
    return Finding(
        SHAPE + "label-th",
        severity,
        place or Place("site/topics.csv", "topics", 14, "C", "label_th"),
        Text("ช่องนี้ว่าง", "this cell is empty"),
        Text("เขียนชื่อ", "write a name"),
        value,
        unreadable,
    )


def _text(report: Report) -> str:
    return "\n".join(as_text(report))


@pytest.mark.parametrize(
    ("findings", "code", "conforms"),
    [
        ([], 0, True),
        ([_finding(Severity.INFO)], 0, True),
        ([_finding(Severity.WARNING)], 0, True),
        ([_finding(Severity.WARNING), _finding()], 1, False),
        ([_finding(), _finding(unreadable=True)], 2, False),
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
    assert describe_place(_finding(place=place)) == words


def test_text() -> None:
    """Lines are grouped by file and sheet, Thai before English, with the counts at the end."""
    other = _finding(Severity.INFO, Place("site/areas.csv", "areas", 2, "A", "key"), "x")
    lines = list(as_text(Report((_finding(), other), 2, 1234)))
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
    text = _text(Report((finding,), 1, 1))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[31m" in text


def test_json() -> None:
    """The JSON has the same keys for every finding; null stands for what does not apply."""
    turtle = _finding(place=Place("x.ttl", subject="http://x/y", path="km:issue"), value="ก")
    body = json.loads(as_json(Report((_finding(), turtle), 2, 10)))
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
    many = [_finding(value=str(n)) for n in range(MOST_OF_RULE + 3)]
    other = replace(_finding(Severity.WARNING), rule=SHAPE + "topic-missing")
    found = json.loads(as_extract(Report((*many, other), 1, 1)))
    assert found["rules"] == {SHAPE + "label-th": MOST_OF_RULE + 3, SHAPE + "topic-missing": 1}
    assert [f["value"] for f in found["findings"]] == [*map(str, range(MOST_OF_RULE)), None]
    assert found["findings"][-1]["rule"] == SHAPE + "topic-missing"
    assert found["counts"] == {"Violation": MOST_OF_RULE + 3, "Warning": 1, "Info": 0}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _parsed(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    return parser


def test_html_escapes() -> None:
    """Whatever a cell, header, file or IRI holds, the page has no element from it."""
    place = Place(HOSTILE, HOSTILE, 2, "A", HOSTILE, HOSTILE, path=HOSTILE)
    texts = Text(HOSTILE, HOSTILE)
    findings = (
        Finding(HOSTILE, Severity.VIOLATION, place, texts, texts, HOSTILE),
        Finding(
            HOSTILE, Severity.INFO, Place(HOSTILE, subject=HOSTILE, path=HOSTILE), texts, texts
        ),
    )
    parsed = _parsed(as_html(Report(findings, 1, 1)))
    clean = _parsed(as_html(Report((_finding(), _finding()), 1, 1)))
    assert sorted(set(parsed.tags)) == sorted(set(clean.tags))
    assert "script" not in parsed.tags
    assert any(HOSTILE in words for words in parsed.words)


def test_html() -> None:
    """The page is whole, names its language, holds each finding, and says where there is none."""
    page = as_html(Report((_finding(value="ก"),), 1, 1))
    assert page.startswith('<!doctype html>\n<html lang="th">')
    assert '<meta charset="utf-8">' in page
    for words in ("C14", "label_th", "ช่องนี้ว่าง → เขียนชื่อ", "this cell is empty → write a name"):
        assert words in page
    assert "label-th" in page
    assert "http" not in page.replace("https://w3id.org", "")
    empty = as_html(Report((), 1, 1))
    assert "ไม่พบสิ่งที่ต้องแก้" in empty
    assert "<table>" not in empty


def test_three_ways_say_the_same() -> None:
    """Text, JSON and HTML of one check hold the same findings with the same words."""
    for path in ("literals.ttl", "newline-in-label", "unclosed-quote", "foreign-property.ttl"):
        report = check_paths(BAD / path)
        text, page = _text(report), " ".join("".join(_parsed(as_html(report)).words).split())
        records = json.loads(as_json(report))["findings"]
        assert len(records) == len(report.findings) > 0
        for record in records:
            for words in (*record["problem"].values(), *record["fix"].values()):
                assert words in text
                assert " ".join(words.split()) in page


def test_summary() -> None:
    """The closing line counts files, triples and findings in both languages."""
    words = summary(Report((_finding(Severity.WARNING),), 18, 1204))
    assert words.startswith("18 ไฟล์/files, 1,204 triples: 0 ต้องแก้ (to mend), 1 ควรดู")
    assert set(MARKS) == set(NAMES) == set(Severity)


# ---- findings --------------------------------------------------------------------------------


def test_find() -> None:
    """A problem's braces are filled in both languages; a sharper remedy replaces the usual one."""
    place = Place("f")
    found = find("key-twice", place, value="x", first="A2")
    assert found.problem == Text("รหัส “x” ซ้ำกับ A2", 'the key "x" already stands in A2')
    assert found.fix.en.startswith("give each row a key")
    sharper = find("key-twice", place, Text("ก", "a"), "x", first="A2")
    assert sharper.fix == Text("ก", "a")


def test_values_are_no_format() -> None:
    """Braces in a value stay braces."""
    found = find("code-unknown", Place("f"), value="{0} {value} {x}")
    assert found.problem.en == '"{0} {value} {x}" is not in the list'


def test_long_values_are_cut() -> None:
    """A long value is cut in the sentences, and whole in the record."""
    found = find("code-unknown", Place("f"), value="ก" * 5000)
    assert len(found.problem.en) < 400
    assert found.value == "ก" * 5000
    assert shorten("ก" * 10, 5) == "กกกก…"
    assert shorten("ก" * 5, 5) == "ก" * 5


def test_has_fix() -> None:
    """Some problems tell their own remedy, others leave it to the column."""
    assert has_fix("reference-ambiguous")
    assert not has_fix("reference-unknown")


@pytest.mark.parametrize(
    ("word", "found"),
    [("labl_th", "label_th"), ("LABEL_TH", "label_th"), ("xyz", None), ("", None)],
)
def test_nearest(word: str, found: str | None) -> None:
    """The word that was meant is guessed only where it is near."""
    assert nearest(word, ["label_th", "label_en", "topic"]) == found


def test_every_constraint_has_words() -> None:
    """Each kind of constraint that the shapes use has its sentence, so no result lacks one."""
    components = {
        "minCount": "MinCount",
        "maxCount": "MaxCount",
        "qualifiedMinCount": "QualifiedMinCount",
        "qualifiedMaxCount": "QualifiedMaxCount",
        "languageIn": "LanguageIn",
        "uniqueLang": "UniqueLang",
        "class": "Class",
        "or": "Or",
        "in": "In",
        "not": "Not",
        "datatype": "Datatype",
        "nodeKind": "NodeKind",
        "pattern": "Pattern",
        "minInclusive": "MinInclusive",
        "maxInclusive": "MaxInclusive",
        "minLength": "MinLength",
        "maxLength": "MaxLength",
        "equals": "Equals",
        "hasValue": "HasValue",
    }
    told = {"path", "name", "description", "message", "order", "group", "severity", "property"}
    told |= {"targetClass", "qualifiedValueShape", "inversePath"}
    used = {
        str(p).rpartition("#")[2]
        for p in load_shapes().graph.predicates(unique=True)
        if str(p).startswith("http://www.w3.org/ns/shacl#")
    }
    assert used <= told | set(components)
    for name in used & set(components):
        found = find(f"{components[name]}ConstraintComponent", Place("f"))
        assert found.problem.th
        assert found.problem.en
