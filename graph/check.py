"""The whole way from files to a verdict, as `km check` and `km publish` both go it.

In: paths. Out: the quads to publish (data, what the rules add, the ontology) and the report.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox

from graph.findings import Place
from graph.load import Source, load, ontology_quads
from graph.named_graphs import InMemory, NamedGraphs
from graph.report import Report
from graph.rules import infer
from graph.sheets import load_shapes
from graph.validate import validate


def _nowhere(iri: str) -> Place:
    return Place(file="", subject=iri)


@dataclass(frozen=True)
class Checked:
    """A dataset and what was found in it; `place_of` tells where a thing came from."""

    quads: tuple[ox.Quad, ...]
    report: Report
    sources: tuple[Source, ...]
    place_of: Callable[[str], Place] = field(default=_nowhere, compare=False)

    @cached_property
    def graphs(self) -> NamedGraphs:
        """The same quads, graph by graph."""
        return InMemory(self.quads)


def bundled_site() -> Path:
    """Return the folder of the site that ships with the program, อบต.เมืองเกษตร."""
    return Path(str(files("graph") / "sites" / "mueang-kaset"))


def check(paths: Sequence[Path], base: str, step: Callable[[str], None]) -> Checked:
    """Load and validate `paths`; `step` hears what is being done. Never raises for bad data."""
    shapes = load_shapes()
    step("อ่านข้อมูล / reading")
    loaded = load(paths, shapes, base)
    step(f"ตรวจ {len(loaded.quads):,} triples / checking")
    findings = tuple(validate(loaded, shapes))
    report = Report(findings, len(loaded.sources), len(loaded.quads))
    quads = (*loaded.quads, *infer(loaded.quads, base), *ontology_quads(base))
    return Checked(quads, report, tuple(loaded.sources), loaded.place_of)
