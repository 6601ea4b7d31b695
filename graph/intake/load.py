"""Reads tables, workbooks and RDF files into one dataset, and checks each file as it is read.

In: paths of folders and files. Out: `Loaded`: the quads in their named graphs, the origin of each
subject, the files with their SHA-256, and findings. No content of a file causes a network request.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from graph.findings import Finding, Place, find
from graph.intake.mapping import NOTHING, Known, Mapped, Origin, map_sheets
from graph.intake.rdf_files import check_terms, read_rdf
from graph.intake.sources import (
    RDF_FORMATS,
    SPREADSHEET_SUFFIXES,
    TABLE_SUFFIXES,
    Handed,
    Source,
    SourceFile,
    list_sources,
)
from graph.intake.tables import Sheet, read_tables
from graph.rdf.iris import ONTOLOGY, SHARED, graph_iri, parse_iri
from graph.rdf.vocab import read_package, term
from graph.schema.sheets import Shapes


@dataclass
class Loaded:
    """Everything the sources gave.

    Attributes:
        subjects: which RDF file a subject came from.
        known: the keys of the rows, to be referred to from other files.
        elsewhere: the IRIs of references that no row here has.
        beside: quads of other sources about the things referred to.
    """

    quads: list[ox.Quad] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    known: Known = NOTHING
    elsewhere: set[str] = field(default_factory=set)
    beside: list[ox.Quad] = field(default_factory=list)

    def place_of(self, iri: str) -> Place:
        """Return where a thing came from: the key of its row, or its subject in an RDF file."""
        origin = self.origins.get(iri)
        if origin is not None:
            return origin.place("key")
        return Place(file=self.subjects.get(iri, ""), subject=iri)


def load(paths: Iterable[Path], shapes: Shapes, base: str) -> Loaded:
    """Return the dataset of `paths`; no content of a file raises an exception."""
    return load_handed(list_sources(paths), shapes, base)


def load_handed(handed: Handed, shapes: Shapes, base: str) -> Loaded:
    """Return the dataset of all files that were handed in."""
    loaded = load_files(handed.files, shapes, base)
    if not loaded.quads and not loaded.findings and not handed.findings:
        loaded.findings += [find("no-rows", Place(file=s.path)) for s in loaded.sources]
    loaded.findings[:0] = handed.findings
    return loaded


def load_files(
    files: Iterable[SourceFile], shapes: Shapes, base: str, known: Known = NOTHING
) -> Loaded:
    """Return the dataset of these files; `known` rows of others may be referred to."""
    loaded = Loaded()
    sheets: list[Sheet] = []
    lost: set[str] = set()
    rdf: list[ox.Quad] = []
    for file in files:
        path, name = file.path, file.name
        _register(path, name, loaded)
        if path.suffix.lower() in TABLE_SUFFIXES:
            reading = read_tables(path, name)
            sheets += reading.sheets
            loaded.findings += reading.findings
            if not reading.sheets:
                is_book = path.suffix.lower() == ".xlsx"
                lost |= {s.name for s in shapes.sheets} if is_book else {path.stem.lower()}
        elif path.suffix.lower() in RDF_FORMATS:
            document = read_rdf(path, name, base)
            rdf += document.quads
            loaded.findings += document.findings
            for subject in document.subjects:
                loaded.subjects.setdefault(subject, name)
        else:
            is_book = path.suffix.lower() in SPREADSHEET_SUFFIXES
            problem = "file-old-workbook" if is_book else "file-kind"
            loaded.findings.append(find(problem, Place(file=name), kind=path.suffix))
    mapped = map_sheets(sheets, shapes, base, lost, known)
    loaded.quads = [*mapped.quads, *_into_graphs(rdf, mapped.quads, shapes, base)]
    loaded.origins = mapped.origins
    loaded.known = mapped.known
    loaded.elsewhere = mapped.elsewhere
    loaded.findings += mapped.findings
    loaded.findings += _check_source_files(mapped)
    loaded.findings += _check_retired(loaded)
    loaded.findings += check_terms(loaded.quads, loaded.subjects, loaded.origins, shapes)
    return loaded


def ontology_quads(base: str) -> list[ox.Quad]:
    """Return the ontology and concept schemes in their named graph."""
    graph = ox.NamedNode(graph_iri(base, ONTOLOGY))
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in read_package("ontology")]


def _register(path: Path, name: str, loaded: Loaded) -> None:
    """Note the file's hash; a file that cannot be read is reported by its reader."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        loaded.sources.append(Source(name, digest, path.stat().st_size))
    except OSError:
        return


def _check_retired(loaded: Loaded) -> Iterator[Finding]:
    """Report what is said to be retired although it is still there."""
    was = term("prov:invalidated")
    for quad in loaded.quads:
        if quad.predicate != was or not isinstance(quad.object, ox.NamedNode):
            continue
        gone, row = quad.object.value, str(quad.subject)[1:-1]
        if gone in loaded.origins or gone in loaded.subjects:
            origin = loaded.origins.get(row)
            place = origin.place("was") if origin else loaded.place_of(row)
            there = loaded.place_of(gone)
            where = f"{there.file} {there.cell or ''}".strip()
            value = origin.text("was") if origin else gone
            yield find("retired-still-there", place, value=value or gone, where=where)


def _check_source_files(mapped: Mapped) -> Iterator[Finding]:
    """Compare each captured page beside the tables with the SHA-256 its row states."""
    for origin in mapped.origins.values():
        name, stated = origin.text("file"), origin.text("sha256")
        if origin.sheet.name != "sources" or not name or not stated:
            continue
        file = origin.sheet.folder / Path(name).name
        try:
            with file.open("rb") as captured:
                actual = hashlib.file_digest(captured, "sha256").hexdigest()
        except OSError:
            yield find("file-absent", origin.place("file"), value=name, file=name)
            continue
        if actual != stated:
            place = origin.place("sha256")
            yield find("file-differs", place, value=stated, file=name, actual=actual)


# ---- owners of triples ---------------------------------------------------------------------------


def _into_graphs(
    quads: list[ox.Quad], others: list[ox.Quad], shapes: Shapes, base: str
) -> Iterator[ox.Quad]:
    """Give triples without a graph the one of their organisation, as the sheets' owners say.

    `others` are quads from elsewhere that may say whose something is.
    """
    owners = {ox.NamedNode(p) for p in _owner_predicates(shapes)}
    inverse = {ox.NamedNode(c.predicate) for s in shapes.sheets for c in s.columns if c.inverse}
    roots = {s.id_type for s in shapes.sheets if s.belongs_to == "key"}
    parent = {
        q.subject: q.object
        for q in (*others, *quads)
        if q.predicate in owners and isinstance(q.object, ox.NamedNode)
    }
    for quad in quads:
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            yield quad
            continue
        node = quad.object if quad.predicate in inverse else quad.subject
        for _ in range(10):  # an owner is two steps away; a cycle must end
            if isinstance(node, ox.Literal) or node not in parent:
                break
            node = parent[node]
        thing = parse_iri(base, node.value) if isinstance(node, ox.NamedNode) else None
        name = thing.slug if thing and thing.type in roots else SHARED
        yield ox.Quad(
            quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_iri(base, name))
        )


def _owner_predicates(shapes: Shapes) -> set[str]:
    """Return the predicates that lead from a row to its organisation."""
    columns = (s.column(s.belongs_to) for s in shapes.sheets if s.belongs_to)
    return {c.predicate for c in columns if c is not None}
