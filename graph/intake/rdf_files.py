"""Reads Turtle, TriG, N-Triples and N-Quads from strangers, and checks them.

In: one RDF file. Out: an `RdfDocument`: its quads as they stand, its subjects, and findings about
everything that the store or a validator would silently change, or that has no address here.
No content of a file causes a network request.
"""

import codecs
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from graph.findings import Finding, Place, Text, find, nearest
from graph.intake.cells import Problem, check_text, read_boolean, read_date, read_year, write
from graph.intake.sources import RDF_FORMATS
from graph.intake.tables import MAX_FILE_BYTES
from graph.rdf.iris import RESERVED, SHARED, SLUG, graph_iri, parse_iri
from graph.rdf.literals import canonical_form
from graph.rdf.vocab import KM, compact, expand, read_package, term
from graph.schema.sheets import Shapes

MAX_NESTING = 100
"""More brackets than an ordinary file nests; far deeper ones overflow the parser's stack."""


@dataclass(frozen=True)
class RdfDocument:
    """What one RDF file gave."""

    quads: tuple[ox.Quad, ...]
    subjects: frozenset[str]
    findings: tuple[Finding, ...]


def read_rdf(path: Path, name: str, base: str) -> RdfDocument:
    """Return the quads of one RDF file; no content of a file raises an exception.

    `name` is how findings call the file.
    """
    place = Place(file=name)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            what = f"{path.stat().st_size:,} bytes"
            return _unreadable(find("too-large", place, what=what))
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        return _unreadable(find("file-unreadable", place, why=error.strerror or error))
    deep = _too_deep(data)
    if deep:
        at = Place(file=name, line=deep)
        why = f"more than {MAX_NESTING} brackets inside each other"
        return _unreadable(find("rdf-syntax", at, line=deep, why=why))
    try:
        quads = list(ox.parse(data, RDF_FORMATS[path.suffix.lower()], rename_blank_nodes=True))
    except SyntaxError as error:
        line = error.lineno or _line_of(error.msg)
        at = Place(file=name, line=line)
        return _unreadable(find("rdf-syntax", at, line=line or "?", why=error.msg))
    return RdfDocument(
        quads=tuple(quad for quad in quads if _is_plain(quad, name)),
        subjects=frozenset(q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)),
        findings=tuple(_check_quads(quads, name, base)),
    )


def _is_plain(quad: ox.Quad, file: str) -> bool:
    """Tell whether RDF 1.1 tools can take a quad; others are reported and not validated."""
    return not isinstance(quad.object, ox.Triple) and not any(_check_literal(quad, file))


def _unreadable(finding: Finding) -> RdfDocument:
    return RdfDocument((), frozenset(), (finding,))


_NESTING = re.compile(
    rb"""
    \"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3} | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*+'{3}
    | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+'
    | <[^<>"{}|^`\x00-\x20]*+> | \#[^\r\n]*+ | \\.
    | (?P<open><<|[\[({]) | (?P<close>>>|[\])}])
    """,
    re.VERBOSE | re.DOTALL,
)
"""Brackets, and text whose brackets do not count: strings, IRIs, comments, escapes."""


def _too_deep(data: bytes) -> int | None:
    """Return the first line where brackets nest deeper than `MAX_NESTING`."""
    depth = 0
    for match in _NESTING.finditer(data):
        if match["open"]:
            depth += 1
            if depth > MAX_NESTING:
                return data.count(b"\n", 0, match.start()) + 1
        elif match["close"]:
            depth = max(0, depth - 1)
    return None


def _line_of(message: str) -> int | None:
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else None


def _check_quads(quads: list[ox.Quad], file: str, base: str) -> Iterator[Finding]:
    """Report what the store or a validator would silently change or cannot address, each once."""
    told: set[object] = set()
    for quad in quads:
        for finding in (*_check_nodes(quad, file, base), *_check_literal(quad, file)):
            same = (finding.rule, finding.place, finding.value)
            if same not in told:
                told.add(same)
                yield finding


def _check_nodes(quad: ox.Quad, file: str, base: str) -> Iterator[Finding]:
    if isinstance(quad.object, ox.Triple):
        yield find("rdf-12", Place(file=file), what="<<( … )>>")
    if isinstance(quad.object, ox.BlankNode):
        yield find("rdf-blank", Place(file=file), base=base)
    if not isinstance(quad.subject, ox.NamedNode):
        yield find("rdf-blank", Place(file=file), base=base)
    elif parse_iri(base, quad.subject.value) is None:
        subject = quad.subject.value
        place = Place(file=file, subject=subject)
        yield find("rdf-foreign", place, value=subject, subject=subject, base=base)
    graph = quad.graph_name
    if not isinstance(graph, ox.DefaultGraph) and not _is_data_graph(graph, base):
        name = str(graph.value)
        yield find("rdf-graph", Place(file=file), value=name, graph=name, base=base)


