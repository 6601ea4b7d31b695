"""Found by others: what a page says of itself to search engines, and its signposts for programs."""

import json
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef

from graph.rdf.facts import gather
from graph.rdf.vocab import read_package, term
from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app
from publish.things.metadata import schema_type

BROWSER = {"Accept": "text/html"}
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
TYPES = {
    "/doc/law/act-2522-building-control": "Legislation",
    "/doc/plan/sao-301107-km-1": "CreativeWork",
    "/doc/collection/sao-301107-inside": "Collection",
    "/doc/entry/sao-301107-p1-1": "ListItem",
    "/doc/leaflet/sao-301107-tax": "CreativeWork",
    "/doc/document/sao-301107-training-report": "CreativeWork",
    "/doc/topic/older-people": "DefinedTerm",
    "/doc/service/old-age-allowance": "GovernmentService",
    "/doc/org/sao-301107": "GovernmentOrganization",
    "/doc/area/tambon-301107": "Place",
    "/doc/provision/decree-2546-good-governance-s11": "Legislation",
    "/doc/source/sao-301107-km-page": "WebPage",
    "/doc/fiscal-year/2562": "Thing",
}


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application on the bundled site."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def nodes(client: FlaskClient, path: str) -> dict[str, dict[str, object]]:
    """Return the nodes of a page's JSON-LD by type."""
    block = BLOCK.search(client.get(path, headers=BROWSER).text)
    assert block is not None, path
    document = json.loads(block[1])
    assert document["@context"] == "https://schema.org"
    return {node["@type"]: node for node in document["@graph"]}


@pytest.mark.parametrize("path", TYPES)
def test_things_are_what_schema_org_calls_them(client: FlaskClient, path: str) -> None:
    """Each kind has a class, an identifier, an address, a name and a description."""
    node = nodes(client, path)[TYPES[path]]
    assert str(node["@id"]).endswith(path.replace("/doc/", "/id/"))
    assert str(node["url"]).endswith(path)
    assert node["name"] and node["description"]


def test_what_is_said_is_what_the_graph_says(client: FlaskClient, config: Config) -> None:
    """A law's topic and year in the block are those of its RDF."""
    path = "/doc/law/act-2535-building-control-2"
    node = nodes(client, f"{path}?lang=en")["Legislation"]
    graph = Graph().parse(data=client.get(f"{path}.ttl").text, format="turtle")
    law = URIRef(f"{config.base}/id/law/act-2535-building-control-2")
    assert node["@id"] == str(law)
    assert node["legislationDate"] == "1992"
    changed = [
        str(o) for o in graph.objects(law, URIRef("http://data.europa.eu/eli/ontology#amends"))
    ]
    assert [other["@id"] for other in node["legislationChanges"]] == changed  # type: ignore[attr-defined]
    assert node["name"] == "Building Control Act (No. 2), B.E. 2535 (1992)"


