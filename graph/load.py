"""From files to one dataset: tables, workbooks and RDF, each checked at the door.

In: paths of folders and files. Out: `Loaded`: the quads in their named graphs, where each subject
came from, the files with their SHA-256, and findings. Nothing is fetched, whatever a file says.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from graph.findings import Finding, Place, find
from graph.iris import ONTOLOGY, SHARED, graph_iri, parse_iri
from graph.mapping import Mapped, Origin, map_sheets
from graph.sheets import Shapes
from graph.tables import MAX_FILE_BYTES, Sheet, read_tables
from graph.vocab import compact, expand, read_package, term

RDF_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
}
TABLE_SUFFIXES = {".csv", ".xlsx"}
MAX_NESTING = 100
"""Deeper brackets than any honest Turtle; far deeper ones overflow the parser's stack."""


@dataclass(frozen=True)
class Source:
    """One file that was read: its path as given, its SHA-256 and its size."""

    path: str
    sha256: str
    size_bytes: int


@dataclass
class Loaded:
    """Everything the sources gave; `subjects` tells which RDF file a subject came from."""

    quads: list[ox.Quad] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def load(paths: Iterable[Path], shapes: Shapes, base: str) -> Loaded:
    """Return the dataset of `paths`; never raises for what a file holds."""
    loaded = Loaded()
    sheets: list[Sheet] = []
    for path in paths:
        found = list(_files(path))
        if not found:
            problem = "no-tables" if path.exists() else "file-unreadable"
            place = Place(file=show_path(path, path))
            loaded.findings.append(find(problem, place, why="no such file"))
        for file in found:
            name = show_path(file, path)
            _register(file, name, loaded)
            if file.suffix.lower() in TABLE_SUFFIXES:
                reading = read_tables(file, name)
                sheets += reading.sheets
                loaded.findings += reading.findings
            elif file.suffix.lower() in RDF_FORMATS:
                _read_rdf(file, name, base, shapes, loaded)
            else:
                loaded.findings.append(find("file-kind", Place(file=name), kind=file.suffix))
    mapped = map_sheets(sheets, shapes, base)
    loaded.quads += mapped.quads
    loaded.origins = mapped.origins
    loaded.findings += mapped.findings
    loaded.findings += _check_source_files(mapped)
    return loaded


def ontology_quads(base: str) -> list[ox.Quad]:
    """Return the ontology and concept schemes in their named graph."""
    graph = ox.NamedNode(graph_iri(base, ONTOLOGY))
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in read_package("ontology")]


def _files(path: Path) -> Iterator[Path]:
    """Yield the data files of a folder, or the file itself; skip what a person hides."""
    known = TABLE_SUFFIXES | set(RDF_FORMATS)
    if path.is_file():
        yield path
    elif path.is_dir():
        for file in sorted(path.iterdir()):
            if file.suffix.lower() in known and not file.name.startswith(("_", ".", "~")):
                yield file


def show_path(file: Path, given: Path) -> str:
    """Return how findings call a file: as given, but never with an absolute path.

    Reports are published, so the folders of the machine stay out of them.
    """
    if not file.is_absolute() and ".." not in file.parts:
        return file.as_posix()
    root = given.resolve()
    return (Path(root.name) / file.resolve().relative_to(root)).as_posix()


