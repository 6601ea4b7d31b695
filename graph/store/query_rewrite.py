"""A query as it is sent to a server: its dataset beside it, its prefixes and bound terms in it.

In: a query for the embedded store, and the graphs of a release. Out: the text and the dataset for a
server that does not know our prefixes and holds other releases too. The text is not parsed, only
cut into tokens (`graph.sparql.tokens`), and tokens are replaced in place.

- FROM and FROM NAMED leave the text and become the dataset of the protocol, which wins over them on
  every server (SPARQL 1.1 Protocol section 2.1.4), unless the request named one.
- The names of graphs become those of the release (see `graph.store.release_names`).
- Prefixes that are used and not declared are declared, on a line of their own.
- Bound terms stand as VALUES at the head of the outermost group, where every server's planner
  begins with them; at the end of the query they would be joined after grouping.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urljoin

import pyoxigraph as ox

from graph.errors import QueryError
from graph.rdf.vocab import Term
from graph.sparql.tokens import Token, syntax_error, tokens
from graph.store.release_names import NOWHERE, ReleaseGraphs

_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True)
class Rewritten:
    """A query to send. `lines_before` counts the lines that were added before the original text.

    `named_graphs` is empty where the query has no GRAPH, so that they need not be named.
    """

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    lines_before: int


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def rewrite(
    text: str,
    graphs: ReleaseGraphs,
    prefixes: Mapping[str, str],
    default_graphs: Sequence[str] | None = None,
    named_graphs: Sequence[str] | None = None,
    bindings: Mapping[str, Term] | None = None,
) -> Rewritten:
    """Return the query for a server. The arguments are those of `EmbeddedStore.write`.

    Raises QuerySyntax for a text that is no SPARQL token, and QueryError for a term that cannot be
    bound or a name that is no graph.
    """
    found = list(tokens(text))
    names = _Names(text, found, prefixes)
    clauses = list(_from_clauses(text, found))
    edits = [_blank(text, first.offset, _end(name)) for first, name, _ in clauses]
    in_from = {name.offset for _, name, _ in clauses}
    edits += _renamed(found, names, graphs, in_from)
    edits += _bound(text, found, graphs, bindings or {})
    if default_graphs is None and named_graphs is None and clauses:
        default_graphs = [names.iri(name) for _, name, is_named in clauses if not is_named]
        named_graphs = [names.iri(name) for _, name, is_named in clauses if is_named]
    head = _declarations(found, names, prefixes)
    first = _after_base(found)  # Virtuoso takes no PREFIX before it
    if head:
        head = f" {head}" if first else f"{head}\n"
        edits.append(_Edit(first, first, head))
    return Rewritten(
        _apply(text, edits),
        *_dataset(graphs, default_graphs, named_graphs, _has_graph(found)),
        lines_before=head.count("\n"),
    )


def _dataset(
    graphs: ReleaseGraphs,
    default_graphs: Sequence[str] | None,
    named_graphs: Sequence[str] | None,
    has_graph: bool,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the dataset on the server; if none was named, the union and every graph."""
    for name in (*(default_graphs or ()), *(named_graphs or ())):
        _check_absolute(name)
    nobody_named = default_graphs is None and named_graphs is None
    default = [graphs.union] if nobody_named else graphs.listed(default_graphs or ())
    named = graphs.listed(graphs.names if nobody_named else named_graphs or ())
    return tuple(default), tuple(named) if has_graph else ()


def _check_absolute(name: str) -> None:
    try:
        ox.NamedNode(name)
    except ValueError as error:
        raise QueryError(f"a graph must be named by an absolute IRI: {error}") from error


class _Names:
    """What the IRIs and prefixed names of a query stand for, SPARQL 1.1 section 4.1.1."""

    def __init__(self, text: str, found: Sequence[Token], prefixes: Mapping[str, str]) -> None:
        self.base = ""
        self.declared: dict[str, str] = {}
        self.in_prologue: set[int] = set()
        self._prefixes = prefixes
        for before, token in pairwise([Token("", "", 0), *found]):
            if token.kind == "iri" and before.text.upper() == "BASE":
                self.base = self.iri(token)
                self.in_prologue.add(token.offset)
        for word, name, token in zip(found, found[1:], found[2:], strict=False):
            if word.text.upper() == "PREFIX" and name.kind == "name" and token.kind == "iri":
                self.declared[name.text[:-1]] = self.iri(token)
                self.in_prologue |= {name.offset, token.offset}

    def iri(self, token: Token) -> str:
        """Return the IRI that a token stands for, or an empty text for an undeclared prefix."""
        if token.kind == "iri":
            plain = _UNICODE.sub(lambda m: chr(int(m[1] or m[2], 16)), token.text[1:-1])
            return urljoin(self.base, plain) if self.base else plain
        prefix, _, local = token.text.partition(":")
        namespace = self.declared.get(prefix, self._prefixes.get(prefix))
        return "" if namespace is None else namespace + re.sub(r"\\(.)", r"\1", local)

    def is_used(self, token: Token) -> bool:
        """Tell whether the token stands for an IRI outside the prologue."""
        return token.kind in ("iri", "name") and token.offset not in self.in_prologue


