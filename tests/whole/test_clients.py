"""Real clients against a running server: rdflib, SPARQLWrapper, raptor, and plain HTTP."""

import html
import json
import re
import subprocess
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.compare import to_canonical_graph
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper
from support.programs import needs_rapper

from graph.queries.saved import saved_queries
from graph.rdf.iris import parse_iri
from graph.release.manifest import Release

KM = "https://w3id.org/tambon-km/ns#"
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}


def fetch(url: str, accept: str = "*/*") -> tuple[str, str]:
    """Return the media type and text of an address, following redirects."""
    with urlopen(Request(url, headers={"Accept": accept}), timeout=20) as answer:
        return answer.headers.get_content_type(), answer.read().decode("utf-8")


@pytest.fixture(scope="module")
def things(site: Release) -> list[str]:
    """Every thing that the release says anything of, as subject, under the site's base."""
    base = site.manifest.base
    quads = ox.parse(path=str(site.dumps / "all.nq"))
    subjects = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}
    return sorted(iri for iri in subjects if parse_iri(base, iri))


def test_every_thing_has_a_page_and_four_equal_graphs(server: str, things: list[str]) -> None:
    """Each resource answers 200 in all five formats; the RDF ones carry the same triples."""
    assert len(things) > 130
    for iri in things:
        document = iri.replace("/id/", "/doc/")
        media_type, page = fetch(f"{document}.html")
        assert media_type == "text/html"
        assert "<h1" in page
        graphs = {}
        for extension, name in FORMATS.items():
            graph = Graph().parse(data=fetch(f"{document}.{extension}")[1], format=name)
            graphs[extension] = set(to_canonical_graph(graph))
        assert len(graphs["nt"]) > 3
        assert graphs["ttl"] == graphs["nt"], iri
        assert graphs["jsonld"] == graphs["nt"], iri
        assert graphs["rdf"] == graphs["nt"], iri


def test_a_page_says_what_its_rdf_says(server: str) -> None:
    """Every literal of a plan's own description can be read on its Thai or English page."""
    iri = f"{server}/id/plan/sao-301107-km-1"
    pages = "".join(
        fetch(f"{server}/doc/plan/sao-301107-km-1.html?lang={lang}")[1] for lang in ("th", "en")
    )
    text = html.unescape(re.sub(r"<[^>]*>", "", pages))
    graph = Graph().parse(f"{server}/doc/plan/sao-301107-km-1.ttl", format="turtle")
    for value in graph.objects(URIRef(iri)):
        if not isinstance(value, URIRef):
            assert str(value) in text, value


def test_rdflib_follows_an_identifier(server: str) -> None:
    """Graph().parse(iri) negotiates, follows the 303 and gets the thing's triples."""
    iri = URIRef(f"{server}/id/plan/sao-301107-km-1")
    graph = Graph().parse(iri)
    assert (iri, None, URIRef(f"{KM}Plan")) in graph
    assert len(list(graph.objects(iri))) > 10


def test_rdflib_reads_the_ontology(server: str) -> None:
    """The vocabulary comes whole from its address."""
    graph = Graph().parse(f"{server}/ontology")
    assert (URIRef(f"{KM}Plan"), None, None) in graph


def test_rdflib_reads_the_dump(server: str, site: Release) -> None:
    """The whole as N-Quads holds as many quads as the manifest says."""
    text = fetch(f"{server}/dumps/current/all.nq")[1]
    dataset = Dataset().parse(data=text, format="nquads")
    assert sum(1 for _ in dataset.quads()) == site.manifest.triples


@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper_selects(server: str, method: str) -> None:
    """SPARQLWrapper's SELECT works as JSON by GET and by POST."""
    client = SPARQLWrapper(f"{server}/sparql")
    client.setMethod(method)
    client.setReturnFormat(JSON)
    client.setQuery(
        """PREFIX km: <https://w3id.org/tambon-km/ns#>
        PREFIX schema: <https://schema.org/>
        PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?words { ?entry dct:isPartOf ?plan ; schema:position 5 ; km:verbatim ?words .
                        ?plan a km:Plan ; schema:position 2 }"""
    )
    found = client.query().convert()["results"]["bindings"]
    assert [row["words"]["value"] for row in found] == ["พรบ.ควบคุมอาคาร พ.ศ. 2522 และที่แก้ไขเพิ่มเติม"]


def test_sparqlwrapper_gets_other_formats(server: str) -> None:
    """XML, CSV and Turtle come as SPARQLWrapper asks for them."""
    client = SPARQLWrapper(f"{server}/sparql")
    client.setQuery("SELECT (COUNT(*) AS ?n) { ?law a km:Law }")
    client.setReturnFormat(XML)
    assert "<literal" in client.query().convert().toxml()
    client.setReturnFormat(CSV)
    assert client.query().convert().decode().split() == ["n", "13"]
    client.setQuery("CONSTRUCT { ?law a km:Law } WHERE { ?law a km:Law }")
    client.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=client.query().convert(), format="turtle")) == 13


@needs_rapper
def test_raptor_reads_an_identifier(server: str) -> None:
    """raptor follows the 303 with its own Accept header and counts some triples."""
    command = ["rapper", "-q", "-g", "-o", "ntriples", f"{server}/id/law/act-2522-building-control"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert len(result.stdout.splitlines()) > 10


def test_urllib_without_an_accept_header_gets_the_page(server: str) -> None:
    """A client that says nothing of formats gets HTML."""
    with urlopen(f"{server}/id/topic/local-tax", timeout=10) as answer:
        assert answer.headers.get_content_type() == "text/html"


def test_an_unknown_thing_is_404(server: str) -> None:
    """What nobody published is not found, in the format asked for, without a trace."""
    with pytest.raises(HTTPError) as caught:
        fetch(f"{server}/id/plan/none", "text/turtle")
    assert caught.value.code == 404
    assert "Traceback" not in caught.value.read().decode()
    caught.value.close()


def test_the_saved_questions_run_over_http(server: str) -> None:
    """Every saved question answers through the public endpoint."""
    for query in saved_queries(server):
        body = query.text.encode()
        headers = {
            "Content-Type": "application/sparql-query",
            "Accept": "application/sparql-results+json",
        }
        with urlopen(Request(f"{server}/sparql", body, headers), timeout=20) as answer:
            assert "bindings" in json.load(answer)["results"], query.name
