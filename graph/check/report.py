"""Findings as text for a terminal, as JSON for programs and as HTML for an officer.

In: findings, at most one for each cell, sorted. Out: one string. The JSON is also what a
release keeps, with an extract of it, which the site's `/quality` page shows.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

import orjson

from graph.findings import Finding, Severity, Text, shorten
from graph.rdf.vocab import SHAPE

EXTRACT = "report-extract.json"
MOST_OF_RULE = 50
"""How many findings of each rule stand in the extract."""

MARKS = {Severity.VIOLATION: "✗", Severity.WARNING: "!", Severity.INFO: "i"}
NAMES = {
    Severity.VIOLATION: ("ต้องแก้", "to mend"),
    Severity.WARNING: ("ควรดู", "to look at"),
    Severity.INFO: ("แจ้งให้ทราบ", "for information"),
}


@dataclass(frozen=True)
class Report:
    """What a check found, and how much it looked at."""

    findings: tuple[Finding, ...]
    files: int
    triples: int

    @property
    def conforms(self) -> bool:
        """True where nothing stops a publication."""
        return not any(f.severity is Severity.VIOLATION for f in self.findings)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings to mend, 2 something could not be read."""
        if any(f.unreadable for f in self.findings):
            return 2
        return 0 if self.conforms else 1

    def counts(self) -> dict[Severity, int]:
        """Return how many findings there are of each severity."""
        found = Counter(f.severity for f in self.findings)
        return {severity: found[severity] for severity in Severity}


def as_json(report: Report) -> str:
    """Return the report as JSON, an object for each finding; null means not applicable."""
    body = {**_verdict(report), "findings": [_record(f) for f in report.findings]}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def as_extract(report: Report) -> bytes:
    """Return what a page shows of the report, as JSON: how much each rule found, and the first
    `MOST_OF_RULE` findings of each. The whole of a country's is tens of megabytes.
    """
    found, first = Counter[str](), list[Finding]()
    for finding in report.findings:
        found[finding.rule] += 1
        if found[finding.rule] <= MOST_OF_RULE:
            first.append(finding)
    findings = [_record(f) for f in first]
    return orjson.dumps({**_verdict(report), "rules": dict(found), "findings": findings})


def _verdict(report: Report) -> dict[str, object]:
    return {
        "conforms": report.conforms,
        "files": report.files,
        "triples": report.triples,
        "counts": {severity.value: n for severity, n in report.counts().items()},
    }


def _record(finding: Finding) -> dict[str, object]:
    place = finding.place
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "cell": place.cell,
        "line": place.line,
        "subject": place.subject,
        "property": place.path,
        "value": finding.value,
        "problem": {"th": finding.problem.th, "en": finding.problem.en},
        "fix": {"th": finding.fix.th, "en": finding.fix.en},
    }


def describe_place(finding: Finding) -> str:
    """Return where to look inside the file: cell and column, line, or subject."""
    place = finding.place
    if place.cell:
        return f"{place.cell} {name_column(place.sheet, place.column).th}".rstrip()
    if place.row:
        return f"แถว {place.row} / row {place.row}"
    if place.line:
        return f"บรรทัด {place.line} / line {place.line}"
    if place.subject:
        return f"<{place.subject}> {place.path or ''}".rstrip()
    return "ทั้งไฟล์ / the whole file"


def name_column(sheet: object, header: object) -> Text:
    """Return the title of a column that the sheet has, else the header in quotes."""
    if not header:
        return Text("", "")
    from graph.schema.sheets import (
        column_names,  # here: it brings rdflib, which serving starts without
    )

    known = column_names().get((str(sheet), str(header).lower()))
    return known or Text(f"“{header}”", f'"{header}"')


def as_text(report: Report) -> Iterator[str]:
    """Yield the lines of the report for a terminal, Thai before English, grouped by file."""

    def by_file(finding: Finding) -> tuple[str, str]:
        return finding.place.file, finding.place.sheet or ""

    for (file, sheet), group in groupby(sorted(report.findings, key=by_file), key=by_file):
        yield _plain(f"{file} · แผ่น/sheet {sheet}" if sheet else file)
        for finding in group:
            mark = MARKS[finding.severity]
            yield _plain(f"  {mark} {describe_place(finding)}{_value(finding)}")
            yield _plain(f"      {_sentence(finding.problem.th, finding.fix.th)}")
            yield _plain(f"      {_sentence(finding.problem.en, finding.fix.en)}")
        yield ""
    yield summary(report)


def _plain(line: str) -> str:
    """Return a line whose control characters are spelt out, so that no cell steers a terminal."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", _escaped, line)


def _escaped(match: re.Match[str]) -> str:
    return ascii(match[0])[1:-1]


def _value(finding: Finding) -> str:
    return f" = {shorten(finding.value, 80)!r}" if finding.value else ""


def _sentence(problem: str, fix: str) -> str:
    return f"{problem} → {fix}" if fix else problem


def summary(report: Report) -> str:
    """Return the closing line: the numbers of files and triples, and of findings by severity."""
    counts = report.counts()
    parts = [f"{counts[s]} {NAMES[s][0]} ({NAMES[s][1]})" for s in Severity]
    return f"{report.files} ไฟล์/files, {report.triples:,} triples: " + ", ".join(parts)


def as_html(report: Report) -> str:
    """Return the report as one HTML page that needs nothing else; no script, all text escaped."""
    rows = "\n".join(_html_row(f) for f in report.findings)
    table = f"""<table>
<thead><tr><th scope="col">ระดับ <span lang="en">Severity</span></th>
<th scope="col">ที่ <span lang="en">Place</span></th>
<th scope="col">ค่าที่พิมพ์ <span lang="en">Value</span></th>
<th scope="col">อะไรผิด และเขียนอย่างไร <span lang="en">What is wrong, what to write</span></th></tr>
</thead>
<tbody>
{rows}
</tbody></table>"""
    nothing = '<p class="clean">ไม่พบสิ่งที่ต้องแก้ <span lang="en">Nothing to mend.</span></p>'
    return f"""<!doctype html>
<html lang="th"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ผลการตรวจข้อมูล – Check report</title>
<style>{_STYLE}</style></head>
<body><h1>ผลการตรวจข้อมูล <span lang="en">Check report</span></h1>
<p>{escape(summary(report))}</p>
{table if report.findings else nothing}
</body></html>
"""


_STYLE = (
    "body{font:16px/1.7 Sarabun,'Noto Sans Thai',sans-serif;margin:2rem auto;max-width:70rem;"
    "padding:0 1rem;color:#1d2430}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid #d5dae2}"
    "[lang=en]{color:#566070}.Violation{color:#a11220}.Warning{color:#855300}.Info{color:#1d5c8f}"
    "td{overflow-wrap:anywhere}small{color:#566070}"
)


def _html_row(finding: Finding) -> str:
    th, en = NAMES[finding.severity]
    place = finding.place
    rule = finding.rule.removeprefix(SHAPE)
    file = f"{place.file} · {place.sheet}" if place.sheet else place.file
    return f"""<tr><td class="{finding.severity.value}">{th} <span lang="en">{en}</span></td>
<td>{escape(describe_place(finding))}<br><small>{escape(file)}</small></td>
<td>{escape(shorten(finding.value or "", 200))}</td>
<td>{escape(_sentence(finding.problem.th, finding.fix.th))}<br>
<span lang="en">{escape(_sentence(finding.problem.en, finding.fix.en))}</span><br>
<small>{escape(rule)}</small></td></tr>"""
