"""The catalogue: what a portal's harvester reads, line by line, and what people see."""

import json
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, VOID, Graph, Literal, Namespace, URIRef
from support.national import A, write_national
from support.paths import DATA
from support.portal_catalogue import TYPES, read, sets
from support.sites import publish_once

from graph.release.manifest import Release
from publish.config import Config
from publish.portal import catalogue as catalog
from publish.server.stack import create_app

pytestmark = pytest.mark.slow

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a site of five organisations, two to a page."""
    folder = tmp_path_factory.mktemp("many")
    config = Config(data=folder / "var", workers=1, publisher="กรมตัวอย่าง")
    publish_once(config, write_national(folder / "national"))
    app = create_app(config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "PAGE_SIZE", 2)
        yield app.test_client()
    app.extensions["km"].current.close()


def harvest(client: FlaskClient, path: str) -> Iterator[Graph]:
    """Yield the pages of a catalogue as a harvester follows them."""
    while path:
        page = read(client, path)
        yield page
        views = list(page.subjects(RDF.type, HYDRA.PartialCollectionView))
        following = page.value(views[0], HYDRA.next) if views else None
        path = str(following).removeprefix(Config.base) if following else ""


@pytest.mark.parametrize("extension", TYPES)
def test_pages_hold_every_set_once(many: FlaskClient, extension: str) -> None:
    """What is missing from a harvest is deleted at the portal: page fully or not at all."""
    pages = list(harvest(many, f"/catalog.{extension}"))
    assert len(pages) == 3
    found = [one for page in pages for one in sets(page)]
    assert len(found) == len(set(found)) == 6


def test_each_page_stands_alone(many: FlaskClient) -> None:
    """Each page is parsed and checked without the others."""
    shapes = Graph().parse(DATA / "dcat_ap.ttl")
    for page in harvest(many, "/catalog.ttl"):
        conforms, _, text = validate(page, shacl_graph=shapes)
        assert conforms, text
        view = page.value(predicate=RDF.type, object=HYDRA.PartialCollectionView)
        assert str(page.value(view, HYDRA.first)) == f"{Config.base}/catalog.ttl"
        assert str(page.value(view, HYDRA.last)) == f"{Config.base}/catalog.ttl?page=3"
        assert [str(total) for total in page.objects(None, HYDRA.totalItems)] == ["6"]


def test_a_short_catalogue_has_no_pages(graph: Graph) -> None:
    """Nothing speaks of pages where there is only one."""
    assert not list(graph.subjects(RDF.type, HYDRA.PartialCollectionView))


def test_the_publisher_of_the_settings(many: FlaskClient) -> None:
    """The catalogue's publisher is set; an organisation publishes its own data."""
    page = read(many, "/catalog.ttl")
    (catalogue,) = page.subjects(RDF.type, DCAT.Catalog)
    agent = page.value(catalogue, DCTERMS.publisher)
    assert page.value(agent, FOAF.name) == Literal("กรมตัวอย่าง", lang="th")
    own = page.value(URIRef(f"{Config.base}/graph/{A}"), DCTERMS.publisher)
    assert own == URIRef(f"{Config.base}/id/org/{A}") or own is None


def test_an_organisation_without_english(many: FlaskClient) -> None:
    """Its Latin title is its token; the Thai one its name."""
    graph = read(many, f"/catalog/{A}.ttl")
    titles = {
        t.language: str(t)
        for t in graph.objects(URIRef(f"{Config.base}/graph/{A}"), DCTERMS.title)
        if isinstance(t, Literal)
    }
    assert titles["th"] == f"ความรู้ของอบต.เอ (km-{A})"
    assert titles["en"].endswith(f"(km-{A})")


