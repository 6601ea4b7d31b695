"""Rejects queries before a worker sees them: SERVICE, updates, deep nesting, oversize text.

In: the text of a query. Out: its form, or a QueryError. The text is not parsed, only cut into the
terminals of SPARQL 1.1 (section 19.8), in one pass. Where the engine departs from the grammar, the
guard reads as the engine does: the engine takes keywords without a space after them
(`SERVICEex:a{}`), and `<` as an operator where an IRI's prefix or scheme is invalid.

Deep nesting overflows the engine's stack, and SERVICE leaves the machine. Workers survive the first
(each has a bigger stack and its own process) and cannot do the second (they have no sockets). Both
lines of defence are kept.
"""

import re
from dataclasses import dataclass
from typing import Literal

from graph.errors import QueryRefused, QuerySyntax, QueryTooComplex
from graph.sparql.tokens import Token, syntax_error, tokens

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]


_FORMS: dict[str, Form] = {
    "SELECT": "SELECT",
    "ASK": "ASK",
    "CONSTRUCT": "CONSTRUCT",
    "DESCRIBE": "DESCRIBE",
}
_BEGINS = re.compile(
    r"(?:\s|#[^\r\n]*+|PREFIX\s++[\w.-]*+:\s*+<[^<>\s]*+>|BASE\s++<[^<>\s]*+>)*+"
    r"(SELECT|ASK|CONSTRUCT|DESCRIBE)\b",
    re.IGNORECASE | re.ASCII,
)
_UPDATES = frozenset(
    ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]
)
_OPENING = frozenset(["{", "(", "[", "<<", "<<(", "{|"])
_CLOSING = frozenset(["}", ")", "]", ">>", ")>>", "|}"])
_OPERATORS = frozenset(
    ["&&", "||", "^^", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "|", "!", "^"]
)
_OPERANDS = frozenset(["string", "iri", "name", "word", "variable", "tag", "number"])
_AUTHORITY = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*+://")


@dataclass(frozen=True)
class QueryLimits:
    """The largest query that is accepted; the defaults accept all of the W3C test suites.

    A worker's stack was measured to carry `size_bytes` of any bracket but braces and calls
    (`publish.engine.worker`); `nesting` and `groups` limit those.
    """

    size_bytes: int = 64 * 1024
    nesting: int = 50
    tokens: int = 5000
    groups: int = 300
    operators: int = 500


@dataclass(frozen=True)
class QueryShape:
    """What is known of a query without parsing it."""

    form: Form
    names_dataset: bool  # it has FROM or FROM NAMED, SPARQL 1.1 section 13.2


def check_query(query: str, limits: QueryLimits | None = None) -> QueryShape:
    """Return the shape of a query that is accepted.

    Raises QueryTooComplex past a limit, QueryRefused for an update or SERVICE, and QuerySyntax,
    with line and column, for a text that is no SPARQL token or begins no query.

    >>> check_query("PREFIX ex: <urn:ex:> SELECT * FROM ex:g { ?s ?p ?o }")
    QueryShape(form='SELECT', names_dataset=True)
    """
    limits = limits or QueryLimits()
    _check_size(query, limits)
    found: list[Token] = []
    for token in tokens(query):
        found.append(token)
        if len(found) > limits.tokens:
            raise QueryTooComplex(f"the query has more than {limits.tokens} words and signs")
    _check_counts(found, limits)
    _check_readings(query, found)
    _refuse_service(query, found)
    return _shape(query, found)


