"""One folder of a large site, checked apart from the others.

In: the files of a folder, and the shared things. Out: a `FolderResult`: its findings, its graphs in
files of their own, and its keys, by which `graph.check.country` finds folders that must be checked
together.

An organisation's rows refer to rows of their own folder and to shared ones. So a folder is judged
together with the shared things that it names, as stubs with a type and a name. Every rule looks at
a thing, at what it points to and at what points to it, so the verdict is that of the whole site.
Many folders go to pySHACL in one call, since reading the shapes costs as much as one folder.
"""

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from graph.check.inference import infer
from graph.check.validate import validate
from graph.findings import Finding
from graph.intake.load import Loaded, load_files
from graph.intake.mapping import Known
from graph.intake.sources import RDF_FORMATS, SourceFile
from graph.intake.tables import read_tables
from graph.rdf.iris import parse_iri
from graph.rdf.named_graphs import graph_name, n_triples
from graph.rdf.vocab import term
from graph.schema.sheets import Shapes

Files = Sequence[SourceFile]
_STUB = (term("rdf:type"), term("skos:prefLabel"))
_GONE = term("prov:invalidated")


@dataclass(frozen=True)
class SharedThings:
    """The shared things that every folder may refer to: rows of shared sheets, and stubs."""

    known: Known
    stubs: Mapping[str, tuple[ox.Quad, ...]]
    marks: dict[str, str] = field(default_factory=dict, compare=False)

    def mark(self, iri: str) -> str:
        """Return what tells whether a common thing is as it was; every organisation asks for it."""
        if iri not in self.marks:
            said = sorted(str(quad) for quad in self.stubs.get(iri, ()))
            self.marks[iri] = f"{iri} {said}"
        return self.marks[iri]


@dataclass(frozen=True)
class GraphPart:
    """A part of a named graph: sorted N-Triples, gzipped, with how many and their SHA-256."""

    graph: str
    path: Path
    triples: int
    sha256: str


@dataclass
class FolderResult:
    """What one folder gave.

    Attributes:
        keys: the slugs of its things; two folders with a common one are judged together.
        elsewhere: slugs that it refers to and nobody known to it has.
        uses: the IRIs of common things that it refers to.
    """

    findings: list[Finding] = field(default_factory=list)
    pieces: list[GraphPart] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    files: int = 0
    triples: int = 0


# ---- what is common --------------------------------------------------------------------------


def is_shared(files: Files, shapes: Shapes) -> bool:
    """Tell whether a folder may hold what others refer to: rows of a shared sheet, or RDF."""
    shared = {sheet.name for sheet in shapes.sheets if sheet.belongs_to is None}
    for file in files:
        suffix = file.path.suffix.lower()
        if suffix in RDF_FORMATS:
            return True
        if suffix == ".csv" and file.path.stem.strip().lower() in shared and _has_rows(file.path):
            return True
        if suffix == ".xlsx":
            sheets = read_tables(file.path, file.name).sheets
            if not sheets or any(s.rows for s in sheets if s.name in shared):
                return True
    return False


def _has_rows(path: Path) -> bool:
    """Tell whether a CSV holds more than a header; one that cannot be read may hold anything."""
    try:
        return len(path.read_bytes().strip().splitlines()) > 1
    except OSError:
        return True


def gather_shared(loaded: Loaded, shapes: Shapes) -> SharedThings:
    """Return the things of the shared folders that others may refer to."""
    shared = {sheet.name for sheet in shapes.sheets if sheet.belongs_to is None}
    keys = {name: keys for name, keys in loaded.known.keys.items() if name in shared}
    stubs: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in loaded.quads:
        if quad.predicate in _STUB and isinstance(quad.subject, ox.NamedNode):
            stubs[quad.subject.value].append(quad)
    return SharedThings(
        Known(keys, loaded.known.lost), {iri: tuple(quads) for iri, quads in stubs.items()}
    )


# ---- checking --------------------------------------------------------------------------------