def test_void(client: FlaskClient, site: Release, config: Config) -> None:
    """VoID names each graph with its size, and counts the whole by class and property."""
    response = client.get("/.well-known/void")
    assert response.headers["Content-Type"].startswith("text/turtle")
    graph = Graph().parse(data=response.data, format="turtle")
    whole = URIRef(f"{config.base}/catalog#all")
    assert graph.value(whole, VOID.triples).toPython() == site.manifest.triples
    for name, count in site.manifest.graphs.items():
        assert (whole, VOID.subset, URIRef(name)) in graph
        assert graph.value(URIRef(name), VOID.triples).toPython() == count
    parts = list(graph.objects(whole, VOID.propertyPartition))
    assert sum(graph.value(p, VOID.triples).toPython() for p in parts) == site.manifest.triples
    for example in graph.objects(whole, VOID.exampleResource):
        path = str(example).removeprefix(config.base).replace("/id/", "/doc/")
        assert client.get(path).status_code == 200
    for dump in graph.objects(whole, VOID.dataDump):
        assert client.head(str(dump).removeprefix(config.base)).status_code == 200
    links = list(graph.subjects(RDF.type, VOID.Linkset))
    assert links and all(graph.value(one, VOID.objectsTarget) for one in links)


def test_void_counts_classes(client: FlaskClient, config: Config, store: object) -> None:
    """The class partitions are what the store counts."""
    from graph.describe.overview import survey
    from graph.hubs.read import Hubs

    graph = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    whole = URIRef(f"{config.base}/catalog#all")
    counted = {
        str(graph.value(part, VOID["class"])): graph.value(part, VOID.entities).toPython()
        for part in graph.objects(whole, VOID.classPartition)
    }
    assert counted == survey(store, Hubs()).counts  # type: ignore[arg-type]


def test_resources_lead_to_void(client: FlaskClient, config: Config) -> None:
    """A resource's RDF names the data set it is in, which VoID describes."""
    graph = read(client, "/doc/plan/sao-301107-km-1.ttl")
    found = graph.value(URIRef(f"{config.base}/id/plan/sao-301107-km-1"), VOID.inDataset)
    described = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    assert (found, RDF.type, VOID.Dataset) in described


@pytest.mark.parametrize("path", ["/catalog", "/catalog/sao-301107"])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_search_engines_find_a_data_set(client: FlaskClient, path: str, lang: str) -> None:
    """The page holds a schema.org Dataset with what search engines ask for."""
    page = client.get(f"{path}?lang={lang}").text
    found = re.findall('<script type="application/ld\\+json">(.*?)</script>', page, re.DOTALL)
    data = json.loads(found[0])
    assert (data["@context"], data["@type"]) == ("https://schema.org/", "Dataset")
    assert 50 <= len(data["description"]) <= 5000
    assert data["name"] and data["license"].startswith("https://")
    assert all(one["contentUrl"].startswith("http") for one in data["distribution"])
    assert len(data["distribution"]) >= 4
    assert data.get("spatialCoverage", {"@type": "Place"})["@type"] == "Place"
    assert ("spatialCoverage" in data) == (path != "/catalog")


def test_what_is_not_set_is_named(site: Release, config: Config) -> None:
    """The page says which settings a portal will miss; nothing is made up."""
    app = create_app(config)
    page, graph = (
        app.test_client().get("/catalog?lang=en").text,
        read(app.test_client(), "/catalog.ttl"),
    )
    app.extensions["km"].current.close()
    assert "KM_CONTACT_EMAIL" in page and "KM_PUBLISHER" not in page
    assert not list(graph.objects(None, DCAT.contactPoint))


def test_a_table_that_cannot_be_made_is_no_link(client: FlaskClient, many: FlaskClient) -> None:
    """Where a contact is missing the page says so beside the portal's table, and leads nowhere."""
    assert 'href="/catalog/gdc.csv"' in client.get("/catalog", headers={"Accept": "text/html"}).text
    waiting = many.get("/catalog?lang=en", headers={"Accept": "text/html"}).text
    assert "/catalog/gdc.csv" not in waiting
    assert "cannot be made yet: a data set has no contact" in waiting
    assert many.get("/catalog/gdc.csv").status_code == 409


def test_names_in_another_language_say_so(many: FlaskClient) -> None:
    """An owner without an English name is named in Thai, marked as Thai, on the English page."""
    page = many.get("/catalog?lang=en", headers={"Accept": "text/html"}).text
    assert 'href="/catalog/sao-980101?lang=en" lang="th">อบต.อี</a>' in page
    second = many.get("/catalog?lang=en&page=2", headers={"Accept": "text/html"}).text
    assert ">Know-how of SAO B</a>" in second
