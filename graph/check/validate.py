"""The verdict on a dataset, as findings that name the cell.

In: the loaded dataset and the shapes. Out: findings, at most one a cell, in the order of reading.
"""

import gc
import logging
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files

import pyoxigraph as ox
from pyshacl import validate as pyshacl_validate
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from graph.check.inference import construct
from graph.findings import Finding, Place, Severity, find
from graph.intake.load import Loaded
from graph.intake.mapping import Origin
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import compact, read_package, term
from graph.schema.fast_shapes import WholeNames
from graph.schema.sheets import Rule, Shapes

_EMPTY = {"MinCountConstraintComponent", "QualifiedMinCountConstraintComponent"}
_TYPE = term("rdf:type")
_EQUALS = "EqualsConstraintComponent"
_ORDER = {Severity.VIOLATION: 0, Severity.WARNING: 1, Severity.INFO: 2}


def validate(loaded: Loaded, shapes: Shapes) -> list[Finding]:
    """Return all findings of a dataset, the reader's among them, one a cell, worst first."""
    results = _results(judge(loaded.quads, shapes, loaded.beside), shapes)
    if loaded.beside:  # what is told of others is for them
        own = {_lexical(q.subject) for q in loaded.quads if q.predicate == _TYPE}
        results = [result for result in results if result.focus in own]
    found = [*loaded.findings, *_findings(results, loaded, shapes)]
    return in_reading_order(_one_a_cell(found))


def in_reading_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order in which people read them, worst first."""
    return sorted(findings, key=_reading_order)


@dataclass(frozen=True)
class _Result:
    """One SHACL validation result (3.6.2), and the rule of ours it belongs to."""

    focus: str
    rule: Rule
    component: str
    value: Node | None


def _results(found: Graph, shapes: Shapes) -> list[_Result]:
    """Return the results in an order that is the same on every run."""
    results = []
    for node in found.subjects(RDF.type, SH.ValidationResult):
        rule = shapes.rules.get(str(found.value(node, SH.sourceShape)))
        focus = found.value(node, SH.focusNode)
        value = found.value(node, SH.value)
        # A nested shape is no rule: the one around it reports. Blank nodes are reported as such.
        if rule is not None and isinstance(focus, URIRef) and not isinstance(value, BNode):
            component = str(found.value(node, SH.sourceConstraintComponent)).rpartition("#")[2]
            results.append(_Result(str(focus), rule, component, value))
    return sorted(results, key=lambda r: (r.focus, r.rule.iri, r.component, str(r.value)))


def _findings(results: Sequence[_Result], loaded: Loaded, shapes: Shapes) -> Iterator[Finding]:
    given = _said_of({result.focus for result in results}, loaded)
    told = {(f.place.subject, f.place.path) for f in loaded.findings if f.place.path}
    for result in results:
        origin = loaded.origins.get(result.focus)
        if result.component in _EMPTY and (result.focus, result.rule.path) in told:
            continue  # it has a value, which the reader could not take
        written = (result.focus, str(result.value)) in given
        if origin is None and result.component == _EQUALS and not written:
            continue  # the other side of the comparison, which only the rules made
        if origin is None:
            place, shown = _in_file(result, loaded)
        elif _told_by_reader(result, origin, shapes):
            continue
        else:
            place, shown = _in_table(result, origin)
        problem = result.component
        if origin is None and problem in _EMPTY:
            problem = "property-empty"
        name = result.rule.path or ""
        finding = find(problem, place, result.rule.message, shown, name=name)
        yield replace(finding, rule=result.rule.iri, severity=result.rule.severity)


def _said_of(things: Collection[str], loaded: Loaded) -> set[tuple[str, str]]:
    """Return the things, each with the lexical form of each of its values."""
    quads = ((_lexical(quad.subject), quad.object) for quad in loaded.quads)
    return {(thing, _lexical(value)) for thing, value in quads if thing in things}


def _lexical(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value


def _told_by_reader(result: _Result, origin: Origin, shapes: Shapes) -> bool:
    """Tell whether the reader has reported this: column missing, or text not understood."""
    sheet, column = shapes.sheet(origin.sheet.name), result.rule.column
    if sheet is None or column is None:
        return False
    if column not in origin.columns:
        return column in sheet.required
    typed = (origin.text(column) or "").strip("; ")
    return bool(typed) and result.component in _EMPTY


def _in_table(result: _Result, origin: Origin) -> tuple[Place, str | None]:
    """Return the cell of the rule's column in the subject's row with its text as typed."""
    column = result.rule.column
    if column is None and result.value is not None:
        column = next((c for c in origin.columns if origin.text(c) == str(result.value)), None)
    place = replace(origin.place(column), subject=result.focus, path=result.rule.path)
    return place, origin.text(column) or None


def _in_file(result: _Result, loaded: Loaded) -> tuple[Place, str | None]:
    """Return the file, subject and property of a thing from an RDF file, with the RDF value."""
    place = Place(
        file=loaded.subjects.get(result.focus, ""),
        subject=result.focus,
        column=result.rule.column,
        path=result.rule.path,
    )
    about_thing = result.value is None or result.rule.path is None
    return place, None if about_thing else compact_value(result.value)


def compact_value(value: Node | None) -> str:
    """Return an RDF value as a person writes it: a prefixed name, or the words."""
    return compact(str(value)) if isinstance(value, URIRef) else str(value)


def _one_a_cell(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Keep one finding a cell: the worst, and the reader's before the validator's."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        place = finding.place
        value = finding.value or finding.rule
        spot = place.cell or (place.subject, place.path, place.path and value, place.line)
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


def judge(quads: Iterable[ox.Quad], shapes: Shapes, beside: Iterable[ox.Quad] = ()) -> Graph:
    """Return pySHACL's results graph for `quads` with the ontology beside them.

    `beside` are quads that the data refers to. pySHACL sees them and judges them too; the caller
    drops these results.
    """
    data = list(quads)
    implied = (files("shapes") / "implied.rq").read_text(encoding="utf-8")
    with _quiet(), _uncollected():
        graph = to_rdflib([*data, *beside, *read_package("ontology"), *construct(data, implied)])
        graph.namespace_manager = WholeNames(graph)
        shapes.fast_shapes.prepare(graph)
        _, found, _ = pyshacl_validate(
            graph,
            shacl_graph=shapes.fast_shapes.graph,
            inference=None,
            advanced=False,
            inplace=True,
        )
    results: Graph = found
    shapes.fast_shapes.restore(results)
    return results


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from printing tracebacks about literals it cannot convert; findings name them."""
    logger = logging.getLogger("rdflib.term")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        logger.setLevel(before)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the collector of cycles: a fifth of the run was its looking through a growing graph."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
