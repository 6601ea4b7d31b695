"""What a publication will change, told from two releases: what is gone, and what shrinks."""

from pathlib import Path

import pytest
from support.cases import BASE, ORG, read_site, write_site
from support.sites import publish, publish_once

from graph.rdf.iris import INFERRED, ONTOLOGY, RETIRED, graph_iri
from graph.rdf.named_graphs import InMemory
from graph.release.manifest import open_release
from graph.release.preview import GraphPreview, Preview, _merge, preview_publication
from graph.release.tombstones import Tombstone
from publish.config import Config

TOPIC = f"{BASE}/id/topic/local-tax"


@pytest.mark.parametrize(
    ("before", "after", "shrinks"), [(10, 5, False), (10, 4, True), (11, 5, True), (0, 0, False)]
)
def test_half_is_not_suddenly_small(before: int, after: int, shrinks: bool) -> None:
    """A graph that keeps exactly half of its triples is published; one that keeps less is told."""
    graph = GraphPreview(f"{BASE}/graph/{ORG}", before, after, 0, before - after, {}, {})
    assert Preview(None, graphs=(graph,)).shrinking == ((graph,) if shrinks else ())


@pytest.mark.parametrize(("name", "shrinks"), [(INFERRED, 0), (ONTOLOGY, 0), (RETIRED, 1)])
def test_only_graphs_of_data_shrink(name: str, shrinks: int) -> None:
    """The program makes the inferred graph and the ontology itself, so nobody lost their data."""
    graph = GraphPreview(graph_iri(BASE, name), 10, 1, 0, 9, {}, {})
    assert len(Preview(None, graphs=(graph,)).shrinking) == shrinks


def test_the_newest_tombstone_counts() -> None:
    """A thing that goes a second time is told as it was the second time."""
    old = Tombstone(TOPIC, last_release="r1")
    new = Tombstone(TOPIC, last_release="r2")
    other = Tombstone(f"{TOPIC}-2", last_release="r1")
    merged = _merge({TOPIC: old, other.iri: other}, {TOPIC: new}, {})
    assert merged == {TOPIC: new, other.iri: other}


def test_a_thing_of_two_graphs_is_not_gone_with_one(tmp_path: Path) -> None:
    """A topic of which an organisation said something, too, is there when it says that no more."""
    config = Config(data=tmp_path / "var")
    site = write_site(read_site(), tmp_path / "site")
    more = tmp_path / "more.trig"
    note = f'<{TOPIC}> <http://www.w3.org/2004/02/skos/core#note> "คำบอก"@th .'
    more.write_text(f"GRAPH <{BASE}/graph/{ORG}> {{ {note} }}", encoding="utf-8")
    publish_once(config, site, more)
    last = publish(config, site)
    triples = {str(quad) for quad in last.quads() if TOPIC in str(quad.subject)}
    assert any("prefLabel" in triple for triple in triples)
    assert not any("formerClass" in triple or "lastRelease" in triple for triple in triples)


def test_a_graph_that_vanishes(copied: Path) -> None:
    """A graph that goes is told with its organisation's name, which only the old release knows."""
    before = open_release(copied)
    base = before.manifest.base
    preview = preview_publication(copied, InMemory([]), base)
    assert preview.before == before.id
    found = {graph.graph: graph for graph in preview.graphs}[graph_iri(base, ORG)]
    assert (found.after, found.came) == (0, 0)
    assert found.went == found.before > 0
    (row,) = read_site()["organizations"]
    assert found.label == row["label_th"]


@pytest.mark.parametrize(("is_damaged", "is_blind"), [(False, False), (True, True)])
def test_nothing_to_compare_with(copied: Path, is_damaged: bool, is_blind: bool) -> None:
    """A release of another base is no predecessor; of one that cannot be read nobody knows."""
    if is_damaged:
        (copied / "current" / "report.json").unlink()
    preview = preview_publication(copied, InMemory([]), "https://other.example")
    assert preview == Preview(None, is_blind=is_blind)
