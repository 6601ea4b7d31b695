"""Turns rows into quads, as the shapes describe the sheets.

In: sheets of text cells. Out: the quads of each organisation's named graph and of the shared one,
the origin of each subject, and a finding for every cell that could not become RDF.
The first pass gathers all keys, the second reads each row, so that rows may refer forward.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.findings import Finding, Place, Text, find, has_fix, nearest
from graph.intake.cells import (
    Problem,
    Value,
    check_text,
    read_cell,
    suggest_fix,
    write,
    year_suggestions,
)
from graph.intake.tables import Row, Sheet
from graph.rdf.iris import RESERVED, SHARED, SLUG, graph_iri, mint_iri
from graph.rdf.vocab import read_package, term
from graph.schema.columns import Column
from graph.schema.sheets import Shapes, SheetShape

_TYPE = term("rdf:type")
LAST_HEADER = 5
"""The last row where the header is looked for: sheets may have title rows above it."""
MAX_GUESSES = 50_000
"""The most keys that one run compares with misspelt ones: a few seconds' work."""


@dataclass(frozen=True)
class Origin:
    """Where a subject comes from: a row of a sheet and which column stands where."""

    sheet: Sheet
    row: Row
    columns: Mapping[str, int]

    def place(self, column: str | None = None) -> Place:
        """Return the place of the row, or of its cell in `column`."""
        return self.sheet.place(self.row.number, self.columns.get(column or ""))

    def text(self, column: str | None) -> str | None:
        """Return the cell as typed, None where the sheet has no such column."""
        index = self.columns.get(column or "")
        if index is None or index >= len(self.row.cells):
            return None
        return self.row.cells[index]


@dataclass(frozen=True)
class Known:
    """Keys that references may use, by sheet, and the sheets that could not be read.

    A reference to a lost sheet gives no finding of its own.
    """

    keys: Mapping[str, frozenset[str]]
    lost: frozenset[str] = frozenset()


NOTHING = Known({})


@dataclass
class Mapped:
    """What the tables gave: quads, the origin of each subject's IRI, and findings.

    `known` are its rows, for references from other sources; `elsewhere` holds the IRIs of
    references that no known row has.
    """

    quads: list[ox.Quad] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    known: Known = NOTHING
    elsewhere: set[str] = field(default_factory=set)


def map_sheets(
    sheets: Iterable[Sheet],
    shapes: Shapes,
    base: str,
    lost: Iterable[str] = (),
    known: Known = NOTHING,
) -> Mapped:
    """Return the quads of `sheets`; IRIs are minted under `base`.

    `lost` are names of sheets that are there but could not be read: that is one finding, so what
    refers to their rows gives no further ones. `known` rows of other sources may be referred to.
    """
    return _Mapper(shapes, base, set(lost), known).map(list(sheets))


