"""pySHACL's verdict on a dataset, as findings that name the cell.

In: the loaded dataset and the shapes. Out: findings, at most one a cell. pySHACL judges in-memory
rdflib graphs, with the ontology beside the data so that sh:class sees subclasses, and without any
inference of its own; what core SHACL cannot compute comes from `shapes/implied.rq` beforehand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.resources import files

import pyoxigraph as ox
from pyshacl import validate as pyshacl_validate
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from graph.findings import Finding, Place, Severity, find
from graph.load import Loaded
from graph.rules import construct
from graph.sheets import Rule, Shapes
from graph.terms import to_rdflib
from graph.vocab import compact, read_package

_ORDER = {Severity.VIOLATION: 0, Severity.WARNING: 1, Severity.INFO: 2}


def validate(loaded: Loaded, shapes: Shapes) -> list[Finding]:
    """Return all findings of a dataset, the reader's among them, one a cell, worst first."""
    results = judge(loaded.quads, shapes)
    found = [*loaded.findings, *_findings(results, loaded, shapes)]
    return sorted(_one_a_cell(found), key=_reading_order)


def judge(quads: Iterable[ox.Quad], shapes: Shapes) -> Graph:
    """Return pySHACL's results graph (SHACL 3.6) for `quads` with the ontology beside them."""
    data = list(quads)
    implied = (files("shapes") / "implied.rq").read_text(encoding="utf-8")
    graph = to_rdflib([*data, *read_package("ontology"), *construct(data, implied)])
    _, found, _ = pyshacl_validate(
        graph, shacl_graph=shapes.graph, inference=None, advanced=False, inplace=True
    )
    results: Graph = found
    return results


def _findings(results: Graph, loaded: Loaded, shapes: Shapes) -> Iterator[Finding]:
    for result in results.subjects(RDF.type, SH.ValidationResult):
        rule = shapes.rules.get(str(results.value(result, SH.sourceShape)))
        if rule is None:
            continue  # a nested shape: the one around it reports
        component = str(results.value(result, SH.sourceConstraintComponent)).rpartition("#")[2]
        focus = str(results.value(result, SH.focusNode))
        value = results.value(result, SH.value)
        place, shown = _locate(focus, rule, value, loaded)
        finding = find(component, place, rule.message, shown)
        yield replace(finding, rule=rule.iri, severity=rule.severity)


def _locate(focus: str, rule: Rule, value: Node | None, loaded: Loaded) -> tuple[Place, str | None]:
    """Return the cell of the rule's column in the subject's row with its text as typed.

    A subject from an RDF file has no cell: then it is the file, the subject and the RDF value.
    """
    origin = loaded.origins.get(focus)
    if origin is None:
        place = Place(file=loaded.subjects.get(focus, ""), subject=focus, column=rule.column)
        return place, None if value is None or str(value) == focus else compact_value(value)
    column = rule.column
    if column is None and value is not None:
        column = next((c for c in origin.columns if origin.text(c) == str(value)), None)
    return replace(origin.place(column), subject=focus), origin.text(column) or None


def compact_value(value: Node) -> str:
    """Return an RDF value as a person writes it: a prefixed name, or the words."""
    return compact(str(value)) if isinstance(value, URIRef) else str(value)


def _one_a_cell(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Keep one finding a cell: the worst, and the reader's before the validator's."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        place = finding.place
        spot = place.cell or (place.subject, place.column, finding.rule, place.line)
        whole = None if place.cell or place.subject else (finding.rule, finding.problem)
        key = (place.file, place.sheet, spot, whole)
        if key not in kept or _ORDER[finding.severity] < _ORDER[kept[key].severity]:
            kept[key] = finding
    return iter(kept.values())


def _reading_order(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    column = (len(place.letter), place.letter) if place.letter else (0, "")
    where = (place.file, place.sheet or "", place.row or place.line or 0, column)
    return (_ORDER[finding.severity], *where, place.subject or "", finding.rule)