def test_breadcrumbs_lead_to_the_page(client: FlaskClient, config: Config) -> None:
    """The way is whole addresses that answer, the page itself last."""
    path = "/doc/law/act-2522-building-control"
    steps = nodes(client, path)["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))  # type: ignore[attr-defined]
    addresses = [step["item"] for step in steps]  # type: ignore[attr-defined]
    assert addresses[0] == f"{config.base}/"
    assert addresses[-1] == config.base + path
    for address in addresses:
        assert client.get(address.removeprefix(config.base), headers=BROWSER).status_code == 200


def test_the_home_page_says_how_to_search(client: FlaskClient, config: Config) -> None:
    """The site is a WebSite whose search a program can fill in."""
    target = nodes(client, "/")["WebSite"]["potentialAction"]["target"]["urlTemplate"]  # type: ignore[index]
    assert target == f"{config.base}/search?q={{search_term_string}}"


PAGES = ["/", "/browse", "/browse/law", "/doc/topic/ethics", "/queries", "/ontology", "/dumps"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_shared(client: FlaskClient, path: str, config: Config) -> None:
    """Pages have a description, a canonical address, OpenGraph, and a picture that is there."""
    page = client.get(path, headers=BROWSER).text
    assert re.search(r'<meta name="description" content="[^"]{10,}">', page)
    assert f'<link rel="canonical" href="{config.base}{path}">' in page
    for name in ("type", "title", "description", "url", "site_name", "locale", "image"):
        assert page.count(f'<meta property="og:{name}" content="') == 1
    picture = re.search(r'og:image" content="([^"]+)"', page)
    assert picture is not None
    with client.get(picture[1].removeprefix(config.base)) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/png")


@pytest.mark.parametrize("path", ["/", "/browse/law", "/doc/topic/ethics"])
def test_each_language_is_canonical_at_its_own_address(
    client: FlaskClient, path: str, config: Config
) -> None:
    """A page that was asked for in a language names that address, as the other languages do."""
    for lang in ("th", "en"):
        page = client.get(f"{path}?lang={lang}", headers=BROWSER).text
        own = f"{config.base}{path}?lang={lang}"
        assert f'<link rel="canonical" href="{own}">' in page
        assert f'<meta property="og:url" content="{own}">' in page
        assert f'hreflang="x-default" href="{config.base}{path}"' in page
        for other in ("th", "en"):
            assert f'hreflang="{other}" href="{config.base}{path}?lang={other}"' in page


@pytest.mark.parametrize("path", TYPES)
def test_a_page_is_described_in_one_sentence_of_its_language(
    client: FlaskClient, path: str
) -> None:
    """No description strings names together or says the same in two languages."""
    page = client.get(path, headers=BROWSER).text
    found = re.search(r'<meta name="description" content="([^"]*)"', page)
    assert found is not None
    assert " · " not in found[1]


def test_titles_and_descriptions_tell_pages_apart(client: FlaskClient) -> None:
    """No two things have one title and description."""
    seen = set()
    for path in TYPES:
        page = client.get(path, headers=BROWSER).text
        seen.add(re.findall(r"<title>[^<]*|<meta name=\"description\"[^>]*", page)[0:2][1])
    assert len(seen) == len(TYPES)


def test_search_results_stay_out_of_indexes(client: FlaskClient) -> None:
    """A page of results is no page of its own to a search engine."""
    page = client.get("/search?q=ภาษี", headers=BROWSER).text
    assert '<meta name="robots" content="noindex">' in page
    assert "og:title" not in page


def test_a_block_cannot_be_left(client: FlaskClient) -> None:
    """Nothing in the block ends it: markup in names is escaped."""
    app = client.application
    with app.test_request_context():
        written = app.jinja_env.from_string("{{ x|tojson }}").render(x={"n": "</script><!--&'ก"})
    assert "<" not in written and ">" not in written and "&" not in written
    assert "ก" in written
    assert json.loads(written)["n"] == "</script><!--&'ก"


SIGNPOSTS = [
    ("/doc/law/act-2522-building-control", "type", "https://schema.org/Legislation"),
    ("/doc/law/act-2522-building-control", "type", "https://schema.org/AboutPage"),
    ("/doc/law/act-2522-building-control", "cite-as", "/id/law/act-2522-building-control"),
    ("/doc/law/act-2522-building-control", "describedby", "/doc/law/act-2522-building-control.ttl"),
    (
        "/doc/law/act-2522-building-control",
        "license",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    ("/doc/plan/sao-301107-km-1", "item", "/id/entry/sao-301107-p1-1"),
    ("/doc/plan/sao-301107-km-1", "author", "/id/org/sao-301107"),
    ("/doc/entry/sao-301107-p1-1", "collection", "/id/plan/sao-301107-km-1"),
]


@pytest.mark.parametrize(("path", "relation", "target"), SIGNPOSTS)
def test_signposts(client: FlaskClient, path: str, relation: str, target: str) -> None:
    """FAIR Signposting level 1, in the header of the page."""
    header = client.get(path, headers=BROWSER).headers["Link"]
    links = re.findall(r'<([^>]+)>; rel="([^"]+)"', header)
    assert any(found.endswith(target) and rel == relation for found, rel in links), header


def test_classes_nobody_knows_are_things() -> None:
    """A class without a counterpart in schema.org is a Thing; circles of subclasses end."""
    vocabulary = gather(read_package("ontology"))
    assert schema_type([term("owl:Class")], vocabulary) == "Thing"
    assert schema_type([term("km:Leaflet")], vocabulary) == "CreativeWork"
