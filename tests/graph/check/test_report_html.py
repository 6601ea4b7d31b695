"""The same findings as text, JSON and HTML."""

import json
from html.parser import HTMLParser

import pytest
from support.cases import check_paths
from support.check_report import HOSTILE, make_finding, report_text
from support.paths import BAD

from graph.check.report import MARKS, NAMES, Report, as_html, as_json, summary
from graph.findings import Finding, Place, Severity, Text, find, has_fix, nearest, shorten
from graph.schema.sheets import load_shapes


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
    clean = _parsed(as_html(Report((make_finding(), make_finding()), 1, 1)))
    assert sorted(set(parsed.tags)) == sorted(set(clean.tags))
    assert "script" not in parsed.tags
    assert any(HOSTILE in words for words in parsed.words)


def test_html() -> None:
    """The page is whole, names its language, holds each finding, and says where there is none."""
    page = as_html(Report((make_finding(value="ก"),), 1, 1))
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
        text, page = report_text(report), " ".join("".join(_parsed(as_html(report)).words).split())
        records = json.loads(as_json(report))["findings"]
        assert len(records) == len(report.findings) > 0
        for record in records:
            for words in (*record["problem"].values(), *record["fix"].values()):
                assert words in text
                assert " ".join(words.split()) in page


def test_summary() -> None:
    """The closing line counts files, triples and findings in both languages."""
    words = summary(Report((make_finding(Severity.WARNING),), 18, 1204))
    assert words.startswith("18 ไฟล์/files, 1,204 triples: 0 ต้องแก้ (to mend), 1 ควรดู")
    assert set(MARKS) == set(NAMES) == set(Severity)


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
