"""The store of one release on a SPARQL 1.1 server, with the interface of the embedded one.

In: the addresses of a server that holds the release (`graph.store.remote_copies` loads it) and
SPARQL 1.1 queries. Out: answers in the formats of the SPARQL 1.1 Protocol, or terms for the pages.
Every query names the release's dataset, so that union, FROM and named graphs mean the same on every
server. Public names of graphs go in and come out (see `graph.store.release_names`).

It cannot follow a blank node from one query to the next (loading refuses blank nodes). The formats
are the server's own: its Turtle does not have our prefixes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

import pyoxigraph as ox

from graph.errors import QueryError
from graph.rdf.vocab import Term
from graph.sparql.guard import shape
from graph.store.embedded import Answer, Solution, format_named
from graph.store.query_rewrite import Rewritten, rewrite
from graph.store.release_names import ReleaseGraphs
from graph.store.sparql_http import Address, send

#: Subjects in one query. Some servers refuse the long query that more subjects would make.
_BATCH = 200
_RESULTS = format_named("json").content_type
_TRIPLES = format_named("nt").content_type
_BOOLEAN = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
_NUMBERS = {"0": ox.Literal(False), "1": ox.Literal(True)}

T = TypeVar("T")


class RemoteStore:
    """One release on a server. Safe to share between threads: it holds no connection."""

    def __init__(
        self,
        address: Address,
        graphs: ReleaseGraphs,
        prefixes: Mapping[str, str],
        timeout_s: float = 10.0,
    ) -> None:
        """Take the server's query address; `prefixes` are declared for every query.

        No request is sent yet. `timeout_s` limits each query.
        """
        self._address = address
        self._graphs = graphs
        self._prefixes = dict(prefixes)
        self._timeout_s = timeout_s

    def query(
        self,
        text: str,
        accept: str,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        substitutions: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer a trusted query in the format named `accept`; the whole answer is in memory.

        Raises QuerySyntax, QueryTimeout, StoreUnavailable, and QueryError for a query that the
        server cannot evaluate or write.
        """
        check_form(text, accept)
        media_type = format_named(accept).content_type
        query = self._rewrite(text, default_graphs, named_graphs, substitutions)
        body = self._read(query, media_type)
        return Answer(media_type, iter([body] if body else []), len(body))

    def select(self, text: str, **bindings: Term) -> list[Solution]:
        """Return the solutions of a trusted SELECT, with variables bound to terms beforehand."""
        if shape(text).form != "SELECT":
            raise QueryError("this query is not a SELECT")
        return self.solutions(self._rewrite(text, None, None, bindings))

    def construct(self, text: str, **bindings: Term) -> list[ox.Triple]:
        """Return the triples of a trusted CONSTRUCT or DESCRIBE."""
        if shape(text).form not in ("CONSTRUCT", "DESCRIBE"):
            raise QueryError("this query is neither CONSTRUCT nor DESCRIBE")
        body = self._read(self._rewrite(text, None, None, bindings), _TRIPLES)
        return [quad.triple for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)]

    def ask(self, text: str, **bindings: Term) -> bool:
        """Return the answer of a trusted ASK."""
        if shape(text).form != "ASK":
            raise QueryError("this query is not an ASK")
        result = _parsed(self._read(self._rewrite(text, None, None, bindings), _RESULTS))
        if isinstance(result, ox.QueryBoolean):
            return bool(result)
        return any(value != ox.Literal(0) for row in result for value in row)  # Virtuoso gives rows

    def quads_for(
        self,
        subject: ox.NamedNode | ox.BlankNode | ox.Triple | None = None,
        predicate: ox.NamedNode | None = None,
        object: Term | None = None,
        graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None = None,
    ) -> list[ox.Quad]:
        """Return the quads that match; None matches everything, a blank node nothing."""
        if isinstance(subject, ox.BlankNode) or isinstance(graph, ox.BlankNode | ox.DefaultGraph):
            return []
        given = {"s": subject, "p": predicate, "o": object, "g": graph}
        bound = {name: term for name, term in given.items() if term is not None}
        query = self._rewrite(self._every_graph(), None, None, bound)
        rows = self.solutions(Rewritten(query.text, (), (), query.lines_before))
        return [quad for quad in map(_quad, rows) if self._is_ours(quad)]

    def triples_about(
        self, subjects: Iterable[ox.NamedNode], predicates: Iterable[ox.NamedNode]
    ) -> list[ox.Triple]:
        """Return what is said of these subjects by these predicates, each triple once."""
        asked = _values("p", map(self._graphs.rename, dict.fromkeys(predicates)))
        found: dict[ox.Triple, None] = {}
        for batch in _batches(map(self._graphs.rename, dict.fromkeys(subjects)), _BATCH):
            text = f"SELECT ?s ?p ?o {{ {_values('s', batch)} {asked} ?s ?p ?o }}"
            rows = self.solutions(Rewritten(text, (self._graphs.union,), (), 0))
            found |= dict.fromkeys(_quad(row).triple for row in rows)
        return list(found)

    def named_graphs(self) -> list[ox.NamedNode | ox.BlankNode]:
        """Return the names of the release's graphs."""
        return [ox.NamedNode(name) for name in self._graphs.names]

    def solutions(self, query: Rewritten) -> list[Solution]:
        """Return the solutions of a SELECT whose graphs are named as on the server."""
        result = _parsed(self._read(query, _RESULTS))
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("this query is not a SELECT")
        names = [variable.value for variable in result.variables]
        return [
            {
                name: _canonical(term)
                for name, term in zip(names, row, strict=True)
                if term is not None
            }
            for row in result
        ]

    def _every_graph(self) -> str:
        """Return a query over the release's graphs that need not list them: there may be many."""
        suffix = ox.Literal(self._graphs.suffix)
        return (
            f"SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRENDS(STR(?g), {suffix})) }}"
        )

    def _is_ours(self, quad: ox.Quad) -> bool:
        name = quad.graph_name
        return isinstance(name, ox.NamedNode) and self._graphs.holds(name.value)

    def _rewrite(
        self,
        text: str,
        default_graphs: Sequence[str] | None,
        named_graphs: Sequence[str] | None,
        bindings: Mapping[str, Term] | None,
    ) -> Rewritten:
        return rewrite(text, self._graphs, self._prefixes, default_graphs, named_graphs, bindings)

    def _read(self, query: Rewritten, media_type: str) -> bytes:
        plain = media_type.partition(";")[0]
        reply = send(self._address, query, plain, self._timeout_s, self._timeout_s)
        try:
            if reply.media_type != plain:
                raise QueryError(f"asked for {plain}, the SPARQL server wrote {reply.media_type}")
            return b"".join(self._graphs.restore(reply))
        finally:
            reply.close()


