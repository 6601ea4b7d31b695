"""What the tests of graph.schema.shapes share."""

from rdflib.term import Node

from graph.rdf.vocab import SHAPE
from support.cases import shapes

GRAPH = shapes().graph


def name_of(node: Node) -> str:
    """Return the name of a shape."""
    return str(node).removeprefix(SHAPE)
