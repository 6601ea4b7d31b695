"""Each rule of the shapes, with data that keeps it and data that breaks it."""

from dataclasses import replace

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import BNode
from support.cases import load_paths, shapes, small_site, write_site
from support.rule_cases import BROKEN, KEPT, Case, copy_case, copy_iri
from support.schema_shapes import GRAPH, name_of

from graph.check.validate import judge
from graph.findings import Severity
from graph.rdf.vocab import SHAPE
from graph.schema.fast_shapes import FastShapes

# A copy stands in the list of what it was copied from, and nothing stands in a copied list: these
# two rules are looked at only where a case is about them.
COPYING = {"position-sequence", "plan-entries"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[ox.Quad]:
    """The small site and the copies of all cases."""
    site = write_site(small_site(), tmp_path_factory.mktemp("shapes") / "site")
    own = load_paths(site).quads
    return own + [q for n, case in enumerate(BROKEN + KEPT) for q in copy_case(case, n, own)]


@pytest.fixture(scope="module")
def results(data: list[ox.Quad]) -> Graph:
    """What pySHACL says of them."""
    return judge(data, shapes())


@pytest.fixture(scope="module")
def judged(results: Graph) -> dict[str, dict[str, Severity]]:
    """The rules that each copy breaks, with their severity, by the copy's IRI."""
    found: dict[str, dict[str, Severity]] = {}
    for result in results.subjects(RDF.type, SH.ValidationResult):
        rule = name_of(results.value(result, SH.sourceShape))
        severity = Severity(str(results.value(result, SH.resultSeverity)).rpartition("#")[2])
        found.setdefault(str(results.value(result, SH.focusNode)), {})[rule] = severity
    return found


def _label(case: Case) -> str:
    words = " ".join(f"{path} {text[:30]}" for path, text in case.edits.items())
    return f"{case.rule} {case.focus.partition('/')[0]} {words or case.kind}".strip()


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(BROKEN)), ids=[_label(case) for case in BROKEN]
)
def test_broken(judged: dict[str, dict[str, Severity]], number: int, case: Case) -> None:
    """Data that breaks one rule is told that rule, with its severity, and no other."""
    found = judged.get(copy_iri(case, number), {})
    ignored = COPYING - {case.rule}
    assert set(found) - ignored == {case.rule, *case.also}
    assert found[case.rule] == shapes().rules[SHAPE + case.rule].severity


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(KEPT, len(BROKEN))), ids=[_label(case) for case in KEPT]
)
def test_kept(judged: dict[str, dict[str, Severity]], number: int, case: Case) -> None:
    """Data that keeps the rules, at their edges too, is told nothing."""
    assert set(judged.get(copy_iri(case, number), {})) <= COPYING - {case.rule}


def test_aimed_alike(data: list[ox.Quad], results: Graph) -> None:
    """The shapes as they are judged with give the very results of the shapes as written."""
    as_written = replace(shapes())
    as_written.__dict__["aimed"] = FastShapes(shapes().graph, {}, frozenset())
    plain = _told(judge(data, as_written))
    assert plain == _told(results)
    assert len(shapes().fast_shapes.counting) == len([*GRAPH.subjects(SH.qualifiedValueShape)]) > 0
    assert len(plain) > len(BROKEN)


def _told(results: Graph) -> set[tuple[str, ...]]:
    """Return what each result says, but for the names of blank nodes.

    As written, a law is told twice what holds for laws and for documents.
    """
    said = (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity, SH.value)
    return {
        tuple(
            "" if isinstance(value, BNode) else str(value)
            for value in (results.value(result, predicate) for predicate in said)
        )
        for result in results.subjects(RDF.type, SH.ValidationResult)
    }


def test_every_rule_is_broken_once() -> None:
    """A rule without a case that breaks it is no rule that anybody has seen work."""
    assert {case.rule for case in BROKEN} == {name_of(URIRef(iri)) for iri in shapes().rules}
