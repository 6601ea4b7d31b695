"""The sheets and columns of tables, as the shapes describe them.

In: the SHACL shapes. Out: `SheetShape`s with their `Column`s. A node shape with csvw:name is a
sheet; a property shape with csvw:name is a column of it; csvw:lang, csvw:separator, csvw:virtual,
csvw:aboutUrl and csvw:valueUrl keep their CSVW meaning (Metadata Vocabulary for Tabular Data). So
the shapes are the only description of a column: for the reader, the messages, the workbook and the
pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import CSVW, RDF, RDFS, SH
from rdflib.term import Node

from graph.findings import Severity, Text
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import SHAPE, compact, read_package, term
from graph.schema.columns import Column, call
from graph.schema.fast_shapes import FastShapes, make_fast_shapes

VIRTUAL = CSVW.virtual
BELONGS_TO = URIRef(SHAPE + "belongsTo")
Names = Mapping[str, Sequence[str]]
KEY = Text("รหัส", "key")
"""The title of the column that every sheet has."""


@dataclass(frozen=True)
class Rule:
    """A shape with an IRI: a rule, its words, and the column and property it speaks of, if any."""

    iri: str
    column: str | None
    path: str | None
    severity: Severity
    title: Text
    message: Text


@dataclass(frozen=True)
class SheetShape:
    """One sheet: rows of one class, with the IRI type of its keys and the owner of its rows.

    Attributes:
        belongs_to: the column that leads to the organisation, "key" where the row is one, None
            where the rows are shared by all.
        constants: (predicate, object) pairs that every row has (sh:hasValue).
    """

    name: str
    iri: str
    class_iri: str
    id_type: str
    title: Text
    message: Text
    order: float
    belongs_to: str | None
    columns: tuple[Column, ...]
    constants: tuple[tuple[str, str], ...]

    @cached_property
    def by_header(self) -> dict[str, str]:
        """Map every accepted header, in small letters, to the column's name."""
        found = {"key": "key", "รหัส": "key"}
        for column in self.columns:
            for header in (column.name, column.title.th, column.title.en):
                found.setdefault(header.lower(), column.name)
        return found

    @cached_property
    def required(self) -> dict[str, Text]:
        """Map the columns that no sheet may lack to their titles: they are named when missing."""
        needed = [c for c in self.columns if c.required or c.name == self.belongs_to]
        return {"key": KEY} | {c.name: c.title for c in needed}

    def called(self, name: str) -> Text:
        """Return how messages name a column of this sheet, or its key."""
        column = self.column(name)
        return column.called if column else call(KEY, "key")

    def column(self, name: str) -> Column | None:
        """Return the column called `name`, None for the key column or an unknown one."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True)
class Shapes:
    """The shapes as graph, as sheets and as rules."""

    graph: Graph
    sheets: tuple[SheetShape, ...]
    rules: dict[str, Rule]

    @cached_property
    def fast_shapes(self) -> FastShapes:
        """The same shapes as they are judged with."""
        return make_fast_shapes(self.graph)

    def sheet(self, name: str) -> SheetShape | None:
        """Return the sheet of that name."""
        return next((s for s in self.sheets if s.name == name), None)


@cache
def column_names() -> Mapping[tuple[str, str], Text]:
    """Map each sheet and accepted header, in small letters, to how messages name the column."""
    return {
        (sheet.name, header): sheet.called(name)
        for sheet in load_shapes().sheets
        for header, name in sheet.by_header.items()
    }


def load_shapes() -> Shapes:
    """Return the shapes that ship with the program."""
    graph = to_rdflib(read_package("shapes"))
    names = _names(read_package("ontology"))
    sheets = [_sheet(graph, node, names) for node in graph.subjects(CSVW.aboutUrl)]
    rules = {
        str(node): _rule(graph, node)
        for node in {*graph.subjects(SH.message), *graph.subjects(CSVW.aboutUrl)}
    }
    return Shapes(graph, tuple(sorted(sheets, key=lambda s: s.order)), rules)


def _text(graph: Graph, node: Node, predicate: URIRef) -> Text:
    words = {str(getattr(o, "language", "")): str(o) for o in graph.objects(node, predicate)}
    return Text(words.get("th", ""), words.get("en", ""))


def _rule(graph: Graph, node: Node) -> Rule:
    severity = graph.value(node, SH.severity)
    is_sheet = (node, CSVW.aboutUrl, None) in graph
    column = "key" if is_sheet else graph.value(node, CSVW.name)
    title = _text(graph, node, RDFS.label if is_sheet else SH.name)
    return Rule(
        iri=str(node),
        column=str(column) if column else None,
        path=_path(graph, node),
        severity=Severity(str(severity).rpartition("#")[2]) if severity else Severity.VIOLATION,
        title=title,
        message=_text(graph, node, SH.message),
    )


def _path(graph: Graph, node: Node) -> str | None:
    """Return the prefixed name of the shape's path, ^ before it where inverse; none if implied."""
    path = graph.value(node, SH.path)
    inverse = graph.value(path, SH.inversePath) if path else None
    iri = str(inverse or path or SHAPE)
    return None if iri.startswith(SHAPE) else ("^" if inverse else "") + compact(iri)


