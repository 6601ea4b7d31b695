"""Answers gzipped for who takes them so: which, for whom, and what their headers say."""

import gzip
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wsgi import FileWrapper

from publish.http.wsgi_types import Environ, StartResponse
from publish.server.cache import ResponseCache
from publish.server.compress import Compressed, accepts_gzip

BODY = "ข้อบัญญัติ ".encode() * 100
PAGE = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": str(len(BODY)),
    "ETag": '"a"',
    "Cache-Control": "public, max-age=0",
    "Vary": "Accept",
}


class Application:
    """Answers with a body and these headers, 304 for who has the tag; counts what it did."""

    def __init__(self, status: str = "200 OK", body: bytes = BODY, **headers: str) -> None:
        self.status, self.body = status, body
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = {**PAGE, "Content-Length": str(len(body)), **said}
        self.headers = [(name, value) for name, value in merged.items() if value]
        self.made = self.closed = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.made += 1
        if environ.get("HTTP_IF_NONE_MATCH") == '"a"':
            start_response("304 NOT MODIFIED", [("ETag", '"a"'), ("Vary", "Accept")])
            return ()
        start_response(self.status, self.headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else self._blocks()

    def _blocks(self) -> Iterator[bytes]:
        try:
            yield self.body
        finally:
            self.closed += 1


def get(application: object, method: str = "GET", **headers: str) -> TestResponse:
    """Ask, as a client that takes gzip unless it says otherwise."""
    named = {"Accept-Encoding": "gzip"} | {n.replace("_", "-"): v for n, v in headers.items()}
    return Client(application).open("/", method=method, headers=named, buffered=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "is_taken"),
    [
        ("", False),
        ("gzip", True),
        ("x-gzip", True),
        ("GZIP ; q=1.0", True),
        ("gzip, deflate, br, zstd", True),
        ("br", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=0.001", True),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0.5, gzip", True),
        ("identity;q=0, gzip;q=0.1", True),
        ("gzip;q=much", False),
    ],
)
def test_who_takes_gzip(header: str, is_taken: bool) -> None:
    """Accept-Encoding is read as RFC 9110 section 12.5.3 says, and nobody else gets gzip."""
    assert accepts_gzip(header) is is_taken
    response = get(Compressed(Application()), Accept_Encoding=header)
    assert response.headers.get("Content-Encoding") == ("gzip" if is_taken else None)
    assert response.headers["Vary"] == "Accept, Accept-Encoding"
    assert response.headers["ETag"] == ('"a-gzip"' if is_taken else '"a"')
    assert response.headers["Content-Length"] == str(len(response.data))
    assert (gzip.decompress(response.data) if is_taken else response.data) == BODY


@pytest.mark.parametrize(
    ("media_type", "is_packed"),
    [
        ("text/turtle; charset=utf-8", True),
        ("application/ld+json", True),
        ("application/json", True),
        ("application/rdf+xml", True),
        ("application/n-triples", True),
        ("application/sparql-results+json", True),
        ("image/svg+xml", True),
        ("text/javascript", True),
        ("text/css", True),
        ("", False),
        ("application/gzip", False),
        ("application/zip", False),
        ("font/woff2", False),
        ("image/png", False),
    ],
)
def test_which_types(media_type: str, is_packed: bool) -> None:
    """What is text is packed; what is packed already, or no text, is not."""
    response = get(Compressed(Application(Content_Type=media_type)))
    assert ("Content-Encoding" in response.headers) is is_packed
    assert ("Accept-Encoding" in response.headers["Vary"]) is is_packed


@pytest.mark.parametrize(
    "application",
    [
        Application("206 PARTIAL CONTENT"),
        Application(Content_Length=""),
        Application(Content_Encoding="br"),
        Application(Repr_Digest="sha-256=:AA==:"),
        Application(body=b"a" * 499),
    ],
)
def test_what_leaves_as_it_is(application: Application) -> None:
    """Parts, streams, other codings, what has a digest and what is short are not touched."""
    response = get(Compressed(application))
    assert list(response.headers) == application.headers
    assert response.data == application.body


def test_ranges_are_of_what_is_not_packed() -> None:
    """Who asks for a part never gets gzip, and a gzipped answer offers none."""
    application = Application(Accept_Ranges="bytes")
    asked = get(Compressed(application), Range="bytes=0-9")
    assert "Content-Encoding" not in asked.headers
    assert "Accept-Ranges" in asked.headers
    assert "Accept-Ranges" not in get(Compressed(application)).headers


