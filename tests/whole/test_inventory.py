"""Nothing of the page is lost: each of the 46 rows of the inventory stands in the graph.

`inventory.csv` was written by hand from the page, line by line, before there was any ontology.
"""

import csv
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from support.paths import DATA

from graph.rdf.vocab import expand, term
from graph.store.embedded import EmbeddedStore

INVENTORY = DATA / "inventory.csv"
ROWS = list(csv.DictReader(INVENTORY.read_text(encoding="utf-8").splitlines()))

OWN_THAI_NAME = {"int-5"}  # an English title; its Thai name is ours, with the title in brackets
CONFIDENCE = {
    "sure that cut; ending unknown": "sure",
    "near-sure: the organisation itself should confirm": "near-sure",
}
CLASSES = {"KM plan": "km:Plan", "collection": "km:Collection"}
KINDS = {
    "award list": "award-list",
    "do's & don'ts": "dos-and-donts",
    "policy statement": "policy-statement",
    "act, as amended": "act",
    "heading": "heading",
    "organisation": "heading",
    "learning-organisation component": "component",
    "KM level": "level",
    "royal decree, section": "citation",
    "legal duty": "duty",
}


def find_piece(store: EmbeddedStore, row: dict[str, str]) -> ox.NamedNode:
    """Return the one thing with the row's words on the row's line."""
    line = ox.Literal(row["line"], datatype=ox.NamedNode(expand("xsd:integer")))
    found = store.select(
        "SELECT ?thing ?line ?words { ?thing km:sourceLine ?line ; km:verbatim ?words }",
        line=line,
        words=ox.Literal(row["verbatim"]),
    )
    assert len(found) == 1, (row["id"], found)
    thing = found[0]["thing"]
    assert isinstance(thing, ox.NamedNode)
    return thing


def values(store: EmbeddedStore, subject: ox.NamedNode, *path: str) -> set[str]:
    """Return the values at the end of a path of properties."""
    nodes: set[object] = {subject}
    for name in path:
        nodes = {q.object for n in nodes for q in store.quads_for(subject=n, predicate=term(name))}
    return {n.value for n in nodes if isinstance(n, ox.NamedNode | ox.Literal)}


def test_the_inventory_is_whole() -> None:
    """It has 46 rows, each with an identifier of its own."""
    assert len(ROWS) == len({row["id"] for row in ROWS}) == 46


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_row(store: EmbeddedStore, row: dict[str, str]) -> None:
    """Words, place, correction, English, confidence, kind, year and topic of a row are there."""
    thing = find_piece(store, row)
    texts = values(store, thing, "skos:prefLabel") | values(store, thing, "schema:text")
    if row["id"] in OWN_THAI_NAME:
        assert any(row["corrected"] in text for text in texts)
    else:
        assert row["corrected"] in texts
    assert row["en"] in texts
    if row["position"]:
        assert values(store, thing, "schema:position") == {row["position"]}
    expected = CONFIDENCE.get(row["confidence"], row["confidence"])
    assert values(store, thing, "km:confidence") == {expand(f"confidence:{expected}")}
    if row["kind"] in CLASSES:
        assert values(store, thing, "rdf:type") == {expand(CLASSES[row["kind"]])}
    else:
        assert KINDS.get(row["kind"], row["kind"]) in set(_kinds(store, thing))
    named = values(store, thing, "schema:item", "km:yearBE")
    if row["year_be"] and row["kind"] != "royal decree, section":
        assert named == {row["year_be"]}
        assert int(row["year_be"]) - 543 == int(row["year_ce"])
    topics = values(store, thing, "dct:subject") | values(
        store, thing, "schema:item", "dct:subject"
    )
    if row["topic"]:
        assert {t.rpartition("/")[2] for t in topics} == {row["topic"]}


def _kinds(store: EmbeddedStore, thing: ox.NamedNode) -> Iterator[str]:
    found = values(store, thing, "dct:type") | values(store, thing, "schema:item", "dct:type")
    return (iri.rpartition("/")[2] for iri in found)


@pytest.mark.parametrize("row", [r for r in ROWS if r["issue"]], ids=lambda r: r["id"])
def test_each_issue_is_a_correction(store: EmbeddedStore, row: dict[str, str]) -> None:
    """Each row with a fault has a correction whose words stand in the row."""
    thing = find_piece(store, row)
    found = store.select(
        "SELECT ?thing ?words { ?correction km:corrects ?thing ; km:publishedWords ?words }",
        thing=thing,
    )
    assert found
    for solution in found:
        words = solution["words"]
        assert isinstance(words, ox.Literal)
        assert words.value in row["verbatim"]


LINKS = {
    # inventory row: (property of what the entry names, last part of the IRI), asserted when sure
    "p1-2": ("dct:relation", "sao-301107-old-age-allowance"),
    "p1-3": ("dct:references", "lpa"),
    "p1-4": ("dct:creator", "dla"),
    "p2-1": ("dct:temporal", "2562"),
    "int-4": ("km:evidenceFor", "o40-ethics"),
    "int-5": ("km:evidenceFor", "o40-ethics"),
    "ext-2": ("km:aboutService", "old-age-allowance"),
    "ext-3": ("km:aboutService", "local-tax"),
    "ext-4": ("km:explains", "act-2522-building-control"),
    "ext-5": ("dct:isVersionOf", "sao-301107-tax"),
}
CANDIDATES = {
    # inventory row: what is only likely, recorded and not asserted
    "p1-1": {"act-2542-local-personnel", "personnel-development"},
    "p1-2": {"dla"},
    "p1-5": {"act-2550-disaster-prevention"},
    "int-1": {"o10-manual"},
    "int-2": {"o10-manual"},
    "int-3": {"personnel-development"},
    "ext-1": {"act-2537-tambon-s58-5"},
    "ext-2": {"regulation-2552-old-age-allowance", "regulation-2566-old-age-allowance"},
}


@pytest.mark.parametrize("row_id", sorted({r["id"] for r in ROWS if r["links"]} & {*LINKS}))
def test_sure_links_are_asserted(store: EmbeddedStore, row_id: str) -> None:
    """A link that the inventory is sure or nearly sure of is a plain triple."""
    row = next(r for r in ROWS if r["id"] == row_id)
    predicate, end = LINKS[row_id]
    found = values(store, find_piece(store, row), "schema:item", predicate)
    assert end in {iri.rpartition("/")[2] for iri in found}


@pytest.mark.parametrize("row_id", sorted(CANDIDATES))
def test_likely_links_are_recorded_only(store: EmbeddedStore, row_id: str) -> None:
    """A link that is only plausible is a candidate, and no plain triple says it."""
    row = next(r for r in ROWS if r["id"] == row_id)
    found = store.select(
        """SELECT ?thing ?predicate ?end ?asserted {
             ?thing schema:item ?document .
             ?link a km:CandidateLink ; rdf:subject ?document ; rdf:predicate ?predicate ;
                   rdf:object ?end .
             BIND(EXISTS { ?document ?predicate ?end } AS ?asserted) }""",
        thing=find_piece(store, row),
    )
    ends = {s["end"].value.rpartition("/")[2] for s in found if isinstance(s["end"], ox.NamedNode)}
    assert ends == CANDIDATES[row_id]
    assert {str(getattr(s["asserted"], "value", "")) for s in found} == {"false"}
