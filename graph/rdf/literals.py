"""The canonical form of a literal: the form in which every store writes it.

In: a lexical form and a datatype. Out: the form of XSD 1.1 part 2 in which a store gives it back. A
publication of another form would not be the same after it passed through a store.
"""

import re

import pyoxigraph as ox

from graph.rdf.vocab import expand


def canonical_form(lexical: str, datatype: str) -> str | None:
    """Return the canonical form of a literal (XSD 1.1 part 2), None where there is no value.

    Only datatypes that stores are known to rewrite are looked at; others come back as they are.

    >>> canonical_form("007", "http://www.w3.org/2001/XMLSchema#integer")
    '7'
    """
    kind = datatype.removeprefix(expand("xsd:"))
    if kind in ("integer", "int", "long", "short", "byte") or kind.endswith("Integer"):
        found = re.fullmatch(r"([+-]?)([0-9]{1,1000})", lexical)
        return _number(found[1], found[2], "") if found else None
    if kind == "decimal":
        found = re.fullmatch(r"([+-]?)([0-9]{0,1000})(?:\.([0-9]{0,1000}))?", lexical)
        has_digits = found and (found[2] or found[3])
        return _number(found[1], found[2], found[3] or "") if found and has_digits else None
    if kind == "gYear":
        return lexical if re.fullmatch(r"-?[0-9]{4}", lexical) else None
    if kind == "boolean":
        words = {"1": "true", "0": "false", "true": "true", "false": "false"}
        return words.get(lexical)
    if kind in _REWRITTEN:
        return _as_stored(lexical, datatype)
    return lexical


_DURATIONS = frozenset(["duration", "dayTimeDuration", "yearMonthDuration"])
_REWRITTEN = frozenset(["double", "float", "dateTime", "dateTimeStamp", "time"]) | _DURATIONS


def _number(sign: str, whole: str, fraction: str) -> str:
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    number = f"{whole}.{fraction}" if fraction else whole
    return f"-{number}" if sign == "-" and number != "0" else number


def _as_stored(lexical: str, datatype: str) -> str:
    """Return what the store itself makes of a literal whose canonical form is long to compute."""
    store, node = ox.Store(), ox.NamedNode(datatype)
    store.add(ox.Quad(node, node, ox.Literal(lexical, datatype=node)))
    stored = next(iter(store)).object
    assert isinstance(stored, ox.Literal)
    return stored.value
