"""The way back from triples to tables: the CSV files that an officer opens.

In: the triples of a named graph and the shapes. Out: for each sheet the rows of its things, with
every column that the shapes describe; a ZIP of CSV files, and the CSV files of the whole site.
Reading these files with `graph.intake.mapping` gives the same triples back. The files are for
Excel: they begin with a byte-order mark, since Thai Excel would read Windows-874 without it. No
cell can run as a formula. Triples that no column holds, such as those that came from Turtle, are in
the RDF dumps only.
"""

import csv
import io
import zipfile
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from graph.builder.turtle import count_key
from graph.intake.mapping import sheets_of_classes
from graph.intake.spreadsheet_safety import guard
from graph.rdf.facts import Facts, gather
from graph.rdf.iris import parse_iri
from graph.rdf.vocab import Term, expand
from graph.schema.columns import Column
from graph.schema.sheets import Shapes, SheetShape

_BOOLEAN, _STRING = expand("xsd:boolean"), expand("xsd:string")
_WORDS = {"true": "yes", "false": "no"}
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say


class TableWriter:
    """Writes the tables of a site whose identifiers begin with `base`."""

    def __init__(self, shapes: Shapes, base: str) -> None:
        self._shapes = shapes
        self._base = base

    def rows(self, triples: Iterable[ox.Triple]) -> dict[str, list[list[str]]]:
        """Return the rows of each sheet that has some, the key first, sorted by it."""
        facts = gather(triples)
        pointing = _pointing(facts)
        found: dict[str, list[list[str]]] = {}
        for subject in facts.by_subject:
            shape = self._shape_of(subject, facts)
            if shape is not None and isinstance(subject, ox.NamedNode):
                row = [subject.value.rpartition("/")[2]]
                for column in shape.columns:
                    if column.inverse:
                        values: Iterable[Term] = pointing[subject, column.predicate]
                    else:
                        node = ox.NamedNode(column.predicate)
                        values = facts.by_subject[subject].get(node, ())
                    row.append(self._cell(values, column))
                found.setdefault(shape.name, []).append(row)
        for rows in found.values():
            rows.sort(key=lambda row: count_key(row[0]))
        return found

    def archive(self, triples: Iterable[ox.Triple]) -> bytes:
        """Return a ZIP of the CSV files of these triples; empty bytes where there is no row."""
        tables = self.rows(triples)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for shape in self._shapes.sheets:
                if shape.name in tables:
                    archive.writestr(
                        _member(shape.name), header(shape) + as_csv(tables[shape.name])
                    )
        return out.getvalue() if tables else b""

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of all sheets, in their order."""
        return tuple(shape.name for shape in self._shapes.sheets)

    def join(
        self, archives: Iterable[Path], folder: Path, but: Container[str] = frozenset()
    ) -> list[str]:
        """Write the tables of many archives as one CSV file a sheet into `folder`.

        The sheets `but` are left out. Return the names of the others. Raises OSError.
        """
        names = set[str]()
        folder.mkdir(parents=True, exist_ok=True)
        for path in archives:
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    name = member.removesuffix(".csv")
                    if name in but:
                        continue
                    rows = archive.read(member)
                    is_first = name not in names
                    with (folder / member).open("wb" if is_first else "ab") as file:
                        file.write(rows if is_first else rows[self._header_bytes[name] :])
                    names.add(name)
        return [shape.name for shape in self._shapes.sheets if shape.name in names]

    @cached_property
    def _header_bytes(self) -> dict[str, int]:
        return {shape.name: len(header(shape)) for shape in self._shapes.sheets}

    @cached_property
    def _types(self) -> dict[str, set[str]]:
        """Map a class to the types allowed in a column that asks for that class."""
        types = {shape.name: shape.id_type for shape in self._shapes.sheets}
        targets = sheets_of_classes(self._shapes)
        return {class_iri: {types[n] for n in names} for class_iri, names in targets.items()}

    def _shape_of(self, subject: Term, facts: Facts) -> SheetShape | None:
        thing = parse_iri(self._base, subject.value) if isinstance(subject, ox.NamedNode) else None
        classes = facts.values(subject, "rdf:type")
        for shape in self._shapes.sheets:
            is_of = thing is not None and thing.type == shape.id_type
            if is_of and ox.NamedNode(shape.class_iri) in classes:
                return shape
        return None

    def _cell(self, values: Iterable[Term], column: Column) -> str:
        written = sorted({text for v in values if (text := self._write(v, column)) is not None})
        return guard(f"{column.separator or ';'} ".join(written))

    def _write(self, value: Term, column: Column) -> str | None:
        """Return a value as the column has it, None where it belongs to another column."""
        if column.is_address:
            thing = parse_iri(self._base, value.value) if isinstance(value, ox.NamedNode) else None
            return f"{thing.type}/{thing.slug}" if thing else None
        if column.codes:
            codes = {iri: code for code, iri in column.codes}
            return codes.get(value.value) if isinstance(value, ox.NamedNode) else None
        if column.classes:
            return self._key(value, column)
        if column.is_iri:
            return value.value if isinstance(value, ox.NamedNode) else None
        if not isinstance(value, ox.Literal) or value.language != column.lang:
            return None
        if column.lang:
            return value.value
        if value.datatype.value != (column.datatype or _STRING):
            return None
        return _WORDS[value.value] if column.datatype == _BOOLEAN else value.value

    def _key(self, value: Term, column: Column) -> str | None:
        thing = parse_iri(self._base, value.value) if isinstance(value, ox.NamedNode) else None
        types = set[str]().union(*(self._types.get(c, ()) for c in column.classes))
        return thing.slug if thing is not None and thing.type in types else None


def header(shape: SheetShape) -> bytes:
    """Return the beginning of a sheet's CSV file: the byte-order mark and the column names."""
    return BOM_UTF8 + as_csv([["key", *(column.name for column in shape.columns)]])


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV (RFC 4180)."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def sums_of_sheets(path: Path) -> dict[str, int]:
    """Return the CRC-32 of each sheet's file in an archive. Raises OSError."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename.removesuffix(".csv"): info.CRC for info in archive.infolist()}


def _member(sheet: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{sheet}.csv", _FIRST_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _pointing(facts: Facts) -> dict[tuple[Term, str], list[Term]]:
    """Map a thing and a property to the subjects that point there."""
    found: dict[tuple[Term, str], list[Term]] = defaultdict(list)
    for subject, predicate, value in _links(facts):
        found[value, predicate].append(subject)
    return found


def _links(facts: Facts) -> Iterator[tuple[Term, str, Term]]:
    for subject, said in facts.by_subject.items():
        for predicate, values in said.items():
            for value in values:
                if isinstance(value, ox.NamedNode):
                    yield subject, predicate.value, value
