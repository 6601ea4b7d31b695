"""Headers: conditions, links, languages and hostile input, asked of the application itself."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from graph.release.manifest import Release
from publish.config import Config
from publish.http.links import Links, encode_iri
from publish.http.response import WebLink, make_etag, see_other, with_charset
from publish.server.stack import create_app

LAW = "/doc/law/act-2522-building-control"
FORMATS = {
    "html": "text/html; charset=utf-8",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
}


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application, without a network between."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.mark.parametrize("path", ["/", LAW, f"{LAW}.ttl", "/id/law/act-2522-building-control"])
def test_head_says_what_get_says(client: FlaskClient, path: str) -> None:
    """HEAD has the headers of GET and no body (RFC 9110 section 9.3.2)."""
    get, head = client.get(path), client.head(path)
    assert head.data == b""
    assert head.status_code == get.status_code
    said, wanted = dict(head.headers), dict(get.headers)
    said.pop("Date", None), wanted.pop("Date", None)  # two answers, maybe of two seconds
    assert said == wanted


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_has_its_type_and_tag(client: FlaskClient, name: str) -> None:
    """The five formats say what they are, and no two share an entity tag."""
    response = client.get(f"{LAW}.{name}")
    assert response.headers["Content-Type"] == FORMATS[name]
    others = {client.get(f"{LAW}.{other}").headers["ETag"] for other in FORMATS if other != name}
    assert response.headers["ETag"] not in others


@pytest.mark.parametrize("path", ["/", "/browse/law", LAW, f"{LAW}.nt", "/ontology", "/dumps"])
def test_not_modified(client: FlaskClient, path: str) -> None:
    """Who has the current tag gets 304 with the tag and no body; an old tag gets the whole."""
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Vary"] == first.headers["Vary"] if "Vary" in first.headers else True
    assert client.get(path, headers={"If-None-Match": '"old"'}).status_code == 200


def test_languages_have_their_own_tags(client: FlaskClient) -> None:
    """A cache must not give the English page to a Thai reader."""
    thai = client.get(LAW, headers={"Accept-Language": "th"})
    english = client.get(LAW, headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert (thai.headers["Content-Language"], english.headers["Content-Language"]) == ("th", "en")
    assert thai.headers["ETag"] != english.headers["ETag"]
    assert "Accept-Language" in thai.headers["Vary"]


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("", "", "th"),
        ("", "ja", "th"),
        ("", "en", "en"),
        ("", "th-TH,th;q=0.9,en;q=0.8", "th"),
        ("?lang=en", "th", "en"),
        ("?lang=th", "en", "th"),
        ("?lang=xx", "en", "en"),
        ("?lang=%0d%0aX-Evil:1", "th", "th"),
    ],
)
def test_language_of_a_page(client: FlaskClient, query: str, accepted: str, lang: str) -> None:
    """Thai comes first; the address wins over the browser; nonsense is passed over."""
    response = client.get(LAW + query, headers={"Accept-Language": accepted})
    assert f'<html lang="{lang}">' in response.text
    assert "X-Evil" not in response.headers


def test_links_lead_to_the_other_formats(client: FlaskClient) -> None:
    """The page's Link header names each format with its type, and the thing (Signposting)."""
    header = client.get(LAW, headers={"Accept": "text/html"}).headers["Link"]
    for name in ("ttl", "jsonld", "rdf", "nt"):
        media_type = FORMATS[name].partition(";")[0]
        assert f'<{LAW}.{name}>; rel="alternate"; type="{media_type}"' in header
    assert 'id/law/act-2522-building-control>; rel="cite-as"' in header
    assert 'rel="license"' in header


def test_data_is_open_and_pages_are_safe(client: FlaskClient) -> None:
    """CORS is open without credentials; nothing inline can run; no cookie is ever set."""
    headers = client.get(LAW).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_preflight(client: FlaskClient) -> None:
    """A browser's preflight is answered for any page."""
    response = client.options(LAW, headers={"Origin": "https://example.org"})
    assert "GET" in response.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:99", "a b", "x" * 300, "[::1]"])
