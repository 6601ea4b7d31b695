"""The shapes: well made, complete, and each rule with data that keeps it and data that breaks it.

The cases of all rules are judged in one run: each is a copy, under an address of its own, of a
thing of the small site that keeps every rule, with some properties replaced.
"""

import pytest
from pyshacl import validate as pyshacl_validate
from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import CSVW, OWL, RDF, RDFS, SH, SKOS
from rdflib.term import BNode, Node
from support.cases import shapes
from support.schema_shapes import GRAPH, name_of

from graph.findings import Severity
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import SHAPE, VOCABULARY, expand, read_package
from graph.schema.sheets import VIRTUAL

ONTOLOGY = to_rdflib(read_package("ontology"))

PROPERTY_SHAPES = [s for s in GRAPH.subjects(RDF.type, SH.PropertyShape) if isinstance(s, URIRef)]

NODE_SHAPES = sorted(GRAPH.subjects(SH.targetClass))


@pytest.mark.slow
def test_shacl_shacl() -> None:
    """The shapes are valid shapes (SHACL appendix C)."""
    conforms, _, text = pyshacl_validate(Graph(), shacl_graph=GRAPH, meta_shacl=True)
    assert conforms, text


def test_rules_have_iris() -> None:
    """Every property shape and constraint that can be broken has an address of its own."""
    for shape in {*GRAPH.subjects(RDF.type, SH.PropertyShape), *GRAPH.objects(None, SH.property)}:
        assert isinstance(shape, URIRef)
        assert str(shape).startswith(SHAPE)
        assert (shape, SH.message, None) in GRAPH
    inner = {SH["class"], RDF.first, RDF.rest, SH.inversePath}
    for node in {s for s in GRAPH.subjects() if isinstance(s, BNode)}:
        assert set(GRAPH.predicates(node)) <= inner  # only alternatives, lists and paths


def _words(node: Node, predicate: URIRef) -> list[str]:
    return sorted(str(getattr(o, "language", None)) for o in GRAPH.objects(node, predicate))


@pytest.mark.parametrize("shape", PROPERTY_SHAPES, ids=name_of)
def test_property_shape(shape: URIRef) -> None:
    """A rule has its name, message, order and group, and what it describes, in both languages."""
    assert _words(shape, SH.name) == ["en", "th"]
    assert _words(shape, SH.message) == ["en", "th"]
    assert _words(shape, SH.description) in ([], ["en", "th"])
    is_column = (shape, CSVW.name, None) in GRAPH and (shape, VIRTUAL, None) not in GRAPH
    assert not is_column or _words(shape, SH.description) == ["en", "th"]
    assert len(list(GRAPH.objects(shape, SH.order))) == 1
    groups = list(GRAPH.objects(shape, SH.group))
    assert len(groups) == 1
    assert (groups[0], RDF.type, SH.PropertyGroup) in GRAPH
    assert len(list(GRAPH.objects(shape, SH.path))) == 1
    assert len(list(GRAPH.subjects(SH.property, shape))) >= 1
    names = list(GRAPH.objects(shape, CSVW.name))
    assert len(names) <= 1
    assert not [m for m in GRAPH.objects(shape, SH.message) if "{" in str(m)]


@pytest.mark.parametrize("shape", NODE_SHAPES, ids=name_of)
def test_node_shape(shape: URIRef) -> None:
    """A sheet has its labels and message, an address, and each column once."""
    assert _words(shape, RDFS.label) == ["en", "th"]
    assert _words(shape, SH.message) == ["en", "th"]
    for predicate in (CSVW.name, CSVW.aboutUrl, SH.order, SH.pattern, SH.targetClass):
        assert len(list(GRAPH.objects(shape, predicate))) == 1
    about = str(GRAPH.value(shape, CSVW.aboutUrl))
    kind = about.split("/")[1]
    assert about == f"id/{kind}/{{key}}"
    assert kind in str(GRAPH.value(shape, SH.pattern))
    assert (shape, SH.nodeKind, SH.IRI) in GRAPH
    columns = [
        str(GRAPH.value(p, CSVW.name))
        for p in GRAPH.objects(shape, SH.property)
        if (p, CSVW.name, None) in GRAPH and (p, VIRTUAL, None) not in GRAPH
    ]
    assert len(columns) == len(set(columns))
    for p in GRAPH.objects(shape, SH.property):  # what is told of a column has that column
        column = GRAPH.value(p, CSVW.name)
        assert column is None or str(column) in {*columns, "key"}


def test_groups() -> None:
    """Groups of properties have labels and an order of their own."""
    groups = list(GRAPH.subjects(RDF.type, SH.PropertyGroup))
    assert all(_words(group, RDFS.label) == ["en", "th"] for group in groups)
    assert len({GRAPH.value(group, SH.order) for group in groups}) == len(groups)