def _is_data_graph(graph: ox.NamedNode | ox.BlankNode, base: str) -> bool:
    """Tell whether data may stand in a graph: an organisation's or the shared one, no other."""
    name = graph.value.removeprefix(graph_iri(base, ""))
    allowed = SLUG.match(name) and name not in RESERVED - {SHARED}
    return isinstance(graph, ox.NamedNode) and name != graph.value and bool(allowed)


def _check_literal(quad: ox.Quad, file: str) -> Iterator[Finding]:
    """Report a literal that is not written as it would be stored, or that means nothing."""
    literal = quad.object
    if not isinstance(literal, ox.Literal):
        return
    lexical, datatype = literal.value, literal.datatype.value
    hidden = check_text(lexical)
    if datatype in _TEXTS and not hidden and literal.direction is None:
        return  # nearly every literal, so this comes before slower checks
    subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else None
    place = Place(file=file, subject=subject, path=compact(quad.predicate.value))
    if literal.direction is not None:
        yield find("rdf-12", place, value=lexical, what=f"@{literal.language}--{literal.direction}")
    if hidden:
        yield find(hidden.name, place, None, lexical, **dict(hidden.details))
    elif datatype == expand("xsd:date"):
        day = read_date(lexical)
        if isinstance(day, Problem):
            yield find(day.name, place, day.fix or _EXAMPLES["xsd:date"], lexical)
    elif canonical_form(lexical, datatype) != lexical:
        kind = compact(datatype)
        fix = _canonical_fix(lexical, datatype)
        yield find("rdf-literal", place, fix, lexical, datatype=kind, predicate=place.path)
    elif place.path == "km:yearBE":
        year = read_year(lexical)
        if isinstance(year, Problem) and year.fix:
            yield find(year.name, place, year.fix, lexical)


_TEXTS = frozenset([expand("xsd:string"), expand("rdf:langString")])


def _canonical_fix(lexical: str, datatype: str) -> Text:
    meant = canonical_form(lexical, datatype)
    if meant is None and datatype == expand("xsd:boolean"):
        word = read_boolean(lexical)
        meant = word.value if isinstance(word, ox.Literal) else None
    return write(meant) if meant else _EXAMPLES.get(compact(datatype), _EXAMPLES["xsd:integer"])


def _such_as(example: str) -> Text:
    return Text(f"เขียนค่า เช่น {example}", f"write a value such as {example}")


_EXAMPLES = {
    "xsd:boolean": _such_as("true"),
    "xsd:date": Text(
        "เขียนวันที่เป็น ค.ศ. แบบ ปี-เดือน-วัน เช่น 2019-04-30",
        "write a C.E. date as year-month-day, such as 2019-04-30",
    ),
    "xsd:decimal": _such_as("1.5"),
    "xsd:gYear": _such_as("2019"),
    "xsd:integer": _such_as("7"),
}


# ---- the dataset as a whole ------------------------------------------------------------------


def check_terms(
    quads: Iterable[ox.Quad], subjects: Mapping[str, str], tables: Container[str], shapes: Shapes
) -> Iterator[Finding]:
    """Report RDF that no shape would look at: things of no known class, unknown properties.

    `subjects` map IRIs to the RDF files that speak of them; `tables` hold those that have a row.
    """
    if not subjects:
        return
    quads = list(quads)
    classes = {ox.NamedNode(sheet.class_iri) for sheet in shapes.sheets}
    known = {
        quad.subject
        for quad in quads
        if quad.predicate == term("rdf:type") and quad.object in classes
    }
    label = term("rdfs:label")
    properties = {t.subject for t in read_package("ontology") if t.predicate == label}
    told: set[object] = set()
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        file = subjects.get(quad.subject.value)
        if file is None or quad.subject.value in tables:
            continue
        place = Place(file=file, subject=quad.subject.value)
        if quad.subject not in known and quad.subject not in told:
            told.add(quad.subject)
            yield find("rdf-class", place)
        if quad.predicate not in properties and (quad.subject, quad.predicate) not in told:
            told.add((quad.subject, quad.predicate))
            yield _unknown_property(quad.predicate.value, place, shapes)


def _unknown_property(iri: str, place: Place, shapes: Shapes) -> Finding:
    name = compact(iri)
    at = replace(place, path=name)
    if not iri.startswith(KM):
        return find("property-foreign", at, name=name)
    names = {compact(c.predicate) for s in shapes.sheets for c in s.columns}
    return find("property-unknown", at, name=name, nearest=nearest(name, sorted(names)) or "km:…")