@pytest.mark.parametrize("path", ["/", LAW, "/id/law/act-2522-building-control", "/none", "//x/y"])
def test_host_header_goes_nowhere(client: FlaskClient, host: str, path: str) -> None:
    """The site answers on any host, and no address is made from that name."""
    response = client.get(path, headers={"Host": host})
    assert response.status_code in (200, 303, 400, 404)
    assert "evil" not in response.text + str(response.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/doc/law/%0d%0aX-Evil:1",
        "/id/law/%0d%0aLocation:%20http:%2f%2fevil",
        "/id/law/พรบ",
        "/doc/%2f%2fevil.example/x",
        "/ontology/%0d%0aX-Evil:1",
        "/ontology/javascript:alert(1)",
        "/ontology/a b<c>",
        "/shapes/%3Cscript%3E",
        "/browse/law?page=-1",
        "/browse/law?page=๙๙",
        "/browse/law?page=99999999999999999999",
        "/browse/nothing",
        "/graph/none",
        "//evil.example/%2e%2e",
    ],
)
def test_hostile_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    """Nothing of such an address comes back in a header, and nothing breaks."""
    response = client.get(path)
    assert response.status_code == 404
    assert "X-Evil" not in response.headers
    assert "Location" not in response.headers


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "evil"])
def test_redirects_stay_here(target: str) -> None:
    """A redirect that could leave the site is a fault of ours, not a response."""
    with pytest.raises(ValueError, match="no path of this site"):
        see_other(target)


@pytest.mark.parametrize(
    ("iri", "href"),
    [
        ("javascript:alert(1)", None),
        ("JavaScript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("urn:x:y", None),
        ("http://[bad", None),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("https://example.org/ก", "https://example.org/%E0%B8%81"),
        ("http://localhost:8000/id/law/x", "/doc/law/x"),
        ("http://localhost:8000/id/law/../x", "http://localhost:8000/id/law/../x"),
        (
            "http://localhost:8000.evil.example/id/law/x",
            "http://localhost:8000.evil.example/id/law/x",
        ),
        ("https://w3id.org/tambon-km/ns#Plan", "/ontology/Plan"),
        ("https://w3id.org/tambon-km/shapes#label-th", "/shapes/label-th"),
        ("https://w3id.org/tambon-km/kind/act", "/ontology/kind/act"),
    ],
)
def test_only_safe_iris_become_links(iri: str, href: str | None) -> None:
    """What is ours leads to its page, the web leads out, all else stays text."""
    found = Links("http://localhost:8000").href(iri)
    assert (found.url if found else None) == href


def test_links_carry_language_and_prefix() -> None:
    """A site below a path links below it, with the language that was chosen."""
    links = Links("https://example.go.th/km", "en")
    assert links.to("/browse", page="2") == "/km/browse?page=2&lang=en"
    assert links.path("https://example.go.th/km/id/law/x") == "/doc/law/x"


def test_link_header_takes_no_line_break() -> None:
    """A hostile IRI cannot end the header."""
    written = str(WebLink('http://a/ก"\r\nX: y>', "alternate", "text/turtle"))
    assert "\r" not in written
    assert "\n" not in written
    assert written.isascii()


@pytest.mark.parametrize(
    ("iri", "uri"),
    [
        ("http://a/%E0%B8%81", "http://a/%E0%B8%81"),
        ("http://a/ก", "http://a/%E0%B8%81"),
        ("<>", "%3C%3E"),
    ],
)
def test_encoding_happens_once(iri: str, uri: str) -> None:
    """What is percent-encoded stays so."""
    assert encode_iri(iri) == uri


def test_tags_do_not_run_together() -> None:
    """The parts of a tag are kept apart."""
    assert make_etag("a", "bc") != make_etag("ab", "c")


@pytest.mark.parametrize(
    ("media_type", "written"),
    [("text/turtle", "text/turtle; charset=utf-8"), ("application/gzip", "application/gzip")],
)
def test_text_says_utf_8(media_type: str, written: str) -> None:
    """Only text types carry a charset."""
    assert with_charset(media_type) == written