class _Mapper:
    """Keeps what the two passes share; lives for one call of `map_sheets`."""

    def __init__(self, shapes: Shapes, base: str, lost: set[str], known: Known) -> None:
        self.shapes = shapes
        self.base = base
        self.lost = lost
        self.others = known
        self.result = Mapped()
        self.keys: dict[str, dict[str, Origin]] = {s.name: {} for s in shapes.sheets}
        self.sheets_of = sheets_of_classes(shapes)
        self.graphs: dict[tuple[str, str], str | None] = {}
        self.respelt: dict[str, dict[str, tuple[str, Origin]]] = defaultdict(dict)
        self.named: dict[str, dict[str, list[str]]] = {}
        self.guesses_left = MAX_GUESSES

    def map(self, sheets: list[Sheet]) -> Mapped:
        known = []
        for sheet in sheets:
            shape = self.shapes.sheet(sheet.name)
            if shape is None:
                self._unknown_sheet(sheet)
            else:
                known.append((sheet, shape, self._header(sheet, shape)))
        for sheet, shape, columns in known:
            self._gather_keys(sheet, shape, columns)
        self._take_respelt()
        for shape in self.shapes.sheets:
            for key, origin in self.keys[shape.name].items():
                self._row(shape, key, origin)
        keys = {name: frozenset(of) for name, of in self.keys.items()}
        self.result.known = Known(keys, frozenset(self.lost))
        return self.result

    # ---- sheets and headers

    def _report(
        self,
        problem: str,
        place: Place,
        fix: Text | None = None,
        value: str | None = None,
        **details: object,
    ) -> None:
        self.result.findings.append(find(problem, place, fix, value, **details))

    def _unknown_sheet(self, sheet: Sheet) -> None:
        if sheet.name.startswith("_"):
            return
        names = [s.name for s in self.shapes.sheets]
        meant = nearest(sheet.name, names)
        if meant:
            self.lost.add(meant)
        shown = meant or ", ".join(names)
        self._report("sheet-unknown", sheet.place(), name=sheet.name, nearest=shown)

    def _header(self, sheet: Sheet, shape: SheetShape) -> dict[str, int]:
        """Return which column stands where; say what is unknown, twice or missing."""
        columns: dict[str, int] = {}
        below = _header_below(sheet, shape)
        if below:
            self.lost.add(sheet.name)
            above = "1" if below == 2 else f"1–{below - 1}"
            self._report("header-below", sheet.place(1), row=below, above=above)
            return columns
        if not any(sheet.header):
            self.lost.add(sheet.name)
            self._report("sheet-empty", sheet.place(1), columns=_call(shape, shape.required))
            return columns
        unknown = []
        for index, header in enumerate(sheet.header):
            name = shape.by_header.get(header.lower())
            if name is None:
                unknown.append(index)
            elif name in columns:
                first, second = (sheet.place(1, i).letter for i in (columns[name], index))
                place = sheet.place(1, index)
                self._report("column-twice", place, name=header, first=first, second=second)
            else:
                columns[name] = index
        missing = {name for name in shape.required if name not in columns}
        if "key" in missing:
            self.lost.add(sheet.name)
        for index in unknown:  # a misspelt column is one finding, not also a missing one
            missing.discard(self._unknown_column(sheet, shape, index, missing) or "")
        for name in (n for n in shape.required if n in missing):
            self._report("column-missing", sheet.place(1), name=shape.called(name))
        return columns

    def _unknown_column(
        self, sheet: Sheet, shape: SheetShape, index: int, missing: set[str]
    ) -> str | None:
        """Report a header that no column has; return the column that was probably meant."""
        header = sheet.header[index]
        if not header or header.startswith("_"):
            return None
        names = list(dict.fromkeys(shape.by_header))
        wanted = [h for h in names if shape.by_header[h] in missing]
        meant = shape.by_header.get(nearest(header, wanted) or nearest(header, names) or "")
        there = {shape.by_header.get(h.lower()) for h in sheet.header}
        rest = [name for name in dict.fromkeys(shape.by_header.values()) if name not in there]
        suggestion = _call(shape, [meant] if meant else rest)
        self._report("column-unknown", sheet.place(1, index), name=header, nearest=suggestion)
        return meant

    # ---- first pass: keys

    def _gather_keys(self, sheet: Sheet, shape: SheetShape, columns: dict[str, int]) -> None:
        if "key" not in columns:
            return
        known = self.keys[shape.name]
        for row in sheet.rows:
            origin = Origin(sheet, row, columns)
            key = origin.text("key") or ""
            place = origin.place("key")
            hidden = check_text(key)
            if not key:
                self._report("key-missing", place, shape.message)
            elif hidden:
                self._report(hidden.name, place, hidden.fix, key, **dict(hidden.details))
            elif not SLUG.match(key):
                slug = _respell(key)
                self._report("key-bad", place, write(slug) if slug else shape.message, key)
                if slug and not (shape.belongs_to == "key" and slug in RESERVED):
                    self.respelt[shape.name].setdefault(key, (slug, origin))
            elif shape.belongs_to == "key" and key in RESERVED:
                self._report("key-reserved", place, value=key)
            elif key in known:
                first = known[key].place("key")
                where = (
                    f"{first.cell}" if first.file == place.file else f"{first.file} {first.cell}"
                )
                self._report("key-twice", place, value=key, first=where)
            else:
                known[key] = origin

    def _take_respelt(self) -> None:
        """Read rows with a misspelt key under the corrected key.

        So all faults of a row are found at once, and rows that refer to it get no fault of their
        own.
        """
        for name, rows in self.respelt.items():
            for slug, origin in rows.values():
                self.keys[name].setdefault(slug, origin)

    # ---- second pass: rows

    def _row(self, shape: SheetShape, key: str, origin: Origin) -> None:
        iri = mint_iri(self.base, shape.id_type, key)
        self.result.origins[iri] = origin
        owner = self._graph_of(shape, key, set())
        owning = shape.column(shape.belongs_to or "")
        optional = owning is not None and not owning.required and owning.name in origin.columns
        if owning and optional and not origin.text(owning.name):
            # An empty cell of a required column is for the shapes to say; a cell that holds
            # something is reported where it is read, or in the row that it names.
            self._report("owner-missing", origin.place(owning.name), owning.message)
        graph = ox.NamedNode(graph_iri(self.base, owner or SHARED))
        subject = ox.NamedNode(iri)
        self._add(subject, _TYPE, ox.NamedNode(shape.class_iri), graph)
        for predicate, value in shape.constants:
            self._add(subject, ox.NamedNode(predicate), ox.NamedNode(value), graph)
        for column in shape.columns:
            self._column(subject, column, origin, graph)
        self._beyond(origin)

    def _add(
        self,
        subject: ox.NamedNode,
        predicate: ox.NamedNode,
        value: ox.NamedNode | ox.Literal,
        graph: ox.NamedNode,
    ) -> None:
        self.result.quads.append(ox.Quad(subject, predicate, value, graph))

    def _beyond(self, origin: Origin) -> None:
        """Report cells that stand under no header, as an unquoted comma in a CSV makes them."""
        header = origin.sheet.header
        for index, text in enumerate(origin.row.cells):
            if text and (index >= len(header) or not header[index]):
                place = origin.sheet.place(origin.row.number, index)
                self._report("cell-beyond", place, value=text)
                return

    def _column(
        self, subject: ox.NamedNode, column: Column, origin: Origin, graph: ox.NamedNode
    ) -> None:
        text = origin.text(column.name)
        if not text:
            return
        problem = check_text(text)
        if problem:
            self._cell_problem(problem, column, origin, text)
            return
        predicate = ox.NamedNode(column.predicate)
        for part in _split(text, column.separator):
            value = self._value(part, column, origin)
            if value is None:
                continue
            if isinstance(value, Problem):
                self._cell_problem(value, column, origin, part)
            elif column.inverse and isinstance(value, ox.NamedNode):
                self._add(value, predicate, subject, graph)
            else:
                self._add(subject, predicate, value, graph)

    def _value(self, text: str, column: Column, origin: Origin) -> Value | Problem | None:
        if column.is_address:
            return self._address(text)
        return self._refer(text, column, origin) if column.classes else read_cell(text, column)

    def _address(self, text: str) -> ox.NamedNode | Problem | None:
        """Return the identifier of an address, given whole or from behind /id/ on.

        None where its sheet could not be read, so that nobody can tell whether it is there.
        """
        end = text.removeprefix(self.base).lstrip("/").removeprefix("id/").removeprefix("doc/")
        type, _, slug = end.partition("/")
        sheets = [sheet for sheet in self.shapes.sheets if sheet.id_type == type]
        if not sheets or not SLUG.match(slug):
            types = sorted({sheet.id_type for sheet in self.shapes.sheets})
            return Problem("address-bad", details=(("types", ", ".join(types)),))
        if any(s.name in self.lost or s.name in self.others.lost for s in sheets):
            return None
        iri = mint_iri(self.base, type, slug)
        self.result.elsewhere.add(iri)
        return ox.NamedNode(iri)

    def _cell_problem(self, problem: Problem, column: Column, origin: Origin, text: str) -> None:
        general = None if has_fix(problem.name) else column.message
        fix = problem.fix or general
        place = origin.place(column.name)
        self._report(problem.name, place, fix, text, **dict(problem.details))

    # ---- references and owners

    def _refer(self, key: str, column: Column, origin: Origin) -> ox.NamedNode | Problem | None:
        """Return the IRI of the row that `key` names in one of the sheets the column allows.

        None where nobody can tell, since one of those sheets could not be read.
        """
        names = list(dict.fromkeys(n for c in column.classes for n in self.sheets_of.get(c, ())))
        sheets = (("sheets", ", ".join(names)),)
        respelt = next((self.respelt[n][key][0] for n in names if key in self.respelt[n]), None)
        if respelt:
            problem = Problem("reference-unknown", write(respelt), sheets)
            self._cell_problem(problem, column, origin, key)
            key = respelt
        found = [n for n in names if key in self.keys[n] or key in self.others.keys.get(n, ())]
        if len(found) == 1:
            return ox.NamedNode(mint_iri(self.base, self._shape(found[0]).id_type, key))
        if found:
            return Problem("reference-ambiguous", details=(("sheets", ", ".join(found)),))
        if SLUG.match(key):
            types = {self._shape(name).id_type for name in names}
            self.result.elsewhere |= {mint_iri(self.base, type, key) for type in types}
        if self.lost.intersection(names) or self.others.lost.intersection(names):
            return None
        by_name = suggest_fix(key, column.separator, lambda part: self._named(part, names, origin))
        if by_name:
            return Problem("reference-unknown", by_name, sheets)
        near = [k for name in names for k in self._near(name, origin)]
        meant = next((y for y in year_suggestions(key) if y in near), None)
        if meant is None and not key.isdecimal():  # another year is no misspelling of this one
            meant = self._guess(key, near)
        fix = column.message
        if meant:
            fix = Text(f"น่าจะเป็น {meant} · {fix.th}", f"perhaps {meant}; {fix.en}")
        return Problem("reference-unknown", fix, sheets)

    def _named(self, text: str, names: list[str], origin: Origin) -> str | None:
        """Return `text` where it is a key, or the key of the one row here that is called so."""
        found = set()
        for name in names:
            if text in self.keys[name] or text in self.others.keys.get(name, ()):
                return text
            for key in self._keys_by_name(name).get(text.lower(), ()):
                if self.keys[name][key].sheet.folder == origin.sheet.folder:
                    found.add(key)
        return found.pop() if len(found) == 1 else None

    def _keys_by_name(self, name: str) -> Mapping[str, list[str]]:
        """Map what the rows of a sheet are called, in small letters, to their keys."""
        if name not in self.named:
            called = self.named[name] = defaultdict(list)
            for key, origin in self.keys[name].items():
                for words in filter(None, map(origin.text, ("label_th", "label_en"))):
                    called[words.lower()].append(key)
        return self.named[name]

    def _shape(self, name: str) -> SheetShape:
        shape = self.shapes.sheet(name)
        assert shape is not None  # `sheets_of` holds names of sheets only
        return shape

    def _near(self, name: str, origin: Origin) -> Iterator[str]:
        """Yield keys to compare a misspelt one with: shared ones, and those of the same folder."""
        if self._shape(name).belongs_to is None:
            yield from self.keys[name]
            yield from self.others.keys.get(name, ())
            return
        for key, other in self.keys[name].items():
            if other.sheet.folder == origin.sheet.folder:
                yield key

    def _guess(self, key: str, known: list[str]) -> str | None:
        """Return the most similar key, None once `MAX_GUESSES` comparisons are used up."""
        self.guesses_left -= len(known)
        return nearest(key, known, cutoff=0.8) if self.guesses_left > 0 else None

    def _graph_of(self, shape: SheetShape, key: str, seen: set[str]) -> str | None:
        """Return the name of the graph of a row: follow its owner to an organisation."""
        if shape.belongs_to is None:
            return SHARED
        if shape.belongs_to == "key":
            return key
        place = (shape.name, key)
        if place not in self.graphs:
            self.graphs[place] = self._owner(shape, key, seen | {f"{shape.name}/{key}"})
        return self.graphs[place]

    def _owner(self, shape: SheetShape, key: str, seen: set[str]) -> str | None:
        column = shape.column(shape.belongs_to or "")
        text = self.keys[shape.name][key].text(shape.belongs_to)
        if column is None or not text:
            return None
        for name in (n for c in column.classes for n in self.sheets_of.get(c, ())):
            text = self.respelt[name].get(text, (text,))[0]
            if text in self.keys[name] and f"{name}/{text}" not in seen:
                target = self.shapes.sheet(name)
                return self._graph_of(target, text, seen) if target else None
        return None


