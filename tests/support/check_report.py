"""What the tests of graph.check.report share."""

from graph.check.report import Report, as_text
from graph.findings import Finding, Place, Severity, Text
from graph.rdf.vocab import SHAPE

HOSTILE = "<script>alert('x')</script>&\"\x1b[31m\u202e"


def make_finding(
    severity: Severity = Severity.VIOLATION,
    place: Place | None = None,
    value: str | None = None,
    unreadable: bool = False,
) -> Finding:
    """Return a finding about a cell."""
    return Finding(
        SHAPE + "label-th",
        severity,
        place or Place("site/topics.csv", "topics", 14, "C", "label_th"),
        Text("ช่องนี้ว่าง", "this cell is empty"),
        Text("เขียนชื่อ", "write a name"),
        value,
        unreadable,
    )


def report_text(report: Report) -> str:
    """Return a report as the command line prints it."""
    return "\n".join(as_text(report))