def test_every_class_has_a_shape() -> None:
    """Each class of the ontology has its node shape, and each shape its class."""
    classes = {
        c for c in ONTOLOGY.subjects(RDF.type, OWL.Class) if str(c).startswith(expand("km:"))
    }
    targets = set(GRAPH.objects(None, SH.targetClass))
    assert classes <= targets
    assert targets - classes == {
        URIRef(expand("org:FormalOrganization")),
        URIRef(expand("cpsv:PublicService")),
    }


def test_every_path_is_labelled() -> None:
    """Each property that a rule speaks of has its words in the ontology, or is implied."""
    paths = {GRAPH.value(p, SH.inversePath) or p for p in GRAPH.objects(None, SH.path)}
    implied = {p for p in paths if str(p).startswith(SHAPE)} | set(GRAPH.objects(None, SH.equals))
    for path in paths - implied:
        languages = {label.language for label in ONTOLOGY.objects(path, RDFS.label)}
        assert languages == {"th", "en"}, path
    assert {name_of(p) for p in implied} == {
        "impliedCycle",
        "impliedEnd",
        "impliedPosition",
        "impliedStart",
        "impliedYearBE",
    }


def test_every_class_spoken_of_is_known() -> None:
    """A class that a value must be of is one that some sheet holds."""
    targets = set(GRAPH.objects(None, SH.targetClass))
    assert set(GRAPH.objects(None, SH["class"])) <= targets


WHOLE_LISTS = [
    ("confidence", "confidence", ()),
    ("link-confidence", "confidence", ("sure",)),
    ("statement-kind", "statement", ()),
    ("correction-kind", "fault", ()),
    ("collection-scope", "scope", ()),
    ("area-level", "area-level", ()),
    ("document-kind", "kind", ()),
]


@pytest.mark.parametrize(("rule", "scheme", "left_out"), WHOLE_LISTS)
def test_closed_lists(rule: str, scheme: str, left_out: tuple[str, ...]) -> None:
    """A closed list holds the members of its concept scheme, no fewer and no others."""
    concepts = set(ONTOLOGY.subjects(SKOS.inScheme, URIRef(VOCABULARY + scheme)))
    left = {URIRef(f"{VOCABULARY}{scheme}/{code}") for code in left_out}
    assert left <= concepts
    assert set(_list(rule)) == concepts - left


def test_other_closed_lists() -> None:
    """The lists that are part of a scheme, of schemes, or of properties hold what is known."""
    kinds = set(ONTOLOGY.subjects(SKOS.inScheme, URIRef(VOCABULARY + "kind")))
    assert set(_list("law-kind")) < kinds
    schemes = set(ONTOLOGY.subjects(RDF.type, SKOS.ConceptScheme))
    assert set(_list("indicator-scheme")) < schemes
    for relation in _list("link-relation"):
        assert (relation, RDFS.label, None) in ONTOLOGY
    tested = {rule for rule, _, _ in WHOLE_LISTS}
    tested |= {"law-kind", "indicator-scheme", "link-relation"}
    assert {name_of(s) for s in GRAPH.subjects(SH["in"])} == tested


def _list(rule: str) -> list[Node]:
    members = GRAPH.value(URIRef(SHAPE + rule), SH["in"])
    assert members is not None
    found = list(Collection(GRAPH, members))
    assert len(found) == len(set(found))
    return found


def test_codes_are_iris() -> None:
    """No list or required value holds a plain text, which stores and validators tell apart."""
    for name in ("in", "hasValue"):
        for subject, value in GRAPH.subject_objects(SH[name]):
            values = Collection(GRAPH, value) if name == "in" else [value]
            assert not [v for v in values if isinstance(v, Literal)], subject


def test_core_only() -> None:
    """The shapes use the core of SHACL 1.0, which every validator has."""
    extensions = {SH.sparql, SH.rule, SH.js, SH.expression, SH.select, SH.ask}
    assert not extensions & set(GRAPH.predicates())


@pytest.mark.parametrize("bound", [SH.minCount, SH.maxCount, SH.minLength, SH.maxLength])
def test_bounds_are_numbers(bound: URIRef) -> None:
    """Counts and lengths are whole numbers that are not negative."""
    for value in GRAPH.objects(None, bound):
        assert isinstance(value, Literal)
        assert int(value) >= 0


def test_severities() -> None:
    """Most rules stop a publication; these only tell."""
    softer = {
        name_of(URIRef(iri)): rule.severity.value
        for iri, rule in shapes().rules.items()
        if rule.severity is not Severity.VIOLATION
    }
    assert softer == {
        "topic-missing": "Warning",
        "verbatim-cut": "Warning",
        "leaflet-law-missing": "Info",
        "plan-fiscal-year-missing": "Info",
    }
