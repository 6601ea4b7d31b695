"""Tombstones as triples: written, read again, and told by rows of retirements."""

import pyoxigraph as ox
import pytest
from support.cases import BASE

from graph.rdf.vocab import term
from graph.release.tombstones import Tombstone, read_retirements, read_tombstones

IRI = f"{BASE}/id/plan/old"
ROW = ox.NamedNode(f"{BASE}/id/retirement/one")


@pytest.mark.parametrize(
    "stone",
    [
        Tombstone(IRI),
        Tombstone(IRI, {"th": "แผน", "en": "Plan", "": "plan"}, notes={"": "why"}),
        Tombstone(IRI, {}, (f"{BASE}/a", f"{BASE}/b"), f"{BASE}/releases/r1"),
        Tombstone(IRI, retirement=ROW.value, replaced_by=(f"{BASE}/c",), notes={"th": "รวม"}),
    ],
)
def test_written_and_read(stone: Tombstone) -> None:
    """A tombstone is read as it was written, texts without a language too."""
    assert read_tombstones(stone.triples()) == {IRI: stone}


@pytest.mark.parametrize(
    ("names", "label"), [({"en": "Plan", "th": "แผน"}, "แผน"), ({"en": "Plan"}, "Plan"), ({}, IRI)]
)
def test_label(names: dict[str, str], label: str) -> None:
    """A thing is called by its Thai name, else by another one, else by its address."""
    assert Tombstone(IRI, names).label == label


@pytest.mark.parametrize(
    ("row", "gone", "found"),
    [
        (ROW, ox.NamedNode(IRI), {IRI: Tombstone(IRI, retirement=ROW.value)}),
        (ROW, ox.Literal(IRI), {}),
        (ox.BlankNode(), ox.NamedNode(IRI), {}),
    ],
)
def test_retirements(
    row: ox.NamedNode | ox.BlankNode,
    gone: ox.NamedNode | ox.Literal,
    found: dict[str, Tombstone],
) -> None:
    """Only a row with an address retires, and only a thing that has one."""
    assert read_retirements([ox.Triple(row, term("prov:invalidated"), gone)]) == found
