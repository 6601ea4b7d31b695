"""What a description holds: enough for the page, and never more than the page needs."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.describe.resource import MAX_SHOWN, Description, describe
from graph.rdf.vocab import PREFIXES, term
from graph.store.embedded import EmbeddedStore

BASE = "http://localhost:8000"
PLAN, TOPIC = f"{BASE}/id/plan/p", f"{BASE}/id/topic/t"
TURTLE = f"""
@prefix id: <{BASE}/id/> .
<{PLAN}> a km:Plan ; skos:prefLabel "แผน"@th ; dct:subject <{TOPIC}> ;
    dct:spatial [ skos:prefLabel "ที่"@th ; dct:isPartOf [ rdfs:label "ใหญ่"@th ] ] .
<{TOPIC}> a km:Topic ; skos:prefLabel "เรื่อง"@th , "Topic"@en .
<{BASE}/id/entry/b> dct:isPartOf <{PLAN}> ; schema:position 2 ; skos:prefLabel "สอง"@th ;
    schema:item <{BASE}/id/law/l> .
<{BASE}/id/entry/z> dct:isPartOf <{PLAN}> ; schema:position 1 ; km:sourceLine 9 .
<{BASE}/id/law/l> skos:prefLabel "กฎหมาย"@th ; dct:type kind:act ; skos:note "ไกล"@th .
kind:act skos:prefLabel "พระราชบัญญัติ"@th .
dct:subject rdfs:label "เรื่อง"@th .
"""


def make_store(folder: Path, turtle: str) -> EmbeddedStore:
    """Return a store that holds this Turtle in the graph of an organisation, and once inferred."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    store = ox.Store(str(folder))
    for quad in ox.parse((prefixes + turtle).encode(), format=ox.RdfFormat.TURTLE):
        for graph in ("org", "inferred"):
            name = ox.NamedNode(f"{BASE}/graph/{graph}")
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, name))
    store.flush()
    del store
    return EmbeddedStore(folder, PREFIXES)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """A plan with two entries and a topic."""
    return make_store(tmp_path_factory.mktemp("store"), TURTLE)


def found(store: EmbeddedStore, iri: str) -> Description:
    """Return a description that must be there."""
    description = describe(store, iri)
    assert description is not None
    return description


def test_unknown_thing_has_no_description(small: EmbeddedStore) -> None:
    """What the store says nothing of is None, not an empty page."""
    assert describe(small, f"{BASE}/id/plan/none") is None


def test_thing_that_is_only_pointed_to_has_no_description(small: EmbeddedStore) -> None:
    """A dangling reference makes no page."""
    assert describe(small, "https://w3id.org/tambon-km/ns#Plan") is None


def test_bad_iri_is_an_error(small: EmbeddedStore) -> None:
    """Text that is no absolute IRI never reaches the store."""
    with pytest.raises(ValueError, match="IRI"):
        describe(small, "no iri")


def test_entries_come_by_position(small: EmbeddedStore) -> None:
    """A list is shown in its own order, whatever its identifiers sort like."""
    incoming = found(small, PLAN).incoming
    assert [s.value[-1] for of in incoming for s in of.subjects] == ["z", "b"]


def test_links_in_two_graphs_count_once(small: EmbeddedStore) -> None:
    """The count is of things, not of statements about them."""
    assert [of.total for of in found(small, PLAN).incoming] == [2]


def test_each_triple_stands_once(small: EmbeddedStore) -> None:
    """A triple in two graphs is serialised once."""
    triples = found(small, PLAN).triples
    assert len(triples) == len(set(triples))


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (TOPIC, "เรื่อง"),
        (f"{BASE}/id/entry/b", "สอง"),
        (f"{BASE}/id/law/l", "กฎหมาย"),
        ("https://w3id.org/tambon-km/kind/act", "พระราชบัญญัติ"),
        ("http://purl.org/dc/terms/subject", "เรื่อง"),
    ],
)
def test_everything_mentioned_has_its_name(small: EmbeddedStore, iri: str, name: str) -> None:
    """The names of neighbours, of what an entry names, of its kind and of properties come along."""
    assert found(small, PLAN).facts.names(ox.NamedNode(iri))["th"] == name


def test_neighbours_bring_no_more_than_is_shown(small: EmbeddedStore) -> None:
    """A note of a law stays with the law."""
    facts = found(small, PLAN).facts
    assert not facts.values(ox.NamedNode(f"{BASE}/id/law/l"), "skos:note")


def test_blank_nodes_are_followed(small: EmbeddedStore) -> None:
    """What a blank node says is part of the description, to any depth."""
    texts = {t.object.value for t in found(small, PLAN).triples if isinstance(t.object, ox.Literal)}
    assert {"ที่", "ใหญ่"} <= texts


def test_data_set_is_named(small: EmbeddedStore) -> None:
    """void:inDataset names the graph that says it, not the one of inferences."""
    facts = found(small, PLAN).facts
    graph = ox.NamedNode(f"{BASE}/graph/org")
    assert facts.values(ox.NamedNode(PLAN), "void:inDataset") == (graph,)


def test_order_is_stable(small: EmbeddedStore) -> None:
    """The thing itself stands first, its class before the rest."""
    triples = found(small, PLAN).triples
    assert triples[0] == ox.Triple(ox.NamedNode(PLAN), term("rdf:type"), term("km:Plan"))
    assert triples == found(small, PLAN).triples


def test_hub_is_bounded(tmp_path: Path) -> None:
    """A topic with many documents tells their true number and shows the first 50."""
    lines = "".join(f"<{BASE}/id/document/d{n}> dct:subject <{TOPIC}> .\n" for n in range(3000))
    store = make_store(tmp_path, lines + f"<{TOPIC}> a km:Topic .")
    description = found(store, TOPIC)
    assert [(i.total, len(i.subjects)) for i in description.incoming] == [(3000, MAX_SHOWN)]
    assert len(description.triples) < 200


class Counting:
    """A store that counts the questions it is asked."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.store = store
        self.asked = 0

    def __getattr__(self, name: str) -> object:
        self.asked += 1
        return getattr(self.store, name)


def test_a_description_costs_five_questions(small: EmbeddedStore, tmp_path: Path) -> None:
    """However many neighbours there are, a store is asked five times."""
    lines = "".join(f"<{BASE}/id/law/l{n}> dct:subject <{TOPIC}> .\n" for n in range(200))
    for store, iri in ((small, TOPIC), (make_store(tmp_path, lines + TURTLE), TOPIC)):
        counting = Counting(store)
        assert describe(counting, iri) == describe(store, iri)  # type: ignore[arg-type]
        assert counting.asked == 5


def test_thing_that_points_to_itself(tmp_path: Path) -> None:
    """A loop is shown once and ends."""
    store = make_store(tmp_path, f"<{TOPIC}> skos:broader <{TOPIC}> .")
    assert [i.total for i in found(store, TOPIC).incoming] == [1]
