"""Things and their documents: redirects, negotiation, and five formats that say the same."""

import html
import re
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient

from graph.describe.overview import PAGE_SIZE
from graph.rdf.vocab import term
from graph.release.manifest import Release
from graph.store.embedded import EmbeddedStore
from publish.config import Config
from publish.server.stack import create_app

LAW = "/id/law/act-2522-building-control"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = (
    "application/rdf+xml, text/n3, text/turtle, application/n-triples, application/ld+json, "
    "application/trig, application/n-quads, application/hext+x-ndjson"
)
PARSERS = {
    "ttl": ("turtle", ox.RdfFormat.TURTLE),
    "jsonld": ("json-ld", ox.RdfFormat.JSON_LD),
    "rdf": ("xml", ox.RdfFormat.RDF_XML),
    "nt": ("nt", ox.RdfFormat.N_TRIPLES),
}


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application, without a network between."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.fixture(scope="module")
def things(store: EmbeddedStore, config: Config) -> list[str]:
    """The path of every thing that the release says anything of."""
    subjects = {q.subject.value for q in store.quads_for() if isinstance(q.subject, ox.NamedNode)}
    start = f"{config.base}/id/"
    return sorted(s.removeprefix(config.base) for s in subjects if s.startswith(start))


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        (BROWSER, ""),
        (None, ""),
        ("*/*", ""),
        ("text/turtle", ".ttl"),
        ("text/turtle;charset=utf-8", ".ttl"),
        ("text/n3", ".ttl"),
        ("application/ld+json", ".jsonld"),
        ("application/ld+json, application/json", ".jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', ".jsonld"),
        ("application/json", ".jsonld"),
        ("application/rdf+xml", ".rdf"),
        ("application/xml", ".rdf"),
        ("application/n-triples", ".nt"),
        (RDFLIB, ".ttl"),
        (
            "application/rdf+xml, application/n-triples, text/turtle, text/html;q=.2,"
            " application/xhtml+xml;q=.6",
            ".ttl",
        ),
        (
            "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,"
            "application/n-triples;q=0.8,text/turtle;q=0.6,text/html;q=0.2",
            ".jsonld",
        ),
    ],
)
def test_thing_sends_to_its_document(client: FlaskClient, accept: str | None, ending: str) -> None:
    """303 leads each real client to a format it reads, by path alone (Cool URIs)."""
    headers = {} if accept is None else {"Accept": accept}
    response = client.get(LAW, headers=headers)
    assert response.status_code == 303
    assert response.headers["Location"] == LAW.replace("/id/", "/doc/") + ending
    assert response.headers["Vary"] == "Accept"
    followed = client.get(response.headers["Location"], headers=headers)
    assert followed.status_code == 200


@pytest.mark.parametrize("path", [LAW, LAW.replace("/id/", "/doc/"), "/ontology", "/shapes"])
def test_unknown_format_is_406_with_the_list(client: FlaskClient, path: str) -> None:
    """Who accepts nothing of ours is told what there is."""
    response = client.get(path, headers={"Accept": "image/png"})
    assert response.status_code == 406
    for media_type in ("text/html", "text/turtle", "application/ld+json", "application/rdf+xml"):
        assert media_type in response.text


@pytest.mark.parametrize("path", ["/id/law/none", "/doc/law/none", "/doc/law/none.ttl", "/id/x/y"])
@pytest.mark.parametrize("accept", [BROWSER, "text/turtle"])
def test_unknown_thing_is_404(client: FlaskClient, path: str, accept: str) -> None:
    """What the store does not know is not redirected to."""
    assert client.get(path, headers={"Accept": accept}).status_code == 404


@pytest.mark.slow
def test_every_thing_has_five_equal_formats(client: FlaskClient, things: list[str]) -> None:
    """Each format of each thing parses and carries the same triples, compared canonically."""
    assert len(things) > 130
    for thing in things:
        path = thing.replace("/id/", "/doc/")
        graphs = {
            name: canonical(client.get(f"{path}.{name}").data, engine)
            for name, (_, engine) in PARSERS.items()
        }
        assert graphs["ttl"], thing
        assert all(graph == graphs["ttl"] for graph in graphs.values()), thing
        page = client.get(path)
        assert page.status_code == 200, thing


def canonical(data: bytes, engine: ox.RdfFormat) -> frozenset[ox.Quad]:
    """Return a graph with canonical blank nodes (RDFC-1.0)."""
    dataset = ox.Dataset(ox.parse(data, format=engine))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(dataset)


@pytest.mark.parametrize("name", PARSERS)
def test_rdflib_reads_what_pyoxigraph_wrote(client: FlaskClient, name: str) -> None:
    """A second parser finds the same number of triples in every format."""
    path = LAW.replace("/id/", "/doc/")
    parser, engine = PARSERS[name]
    data = client.get(f"{path}.{name}").data
    assert len(rdflib.Graph().parse(data=data, format=parser)) == len(canonical(data, engine))