def quick_check(query: str, limits: QueryLimits | None = None) -> QueryShape | None:
    """Return the shape of a small query that `check_query` accepts, in a tenth of its time.

    None means that counting cannot decide, and `check_query` must. A query passes when the number
    of characters of each kind cannot exceed a limit and the letters SERVICE and FROM occur nowhere,
    not even in a string. The engine itself refuses a text that is no SPARQL.

    >>> small = "PREFIX ex: <urn:ex:> ASK { ?s ?p ?o }"
    >>> quick_check(small).form, quick_check("ASK FROM <urn:a> {}")
    ('ASK', None)
    """
    limits = limits or QueryLimits()
    if len(query) > min(limits.size_bytes // 4, limits.tokens) or "\\" in query:
        return None
    if sum(map(query.count, "{([<")) > min(limits.nesting, limits.groups):
        return None
    if sum(map(query.count, "&|^!=<>+-*/")) > limits.operators:
        return None
    words = query.upper()
    begins = _BEGINS.match(query)
    if begins is None or "SERVICE" in words or "FROM" in words:
        return None
    return QueryShape(_FORMS[begins[1].upper()], names_dataset=False)


def shape(query: str) -> QueryShape:
    """Return the form of a trusted query and whether it names its dataset; raises QuerySyntax."""
    return _shape(query, list(tokens(query)))


def _check_size(query: str, limits: QueryLimits) -> None:
    try:
        size = len(query) if len(query) > limits.size_bytes else len(query.encode())
    except UnicodeEncodeError as error:
        raise QuerySyntax("the query is not Unicode text") from error
    if size > limits.size_bytes:
        raise QueryTooComplex(f"the query is longer than {limits.size_bytes:,} bytes")


def _check_counts(found: list[Token], limits: QueryLimits) -> None:
    depth = groups = operators = 0
    for index, token in enumerate(found):
        if token.kind != "mark":
            continue
        mark = token.text
        groups += mark == "{"
        operators += mark in _OPERATORS and not _is_sign(found[index - 1 : index + 2])
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth > limits.nesting:
            raise QueryTooComplex(f"the query is nested deeper than {limits.nesting} brackets")
    if groups > limits.groups:
        raise QueryTooComplex(f"the query has more than {limits.groups} groups in braces")
    if operators > limits.operators:
        raise QueryTooComplex(f"the query has more than {limits.operators} operators")


def _is_sign(around: list[Token]) -> bool:
    """Tell the sign of a number in a list of data (`{ -1 -2 }`) from an operator (`1-2`)."""
    if len(around) < 3 or around[1].text not in "+-" or around[2].kind != "number":
        return False
    before, sign, number = around
    is_apart = before.offset + len(before.text) < sign.offset
    return is_apart and number.offset == sign.offset + 1 and before.text not in _OPERATORS


def _check_readings(query: str, found: list[Token]) -> None:
    """Refuse text that is `<IRI>` to this module and `<` with an operand to the engine.

    This happens only inside round brackets and after an operand; elsewhere `<` always begins an
    IRI. The engine would cut the text after it into other tokens, and SERVICE could hide in them.
    """
    depth, before = 0, Token("", "", 0)
    for token in found:
        if token.kind == "mark":
            depth = max(0, depth + (token.text == "(") - (token.text == ")"))
        elif (
            token.kind == "iri" and depth and _ends_operand(before) and _is_ambiguous(query, token)
        ):
            message = "'<' can be read in two ways; put a space after it, or use a prefix"
            raise syntax_error(query, token.offset, message)
        before = token


def _ends_operand(token: Token) -> bool:
    return token.kind in _OPERANDS or token.text in (")", "]")


def _is_ambiguous(query: str, token: Token) -> bool:
    if _AUTHORITY.match(token.text):
        return False
    line_end = query.find("\n", token.offset)
    rest = query[token.offset : line_end if line_end >= 0 else None]
    return any(sign in token.text for sign in "'()") or (
        "#" in token.text and ("'''" in rest or '"""' in rest)
    )


def _refuse_service(query: str, found: list[Token]) -> None:
    """Refuse SERVICE (SPARQL 1.1 Federated Query) wherever the engine reads it as a keyword."""
    for index, token in enumerate(found):
        if token.kind == "word" and "SERVICE" in token.text.upper():
            break
        if token.kind == "name" and "SERVICE" in token.text.partition(":")[0].upper():
            opens = index + 1 < len(found) and found[index + 1].text == "{"
            if opens and found[index - 1].text.upper() != "GRAPH":
                break
    else:
        return
    where = syntax_error(
        query, token.offset, "SERVICE is not available: nothing leaves this server"
    )
    raise QueryRefused(str(where))


def _shape(query: str, found: list[Token]) -> QueryShape:
    first = _after_prologue(query, found)
    word = first.text.upper()
    if word in _UPDATES:
        raise QueryRefused(f"{word} is an update; this endpoint answers queries only")
    if word not in _FORMS:
        message = f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not {first.text[:40]!r}"
        raise syntax_error(query, first.offset, message)
    return QueryShape(_FORMS[word], any(_is_from(token) for token in found))


def _after_prologue(query: str, found: list[Token]) -> Token:
    """Return the first token after BASE, PREFIX and VERSION, SPARQL 1.1 section 4.1."""
    rest = iter(found)
    for token in rest:
        skipped = {"BASE": 1, "VERSION": 1, "PREFIX": 2}.get(token.text.upper(), 0)
        if not skipped:
            return token
        for _ in range(skipped):
            next(rest, None)
    raise syntax_error(query, len(query), "the query ends before it says what it asks for")


def _is_from(token: Token) -> bool:
    if token.kind == "name":
        return token.text[:5].upper() == "FROM:"
    return token.kind == "word" and token.text.upper() in ("FROM", "FROMNAMED")
