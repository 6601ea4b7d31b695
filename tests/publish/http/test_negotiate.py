"""Negotiation against the headers that real clients send, and against nonsense."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.http.negotiate import (
    DOCUMENT_OFFERS,
    HTML,
    RDF_OFFERS,
    RESULT_OFFERS,
    TURTLE,
    NotAcceptable,
    essence,
    negotiate,
    prefer_language,
    refuses,
)

RDFLIB = (
    "application/rdf+xml, text/n3, text/turtle, application/n-triples, "
    "application/ld+json, application/trig, application/n-quads"
)
RAPPER = (
    "application/rdf+xml, text/rdf;q=0.6, application/n-triples, text/turtle, "
    "application/x-turtle, application/turtle, text/html;q=.2, application/xhtml+xml;q=.6, */*;q=.1"
)
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,"
    "application/n-triples;q=0.8,text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,"
    "application/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SPARQLWRAPPER_JSON = (
    "application/sparql-results+json,application/json,text/javascript,application/javascript"
)
SPARQLWRAPPER_N3 = (
    "application/turtle,text/turtle,text/rdf+n3,application/n-triples,application/n3,text/n3"
)

DOCUMENTS = [
    (None, "html"),
    ("", "html"),
    ("   ", "html"),
    ("*/*", "html"),
    ("*", "html"),
    ("*; q=.2", "html"),
    (BROWSER, "html"),
    (RDFLIB, "ttl"),
    (RAPPER, "ttl"),
    (COMUNICA, "jsonld"),
    ("application/ld+json, application/json", "jsonld"),
    ("application/json", "jsonld"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    ('application/ld+json;profile="a, b;q=0";q=0.9, text/turtle;q=0.5', "jsonld"),
    ("text/turtle;charset=utf-8", "ttl"),
    ("TEXT/Turtle ; CharSet=UTF-8 ; Q=0.7", "ttl"),
    ("text/n3", "ttl"),
    ("application/x-turtle", "ttl"),
    ("application/xml", "rdf"),
    ("text/xml", "rdf"),
    ("application/xhtml+xml", "html"),
    ("text/plain", "nt"),
    ("text/*", "html"),
    ("application/*", "jsonld"),
    ("text/turtle;q=0.5, application/rdf+xml;q=0.50001", "rdf"),
    ("text/turtle;q=0, */*;q=0.1", "html"),
    ("text/html;q=0, */*;q=0.1", "ttl"),
    ("text/html;q=0, text/*", "ttl"),
    ("text/html;q=0.2, */*", "ttl"),
    ("text/*;q=0.3, text/html;q=0.7, text/html;level=1, */*;q=0.5", "html"),
    ("text/html;level=1;q=0, */*", "html"),
    ("text/html;q=0.5, *", "ttl"),
    ("text/html;level=1;q=0.3, text/html;q=0.8, text/turtle;q=0.5", "html"),
    ("text/html;level=1;q=0.9, text/html;q=0.2, text/turtle;q=0.5", "ttl"),
    ("text/turtle;a=1;q=0.9, text/turtle;a=2;q=0.1, text/html;q=0.5", "ttl"),
    ("text/turtle;a=1;q=0.1, text/turtle;a=2;q=0.9, text/html;q=0.5", "ttl"),
    ("text/html;charset=utf-8;q=0, */*;q=0.1", "ttl"),
    ("text/turtle;charset=utf-8;q=0.9, text/turtle;q=0.1, text/html;q=0.5", "ttl"),
    ("application/rdf+xml;q=0.2, application/xml, text/turtle;q=0.3", "ttl"),
    ("text/html;q=0.9, image/*", "html"),
    ("garbage", "html"),
    (", ,;;,", "html"),
    ("text/turtle;q=2", "ttl"),
    ("text/turtle;q=high, application/rdf+xml;q=0.1", "rdf"),
    ('text/turtle;a="never closed, application/rdf+xml', "ttl"),
    ("ข้อมูล/ไทย", "html"),
]

REFUSED = ["image/png", "text/turtle;q=0", "application/trig, application/n-quads", "*/*;q=0"]

RESULTS = [
    (None, "json"),
    ("*/*", "json"),
    (SPARQLWRAPPER_JSON, "json"),
    ("application/sparql-results+xml", "xml"),
    ("application/xml", "xml"),
    ("application/sparql-results+xml,application/rdf+xml,*/*", "json"),
    ("text/csv", "csv"),
    ("text/csv;header=present", "csv"),
    ("text/tab-separated-values", "tsv"),
    ("text/*", "csv"),
]


@pytest.mark.parametrize(("accept", "name"), DOCUMENTS)
def test_document(accept: str | None, name: str) -> None:
    """Each client gets the form of a document that it reads best."""
    assert negotiate(accept, DOCUMENT_OFFERS).name == name


@pytest.mark.parametrize("accept", REFUSED)
def test_refused(accept: str) -> None:
    """What nothing matches is refused with the list of what there is."""
    with pytest.raises(NotAcceptable, match="text/turtle") as caught:
        negotiate(accept, DOCUMENT_OFFERS)
    assert caught.value.offers == DOCUMENT_OFFERS


@pytest.mark.parametrize(("accept", "name"), RESULTS)
def test_results(accept: str | None, name: str) -> None:
    """Each client gets the result format that it reads best."""
    assert negotiate(accept, RESULT_OFFERS).name == name


@pytest.mark.parametrize("accept", [SPARQLWRAPPER_N3, RDFLIB])
def test_graphs(accept: str) -> None:
    """Where several syntaxes are wished for alike, ours comes first."""
    assert negotiate(accept, RDF_OFFERS) is TURTLE


def test_tie_goes_to_the_first_offer() -> None:
    """The server's order decides between equals, whatever the client's order is."""
    assert negotiate("text/turtle, text/html", (TURTLE, HTML)) is TURTLE
    assert negotiate("text/turtle, text/html", (HTML, TURTLE)) is HTML


def test_long_nonsense_is_read_once() -> None:
    """A header made of quotes and escapes takes no more than one pass."""
    assert negotiate('text/html;c="' + '\\"' * 100_000, (HTML, TURTLE, *RDF_OFFERS[1:]))


@given(
    st.one_of(
        st.none(),
        st.text(),
        st.text(alphabet='textur/l*,;q=."0\\1 '),
        st.lists(
            st.sampled_from(["text/html", "text/*", "*/*", "text/n3", "a/b", ";q=0", ";q=.5", ","])
        ).map("".join),
    )
)
def test_always_an_offer_or_not_acceptable(accept: str | None) -> None:
    """Whatever stands in the header, the answer is one of the offers or a 406."""
    with contextlib.suppress(NotAcceptable):
        assert negotiate(accept, DOCUMENT_OFFERS) in DOCUMENT_OFFERS


@pytest.mark.parametrize(
    ("accept", "refused"),
    [
        (None, False),
        ("", False),
        ("text/html", False),
        ("text/html;q=0", True),
        ("TEXT/HTML;q=0.0, */*", True),
        ("*/*;q=0", False),
        ("text/turtle;q=0", False),
    ],
)
def test_refuses(accept: str | None, refused: bool) -> None:
    """A type is refused where the client names it with a quality of 0, not by a wider range."""
    assert refuses(accept, HTML) == refused


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("", ""),
        ("garbage", ""),
        ("image/png", "none of ours"),
        ("text/html, image/png", "text/html;q=1"),
        ("text/turtle;q=0.5, */*;q=0.1", "*/*;q=0.1,text/turtle;q=0.5"),
    ],
)
def test_essence(accept: str, told: str) -> None:
    """Headers with the same wishes have one text; wishes for pictures only are not no wish."""
    assert essence(accept) == told


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "th"), ("en", "en"), ("fr", "th"), ("en-GB", "en"), ("th;q=0.1, en", "en")],
)
def test_prefer_language(header: str, language: str) -> None:
    """The first language is the default where the reader asks for none of ours."""
    assert prefer_language(header, ("th", "en")) == language