def test_page_says_what_the_data_says(client: FlaskClient, things: list[str]) -> None:
    """Every value that a thing's RDF gives in Thai, or without a language, stands on its page."""
    elsewhere = {"schema.org/position", "ns#sha256", "ns#yearBE", "XMLSchema#boolean"}
    for thing in things:
        path = thing.replace("/id/", "/doc/")
        text = visible(client.get(path).text)
        for quad in ox.parse(client.get(f"{path}.nt").data, format=ox.RdfFormat.N_TRIPLES):
            value = quad.object
            own = isinstance(quad.subject, ox.NamedNode) and quad.subject.value.endswith(thing)
            if own and isinstance(value, ox.Literal) and value.language != "en":
                kind = quad.predicate.value + value.datatype.value
                dated = value.datatype.value.endswith("#date")
                if not dated and not any(name in kind for name in elsewhere):
                    assert value.value in text, (thing, value)


def visible(page: str) -> str:
    """Return the text of a page without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_no_bare_iri_is_a_link_text(client: FlaskClient, things: list[str]) -> None:
    """Links on a page say what they lead to."""
    for thing in things:
        page = client.get(thing.replace("/id/", "/doc/")).text
        for words in re.findall(r"<a [^>]*>([^<]*)</a>", page):
            assert "://" not in words, (thing, words)


def test_title_is_the_thai_name(
    client: FlaskClient, things: list[str], store: EmbeddedStore, config: Config
) -> None:
    """Every thing has a Thai name, and it is the title of its page."""
    for thing in things:
        iri = ox.NamedNode(config.base + thing)
        labels = store.quads_for(subject=iri, predicate=term("skos:prefLabel"))
        names = [q.object.value for q in labels if getattr(q.object, "language", "") == "th"]
        page = client.get(thing.replace("/id/", "/doc/")).text
        title = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert title is not None
        assert visible(title[1]).strip().replace("\u00a0", " ") == names[0], thing


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/doc/fiscal-year/2562", ["1 ตุลาคม 2561", "30 กันยายน 2562"]),
        ("/doc/fiscal-year/2562?lang=en", ["1 October 2018", "30 September 2019"]),
        ("/browse/law", ["ทั้งหมด 13 รายการ", "พระราชกฤษฎีกา"]),
        ("/", ["แผนและคลังความรู้", "5 รายการ", "เมืองพริกงาม"]),
    ],
)
def test_pages_show(client: FlaskClient, path: str, words: list[str]) -> None:
    """The special sections stand where they belong."""
    page = client.get(path).text
    for word in words:
        assert word in page


def test_entries_stand_in_order(client: FlaskClient) -> None:
    """A plan shows its five entries in their order, each with the kind of what it names."""
    page = client.get("/doc/plan/sao-301107-km-2").text
    places = [page.index(f"/doc/entry/sao-301107-p2-{n}") for n in range(1, 6)]
    assert places == sorted(places)
    assert "ประกาศผลดีเด่น" in page


def test_source_page_shows_every_line(client: FlaskClient) -> None:
    """All 46 pieces of the source page stand in order with their line numbers."""
    page = client.get("/doc/source/sao-301107-km-page").text
    numbers = [int(n) for n in re.findall(r'class="line-number">(\d+)<', page)]
    assert numbers == sorted(set(numbers))
    assert len(re.findall(r'class="line-words"', page)) == 46


def test_incoming_total_is_told_when_cut(client: FlaskClient) -> None:
    """A concept with few users shows them all and says how many."""
    page = client.get("/ontology/kind/act").text
    assert re.search(r'สิ่งที่เป็นชนิดนี้ <span class="count">10<', page)


def test_chosen_language_is_carried_along(client: FlaskClient) -> None:
    """Who chose English by hand stays in English from page to page."""
    page = client.get("/doc/plan/sao-301107-km-1?lang=en").text
    inside = re.findall(r'<a [^>]*href="(/(?:doc|browse|ontology)[^"]*)"', page)
    kept = [h for h in inside if not re.search(r"\.(ttl|jsonld|rdf|nt)$|lang=th", h)]
    assert kept
    assert all("lang=en" in href for href in kept)
    assert (
        client.get("/id/law/act-2522-building-control?lang=en")
        .headers["Location"]
        .endswith("?lang=en")
    )


def test_graph_leads_to_its_dump(client: FlaskClient) -> None:
    """A named graph's IRI is an address too."""
    turtle = client.get("/graph/shared", headers={"Accept": "text/turtle"})
    assert turtle.headers["Location"] == "/dumps/current/shared.ttl"
    page = client.get("/graph/shared", headers={"Accept": BROWSER})
    assert page.headers["Location"] == "/dumps"
    page = client.get("/graph/sao-301107", headers={"Accept": BROWSER})
    assert page.headers["Location"] == "/catalog/sao-301107"


def test_lists_have_pages(client: FlaskClient) -> None:
    """A page past the end is not found."""
    assert PAGE_SIZE > 1
    assert client.get("/browse/law?page=1").status_code == 200
    assert client.get("/browse/law?page=2").status_code == 404


def test_pages_hold_nothing_inline(client: FlaskClient) -> None:
    """The content security policy has no exception, so no page needs one."""
    for path in ("/", "/browse", LAW.replace("/id/", "/doc/"), "/sparql", "/dumps", "/quality"):
        page = client.get(path).text
        assert not re.search(r'<script(?! src="/static/| type="application/ld\+json")', page)
        assert "<style" not in page
        assert not re.search(r"\sstyle=|\son[a-z]+=", page)
        assert not re.search(
            r'(?:src|href)="(?:https?:)?//(?!creativecommons)[^"]*\.(?:css|js|woff2)', page
        )
