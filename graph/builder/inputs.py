"""The input of a release, and the state of a release that is being built.

In: the named graphs of a checked dataset, and facts about the publication: a `ReleaseInput`. Out: a
`Build`, which the steps of `graph.builder.build_steps` fill: the folder, the findings of each step,
and the changes since the release before.
"""

from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from graph.builder.dumps import DumpWriter
from graph.builder.folder import ReleaseFolder
from graph.builder.tables import TableWriter
from graph.check.report import Report
from graph.history.delta import STATES, Difference, read_difference
from graph.intake.sources import Source
from graph.rdf.iris import RETIRED, graph_iri
from graph.rdf.named_graphs import NamedGraphs, WithGraph
from graph.release.activate import ReleaseCopies
from graph.release.manifest import Release
from graph.release.preview import Preview, preview_publication
from graph.schema.sheets import load_shapes
from graph.workers import Background

PROGRAM = f"tambon-km {version('tambon-km')}"
LARGE = 100_000
"""From this number of triples on, indexes are updated where that is possible; where it is not,
words are indexed in a process of their own."""

LITTLE = 0.2
"""The part of all triples up to which changes are little."""


@dataclass(frozen=True)
class ReleaseInput:
    """What is to be published.

    Attributes:
        base: what every identifier begins with.
        licence: the IRI of the licence of the modelling.
        keep: how many releases are kept.
        plain_mb: dumps above so many MiB are kept gzipped only.
        preview: what it will change, where that has been found out already.
        ledger: what the next check may build on, to be kept with the release; see
            `graph.check.country`.
    """

    graphs: NamedGraphs
    report: Report
    sources: tuple[Source, ...]
    base: str
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    keep: int = 10
    plain_mb: int = 256
    preview: Preview | None = None
    verdicts: Path | None = None


@dataclass
class Build:
    """The state of a release that is being built: its input, its folder, results of the steps.

    `before` is the release that was current when the build began, where it can be opened; `release`
    is the new one, once it is current. `indexing` writes the index of words, where that has begun.
    """

    data: Path
    inputs: ReleaseInput
    id: str
    folder: ReleaseFolder
    before: Release | None
    copies: ReleaseCopies | None = None
    counts: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    indexing: Background | None = None
    release: Release | None = None

    @property
    def model(self) -> Release | None:
        """The release before, where the same graph would have the very same files there."""
        mine = (PROGRAM, self.inputs.base, self.inputs.licence)
        if self.before is None:
            return None
        manifest = self.before.manifest
        is_alike = (manifest.program, manifest.base, manifest.licence) == mine
        return self.before if is_alike else None

    @cached_property
    def graphs(self) -> NamedGraphs:
        """The graphs of the release: those of the input, and the tombstones."""
        inputs = self.inputs
        preview = inputs.preview or preview_publication(self.data, inputs.graphs, inputs.base)
        stones = (triple for stone in preview.tombstones for triple in stone.triples())
        return WithGraph(inputs.graphs, graph_iri(inputs.base, RETIRED), stones)

    @cached_property
    def dumps(self) -> DumpWriter:
        """What writes the dumps."""
        base = self.inputs.base
        return DumpWriter(self.folder, base, self.inputs.licence, TableWriter(load_shapes(), base))

    @property
    def changed(self) -> list[str] | None:
        """The graphs that are not as in the release before; None where they are much of it all.

        Known once the graphs are written.
        """
        before, after = (self.before.manifest if self.before else None), self.counts
        total = sum(after.values())
        if before is None or before.base != self.inputs.base or total < LARGE:
            return None
        names = {*before.digests, *self.digests}
        changed = [n for n in names if before.digests.get(n) != self.digests.get(n)]
        moved = sum(before.graphs.get(n, 0) + after.get(n, 0) for n in changed)
        return sorted(changed) if moved < total * LITTLE else None

    @cached_property
    def difference(self) -> Difference | None:
        """The changes by which indexes are updated; None where they are written again.

        Known once the history is written.
        """
        before = self.model
        if before is None or self.changed is None or not (before.folder / STATES).is_file():
            return None
        return read_difference(self.folder.path)

    @property
    def final(self) -> Path:
        """Where the folder goes when it is whole."""
        return self.data / "releases" / self.id
