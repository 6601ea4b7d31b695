"""The vocabulary and the rules as pages and data."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.rdf.facts import gather
from graph.rdf.vocab import KM, SHAPE, VOCABULARY, expand, read_package
from graph.release.manifest import Release
from graph.schema.layout import read_layout
from publish.config import Config
from publish.server.stack import create_app

FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "nt": ox.RdfFormat.N_TRIPLES,
}
ONTOLOGY, SHAPES = gather(read_package("ontology")), gather(read_package("shapes"))
TERMS = sorted(
    s.value.removeprefix(KM).removeprefix(VOCABULARY)
    for s in ONTOLOGY.by_subject
    if isinstance(s, ox.NamedNode)
    and s.value.startswith((KM, VOCABULARY))
    and s.value[-3:] != "/ns"
)
RULES = sorted(
    s.value.removeprefix(SHAPE) for s in SHAPES.by_subject if isinstance(s, ox.NamedNode)
)


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application, without a network between."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def canonical(data: bytes, name: str) -> frozenset[ox.Quad]:
    """Return a graph with canonical blank nodes (RDFC-1.0)."""
    dataset = ox.Dataset(ox.parse(data, format=FORMATS[name]))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(dataset)


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
def test_whole_in_five_formats(client: FlaskClient, path: str) -> None:
    """The vocabulary and the rules are whole in each format, and the same."""
    package = {"/ontology": ONTOLOGY, "/shapes": SHAPES}[path]
    graphs = [canonical(client.get(f"{path}.{name}").data, name) for name in FORMATS]
    assert all(graph == graphs[0] for graph in graphs)
    assert len(graphs[0]) == sum(len(v) for s in package.by_subject.values() for v in s.values())
    assert client.get(f"{path}.html").status_code == 200


@pytest.mark.parametrize("name", TERMS)
def test_every_term_has_a_page_and_data(client: FlaskClient, name: str) -> None:
    """Each class, property, scheme and concept is shown with its Thai and English name."""
    iri = ox.NamedNode(
        KM + name if ox.NamedNode(KM + name) in ONTOLOGY.by_subject else VOCABULARY + name
    )
    page = client.get(f"/ontology/{name}")
    assert page.status_code == 200
    for words in ONTOLOGY.names(iri).values():
        assert words.replace("'", "&#39;") in page.text
    graphs = [canonical(client.get(f"/ontology/{name}.{f}").data, f) for f in FORMATS]
    assert all(graph == graphs[0] for graph in graphs)
    assert any(quad.subject == iri for quad in graphs[0])


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_a_help_page(client: FlaskClient, name: str) -> None:
    """Each rule says what to write, in the reader's language first and then the other."""
    page = client.get(f"/shapes/{name}")
    assert page.status_code == 200
    messages = SHAPES.texts(ox.NamedNode(SHAPE + name), "sh:message")
    escaped = [
        messages[lang].replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
        for lang in ("th", "en")
        if lang in messages
    ]
    shown = page.text.replace("\u00a0", " ")
    places = [shown.index(text.replace("'", "&#39;")) for text in escaped]
    assert places == sorted(places)
    graphs = [canonical(client.get(f"/shapes/{name}.{f}").data, f) for f in FORMATS]
    assert all(graph == graphs[0] for graph in graphs)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/shapes/label-th", ["label_th", "ชื่อ", "แผนการจัดการความรู้"]),
        ("/shapes/document-kind", ["คู่มือ (kind:manual)", "เป็นค่าใดค่าหนึ่งใน"]),
        ("/shapes/entry-list", ["แผนการจัดการความรู้ (km:Plan)", "คลังความรู้ (km:Collection)"]),
        ("/shapes/plan-entries", ["อ่านย้อนทิศ"]),
        ("/shapes/Plan", ["plans", "ประเด็น (ไทย)"]),
        ("/ontology/Plan", ["กฎของประเภทนี้", "แผนการจัดการองค์ความรู้ประเด็นที่ 2"]),
        ("/ontology/kind/act", ["พ.ร.บ.", "กฎหมายที่ตราโดยรัฐสภา"]),
        ("/ontology", ["แผ่นพับ", "km:Leaflet", "รุ่น 0.1.0"]),
        ("/ontology?lang=en", ["Leaflet", "Version 0.1.0"]),
    ],
)
def test_pages_show(client: FlaskClient, path: str, words: list[str]) -> None:
    """What a term's page is for stands on it."""
    page = client.get(path).text.replace("\u00a0", " ")
    for word in words:
        assert word in page


@pytest.mark.parametrize(
    "path",
    ["/ontology/Nothing", "/ontology/kind/none", "/ontology.xyz", "/shapes.xyz", "/shapes/x"],
)
def test_unknown_terms_are_not_found(client: FlaskClient, path: str) -> None:
    """A name the vocabulary does not hold has no page."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_terms_are_negotiated(client: FlaskClient, accept: str) -> None:
    """The same address gives the page or data, as asked."""
    response = client.get("/ontology/Plan", headers={"Accept": accept})
    assert response.headers["Content-Type"].startswith(accept)
    assert response.headers["Content-Location"].startswith("/ontology/Plan.")
    assert response.headers["Vary"] == "Accept, Accept-Encoding"


def test_every_kind_and_row_has_its_place() -> None:
    """The layout knows each sheet's class, and puts names before notes."""
    layout = read_layout(SHAPES)
    assert len(layout.kinds) == 19
    assert [k.order for k in layout.kinds] == sorted(k.order for k in layout.kinds)
    plan = [expand("km:Plan")]
    label = layout.place(plan, expand("skos:prefLabel"))
    note = layout.place(plan, expand("skos:note"))
    unknown = layout.place(plan, "urn:x:unknown")
    assert label < note < unknown
    assert layout.place((), expand("dct:isPartOf"), inverse=True) < unknown
