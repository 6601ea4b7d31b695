"""The queries of our own pages and indexes, by name.

In: the `.rq` files of `graph/queries/internal/`. Out: their texts.
"""

from functools import cache
from importlib.resources import files


@cache
def internal_query(name: str) -> str:
    """Return the text of one of our own queries."""
    return (files("graph") / "queries" / "internal" / f"{name}.rq").read_text(encoding="utf-8")
