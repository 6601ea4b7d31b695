"""The store of one release, read only, and the evaluation of a query on it.

In: the folder of a release's store and SPARQL 1.1 queries. Out: answers in the formats of the
SPARQL 1.1 Protocol (section 2.1.6), or terms for the pages. The same `write` serves the trusted
queries of the pages, in process, and the public ones, in the workers of `publish.engine.pool`.

pyoxigraph is pinned, since two programs that read one store must agree on its file format. A
missing folder must never be opened for writing, since that silently makes an empty store. Result
objects may not leave their thread, since the process would abort: only terms and bytes do.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import IO, TypeAlias

import pyoxigraph as ox

from graph.errors import QueryError, ReleaseDamaged
from graph.rdf.formats import ANSWERS, FORMATS, Format
from graph.rdf.vocab import Term
from graph.sparql.guard import shape
from graph.sparql.syntax_errors import explain

Solution: TypeAlias = Mapping[str, Term]  # an unbound variable is not in it

BLOCK_BYTES = 64 * 1024
_MOST_KNOWN = 8192  # results of `_look_up` that are cached, about a kilobyte each
# `_look_up` asks for at most `_FEW` predicates one by one. For more it reads all triples of the
# subject, unless there are `_MOST_READ` or more: a heavily linked resource has very many.
_FEW, _MOST_READ = 4, 96


@dataclass(frozen=True)
class Answer:
    """A serialised result: its Content-Type and its bytes, in blocks, to be read once.

    `size_bytes` is None where the whole is not known yet; reading `chunks` may then raise.
    """

    media_type: str
    chunks: Iterator[bytes]
    size_bytes: int | None = None


def format_named(name: str) -> Format:
    """Return the format called json, xml, csv or tsv (results), ttl, nt, jsonld or rdf (graphs).

    Raises QueryError for any other name.
    """
    if name not in ANSWERS:
        raise QueryError(f"there is no result format {name!r}")
    return FORMATS[name]


class EmbeddedStore:
    """One release's store. Safe to share between threads; answers are computed in the caller's."""

    def __init__(self, path: Path, prefixes: Mapping[str, str]) -> None:
        """Open the store in `path`; `prefixes` are declared for every query and used in Turtle.

        Raises ReleaseDamaged when there is no store or it cannot be read.
        """
        self._prefixes = dict(prefixes)
        if not (path / "CURRENT").is_file():
            raise ReleaseDamaged(f"{path} holds no store; publish the release again")
        try:
            self._store = ox.Store.read_only(str(path))
        except OSError as error:
            raise ReleaseDamaged(f"the store in {path} cannot be read: {error}") from error
        # Most pages show the same laws, topics, kinds and properties. A release never changes.
        self._said = lru_cache(maxsize=_MOST_KNOWN)(partial(_look_up, self._store))

    def query(
        self,
        text: str,
        accept: str,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        substitutions: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer a trusted query in the format named `accept`; the whole answer is in memory.

        The arguments and the exceptions are those of `write`.
        """
        out = io.BytesIO()
        self.write(out, text, accept, default_graphs, named_graphs, substitutions)
        size = out.tell()
        out.seek(0)
        blocks = iter(lambda: out.read(BLOCK_BYTES), b"")
        return Answer(format_named(accept).content_type, blocks, size)

    def write(
        self,
        out: IO[bytes],
        text: str,
        accept: str,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        substitutions: Mapping[str, Term] | None = None,
    ) -> None:
        """Evaluate a query and write its result to `out` as it comes.

        A dataset given here replaces FROM (SPARQL 1.1 Protocol section 2.1.4); where neither names
        one, the default graph is the union of all graphs. Raises QuerySyntax, and QueryError for
        what cannot be evaluated or written in that format.
        """
        target = format_named(accept)
        try:
            result = self._evaluate(text, default_graphs, named_graphs, substitutions)
            self._serialize(result, out, target)
        except SyntaxError as error:
            raise explain(text, str(error), self._prefixes) from error
        except (RuntimeError, ValueError) as error:
            raise QueryError(str(error)) from error

    def select(self, text: str, **bindings: Term) -> list[Solution]:
        """Return the solutions of a trusted SELECT, with variables bound to terms beforehand."""
        result = self._evaluate(text, None, None, bindings)
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("this query is not a SELECT")
        names = [variable.value for variable in result.variables]
        return [
            {name: term for name, term in zip(names, solution, strict=True) if term is not None}
            for solution in result
        ]

    def construct(self, text: str, **bindings: Term) -> list[ox.Triple]:
        """Return the triples of a trusted CONSTRUCT or DESCRIBE."""
        result = self._evaluate(text, None, None, bindings)
        if not isinstance(result, ox.QueryTriples):
            raise QueryError("this query is neither CONSTRUCT nor DESCRIBE")
        return list(result)

    def ask(self, text: str, **bindings: Term) -> bool:
        """Return the answer of a trusted ASK."""
        result = self._evaluate(text, None, None, bindings)
        if not isinstance(result, ox.QueryBoolean):
            raise QueryError("this query is not an ASK")
        return bool(result)

    def quads_for(
        self,
        subject: ox.NamedNode | ox.BlankNode | ox.Triple | None = None,
        predicate: ox.NamedNode | None = None,
        object: Term | None = None,
        graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None = None,
    ) -> list[ox.Quad]:
        """Return the quads that match; None matches everything."""
        return list(self._store.quads_for_pattern(subject, predicate, object, graph))

    def triples_about(
        self, subjects: Iterable[ox.NamedNode], predicates: Iterable[ox.NamedNode]
    ) -> list[ox.Triple]:
        """Return what is said of these subjects by these predicates, each triple once."""
        asked = frozenset(predicates)
        found = (self._said(subject, asked) for subject in dict.fromkeys(subjects))
        return list(chain.from_iterable(found))

    def named_graphs(self) -> list[ox.NamedNode | ox.BlankNode]:
        """Return the names of the store's graphs."""
        return list(self._store.named_graphs())

    def _evaluate(
        self,
        text: str,
        default_graphs: Sequence[str] | None,
        named_graphs: Sequence[str] | None,
        substitutions: Mapping[str, Term] | None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        protocol_dataset = default_graphs is not None or named_graphs is not None
        bound = {ox.Variable(name): term for name, term in (substitutions or {}).items()}
        return self._store.query(
            text,
            prefixes=self._used(text),
            # The flag overrides FROM, so it is set only where no dataset is named.
            use_default_graph_as_union=not protocol_dataset and not _names_dataset(text),
            default_graph=[*_nodes(default_graphs)] if protocol_dataset else None,
            named_graphs=[*_nodes(named_graphs)] if protocol_dataset else None,
            substitutions=bound or None,
        )

    def _used(self, text: str) -> dict[str, str]:
        """Return the prefixes that a query may use; passing all takes longer than a small query."""
        if "\\" in text:  # a letter may be written by its number
            return self._prefixes
        return {name: iri for name, iri in self._prefixes.items() if f"{name}:" in text}

    def _serialize(
        self,
        result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
        out: IO[bytes],
        target: Format,
    ) -> None:
        if isinstance(result, ox.QueryTriples):
            if not target.is_graph:
                raise QueryError("CONSTRUCT and DESCRIBE give a graph: ask for an RDF format")
            ox.serialize(result, out, target.rdf, prefixes=self._prefixes)
        elif target.is_graph:
            raise QueryError("SELECT and ASK give no graph: ask for JSON, XML, CSV or TSV")
        else:
            result.serialize(out, target.rows)


def _look_up(
    store: ox.Store, subject: ox.NamedNode, predicates: frozenset[ox.NamedNode]
) -> tuple[ox.Triple, ...]:
    """Return what is said of a subject by these predicates, each triple once.

    A few predicates are looked up one by one. For more predicates all triples of the subject are
    read, which costs less unless there are very many.
    """
    found = store.quads_for_pattern
    if len(predicates) > _FEW:
        read = list(islice(found(subject, None, None), _MOST_READ))
        if len(read) < _MOST_READ:
            return tuple(dict.fromkeys(q.triple for q in read if q.predicate in predicates))
    quads = chain.from_iterable(found(subject, p, None) for p in sorted(predicates, key=str))
    return tuple(dict.fromkeys(quad.triple for quad in quads))


def read_term(text: str) -> Term:
    """Return the term that N-Triples writes so; `str(term)` is the way back.

    Raises QueryError for anything but one whole term.

    >>> read_term('"กขค"@th')
    <Literal value=กขค language=th>
    """
    try:
        (quad,) = list(ox.parse(f"<x:s> <x:p> {text} .", ox.RdfFormat.N_TRIPLES))
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"{text!r} is no RDF term") from error
    found: Term = quad.object
    return found


def _names_dataset(text: str) -> bool:
    """Tell whether the query has FROM; cut into tokens only where the letters occur at all."""
    return "FROM" in text.upper() and shape(text).names_dataset


def _nodes(graphs: Sequence[str] | None) -> list[ox.NamedNode]:
    """Return graph names as terms; raises QueryError for a name that is no absolute IRI."""
    try:
        return [ox.NamedNode(graph) for graph in graphs or ()]
    except ValueError as error:
        raise QueryError(f"a graph must be named by an absolute IRI: {error}") from error
