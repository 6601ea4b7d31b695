"""The catalogue: what a portal's harvester reads, line by line, and what people see."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import (
    DCAT,
    DCTERMS,
    FOAF,
    PROV,
    RDF,
    RDFS,
    SKOS,
    VOID,
    Graph,
    Literal,
    Namespace,
    URIRef,
)
from support.national import A, write_national
from support.paths import DATA
from support.sites import publish_once

from graph.release.manifest import Release
from publish.config import Config
from publish.portal import catalogue as catalog
from publish.server.stack import create_app

pytestmark = pytest.mark.slow

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
DCAT3 = Namespace(str(DCAT))  # rdflib knows DCAT 2
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
PARSERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}
TYPES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the bundled site, whose contact is set."""
    known = replace(config, contact_name="สำนักปลัด", contact_email="saraban@example.go.th")
    app = create_app(known)
    yield app.test_client()
    app.extensions["km"].current.close()


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


@pytest.fixture(scope="module")
def graph(client: FlaskClient) -> Graph:
    """The catalogue as a harvester parses it."""
    return read(client, "/catalog.ttl")


def read(client: FlaskClient, path: str) -> Graph:
    """Return what an address says, parsed by its extension."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    extension = path.partition("?")[0].rpartition(".")[2]
    return Graph().parse(data=response.data, format=PARSERS[extension])


def sets(graph: Graph) -> list[URIRef]:
    """Return what a harvester takes for data sets."""
    return sorted(s for s in graph.subjects(RDF.type, DCAT.Dataset) if isinstance(s, URIRef))


# ---- how it is asked for -----------------------------------------------------------------------


@pytest.mark.parametrize("extension", TYPES)
@pytest.mark.parametrize("accept", ["", "text/html", "*/*", "image/png", "text/html;q=0.9,*/*;q=0"])
def test_an_extension_is_always_rdf(client: FlaskClient, extension: str, accept: str) -> None:
    """A harvester sends no Accept, or a browser's; the address says what it gets."""
    headers = {"Accept": accept} if accept else {}
    head = client.head(f"/catalog.{extension}", headers=headers)
    got = client.get(f"/catalog.{extension}", headers=headers)
    assert (head.status_code, got.status_code) == (200, 200)
    assert got.headers["Content-Type"].partition(";")[0] == TYPES[extension]
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/rdf+xml, text/n3, text/turtle", "text/turtle"),
    ],
)
def test_the_catalogue_is_negotiated(client: FlaskClient, accept: str, media_type: str) -> None:
    """Without an extension the client's wish counts, and the answer says so."""
    response = client.get("/catalog", headers={"Accept": accept})
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    assert "Accept" in response.headers["Vary"]
    assert response.headers["Content-Location"].startswith("/catalog.")


def test_formats_say_the_same(client: FlaskClient, graph: Graph) -> None:
    """Each format holds the same triples."""
    for extension in ("jsonld", "rdf", "nt"):
        assert set(read(client, f"/catalog.{extension}")) == set(graph)


@pytest.mark.parametrize(
    "path",
    [
        "/catalog.exe",
        "/catalog.ttl?page=2",
        "/catalog?page=0",
        "/catalog?page=x",
        "/catalog/nobody",
        "/catalog/shared",
    ],
)
def test_what_there_is_not(client: FlaskClient, path: str) -> None:
    """No page is made up."""
    assert client.get(path).status_code == 404


def test_settings_are_part_of_the_tag(config: Config, client: FlaskClient) -> None:
    """Who has the catalogue of before a setting changed gets the new one."""
    other = create_app(replace(config, publisher="A"))
    tags = {c.get("/catalog.ttl").headers["ETag"] for c in (client, other.test_client())}
    other.extensions["km"].current.close()
    assert len(tags) == 2
    tag = client.get("/catalog.ttl").headers["ETag"]
    assert client.get("/catalog.ttl", headers={"If-None-Match": tag}).status_code == 304


# ---- what a harvester reads --------------------------------------------------------------------


