"""What the tests of graph.check.validate share."""

from dataclasses import dataclass

from graph.findings import Finding
from support.cases import ORG


@dataclass(frozen=True)
class Expected:
    """One finding: its rule, where it is, the value as typed, and words of the remedy."""

    rule: str
    spot: str | int | None = None  # a cell, a line, or the end of a subject and a property
    value: str | None = None
    write: str = ""
    severity: str = "Violation"


def compare(found: tuple[Finding, ...] | list[Finding], expected: list[Expected]) -> None:
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


MANUAL = f"{ORG}-operations-manual"
