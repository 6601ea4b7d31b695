"""The shapes, rearranged so that pySHACL judges them faster.

In: a graph of shapes. Out: one with the same meaning. pySHACL hands each focus node of a node shape
to each of its property shapes, one by one, and for each pair it looks up the constraints and makes
them again: two thirds of a run. So each property shape gets the targets of its node shape (SHACL
2.1.3) and takes all focus nodes at once. Of the rest, a tenth was the wording of results inside
sh:not, sh:or and sh:qualifiedValueShape, which no reader sees; a message of their own avoids it.
Half of the remaining time went into names by language (sh:qualifiedValueShape with sh:languageIn),
with a shape called for each value. They are now counted by sh:minCount and sh:maxCount of a new
property that has the values of one language.

The results are the same, since a property shape reports under its own name whatever shape calls it
(SHACL 4.7.2). Only two things differ: a fault that two node shapes find in one thing is reported
once, and the path of a result about a language is the new property. Closed shapes (sh:closed) would
see that property in the data; our shapes are not closed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, NamespaceManager
from rdflib.term import Node


class WholeNames(NamespaceManager):
    """Writes names in the texts of results, which nobody reads, as whole IRIs without prefixes.

    pySHACL words every result, nested ones too; looking for prefixes took a tenth of its time.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph, bind_namespaces="none")

    def bind(self, *_: object, **__: object) -> None:
        """Bind nothing."""

    def normalizeUri(self, rdfTerm: str) -> str:
        """Return an IRI as N-Triples writes it."""
        return f"<{rdfTerm}>"


_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_NESTED = (SH["not"], SH.qualifiedValueShape)
_LISTS = (SH["or"], SH["and"], SH.xone)


_COUNTS = ((SH.qualifiedMinCount, SH.minCount), (SH.qualifiedMaxCount, SH.maxCount))
_BESIDE_A_COUNT = {SH.path, SH.severity, SH.name, SH.description, SH.message, SH.order, SH.group}
_COMPONENTS = (
    (SH.MinCountConstraintComponent, SH.QualifiedMinCountConstraintComponent),
    (SH.MaxCountConstraintComponent, SH.QualifiedMaxCountConstraintComponent),
)


@dataclass(frozen=True)
class FastShapes:
    """Shapes rearranged for speed, and the changes that data and results need for them.

    Attributes:
        in_language: by property, the ranges of language (RFC 4647, 2.1) that are counted, each
            with the property that is to hold the values in it.
        counting: the shapes that count those, in place of sh:qualifiedValueShape.
    """

    graph: Graph
    in_language: Mapping[Node, Mapping[str, URIRef]]
    counting: frozenset[Node]

    def prepare(self, data: Graph) -> None:
        """Add to `data` the properties of one language."""
        for path, ranges in self.in_language.items():
            for subject, value in list(data.subject_objects(path)):
                tag = (value.language or "").lower() if isinstance(value, Literal) else ""
                for wanted, predicate in ranges.items():
                    if tag == wanted or tag.startswith(f"{wanted}-"):
                        data.add((subject, predicate, value))

    def restore(self, results: Graph) -> None:
        """Give results of counting the component that the shapes as written have."""
        for shape in self.counting:
            for result in list(results.subjects(SH.sourceShape, shape)):
                for counted, written in _COMPONENTS:
                    if (result, SH.sourceConstraintComponent, counted) in results:
                        results.set((result, SH.sourceConstraintComponent, written))


def make_fast_shapes(shapes: Graph) -> FastShapes:
    """Return the shapes with their targets moved to where the constraints are."""
    fast_shapes = Graph()
    fast_shapes.namespace_manager = WholeNames(fast_shapes)
    for triple in shapes:
        fast_shapes.add(triple)
    for outer, inner in shapes.subject_objects(SH.property):
        targets = [(p, o) for p in _TARGETS for o in shapes.objects(outer, p)]
        is_called = (None, None, outer) in shapes  # another shape uses it: it must stay whole
        if targets and not is_called and (outer, SH.deactivated, None) not in shapes:
            fast_shapes.remove((outer, SH.property, inner))
            for predicate, target in targets:
                fast_shapes.add((inner, predicate, target))
    in_language, counting = _count_languages(shapes, fast_shapes)
    for inner in _nested(shapes):
        if (inner, SH.message, None) not in shapes:
            fast_shapes.add((inner, SH.message, Literal("-")))
    return FastShapes(fast_shapes, in_language, frozenset(counting))


def _count_languages(
    shapes: Graph, fast_shapes: Graph
) -> tuple[dict[Node, dict[str, URIRef]], set[Node]]:
    """Let shapes count values by properties of one language; return these and the shapes."""
    in_language: dict[Node, dict[str, URIRef]] = defaultdict(dict)
    counting = set[Node]()
    for shape, path, wanted in _languages(shapes):
        in_language[path][wanted] = predicate = URIRef(f"{path}@{wanted}")
        counting.add(shape)
        fast_shapes.set((shape, SH.path, predicate))
        fast_shapes.remove((shape, SH.qualifiedValueShape, None))
        for written, counted in _COUNTS:
            for number in shapes.objects(shape, written):
                fast_shapes.remove((shape, written, number))
                fast_shapes.add((shape, counted, number))
    return in_language, counting


def _languages(shapes: Graph) -> Iterator[tuple[Node, URIRef, str]]:
    """Yield the shapes that only count the values in one language, with their path and language."""
    allowed = {written for written, _ in _COUNTS} | _BESIDE_A_COUNT | {SH.qualifiedValueShape}
    for shape, inner in shapes.subject_objects(SH.qualifiedValueShape):
        path, said = shapes.value(shape, SH.path), set(shapes.predicates(inner))
        asked = {p for p in shapes.predicates(shape) if str(p).startswith(str(SH))}
        if not (isinstance(path, URIRef) and asked <= allowed):
            continue
        languages = [
            str(language).lower()
            for members in shapes.objects(inner, SH.languageIn)
            for language in Collection(shapes, members)
        ]
        if said <= {RDF.type, SH.languageIn} and len(languages) == 1 and languages[0].isalpha():
            yield shape, path, languages[0]


def _nested(shapes: Graph) -> Iterator[Node]:
    """Yield the shapes whose own results are never reported."""
    for predicate in _NESTED:
        yield from shapes.objects(None, predicate)
    for predicate in _LISTS:
        for members in shapes.objects(None, predicate):
            yield from Collection(shapes, members)
