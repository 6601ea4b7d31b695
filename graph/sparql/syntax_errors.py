"""The place of a syntax error in a query.

In: a query that the engine refused, and the engine's message. Out: a QuerySyntax with line, column
and the offending piece. The engine reports the furthest point that any of its attempts reached,
which often lies behind the mistake. So the query is cut after one token after another (by
bisection), and the engine is asked whether more could follow. The first cut that cannot be
continued ends in the mistake.
"""

import re
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pyoxigraph as ox

from graph.errors import QuerySyntax
from graph.sparql.tokens import Token, syntax_error, tokens

# After half a second the search gives up, and the error names the place that the engine reported.
_BUDGET_S = 0.5
_POSITION = re.compile(r"error at (\d+):(\d+)")
# The engine's words for queries that are well formed but mean nothing; others list characters.
_MEANING = re.compile(r"(?:^|expected |one of |, )((?:The|Duplicated|Invalid|Blank|A|An) [^,\[]+)")
# More than the longest keyword, so that a keyword tried at the mistake cannot reach the end.
_PADDING = " " * 40


def explain(query: str, complaint: str, prefixes: Mapping[str, str]) -> QuerySyntax:
    """Return the error to show for a query that the engine refused with `complaint`."""
    try:
        found = list(tokens(query))
    except QuerySyntax as error:
        return error
    wrong = _first_wrong(query, found, prefixes)
    if wrong is not None:
        return _at_token(query, wrong, found, prefixes)
    meaning = _MEANING.search(complaint)
    if meaning:
        return QuerySyntax(meaning.group(1).strip())
    if not _viable(query, prefixes):
        return _where_engine_stopped(complaint)
    line, column = _end(query)
    problem = "the query ends too early"
    if found and found[-1].kind != "word" and _is_balanced(found):
        problem = "the query is whole, but its parts do not go together"
    return QuerySyntax(f"line {line}, column {column}: {problem}", line, column)


def _is_balanced(found: Sequence[Token]) -> bool:
    marks = [token.text for token in found]
    return all(marks.count(left) == marks.count(right) for left, right in ("{}", "()", "[]"))


def _first_wrong(query: str, found: Sequence[Token], prefixes: Mapping[str, str]) -> Token | None:
    """Return the first token that nothing can follow, or None where each could be followed."""
    give_up_at = time.monotonic() + _BUDGET_S
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        end = found[middle].offset + len(found[middle].text)
        if _viable(query[:end], prefixes):
            low = middle + 1
        else:
            high = middle
        if time.monotonic() > give_up_at:
            return None
    return found[low] if low < len(found) else None


def _viable(start: str, prefixes: Mapping[str, str]) -> bool:
    """Tell whether the engine reads the whole text without an error before its end."""
    padded = start + _PADDING
    try:
        ox.Store().query(padded, prefixes=dict(prefixes))
    except SyntaxError as error:
        place = _POSITION.match(str(error))
        return place is not None and (int(place[1]), int(place[2])) == _end(padded)
    except (OSError, RuntimeError, ValueError):
        return True
    return True


def _end(text: str) -> tuple[int, int]:
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _at_token(
    query: str, token: Token, found: Sequence[Token], prefixes: Mapping[str, str]
) -> QuerySyntax:
    problem = f"{token.text[:80]!r} does not fit here"
    prefix = token.text.partition(":")[0]
    if token.kind == "name" and prefix not in {*prefixes, *_declared(found), "_"}:
        problem = f"the prefix '{prefix[:80]}:' is not declared"
    elif token.kind == "iri" and not _is_absolute(token.text[1:-1]):
        problem = f"{token.text[:80]} is no absolute IRI"
    return syntax_error(query, token.offset, problem)


def _declared(found: Sequence[Token]) -> set[str]:
    pairs = pairwise(found)
    return {name.text[:-1] for word, name in pairs if word.text.upper() == "PREFIX"}


def _is_absolute(iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return True


def _where_engine_stopped(complaint: str) -> QuerySyntax:
    place = _POSITION.match(complaint)
    if place is None:
        return QuerySyntax("the query is not SPARQL 1.1")
    line, column = int(place[1]), int(place[2])
    message = f"line {line}, column {column}: the query is not SPARQL 1.1 here or shortly before"
    return QuerySyntax(message, line, column)
