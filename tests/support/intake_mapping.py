"""What the tests of graph.intake.mapping share."""

from pathlib import Path

import pyoxigraph as ox

from graph.intake.mapping import map_sheets
from graph.intake.tables import Row, Sheet
from support.cases import BASE, shapes


def make_sheet(name: str, header: str, *rows: str) -> Sheet:
    """Return a sheet from lines as a CSV file has them."""
    cells = tuple(Row(n, tuple(row.split(","))) for n, row in enumerate(rows, 2))
    return Sheet(name, f"{name}.csv", Path(), tuple(header.split(",")), cells)


def map(*sheets: Sheet) -> tuple[set[str], list[str]]:
    """Return the quads, with short names, and the rules of the findings."""
    mapped = map_sheets(sheets, shapes(), BASE)
    return {shorten(quad) for quad in mapped.quads}, [f.rule for f in mapped.findings]


def shorten(quad: ox.Quad) -> str:
    """Return a quad as a line of short names."""
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    return " ".join(
        local_name(term.value) if isinstance(term, ox.NamedNode) else str(term) for term in terms
    )


def local_name(iri: str) -> str:
    """Return an IRI without its base or vocabulary."""
    return iri.removeprefix(f"{BASE}/").rpartition("#")[2]