def _names(ontology: Iterable[ox.Triple]) -> dict[str, list[str]]:
    """Map each IRI to its names for people."""
    naming = {term("skos:prefLabel"), term("skos:altLabel"), term("rdfs:label")}
    names: dict[str, list[str]] = defaultdict(list)
    for triple in ontology:
        if triple.predicate in naming and isinstance(triple.subject, ox.NamedNode):
            assert isinstance(triple.object, ox.Literal)  # a test holds this
            names[triple.subject.value].append(triple.object.value)
    return names


def _sheet(graph: Graph, node: Node, names: Names) -> SheetShape:
    about = str(graph.value(node, CSVW.aboutUrl))
    belongs_to = graph.value(node, BELONGS_TO)
    properties = list(graph.objects(node, SH.property))
    real = [p for p in properties if (p, CSVW.name, None) in graph]
    columns = [_column(graph, p, names) for p in real if (p, VIRTUAL, None) not in graph]
    constants = [
        (str(graph.value(p, SH.path)), str(value))
        for p in properties
        for value in graph.objects(p, SH.hasValue)
    ]
    return SheetShape(
        name=str(graph.value(node, CSVW.name)),
        iri=str(node),
        class_iri=str(graph.value(node, SH.targetClass)),
        id_type=about.split("/")[1],
        title=_text(graph, node, RDFS.label),
        message=_text(graph, node, SH.message),
        order=_order(graph, node),
        belongs_to=str(belongs_to) if belongs_to else None,
        columns=tuple(sorted(columns, key=lambda c: (c.order, c.name))),
        constants=tuple(sorted(constants)),
    )


def _order(graph: Graph, node: Node) -> float:
    return float(str(graph.value(node, SH.order) or 999))


def _column(graph: Graph, node: Node, names: Names) -> Column:
    path = graph.value(node, SH.path)
    inverse = graph.value(path, SH.inversePath) if path else None
    separator, lang = graph.value(node, CSVW.separator), graph.value(node, CSVW.lang)
    datatype = graph.value(node, SH.datatype)
    classes = _classes(graph, node)
    codes = _codes(graph, node)
    return Column(
        name=str(graph.value(node, CSVW.name)),
        title=_text(graph, node, SH.name),
        description=_text(graph, node, SH.description),
        message=_text(graph, node, SH.message),
        predicate=str(inverse or path),
        order=_order(graph, node),
        inverse=inverse is not None,
        codes=codes,
        code_names=tuple((name, code) for code, iri in codes for name in names.get(iri, ())),
        classes=classes,
        datatype=str(datatype) if datatype and not lang else None,
        lang=str(lang) if lang else None,
        is_iri=graph.value(node, SH.nodeKind) == SH.IRI and not classes,
        is_address=graph.value(node, CSVW.valueUrl) is not None,
        separator=str(separator) if separator else None,
        required=any(
            int(str(graph.value(node, p) or 0)) > 0 for p in (SH.minCount, SH.qualifiedMinCount)
        ),
    )


def _codes(graph: Graph, node: Node) -> tuple[tuple[str, str], ...]:
    members = graph.value(node, SH["in"])
    if members is None or members == RDF.nil:
        return ()
    iris = [str(member) for member in Collection(graph, members)]
    return tuple((iri.replace("#", "/").rpartition("/")[2], iri) for iri in iris)


def _classes(graph: Graph, node: Node) -> tuple[str, ...]:
    """Return the classes of sh:class, or of the alternatives of an sh:or."""
    found = [str(c) for c in graph.objects(node, SH["class"])]
    for alternatives in graph.objects(node, SH["or"]):
        for option in Collection(graph, alternatives):
            found += [str(c) for c in graph.objects(option, SH["class"])]
    return tuple(found)