@pytest.mark.parametrize("status", ["404 NOT FOUND", "410 GONE", "503 SERVICE UNAVAILABLE"])
def test_errors_too(status: str) -> None:
    """The page of an error is packed like any other, with or without a tag."""
    response = get(Compressed(Application(status, ETag="")))
    assert (response.status, response.headers["Content-Encoding"]) == (status, "gzip")
    assert "ETag" not in response.headers


@pytest.mark.parametrize("encoding", ["gzip", ""])
@pytest.mark.parametrize("is_cached", [False, True])
def test_head_says_what_get_says(encoding: str, is_cached: bool) -> None:
    """HEAD has GET's headers, first and from the cache, and no body."""
    site = make_site(Application()) if is_cached else Compressed(Application())
    head = get(site, "HEAD", Accept_Encoding=encoding)
    found = get(site, Accept_Encoding=encoding)
    again = get(site, "HEAD", Accept_Encoding=encoding)
    assert list(head.headers) == list(found.headers) == list(again.headers)
    assert head.data == again.data == b""


@pytest.mark.parametrize("encoding", ["gzip", ""])
@pytest.mark.parametrize("known", ['"a"', '"a-gzip"'])
@pytest.mark.parametrize("warm", ["gzip", "", None])
def test_who_has_either_has_it(encoding: str, known: str, warm: str | None) -> None:
    """If-None-Match knows both tags, in the cache and behind it; the 304 names the one held."""
    site = make_site(Application())
    if warm is not None:
        get(site, Accept_Encoding=warm)
    response = get(site, Accept_Encoding=encoding, If_None_Match=known)
    assert (response.status_code, response.headers["ETag"]) == (304, known)
    assert response.headers["Vary"] == "Accept, Accept-Encoding"
    assert get(site, If_None_Match='"b-gzip"').status_code == 200


def make_site(application: Application) -> ResponseCache:
    """Return it gzipped, behind a cache that asks what `Accept-Encoding` means."""
    meanings = {"Accept-Encoding": lambda header: str(accepts_gzip(header))}
    return ResponseCache(Compressed(application), lambda: 1, 1024**2, meanings)


def test_each_answer_is_packed_once() -> None:
    """The cache keeps the packed answer beside the plain one; the application closed both."""
    application = Application()
    site = make_site(application)
    for encoding in ("gzip", "br", "gzip, br", "", "*"):
        get(site, Accept_Encoding=encoding)
    assert application.made == application.closed == 2


def test_the_same_bytes_each_time() -> None:
    """No time of day is in the packed bytes, so its strong tag is true."""
    first, second = (get(Compressed(Application())).data for _ in range(2))
    assert first == second
    assert first[4:8] == b"\0\0\0\0"


def test_open_files() -> None:
    """A file that a server would send is read, packed and closed."""
    file = io.BytesIO(BODY)

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", list(PAGE.items()))
        return FileWrapper(file)

    assert gzip.decompress(get(Compressed(application)).data) == BODY
    assert file.closed


@pytest.mark.parametrize(
    ("path", "encoding"),
    [
        ("/", "gzip"),
        ("/static/site.css", "gzip"),
        ("/ontology.ttl", "gzip"),
        ("/no-such-thing", "gzip"),
        ("/sparql?query=SELECT+*+{?s+?p+?o}+LIMIT+20", "gzip"),
        ("/sparql?query=ASK{}&format=json", None),
        ("/dumps/current/all.nq.gz", None),
    ],
)
def test_what_really_leaves(server: str, path: str, encoding: str | None) -> None:
    """Over a connection: pages, files of the site and results are packed, dumps are not."""
    with closing(HTTPConnection(urlsplit(server).netloc, timeout=20)) as connection:
        for method in ("GET", "HEAD"):
            asked = {"Accept-Encoding": "gzip", "Accept": "text/html, */*;q=0.9"}
            connection.request(method, path, headers=asked)
            response = connection.getresponse()
            body = response.read()
            assert response.getheader("Content-Encoding") == encoding
            assert method == "HEAD" or response.getheader("Content-Length") == str(len(body))
            assert not body or not encoding or gzip.decompress(body)
