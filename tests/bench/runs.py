"""What is measured of a country, each in a process of its own: `python -m bench.runs NAME …`.

    check DATA TABLES      read and check all folders, as `km check` does
    plain QUADS            the plain way: rdflib reads everything, one call of pySHACL judges it,
                           by the same rules with the shapes as they are written
    publish DATA TABLES    check, build a release and make it current, as `km publish` does

Each prints one line of JSON: the steps with their seconds, and how many triples there were.
"""

import json
import sys
import time
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
from pyshacl import validate as pyshacl_validate
from rdflib import Graph

from bench.generate import BASE
from graph.builder.build import build_release
from graph.builder.inputs import ReleaseInput
from graph.check.check import check
from graph.check.inference import construct
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import read_package
from graph.release.activate import publication_lock
from graph.schema.sheets import load_shapes


class Steps:
    """Notes how long each step took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name, self._since = "start", time.perf_counter()

    def __call__(self, name: str) -> None:
        """Begin a step; figures in its name do not tell it from another."""
        now = time.perf_counter()
        took = self.seconds.get(self._name, 0.0) + now - self._since
        self.seconds[self._name] = round(took, 2)
        self._name, self._since = "".join(c for c in name if not c.isdigit()), now


def run_check(data: Path, tables: Path) -> int:
    """Check a country. Returns its triples."""
    report = check([tables], BASE, lambda _: None, data).report
    assert report.conforms
    return report.triples


def run_plain(quads: Path) -> int:
    """Judge a country the plain way, from its triples as N-Triples. Returns their number."""
    graph = Graph().parse(quads, format="nt")
    number = len(graph)
    implied = (files("shapes") / "implied.rq").read_text(encoding="utf-8")
    stored = ox.parse(path=quads, format=ox.RdfFormat.N_TRIPLES)
    for triple in to_rdflib([*read_package("ontology"), *construct(stored, implied)]):
        graph.add(triple)
    shapes = load_shapes().graph
    pyshacl_validate(graph, shacl_graph=shapes, inference=None, advanced=False, inplace=True)
    return number


def run_publish(data: Path, tables: Path, step: Steps) -> int:
    """Publish a country. Returns its triples."""
    data.mkdir(parents=True, exist_ok=True)
    with publication_lock(data):
        step("check")
        checked = check([tables], BASE, lambda _: None, data)
        assert checked.report.conforms
        parts = (checked.graphs, checked.report, checked.sources, BASE)
        build_release(data, ReleaseInput(*parts, keep=2, verdicts=checked.verdicts), None, step)
    return checked.report.triples


def main() -> None:
    """Run what the command line names."""
    name, *paths = sys.argv[1:]
    step = Steps()
    places = [Path(path) for path in paths]
    if name == "publish":
        triples = run_publish(places[0], places[1], step)
    else:
        triples = {"check": run_check, "plain": run_plain}[name](*places)
    step("end")
    print(json.dumps({"triples": triples, "steps": step.seconds}))


if __name__ == "__main__":
    main()