@dataclass(frozen=True)
class FolderChecker:
    """Checks folders in one process, with the shapes, the shared things, and a folder for
    results."""

    shapes: Shapes
    base: str
    common: SharedThings
    spool: Path

    def load(self, files: Files) -> Loaded:
        """Return the dataset of a folder, with the common things that it speaks of beside it."""
        return self.beside(load_files(files, self.shapes, self.base, self.common.known))

    def beside(self, loaded: Loaded) -> Loaded:
        """Put the common things that a dataset speaks of beside it, and return it."""
        used = sorted(_uses(loaded, self.common))
        loaded.beside = [quad for iri in used for quad in self.common.stubs[iri]]
        return loaded

    def judge(self, datasets: Iterable[Loaded]) -> list[Finding]:
        """Return the findings of datasets that do not meet, from one call of pySHACL."""
        return validate(_together(datasets), self.shapes)

    def result(self, name: str, loaded: Loaded) -> FolderResult:
        """Return what a dataset gives but for its findings; `name` tells its files apart."""
        own = {*loaded.origins, *_typed(loaded.quads)}
        return FolderResult(
            pieces=self._write_pieces(name, loaded),
            keys={_slug(iri) for iri in own},
            elsewhere={_slug(iri) for iri in self._elsewhere(loaded, own)},
            uses=_uses(loaded, self.common),
            files=len(loaded.sources),
            triples=len(loaded.quads),
        )

    def _elsewhere(self, loaded: Loaded, own: Container[str]) -> set[str]:
        """Return the IRIs that a dataset refers to and that nobody known to it has.

        Of what it calls retired, it matters who has it whoever that is.
        """
        found = set(loaded.elsewhere)
        if loaded.subjects:  # of RDF, the mapping has not told
            found |= {iri for iri in _named(loaded.quads) if parse_iri(self.base, iri)}
        found = {iri for iri in found if iri not in own and iri not in self.common.stubs}
        gone = {q.object for q in loaded.quads if q.predicate == _GONE}
        return found | {iri.value for iri in gone if isinstance(iri, ox.NamedNode)}

    def _write_pieces(self, name: str, loaded: Loaded) -> list[GraphPart]:
        """Write a dataset and the triples inferred from it, graph by graph."""
        own = set(loaded.quads)
        graphs: dict[str, set[ox.Triple]] = defaultdict(set)
        for quad in (*own, *infer([*own, *loaded.beside], self.base)):
            graphs[graph_name(quad)].add(quad.triple)
        pieces = []
        for number, (graph, triples) in enumerate(sorted(graphs.items())):
            data = n_triples(sorted(triples, key=str))
            path = self.spool / f"{hashlib.sha256(name.encode()).hexdigest()}-{number}.nt.gz"
            path.write_bytes(gzip.compress(data, 1))
            pieces.append(GraphPart(graph, path, len(triples), hashlib.sha256(data).hexdigest()))
        return pieces


def _slug(iri: str) -> str:
    return iri.rpartition("/")[2]


def _together(datasets: Iterable[Loaded]) -> Loaded:
    """Return datasets as one, to be judged in one call."""
    whole = Loaded()
    for loaded in datasets:
        whole.quads += loaded.quads
        whole.beside += loaded.beside
        whole.origins |= loaded.origins
        whole.subjects |= loaded.subjects
        whole.findings += loaded.findings
    return whole


def _typed(quads: Iterable[ox.Quad]) -> set[str]:
    """Return the IRIs of the things that these quads give a type."""
    return {
        q.subject.value
        for q in quads
        if q.predicate == _STUB[0] and isinstance(q.subject, ox.NamedNode)
    }


def _uses(loaded: Loaded, common: SharedThings) -> set[str]:
    """Return the IRIs of common things that a dataset speaks of and does not hold."""
    return (_named(loaded.quads) - _typed(loaded.quads)) & common.stubs.keys()


def _named(quads: Iterable[ox.Quad]) -> set[str]:
    return {n.value for q in quads for n in (q.subject, q.object) if isinstance(n, ox.NamedNode)}