def _from_clauses(text: str, found: Sequence[Token]) -> Iterator[tuple[Token, Token, bool]]:
    """Yield each FROM as its first token, the name of the graph, and whether it is NAMED.

    The embedded engine accepts some keywords without a space after them; other servers do not.
    """
    for index, token in enumerate(found):
        glued = token.kind == "name" and token.text.partition(":")[0].upper() in ("FROM", "GRAPH")
        if token.text.upper() == "FROMNAMED" or (glued and not _is_declared(found, token)):
            raise syntax_error(text, token.offset, f"put a space into {token.text[:40]!r}")
        if token.kind == "word" and token.text.upper() == "FROM":
            rest = found[index + 1 : index + 3]
            is_named = bool(rest) and rest[0].text.upper() == "NAMED"
            name = rest[is_named] if len(rest) > is_named else token
            if name.kind in ("iri", "name"):
                yield token, name, is_named


def _is_declared(found: Sequence[Token], token: Token) -> bool:
    prefix = token.text.partition(":")[0] + ":"
    return any(a.text.upper() == "PREFIX" and b.text == prefix for a, b in pairwise(found))


def _renamed(
    found: Sequence[Token], names: _Names, graphs: ReleaseGraphs, in_from: set[int]
) -> Iterator[_Edit]:
    """Yield the names of graphs as they are on the server; GRAPH reaches no other release's."""
    for before, token in pairwise([Token("", "", 0), *found]):
        if not names.is_used(token) or token.offset in in_from:
            continue
        name = names.iri(token)
        if graphs.holds(name):
            yield _Edit(token.offset, _end(token), f"<{graphs.inside(name)}>")
        elif before.text.upper() == "GRAPH" and name:
            yield _Edit(token.offset, _end(token), f"<{NOWHERE}>")


def _bound(
    text: str, found: Sequence[Token], graphs: ReleaseGraphs, bindings: Mapping[str, Term]
) -> Iterator[_Edit]:
    """Yield VALUES (section 10.2.2) with the terms, as N-Triples writes them."""
    if not bindings:
        return
    if any(isinstance(term, ox.BlankNode) for term in bindings.values()):
        raise QueryError("a blank node has no name that a server knows")
    variables = " ".join(f"?{name}" for name in bindings)
    terms = " ".join(str(graphs.rename(term)) for term in bindings.values())
    values = f" VALUES ({variables}) {{ ({terms}) }}"
    yield from _into_group(text, found, values)


def _into_group(text: str, found: Sequence[Token], values: str) -> Iterator[_Edit]:
    """Yield the edits that put `values` at the head of the outermost group of WHERE."""
    opening = [t for t, depth in _with_depth(found) if t.text == "{" and depth == 0]
    construct = next((i for i, t in enumerate(found) if t.text.upper() == "CONSTRUCT"), None)
    if construct is not None and found[construct + 1 : construct + 2] != opening[:1]:
        # The short form, section 16.2.4: its pattern is its template and takes no VALUES.
        closing = [t for t, depth in _with_depth(found) if t.text == "}" and depth == 0]
        group = text[opening[0].offset : _end(closing[0])] if opening and closing else ""
        yield _Edit(_end(found[construct]), _end(found[construct]), f" {group} ")
    elif construct is not None:
        opening = opening[1:]
    if not opening:
        raise QueryError("this query has no WHERE to bind variables in")
    yield _Edit(_end(opening[0]), _end(opening[0]), values)


def _with_depth(found: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Yield each token with how many brackets are open before it."""
    depth = 0
    for token in found:
        depth -= token.text in ("}", ")", "]")
        yield token, depth
        depth += token.text in ("{", "(", "[")


def _declarations(found: Sequence[Token], names: _Names, prefixes: Mapping[str, str]) -> str:
    used = {t.text.partition(":")[0] for t in found if t.kind == "name" and names.is_used(t)}
    missing = sorted(used & prefixes.keys() - names.declared.keys())
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in missing)


def _after_base(found: Sequence[Token]) -> int:
    """Return where the first BASE ends, where the query begins with one."""
    has_base = len(found) > 1 and found[0].text.upper() == "BASE"
    return _end(found[1]) if has_base else 0


def _has_graph(found: Sequence[Token]) -> bool:
    return any(t.kind == "word" and t.text.upper() == "GRAPH" for t in found)


def _blank(text: str, start: int, end: int) -> _Edit:
    """Return an edit that blanks a part, so that the rest keeps its line and column."""
    return _Edit(start, end, re.sub(r"[^\n]", " ", text[start:end]))


def _end(token: Token) -> int:
    return token.offset + len(token.text)


def _apply(text: str, edits: Sequence[_Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