def _call(shape: SheetShape, names: Iterable[str]) -> Text:
    """Return how messages name these columns."""
    called = [shape.called(name) for name in names]
    return Text(", ".join(c.th for c in called), ", ".join(c.en for c in called))


def _header_below(sheet: Sheet, shape: SheetShape) -> int | None:
    """Return the row that holds the header where a title stands above it."""

    def known(cells: tuple[str, ...]) -> int:
        return len({shape.by_header.get(cell.lower()) for cell in cells} - {None})

    first = known(sheet.header)
    rows = [row for row in sheet.rows[:LAST_HEADER] if row.number <= LAST_HEADER]
    return next((r.number for r in rows if known(r.cells) > max(1, first)), None)


def _respell(key: str) -> str | None:
    """Return the key that only needs small letters and hyphens as it must be spelt."""
    slug = re.sub(r"[\s_.-]+", "-", key.lower()).strip("-")
    return slug if SLUG.match(slug) else None


def _split(text: str, separator: str | None) -> list[str]:
    if separator is None:
        return [text]
    return [part for part in (p.strip() for p in text.split(separator)) if part]


def sheets_of_classes(shapes: Shapes) -> dict[str, list[str]]:
    """Map each class to the sheets whose rows are of it or of a subclass in the ontology."""
    parents: dict[str, set[str]] = defaultdict(set)
    sub_class_of = term("rdfs:subClassOf")
    for triple in read_package("ontology"):
        if triple.predicate == sub_class_of:
            assert isinstance(triple.subject, ox.NamedNode)  # our own ontology has no blank classes
            assert isinstance(triple.object, ox.NamedNode)
            parents[triple.subject.value].add(triple.object.value)
    targets: dict[str, list[str]] = defaultdict(list)
    for sheet in shapes.sheets:
        todo, seen = [sheet.class_iri], set()
        while todo:
            iri = todo.pop()
            if iri not in seen:
                seen.add(iri)
                targets[iri].append(sheet.name)
                todo += parents[iri]
    return dict(targets)
