"""The interface of a store: what pages and queries may ask of a release.

`graph.store.embedded.EmbeddedStore` and `graph.store.remote.RemoteStore` have it. A store holds one
release and never changes. Its language is SPARQL 1.1 Query; it returns pyoxigraph's terms, triples
and quads. `tests/graph/store/contract/` runs the same cases on both.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import pyoxigraph as ox

from graph.rdf.vocab import Term
from graph.store.embedded import Answer, Solution


class Store(Protocol):
    """One release, to be read. Safe to share between threads; queries here are trusted ones."""

    def query(
        self,
        text: str,
        accept: str,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        substitutions: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer in the format named `accept` (see `graph.store.embedded.format_named`).

        A dataset given here replaces FROM (SPARQL 1.1 Protocol section 2.1.4); where neither names
        one, the default graph is the union of all graphs. Raises QuerySyntax and QueryError.
        """

    def select(self, text: str, **bindings: Term) -> list[Solution]:
        """Return the solutions of a SELECT, with variables bound to terms beforehand.

        A bound variable must be selected. A triple that stands in two graphs may give a row twice
        (Oxigraph's union is no merge): ask for DISTINCT where it matters.
        """

    def construct(self, text: str, **bindings: Term) -> list[ox.Triple]:
        """Return the triples of a CONSTRUCT or DESCRIBE."""

    def ask(self, text: str, **bindings: Term) -> bool:
        """Return the answer of an ASK."""

    def quads_for(
        self,
        subject: ox.NamedNode | ox.BlankNode | ox.Triple | None = None,
        predicate: ox.NamedNode | None = None,
        object: Term | None = None,
        graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None = None,
    ) -> list[ox.Quad]:
        """Return the quads that match; None matches everything."""

    def triples_about(
        self, subjects: Iterable[ox.NamedNode], predicates: Iterable[ox.NamedNode]
    ) -> list[ox.Triple]:
        """Return what is said of these subjects by these predicates, each triple once.

        It takes many subjects at once, so that a remote store needs few requests.
        """

    def named_graphs(self) -> list[ox.NamedNode | ox.BlankNode]:
        """Return the names of the graphs."""
