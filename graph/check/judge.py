"""pySHACL's verdict on a dataset.

In: quads and the shapes. Out: the results graph of SHACL 3.6. pySHACL judges in-memory rdflib
graphs, with the ontology beside the data so that sh:class sees subclasses, and without any
inference of its own; what core SHACL cannot compute comes from `shapes/implied.rq` beforehand.
"""

import gc
import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files

import pyoxigraph as ox
from pyshacl import validate as pyshacl_validate
from rdflib import Graph

from graph.check.inference import construct
from graph.rdf.rdflib_terms import to_rdflib
from graph.rdf.vocab import read_package
from graph.schema.fast_shapes import WholeNames
from graph.schema.sheets import Shapes


def judge(quads: Iterable[ox.Quad], shapes: Shapes, beside: Iterable[ox.Quad] = ()) -> Graph:
    """Return pySHACL's results graph for `quads` with the ontology beside them.

    `beside` are quads that the data refers to. pySHACL sees them and judges them too; the caller
    drops these results.
    """
    data = list(quads)
    implied = (files("shapes") / "implied.rq").read_text(encoding="utf-8")
    with _quiet(), _uncollected():
        graph = to_rdflib([*data, *beside, *read_package("ontology"), *construct(data, implied)])
        graph.namespace_manager = WholeNames(graph)
        shapes.fast_shapes.prepare(graph)
        _, found, _ = pyshacl_validate(
            graph,
            shacl_graph=shapes.fast_shapes.graph,
            inference=None,
            advanced=False,
            inplace=True,
        )
    results: Graph = found
    shapes.fast_shapes.restore(results)
    return results


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from printing tracebacks about literals it cannot convert; findings name them."""
    logger = logging.getLogger("rdflib.term")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        logger.setLevel(before)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the collector of cycles: a fifth of the run was its looking through a growing graph."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
