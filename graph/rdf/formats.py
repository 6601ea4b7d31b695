"""Every format that this program reads or writes, in one table.

In: the short name of a format, as addresses and manifests have it. Out: its media type (IANA), its
names for people and portals, its IRI at W3C, and the engine's own name for it.
"""

from dataclasses import dataclass

import pyoxigraph as ox

_W3C = "http://www.w3.org/ns/formats/"
GZIP = "application/gzip"
ZIP = "application/zip"


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        media_type: as registered with IANA; of a ZIP, that of the files in it.
        label: the short name that CKAN shows.
        title: the full name.
        engine: pyoxigraph's own name; None where pyoxigraph does not write the format.
        iri: the format's IRI at W3C, "" where it has none.
    """

    media_type: str
    label: str
    title: str
    engine: ox.RdfFormat | ox.QueryResultsFormat | None = None
    iri: str = ""

    @property
    def content_type(self) -> str:
        """The value of Content-Type: text says that it is UTF-8 (RFC 9110 section 8.3)."""
        is_text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if is_text else self.media_type

    @property
    def is_graph(self) -> bool:
        """Tell whether it holds triples, and not rows."""
        return isinstance(self.engine, ox.RdfFormat)

    @property
    def rdf(self) -> ox.RdfFormat:
        """What pyoxigraph calls a format of triples."""
        assert isinstance(self.engine, ox.RdfFormat)
        return self.engine

    @property
    def rows(self) -> ox.QueryResultsFormat:
        """What pyoxigraph calls a format of rows."""
        assert isinstance(self.engine, ox.QueryResultsFormat)
        return self.engine


#: The formats of triples and quads, in the order in which a page offers them.
RDF = {
    "ttl": Format("text/turtle", "TTL", "Turtle", ox.RdfFormat.TURTLE, f"{_W3C}Turtle"),
    "jsonld": Format(
        "application/ld+json", "JSON-LD", "JSON-LD", ox.RdfFormat.JSON_LD, f"{_W3C}JSON-LD"
    ),
    "rdf": Format("application/rdf+xml", "RDF", "RDF/XML", ox.RdfFormat.RDF_XML, f"{_W3C}RDF_XML"),
    "nt": Format(
        "application/n-triples", "NT", "N-Triples", ox.RdfFormat.N_TRIPLES, f"{_W3C}N-Triples"
    ),
    "nq": Format("application/n-quads", "NQ", "N-Quads", ox.RdfFormat.N_QUADS, f"{_W3C}N-Quads"),
    "trig": Format("application/trig", "TriG", "TriG", ox.RdfFormat.TRIG, f"{_W3C}TriG"),
}
#: The formats of rows and of ASK (SPARQL 1.1 Protocol section 2.1.6).
RESULTS = {
    "json": Format(
        "application/sparql-results+json",
        "JSON",
        "SPARQL 1.1 JSON",
        ox.QueryResultsFormat.JSON,
        f"{_W3C}SPARQL_Results_JSON",
    ),
    "xml": Format(
        "application/sparql-results+xml",
        "XML",
        "SPARQL XML",
        ox.QueryResultsFormat.XML,
        f"{_W3C}SPARQL_Results_XML",
    ),
    "csv": Format("text/csv", "CSV", "CSV", ox.QueryResultsFormat.CSV, f"{_W3C}SPARQL_Results_CSV"),
    "tsv": Format(
        "text/tab-separated-values",
        "TSV",
        "TSV",
        ox.QueryResultsFormat.TSV,
        f"{_W3C}SPARQL_Results_TSV",
    ),
}
FORMATS = {**RDF, **RESULTS, "zip": Format("text/csv", "CSV", "CSV (ZIP)")}

#: The formats of the endpoint: rows, then graphs.
ANSWERS = (*RESULTS, "ttl", "nt", "jsonld", "rdf")
#: The formats of downloads, in the order of a catalogue.
DUMP_FORMATS = ("ttl", "jsonld", "rdf", "nt", "nq", "trig", "csv", "zip")
