"""The tokens of a SPARQL query (SPARQL 1.1 section 19.8).

In: the text of a query. Out: its tokens with their places, or a QuerySyntax with line and column.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph.errors import QuerySyntax

_START = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)


_NAME = _START + "_0-9\u00b7\u0300-\u036f\u203f-\u2040"


_ESCAPE = (
    r"\\(?:[tbnrf\"'\\]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U(?:000(?!0[dD][89a-fA-F])[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4}))"
)


_LOCAL = rf"(?:[{_NAME}:-]|%[0-9a-fA-F]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])"


# Possessive throughout (`*+`): a text that cannot match fails at once and is not tried again.
_TOKENS = re.compile(
    rf"""
    (?P<skip>[ \t\r\n]++|\#[^\r\n]*+)
  | (?P<string>'''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+'''|\"""(?:"{{0,2}}(?:[^"\\]|{_ESCAPE}))*+\"""
        |'(?!'')(?:[^'\\\r\n]|{_ESCAPE})*+'|"(?!"")(?:[^"\\\r\n]|{_ESCAPE})*+")
  | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9a-fA-F]{{4}}|\\U[0-9a-fA-F]{{8}})*+>)
  | (?P<name>(?:[{_START}_][{_NAME}.-]{{0,127}}+)?:(?:{_LOCAL}|\.++(?={_LOCAL}))*+)
  | (?P<word>[{_START}_][{_NAME}]*+)
  | (?P<variable>[?$][{_NAME}]++)
  | (?P<tag>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--(?:ltr|rtl))?)
  | (?P<number>(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:\.?[eE][+-]?[0-9]++)?)
  | (?P<mark><<\(|\)>>|<<|>>|\{{\||\|\}}|&&|\|\||\^\^|!=|<=|>=|[{{}}()\[\].,;=<>+*/|!^?~-])
  | (?P<bad>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One terminal: its kind (a group of the pattern above), its text and where it begins."""

    kind: str
    text: str
    offset: int


def tokens(query: str) -> Iterator[Token]:
    """Yield the terminals, without space and comments. Raises QuerySyntax at other text."""
    for match in _TOKENS.finditer(query):
        kind = match.lastgroup
        if kind == "bad":
            raise _unreadable(query, match.start())
        if kind is not None and kind != "skip":
            yield Token(kind, match.group(), match.start())


def syntax_error(query: str, offset: int, message: str) -> QuerySyntax:
    """Return the exception for a place in the text; line and column count from 1."""
    line = query.count("\n", 0, offset) + 1
    column = offset - query.rfind("\n", 0, offset)
    return QuerySyntax(f"line {line}, column {column}: {message}", line, column)


def _unreadable(query: str, offset: int) -> QuerySyntax:
    if query[offset] in "\"'":
        return syntax_error(query, offset, "this string is not closed, or has a wrong \\ in it")
    return syntax_error(query, offset, f"{query[offset]!r} does not belong here")
