"""The whole way from files to a verdict, for `km check` and `km publish`.

In: paths. Out: the named graphs to publish (data, inferred triples, the ontology) and the report.
A few folders are read as one dataset in memory. Many folders are checked apart, in several
processes, and unchanged ones keep their verdict from the current release: see
`graph.check.country`. The verdict is the same either way.
"""

import shutil
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp

import pyoxigraph as ox

from graph.check.country import CheckPlan, check_country, place_in
from graph.check.country_graphs import CountryGraphs
from graph.check.inference import infer
from graph.check.report import Report
from graph.check.validate import in_reading_order, validate
from graph.errors import KmError
from graph.findings import Place
from graph.intake.load import load_handed, ontology_quads
from graph.intake.sources import Handed, Source, list_sources
from graph.rdf.named_graphs import InMemory, NamedGraphs
from graph.release.manifest import Release, open_release
from graph.schema.sheets import load_shapes
from graph.workers import count_processors

MANY = 12
"""From so many folders on, each is checked apart."""


def _nowhere(iri: str) -> Place:
    return Place(file="", subject=iri)


@dataclass(frozen=True)
class Checked:
    """A dataset and the findings in it.

    Attributes:
        graphs: what to publish, one graph at a time; a graph that is as in the current release
            has the SHA-256 that its manifest states, and is read only when it is asked for.
        place_of: tells where a thing came from.
        ledger: a file to keep with the release, so that the next check need not look at
            everything; None where everything was looked at as one.
    """

    graphs: NamedGraphs
    report: Report
    sources: tuple[Source, ...]
    place_of: Callable[[str], Place] = field(default=_nowhere, compare=False)
    verdicts: Path | None = None

    @property
    def quads(self) -> Iterator[ox.Quad]:
        """Every quad, graph by graph."""
        for name in self.graphs.names():
            graph = ox.NamedNode(name)
            for t in self.graphs.triples(name):
                yield ox.Quad(t.subject, t.predicate, t.object, graph)


def bundled_site() -> Path:
    """Return the folder of the site that ships with the program, อบต.เมืองเกษตร."""
    return Path(str(files("graph") / "sites" / "mueang-kaset"))


def check(
    paths: Sequence[Path],
    base: str,
    step: Callable[[str], None],
    data: Path | None = None,
    workers: int | None = None,
) -> Checked:
    """Load and validate `paths`; `step` hears what is being done. Never raises for bad data.

    `data` is the folder of the releases: verdicts of its current one are taken over while they
    hold; nothing is written there. Raises SourceError where a process dies of its input.
    """
    step("อ่านข้อมูล / reading")
    handed = list_sources(paths)
    if len(handed.folders) < MANY:
        return _check_as_one(handed, base, step)
    before = _before(data, base) if data else None
    spool = Path(mkdtemp(prefix="km-check-"))
    number = workers or count_processors()
    plan = CheckPlan(base, spool, number, step, before.folder if before else None)
    try:
        country = check_country(handed.folders, plan)
    except BaseException:
        shutil.rmtree(spool, ignore_errors=True)
        raise
    findings = in_reading_order([*handed.findings, *country.findings])
    report = Report(tuple(findings), country.files, country.triples)
    graphs = CountryGraphs(country, base, before)
    weakref.finalize(graphs, shutil.rmtree, spool, ignore_errors=True)
    place_of = partial(place_in, country.verdicts)
    return Checked(graphs, report, tuple(country.sources), place_of, country.verdicts)


def _check_as_one(handed: Handed, base: str, step: Callable[[str], None]) -> Checked:
    shapes = load_shapes()
    loaded = load_handed(handed, shapes, base)
    step(f"ตรวจ {len(loaded.quads):,} triples / checking")
    findings = tuple(validate(loaded, shapes))
    report = Report(findings, len(loaded.sources), len(loaded.quads))
    quads = (*loaded.quads, *infer(loaded.quads, base), *ontology_quads(base))
    return Checked(InMemory(quads), report, tuple(loaded.sources), loaded.place_of)


def _before(data: Path, base: str) -> Release | None:
    """Return the current release, where its verdicts are of use."""
    try:
        release = open_release(data)
    except KmError:
        return None
    return release if release.manifest.base == base else None