def check_form(text: str, accept: str) -> None:
    """Raise QueryError where this form of query has no answer in the format named `accept`."""
    is_graph = shape(text).form in ("CONSTRUCT", "DESCRIBE")
    if format_named(accept).is_graph == is_graph:
        return
    if is_graph:
        raise QueryError("CONSTRUCT and DESCRIBE give a graph: ask for an RDF format")
    raise QueryError("SELECT and ASK give no graph: ask for JSON, XML, CSV or TSV")


def _parsed(body: bytes) -> ox.QuerySolutions | ox.QueryBoolean:
    try:
        return ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the SPARQL server's answer cannot be read: {error}") from error


def _canonical(term: Term) -> Term:
    """Return a boolean in its canonical form: Virtuoso's JSON has 0 and 1."""
    if isinstance(term, ox.Literal) and term.datatype == _BOOLEAN:
        return _NUMBERS.get(term.value, term)
    return term


def _quad(row: Solution) -> ox.Quad:
    return ox.Quad(row["s"], row["p"], row["o"], row.get("g"))  # type: ignore[arg-type]


def _values(name: str, terms: Iterable[Term]) -> str:
    """Return VALUES (SPARQL 1.1 section 10.2.2) with terms as N-Triples writes them."""
    return f"VALUES ?{name} {{ {' '.join(map(str, terms))} }}"


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
