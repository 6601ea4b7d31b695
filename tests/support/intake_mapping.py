"""What the tests of graph.intake.mapping share."""

from pathlib import Path

import pyoxigraph as ox

from graph.intake.mapping import map_sheets
from graph.intake.tables import Row, Sheet
from support.cases import (
    BASE,
    shapes,
)


def sheet_of(name: str, header: str, *rows: str) -> Sheet:
    cells = tuple(Row(n, tuple(row.split(","))) for n, row in enumerate(rows, 2))
    return Sheet(name, f"{name}.csv", Path(), tuple(header.split(",")), cells)


def map(*sheets: Sheet) -> tuple[set[str], list[str]]:
    """Return the quads, with short names, and the rules of the findings."""
    mapped = map_sheets(sheets, shapes(), BASE)
    return {short_of(quad) for quad in mapped.quads}, [f.rule for f in mapped.findings]


def short_of(quad: ox.Quad) -> str:
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    return " ".join(
        local_of(term.value) if isinstance(term, ox.NamedNode) else str(term) for term in terms
    )


def local_of(iri: str) -> str:
    return iri.removeprefix(f"{BASE}/").rpartition("#")[2]
