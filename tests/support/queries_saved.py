"""What the tests of graph.queries.saved share."""

import pyoxigraph as ox
import pytest

from graph.queries.saved import find_query, run, saved_queries
from graph.rdf.vocab import Term
from graph.store.embedded import EmbeddedStore
from publish.config import Config

BASE = Config.base

QUERIES = saved_queries(BASE)

EVERY = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)

Rows = list[tuple[str, ...]]


def answer(store: EmbeddedStore, name: str, columns: str, **values: str) -> Rows:
    """Return some columns of an answer: things by their keys, nothing as an empty string."""
    found = run(find_query(QUERIES, name), store, values)
    return [tuple(show(row.get(column)) for column in columns.split()) for row in found]


def show(value: Term | None) -> str:
    """Return the key of a thing or the words of a literal."""
    if isinstance(value, ox.NamedNode):
        return value.value.rpartition("/")[2]
    return value.value if isinstance(value, ox.Literal) else ""
