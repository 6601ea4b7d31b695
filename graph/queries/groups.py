"""The saved queries as a collection, grouped as the list page shows them.

In: `graph/queries/groups.ttl`, whose IRIs are relative to `{base}/queries/`, and the queries. Out:
a `Collection`, and the whole as triples: a schema:Collection whose groups hold the questions.
"""

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import pyoxigraph as ox

from graph.errors import QueryError
from graph.findings import Text
from graph.queries.parameters import read_text
from graph.queries.saved import SavedQuery, as_rdf, find_query, saved_queries
from graph.rdf.facts import gather


@dataclass(frozen=True)
class QueryGroup:
    """Questions that belong together; `id` is the fragment of its IRI."""

    id: str
    title: Text
    queries: tuple[SavedQuery, ...]


@dataclass(frozen=True)
class Collection:
    """All saved queries of a site. `iri` is the page that lists them."""

    base: str
    title: Text
    description: Text
    groups: tuple[QueryGroup, ...]
    metadata: tuple[ox.Triple, ...]

    @property
    def iri(self) -> str:
        """What the collection is called, and where it is listed."""
        return f"{self.base}/queries"

    @cached_property
    def queries(self) -> tuple[SavedQuery, ...]:
        """Every query, in the order of the groups."""
        return tuple(query for group in self.groups for query in group.queries)

    @cached_property
    def triples(self) -> tuple[ox.Triple, ...]:
        """The collection, its groups and its queries."""
        return (*self.metadata, *as_rdf(self.queries, self.base))

    def find(self, name: str) -> SavedQuery | None:
        """Return the query of that name, if there is one."""
        return next((query for query in self.queries if query.name == name), None)

    def about(self, query: SavedQuery) -> tuple[ox.Triple, ...]:
        """Return what is said of one query, and where it belongs."""
        node = ox.NamedNode(query.iri)
        belongs = tuple(t for t in self.metadata if t.object == node)
        return (*as_rdf([query], self.base), *belongs)


def read_collection(base: str) -> Collection:
    """Return the collection; `base` is the beginning of every IRI of the data.

    Raises QueryError where a query stands in no group, or in two.
    """
    text = (files("graph") / "queries" / "groups.ttl").read_text(encoding="utf-8")
    triples = ox.parse(text, ox.RdfFormat.TURTLE, base_iri=f"{base}/queries/groups")
    metadata = tuple(quad.triple for quad in triples)
    facts, whole = gather(metadata), ox.NamedNode(f"{base}/queries")
    queries = saved_queries(base)
    groups = tuple(
        QueryGroup(
            group.value.partition("#")[2],
            read_text(facts, group, "rdfs:label"),
            tuple(
                find_query(queries, part.value.rpartition("/")[2])
                for part in facts.values(group, "dct:hasPart")
                if isinstance(part, ox.NamedNode)
            ),
        )
        for group in facts.values(whole, "dct:hasPart")
        if isinstance(group, ox.NamedNode)
    )
    placed = sorted(query.number for group in groups for query in group.queries)
    if placed != sorted(query.number for query in queries):
        raise QueryError("groups.ttl: each saved query stands in one group")
    title, description = (read_text(facts, whole, n) for n in ("rdfs:label", "dct:description"))
    return Collection(base, title, description, groups, metadata)
