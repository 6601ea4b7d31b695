"""Inferred triples: small CONSTRUCT queries, run once when a release is made.

In: the loaded quads. Out: new triples. The results of the rules in `graph/check/rules/` are
published in a graph of their own, `{base}/graph/inferred`; those of `shapes/implied.rq` serve
validation only. The rules run in the store's SPARQL engine, never as inference inside pySHACL,
which takes hundreds of times longer.
"""

from collections.abc import Iterable
from importlib.resources import files

import pyoxigraph as ox

from graph.rdf.iris import INFERRED, graph_iri


def construct(quads: Iterable[ox.Quad], query: str) -> set[ox.Triple]:
    """Return the triples that a CONSTRUCT `query` makes of the union of all graphs in `quads`."""
    store = ox.Store()
    store.bulk_extend(quads)
    return _run(store, query)


def infer(quads: Iterable[ox.Quad], base: str) -> list[ox.Quad]:
    """Return what the published rules add to `quads`, in the graph of inferred triples."""
    store = ox.Store()
    store.bulk_extend(quads)
    graph = ox.NamedNode(graph_iri(base, INFERRED))
    found: set[ox.Triple] = set()
    for rule in sorted((files("graph.check") / "rules").iterdir(), key=lambda f: f.name):
        found |= _run(store, rule.read_text(encoding="utf-8"))
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in found]


def _run(store: ox.Store, query: str) -> set[ox.Triple]:
    result = store.query(query, use_default_graph_as_union=True)
    assert isinstance(result, ox.QueryTriples)  # our own queries all construct
    return set(result)
