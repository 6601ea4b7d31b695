"""The place of each row on a page, and the kinds of thing, read from the shapes.

In: the shapes. Out: a `Layout`. sh:group and sh:order of a property shape give a property its place
(SHACL section 2.3.2.3); sh:targetClass and csvw:aboutUrl of a node shape tie a class to the type in
its identifiers. Nothing repeats a statement of the shapes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from graph.rdf.facts import Facts, Subject
from graph.rdf.vocab import Term, term

LAST = 1_000.0  # larger than any sh:order of the shapes, so it sorts last
_ANY = ""  # stands for any class in `Layout.places`


@dataclass(frozen=True)
class Kind:
    """A kind of thing: `type` is its place in identifiers ("law"), `names` its plural by language.

    `names` and `RowGroup.names` map a language tag to a name.
    """

    type: str
    class_iri: str
    shape_iri: str
    names: Mapping[str, str]
    order: float


@dataclass(frozen=True)
class RowGroup:
    """A group of rows, with its heading."""

    iri: str
    names: Mapping[str, str]
    order: float


@dataclass(frozen=True, order=True)
class RowPlace:
    """Where a property's row stands: its group (an IRI, or empty) and its order within it."""

    group_order: float = LAST
    order: float = LAST
    group: str = ""


@dataclass(frozen=True)
class Layout:
    """Kinds and row groups in order, and the place of each property, by class."""

    kinds: tuple[Kind, ...]
    groups: tuple[RowGroup, ...]
    places: Mapping[tuple[str, str, bool], RowPlace]

    def kind(self, type: str) -> Kind | None:
        """Return the kind whose identifiers hold `/id/{type}/`."""
        return self.by_type.get(type)

    @cached_property
    def by_type(self) -> Mapping[str, Kind]:
        """The kinds, by the type in their identifiers."""
        return {kind.type: kind for kind in self.kinds}

    def place(self, classes: Iterable[str], predicate: str, inverse: bool = False) -> RowPlace:
        """Return where the row of `predicate` stands on the page of a thing of these classes.

        A property that no shape of these classes mentions stands where other shapes put it, else
        last.
        """
        for name in (*classes, _ANY):
            found = self.places.get((name, predicate, inverse))
            if found is not None:
                return found
        return RowPlace()


def read_layout(shapes: Facts) -> Layout:
    """Return the layout that these shapes describe."""
    kinds = tuple(sorted(_kinds(shapes), key=lambda kind: kind.order))
    groups = tuple(sorted(_groups(shapes), key=lambda group: group.order))
    order_of = {group.iri: group.order for group in groups}
    places: dict[tuple[str, str, bool], RowPlace] = {}
    for kind in kinds:
        for rule in shapes.values(ox.NamedNode(kind.shape_iri), "sh:property"):
            for predicate, inverse in rule_path(shapes, rule):
                place = _place(shapes, rule, order_of)
                places.setdefault((kind.class_iri, predicate, inverse), place)
                places.setdefault((_ANY, predicate, inverse), place)
    return Layout(kinds, groups, places)


def rule_path(shapes: Facts, rule: Term) -> Iterator[tuple[str, bool]]:
    """Yield the property that a rule is on, and whether it is read backwards."""
    path = shapes.one(rule, "sh:path")
    backwards = isinstance(path, ox.BlankNode)
    if path is not None and backwards:
        path = shapes.one(path, "sh:inversePath")
    if isinstance(path, ox.NamedNode):
        yield path.value, backwards


def _kinds(shapes: Facts) -> Iterator[Kind]:
    for shape in _named(shapes.subjects("csvw:aboutUrl")):
        target = shapes.one(shape, "sh:targetClass")
        if isinstance(target, ox.NamedNode):
            type = shapes.text(shape, "csvw:aboutUrl").removeprefix("id/").partition("/")[0]
            order = _number(shapes, shape, "sh:order")
            yield Kind(type, target.value, shape.value, shapes.names(shape), order)


def _groups(shapes: Facts) -> Iterator[RowGroup]:
    for group in _named(shapes.subjects("rdf:type", term("sh:PropertyGroup"))):
        yield RowGroup(group.value, shapes.names(group), _number(shapes, group, "sh:order"))


def _place(shapes: Facts, rule: Term, order_of: Mapping[str, float]) -> RowPlace:
    group = shapes.one(rule, "sh:group")
    name = group.value if isinstance(group, ox.NamedNode) else ""
    return RowPlace(order_of.get(name, LAST), _number(shapes, rule, "sh:order"), name)


def _named(subjects: Iterable[Subject]) -> Iterator[ox.NamedNode]:
    return (subject for subject in subjects if isinstance(subject, ox.NamedNode))


def _number(shapes: Facts, subject: Term, name: str) -> float:
    text = shapes.text(subject, name)
    return float(text) if text else LAST