def _register(path: Path, name: str, loaded: Loaded) -> None:
    """Note the file's hash; a file that cannot be read is reported by its reader."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        loaded.sources.append(Source(name, digest, path.stat().st_size))
    except OSError:
        return


def _check_source_files(mapped: Mapped) -> Iterator[Finding]:
    """Compare each captured page beside the tables with the SHA-256 its row states."""
    for origin in mapped.origins.values():
        name, stated = origin.text("file"), origin.text("sha256")
        if origin.sheet.name != "sources" or not name or not stated:
            continue
        file = origin.sheet.folder / Path(name).name
        if not file.is_file():
            yield find("file-absent", origin.place("file"), file=name)
            continue
        actual = hashlib.sha256(file.read_bytes()).hexdigest()
        if actual != stated:
            place = origin.place("sha256")
            yield find("file-differs", place, value=stated, file=name, actual=actual)


# ---- RDF files -------------------------------------------------------------------------------


def _read_rdf(path: Path, name: str, base: str, shapes: Shapes, loaded: Loaded) -> None:
    place = Place(file=name)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            what = f"{path.stat().st_size:,} bytes"
            loaded.findings.append(find("too-large", place, what=what))
            return
        data = path.read_bytes()
    except OSError as error:
        loaded.findings.append(find("file-unreadable", place, why=error.strerror or error))
        return
    deep = _too_deep(data)
    if deep:
        at = Place(file=name, line=deep)
        why = f"more than {MAX_NESTING} brackets inside each other"
        loaded.findings.append(find("rdf-syntax", at, line=deep, why=why))
        return
    try:
        quads = list(ox.parse(data, RDF_FORMATS[path.suffix.lower()]))
    except SyntaxError as error:
        line = error.lineno or _line_of(error.msg)
        at = Place(file=name, line=line)
        loaded.findings.append(find("rdf-syntax", at, line=line or "?", why=error.msg))
        return
    loaded.findings += _check_quads(quads, name, base)
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            loaded.subjects.setdefault(quad.subject.value, name)
    loaded.quads += _into_graphs(quads, shapes, base)


def _too_deep(data: bytes) -> int | None:
    """Return the line where brackets nest deeper than any honest file, looking at bytes only."""
    depth = 0
    for match in re.finditer(rb"[\[\](){}]|<<|>>", data):
        depth += 1 if match[0] in (b"[", b"(", b"{", b"<<") else -1
        if depth > MAX_NESTING:
            return data.count(b"\n", 0, match.start()) + 1
        depth = max(depth, 0)
    return None


def _line_of(message: str) -> int | None:
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else None


def _check_quads(quads: list[ox.Quad], file: str, base: str) -> Iterator[Finding]:
    """Report what the store or a validator would silently change or cannot address."""
    told: set[tuple[str, str]] = set()
    for quad in quads:
        subject = str(quad.subject.value) if hasattr(quad.subject, "value") else str(quad.subject)
        place = Place(file=file, subject=subject)
        nodes = (quad.subject, quad.object)
        if any(not isinstance(n, ox.NamedNode | ox.Literal) for n in nodes):
            if ("rdf-blank", "") not in told:
                told.add(("rdf-blank", ""))
                yield find("rdf-blank", Place(file=file), base=base)
        elif parse_iri(base, subject) is None and ("rdf-foreign", subject) not in told:
            told.add(("rdf-foreign", subject))
            yield find("rdf-foreign", place, value=subject, subject=subject, base=base)
        if isinstance(quad.object, ox.Literal):
            canonical = canonical_form(quad.object.value, quad.object.datatype.value)
            if canonical != quad.object.value:
                yield find(
                    "rdf-literal",
                    place,
                    value=quad.object.value,
                    datatype=compact(quad.object.datatype.value),
                    predicate=compact(quad.predicate.value),
                    canonical=canonical or "—",
                )


def canonical_form(lexical: str, datatype: str) -> str | None:
    """Return the canonical form of a literal (XSD 1.1 part 2), None where there is no value.

    Only datatypes that stores are known to rewrite are looked at; others come back as they are.

    >>> canonical_form("007", "http://www.w3.org/2001/XMLSchema#integer")
    '7'
    """
    kind = datatype.removeprefix(expand("xsd:integer").removesuffix("integer"))
    if kind in ("integer", "int", "long", "short", "byte", "gYear") or kind.endswith("Integer"):
        found = re.fullmatch(r"([+-]?)0*([0-9]{1,1000}?)", lexical, re.ASCII)
        if not found:
            return None
        if kind == "gYear":
            return lexical if re.fullmatch(r"-?[0-9]{4}", lexical) else None
        return ("-" if found[1] == "-" and found[2] != "0" else "") + found[2]
    if kind == "boolean":
        return {"1": "true", "0": "false"}.get(
            lexical, lexical if lexical in ("true", "false") else None
        )
    if kind == "date":
        try:
            return lexical if date.fromisoformat(lexical).isoformat() == lexical else None
        except ValueError:
            return None
    if kind == "decimal":
        found = re.fullmatch(r"([+-]?)0*([0-9]{0,1000}?)(?:\.([0-9]{0,1000}?)0*)?", lexical)
        if not found or not (found[2] or found[3]):
            return None
        number = (found[2] or "0") + (f".{found[3]}" if found[3] else "")
        return number if number == "0" or found[1] != "-" else f"-{number}"
    return lexical


def _into_graphs(quads: list[ox.Quad], shapes: Shapes, base: str) -> Iterator[ox.Quad]:
    """Give triples without a graph the one of their organisation, as the sheets' owners say."""
    owners = {ox.NamedNode(p) for p in _owner_predicates(shapes)}
    inverse = {ox.NamedNode(c.predicate) for s in shapes.sheets for c in s.columns if c.inverse}
    organization = term("km:Organization")
    roots = {
        q.subject for q in quads if q.predicate == term("rdf:type") and q.object == organization
    }
    parent = {
        q.subject: q.object
        for q in quads
        if q.predicate in owners and isinstance(q.object, ox.NamedNode)
    }
    for quad in quads:
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            yield quad
            continue
        node = quad.object if quad.predicate in inverse else quad.subject
        for _ in range(10):  # an owner is two steps away; a cycle must end
            if node in roots or isinstance(node, ox.Literal) or node not in parent:
                break
            node = parent[node]
        is_root = node in roots and isinstance(node, ox.NamedNode)
        thing = parse_iri(base, node.value) if is_root else None
        graph = ox.NamedNode(graph_iri(base, thing.slug if thing else SHARED))
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _owner_predicates(shapes: Shapes) -> set[str]:
    """Return the predicates that lead from a row to its organisation."""
    columns = (s.column(s.belongs_to) for s in shapes.sheets if s.belongs_to)
    return {c.predicate for c in columns if c is not None}