def test_only_data_sets_are_data_sets(graph: Graph) -> None:
    """The whole and each organisation; neither catalogue, series nor versions."""
    (iri,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert [str(s).rpartition("/")[2] for s in sets(graph)] == ["catalog#all", "sao-301107"]
    assert set(graph.objects(iri, DCAT.dataset)) == set(sets(graph))
    assert (iri, RDF.type, DCAT.Dataset) not in graph


def test_nothing_is_blank(graph: Graph) -> None:
    """Each node has an address, so that two harvests can be compared."""
    assert all(isinstance(x, URIRef | Literal) for triple in graph for x in triple)


def test_titles_are_unique_and_latin_enough(graph: Graph) -> None:
    """A title keeps a token when its Thai letters are dropped; as a name it is short."""
    for language in ("th", "en"):
        titles = [
            str(t)
            for s in sets(graph)
            for t in graph.objects(s, DCTERMS.title)
            if isinstance(t, Literal) and t.language == language
        ]
        assert len(set(titles)) == len(titles) == len(sets(graph))
        assert all(re.search(r"\(km-[a-z0-9-]+\)$", title) for title in titles)
        names = [re.sub("[^a-zA-Z0-9]+", "-", title).strip("-") for title in titles]
        assert all(2 < len(name) <= 70 for name in names)
        assert len(set(names)) == len(names)


def test_keywords_are_tags(graph: Graph) -> None:
    """Stock CKAN takes letters, digits, spaces and -_. in ASCII; a comma would split a tag."""
    keywords = [str(k) for s in sets(graph) for k in graph.objects(s, DCAT.keyword)]
    assert len(keywords) > 10
    assert all(re.fullmatch(r"[A-Za-z0-9 ._-]{2,100}", keyword) for keyword in keywords)


def test_a_media_type_and_a_word(graph: Graph) -> None:
    """The media type is IANA's IRI and the format a word, on each distribution."""
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        media_type = str(graph.value(distribution, DCAT.mediaType))
        assert media_type.startswith("https://www.iana.org/assignments/media-types/")
        word = graph.value(distribution, DCTERMS["format"])
        assert isinstance(word, Literal) and "/" not in word
    turtle = URIRef("https://www.iana.org/assignments/media-types/text/turtle")
    found = {graph.value(d, DCTERMS["format"]) for d in graph.subjects(DCAT.mediaType, turtle)}
    assert found == {Literal("TTL")}


def test_the_licence_is_one_that_portals_know(graph: Graph, config: Config) -> None:
    """It stands on each distribution, by the name that CKAN's register has for it."""
    licence = URIRef(config.licence)
    assert graph.value(licence, DCTERMS.title) == Literal("Creative Commons Attribution")
    distributions = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert all((d, DCTERMS.license, licence) in graph for d in distributions)


def test_addresses_have_no_label(graph: Graph) -> None:
    """A label on these nodes would be shown in place of the address."""
    for predicate in (
        DCAT.landingPage,
        DCAT.accessURL,
        DCAT.downloadURL,
        DCTERMS.accrualPeriodicity,
    ):
        objects = set(graph.objects(None, predicate))
        assert objects
        assert all(graph.value(node, RDFS.label) is None for node in objects)


def test_the_publisher_has_a_name(graph: Graph) -> None:
    """The publisher is a foaf:Agent with foaf:name, in both languages here."""
    for one in sets(graph):
        agent = graph.value(one, DCTERMS.publisher)
        assert (agent, RDF.type, FOAF.Agent) in graph
        assert {n.language for n in graph.objects(agent, FOAF.name) if isinstance(n, Literal)} == {
            "th",
            "en",
        }


def test_a_place_has_one_label(graph: Graph) -> None:
    """Of several labels a harvester keeps the last it meets."""
    (place,) = set(graph.objects(None, DCTERMS.spatial))
    assert (place, RDF.type, DCTERMS.Location) in graph
    labels = [*graph.objects(place, SKOS.prefLabel), *graph.objects(place, RDFS.label)]
    assert labels == [Literal("ตำบลเมืองเกษตร")]


def test_the_period_is_in_common_era(graph: Graph) -> None:
    """Dates are C.E., whatever era the tables count in."""
    (start,) = set(graph.objects(None, DCAT.startDate))
    assert str(start) == "2018-10-01"


def test_the_endpoint_is_a_distribution(graph: Graph, config: Config) -> None:
    """A service is read from a distribution only; it says where it is and what it serves."""
    for one in sets(graph):
        (found,) = [
            d for d in graph.objects(one, DCAT.distribution) if graph.value(d, DCAT.accessService)
        ]
        service = graph.value(found, DCAT.accessService)
        assert graph.value(service, DCAT.endpointURL) == URIRef(f"{config.base}/sparql")
        assert (service, DCAT.servesDataset, one) in graph


def test_downloads_are_as_described(client: FlaskClient, graph: Graph, config: Config) -> None:
    """Each download answers 200 with the type, size and SHA-256 that the catalogue gives."""
    import hashlib

    urls = list(graph.subject_objects(DCAT.downloadURL))
    assert len(urls) >= 12
    for distribution, url in urls:
        response = client.get(str(url).removeprefix(config.base), buffered=True)
        assert response.status_code == 200
        packed = graph.value(distribution, DCAT.compressFormat) or graph.value(
            distribution, DCAT.packageFormat
        )
        declared = str(packed or graph.value(distribution, DCAT.mediaType))
        served = response.headers["Content-Type"].partition(";")[0]
        assert declared.partition("media-types/")[2] == served
        assert len(response.data) == int(str(graph.value(distribution, DCAT.byteSize)))
        checksum = graph.value(distribution, SPDX.checksum)
        value = graph.value(checksum, SPDX.checksumValue)
        assert hashlib.sha256(response.data).digest() == bytes.fromhex(str(value))
        assert (
            client.head(
                str(graph.value(distribution, DCAT.accessURL)).removeprefix(config.base)
            ).status_code
            == 200
        )


def test_the_whole_is_valid(graph: Graph) -> None:
    """DCAT-AP's constraints, in our own words, hold."""
    shapes = Graph().parse(DATA / "dcat_ap.ttl")
    conforms, _, text = validate(graph, shacl_graph=shapes)
    assert conforms, text


def test_the_shapes_see(graph: Graph) -> None:
    """The constraints do catch what they are about."""
    shapes = Graph().parse(DATA / "dcat_ap.ttl")
    for predicate in (DCTERMS.title, DCTERMS.publisher, DCAT.accessURL, SPDX.checksumValue):
        broken = Graph()
        for triple in graph:
            if triple[1] != predicate:
                broken.add(triple)
        assert not validate(broken, shacl_graph=shapes)[0], predicate


def test_provenance(graph: Graph, site: Release) -> None:
    """It tells which program made the data, from which files, by their SHA-256."""
    activity = graph.value(sets(graph)[0], PROV.wasGeneratedBy)
    program = graph.value(activity, PROV.wasAssociatedWith)
    assert str(graph.value(program, FOAF.name)) == site.manifest.program
    sums = {
        str(graph.value(graph.value(source, SPDX.checksum), SPDX.checksumValue))
        for source in graph.objects(activity, PROV.used)
    }
    assert sums == {source.sha256 for source in site.manifest.sources}


def test_versions(graph: Graph, site: Release) -> None:
    """A data set names its version, and the version the data set."""
    for one in sets(graph):
        assert graph.value(one, DCAT3.version) == Literal(site.id)
        version = graph.value(one, DCAT3.hasVersion)
        assert graph.value(version, DCAT3.isVersionOf) == one
        assert graph.value(version, RDF.type) is None


def test_the_contact_is_that_of_the_settings(graph: Graph) -> None:
    """Name and address are as they were set."""
    contact = graph.value(sets(graph)[1], DCAT.contactPoint)
    assert graph.value(contact, VCARD.fn) == Literal("สำนักปลัด")
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:saraban@example.go.th")


# ---- pages of a long catalogue -----------------------------------------------------------------


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


# ---- VoID --------------------------------------------------------------------------------------


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


# ---- for people --------------------------------------------------------------------------------


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
