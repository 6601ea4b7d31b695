"""The catalogue: what a portal's harvester reads, line by line, and what people see."""

import re

import pytest
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from support.paths import DATA
from support.portal_catalogue import sets

from graph.release.manifest import Release
from publish.config import Config

pytestmark = pytest.mark.slow

DCAT3 = Namespace(str(DCAT))  # rdflib knows DCAT 2

SPDX = Namespace("http://spdx.org/rdf/terms#")

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")


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
