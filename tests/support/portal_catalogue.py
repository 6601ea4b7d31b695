"""What the tests of publish.portal.catalogue share."""

from flask.testing import FlaskClient
from rdflib import DCAT, RDF, Graph, URIRef

PARSERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}

TYPES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}


def read(client: FlaskClient, path: str) -> Graph:
    """Return what an address says, parsed by its extension."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    extension = path.partition("?")[0].rpartition(".")[2]
    return Graph().parse(data=response.data, format=PARSERS[extension])


def sets(graph: Graph) -> list[URIRef]:
    """Return what a harvester takes for data sets."""
    return sorted(s for s in graph.subjects(RDF.type, DCAT.Dataset) if isinstance(s, URIRef))
