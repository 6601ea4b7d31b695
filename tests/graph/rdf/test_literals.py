"""Canonical forms: what a store would rewrite, held against the store itself."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import typed

from graph.rdf.literals import canonical_form
from graph.rdf.vocab import expand


@pytest.mark.parametrize(
    ("lexical", "datatype", "canonical"),
    [
        ("7", "xsd:integer", "7"),
        ("007", "xsd:integer", "7"),
        ("+7", "xsd:integer", "7"),
        ("-0", "xsd:integer", "0"),
        ("-07", "xsd:integer", "-7"),
        ("000", "xsd:integer", "0"),
        ("๗", "xsd:integer", None),
        ("", "xsd:integer", None),
        ("-", "xsd:integer", None),
        ("1.0", "xsd:integer", None),
        ("7\n", "xsd:integer", None),
        ("1" * 1001, "xsd:integer", None),
        ("01", "xsd:int", "1"),
        ("01", "xsd:nonNegativeInteger", "1"),
        ("1.5", "xsd:decimal", "1.5"),
        ("1.50", "xsd:decimal", "1.5"),
        ("+01.0", "xsd:decimal", "1"),
        ("-0.0", "xsd:decimal", "0"),
        (".5", "xsd:decimal", "0.5"),
        ("1.", "xsd:decimal", "1"),
        (".", "xsd:decimal", None),
        ("", "xsd:decimal", None),
        ("1E999999999", "xsd:decimal", None),
        ("true", "xsd:boolean", "true"),
        ("1", "xsd:boolean", "true"),
        ("0", "xsd:boolean", "false"),
        ("yes", "xsd:boolean", None),
        ("TRUE", "xsd:boolean", None),
        ("2562", "xsd:gYear", "2562"),
        ("68", "xsd:gYear", None),
        ("1.50", "xsd:double", "1.5"),
        ("2019-04-30T00:00:00.0", "xsd:dateTime", "2019-04-30T00:00:00"),
        ("PT60S", "xsd:duration", "PT1M"),
        ("007", "xsd:string", "007"),
        ("007", "rdf:langString", "007"),
    ],
)
def test_canonical_form(lexical: str, datatype: str, canonical: str | None) -> None:
    """Each literal has one form in which it is stored, or no value at all."""
    assert canonical_form(lexical, expand(datatype)) == canonical


def _stored(lexical: str, datatype: str) -> str:
    store, node = ox.Store(), ox.NamedNode("http://example.org/")
    store.add(ox.Quad(node, node, typed(lexical, datatype)))
    stored = next(iter(store)).object
    assert isinstance(stored, ox.Literal)
    return stored.value


@settings(deadline=None)
@given(
    st.from_regex(r"[+-]?[0-9]{0,12}(\.[0-9]{0,12})?", fullmatch=True),
    st.sampled_from(["xsd:integer", "xsd:decimal", "xsd:boolean", "xsd:long"]),
)
def test_as_the_store_writes_it(lexical: str, datatype: str) -> None:
    """What is called canonical is what the store gives back for it, and for the literal itself."""
    canonical = canonical_form(lexical, expand(datatype))
    if canonical is None:
        assert _stored(lexical, datatype) == lexical  # it has no value, so nothing to rewrite
    else:
        assert _stored(lexical, datatype) == canonical
        assert canonical_form(canonical, expand(datatype)) == canonical
