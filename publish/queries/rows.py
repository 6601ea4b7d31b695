"""An answer of the query workers, as rows of terms for a page.

In: a query for the workers. Out: `Rows`, cut where there are too many for a page, or a truth value,
or text. A page says that it is cut; the whole answer is there as CSV or JSON.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.describe.overview import name_things
from graph.rdf.facts import Facts
from graph.rdf.vocab import Term
from graph.store.interface import Store
from publish.engine.worker import EngineQuery
from publish.sparql.endpoint import Engine

MAX_ROWS = 500
MAX_BYTES = 2_000_000


@dataclass(frozen=True)
class Rows:
    """The first rows of an answer; `is_cut` where there are more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    is_cut: bool


def read_rows(engine: Engine, query: EngineQuery) -> Rows | bool:
    """Return what a SELECT or an ASK answers. Raises what the engine raises."""
    text, is_cut = read_text(engine, replace(query, format="json"))
    results = ox.parse_query_results(text, ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    columns = tuple(variable.value for variable in results.variables)
    rows: list[tuple[Term | None, ...]] = []
    try:
        for solution in results:
            if len(rows) == MAX_ROWS:
                return Rows(columns, tuple(rows), True)
            rows.append(tuple(solution))
    except SyntaxError:
        if not is_cut:
            raise
    return Rows(columns, tuple(rows), is_cut)


def read_text(engine: Engine, query: EngineQuery) -> tuple[bytes, bool]:
    """Return an answer's bytes, and whether it was too long for a page and is cut."""
    answer = engine.query(query)
    taken = bytearray()
    for block in answer.chunks:
        taken += block
        if len(taken) > MAX_BYTES:
            close = getattr(answer.chunks, "close", None)
            if close:
                close()
            return bytes(taken), True
    return bytes(taken), False


def name_terms(store: Store, rows: Iterable[Iterable[Term | None]]) -> Facts:
    """Return what the things in these rows are called."""
    things = {value for row in rows for value in row if isinstance(value, ox.NamedNode)}
    return name_things(store, things)
