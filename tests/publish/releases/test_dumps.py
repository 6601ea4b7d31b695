"""Files of a release: by name, whole and in part, and never anything else."""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from support.sites import publish
from werkzeug.test import EnvironBuilder, TestResponse

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application, without a network between."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Return a response that has been read and closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, buffered=True)


def test_every_file_is_what_the_manifest_says(client: FlaskClient, site: Release) -> None:
    """Each dump has its size, type, tag and SHA-256, under the release and as the current one."""
    dumps = [f for f in site.files if f.name.startswith("dumps/")]
    assert len(dumps) >= 10
    for file in dumps:
        for release in (site.id, "current"):
            response = get(client, f"/dumps/{release}/{file.name.removeprefix('dumps/')}")
            assert response.status_code == 200
            assert response.headers["Content-Type"].partition(";")[0] == file.media_type
            assert int(response.headers["Content-Length"]) == file.size_bytes
            assert response.headers["ETag"] == f'"{file.sha256}"'
            assert hashlib.sha256(response.data).hexdigest() == file.sha256
            assert "Content-Encoding" not in response.headers


def test_gzip_holds_the_same(client: FlaskClient) -> None:
    """A .gz is a file of its own, not an encoding of another."""
    packed = get(client, "/dumps/current/all.nq.gz")
    assert packed.headers["Content-Type"] == "application/gzip"
    assert gzip.decompress(packed.data) == get(client, "/dumps/current/all.nq").data


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "..%2fmanifest.json",
        "%2e%2e/%2e%2e/etc/passwd",
        "store/CURRENT",
        "manifest.json",
        "dumps/all.trig",
        "/etc/passwd",
        "all.trig/",
        "all.trig%00.nq",
        "ALL.TRIG",
        "none.ttl",
    ],
)
def test_only_names_of_the_manifest_are_served(client: FlaskClient, name: str) -> None:
    """A path of a request never reaches the file system."""
    assert client.get(f"/dumps/current/{name}").status_code == 404


@pytest.mark.parametrize("release", ["..", "none", "2026-01-01T000000Z", "%2e%2e", ".tmp-x", "ก"])
def test_unknown_release_is_not_found(client: FlaskClient, release: str) -> None:
    """Only releases that are there have files."""
    assert client.get(f"/dumps/{release}/all.trig").status_code == 404
    assert client.get(f"/dumps/{release}").status_code == 404


def test_ranges(client: FlaskClient, site: Release) -> None:
    """A download can be taken up again (RFC 9110 section 14)."""
    path = f"/dumps/{site.id}/all.nq"
    whole = get(client, path)
    part = get(client, path, Range="bytes=10-19", If_Range=whole.headers["ETag"])
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    size = len(whole.data)
    assert part.headers["Content-Length"] == "10"
    for wanted, expected in (
        ("bytes=10-", whole.data[10:]),
        ("bytes=-7", whole.data[-7:]),
        (f"bytes=-{size * 2}", whole.data),
        (f"bytes={size - 1}-{size + 50}", whole.data[-1:]),
    ):
        part = get(client, path, Range=wanted)
        assert (part.status_code, part.data) == (206, expected), wanted


def test_when_the_whole_is_sent(client: FlaskClient, site: Release) -> None:
    """What is no range of the file as the client knows it is answered by the whole, or by 416."""
    path = f"/dumps/{site.id}/all.nq"
    whole = get(client, path)
    date = whole.headers["Last-Modified"]
    assert get(client, path, Range="bytes=10-19", If_Range=date).status_code == 206
    for headers in (
        {"If_Range": '"other"'},
        {"If_Range": f"W/{whole.headers['ETag']}"},
        {"If_Range": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"Range": "bytes=1-2,5-6"},
        {"Range": "lines=1-2"},
        {"Range": "bytes=x"},
    ):
        response = get(client, path, **{"Range": "bytes=10-19", **headers})
        assert (response.status_code, response.data) == (200, whole.data), headers
    beyond = get(client, path, Range="bytes=99999999-")
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole.data)}"


def test_the_server_sends_the_file(server: str, site: Release) -> None:
    """Over a connection, whole files and parts are what lies on the disk, gzipped ones too."""
    for name in ("all.nq", "all.nq.gz", "tables/entries.csv"):
        data = (site.dumps / name).read_bytes()
        with urlopen(f"{server}/dumps/current/{name}") as response:
            assert response.read() == data
        wanted = Request(f"{server}/dumps/current/{name}", headers={"Range": "bytes=100-2099"})
        with urlopen(wanted) as response:
            assert (response.status, response.read()) == (206, data[100:2100])


def test_the_body_is_the_servers_own_wrapper(client: FlaskClient, site: Release) -> None:
    """The application hands the open file to the server and holds no release meanwhile."""
    seen: list[object] = []

    class Wrapper:
        def __init__(self, file: IO[bytes], block_bytes: int) -> None:
            self.file = file

        def __iter__(self) -> Iterator[bytes]:
            return iter((self.file.read(),))

        def close(self) -> None:
            self.file.close()

    builder = EnvironBuilder(f"/dumps/{site.id}/all.nq", headers={"Range": "bytes=5-"})
    environ = builder.get_environ()
    environ["wsgi.file_wrapper"] = Wrapper
    app = client.application
    before = app.extensions["km"].current.enter().users
    body = app.wsgi_app(environ, lambda status, headers, *rest: seen.append(status))
    assert type(body) is Wrapper
    assert body.file.tell() == 5
    assert app.extensions["km"].current.enter().users == before + 1
    body.close()


def test_conditions_and_head(client: FlaskClient, site: Release) -> None:
    """A portal asks HEAD first, and again with what it has."""
    path = f"/dumps/{site.id}/all.trig"
    head, whole = client.head(path, buffered=True), get(client, path)
    assert dict(head.headers) == dict(whole.headers)
    assert head.data == b""
    assert get(client, path, If_None_Match=whole.headers["ETag"]).status_code == 304
    assert get(client, path, If_Modified_Since=whole.headers["Last-Modified"]).status_code == 304


def test_caching_of_files(client: FlaskClient, site: Release) -> None:
    """A release's file never changes; the current one must be asked for again."""
    assert "immutable" in get(client, f"/dumps/{site.id}/all.trig").headers["Cache-Control"]
    assert "must-revalidate" in get(client, "/dumps/current/all.trig").headers["Cache-Control"]


def test_page_lists_every_file(client: FlaskClient, site: Release) -> None:
    """The page of downloads links every file, says for whom, and where the sums are."""
    for language in ("th", "en"):
        page = client.get(f"/dumps?lang={language}").text
        for file in site.files:
            if file.name.startswith("dumps/"):
                assert f'href="/dumps/{site.id}/{file.name.removeprefix("dumps/")}"' in page
        assert f"{site.manifest.triples:,}" in page
    assert "Mueang Kaset Subdistrict" in page
    assert "opens in Excel" in page


def test_pages_of_downloads(client: FlaskClient, site: Release) -> None:
    """One organisation takes one page; there is no other."""
    assert client.get(f"/dumps/{site.id}?page=1").status_code == 200
    for number in ("0", "2", "x", "-1"):
        assert client.get(f"/dumps?page={number}").status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/quality", ["ผ่านการตรวจ", "น่าสงสัยว่าถูกตัดท้าย", "entries.csv", "/shapes/verbatim-cut"]),
        ("/quality?lang=en", ["nothing that stops a publication", "Suspected cut"]),
        ("/releases", ["รุ่นที่ใช้อยู่", "ทริปเปิล"]),
    ],
)
def test_report_and_history(client: FlaskClient, path: str, words: list[str]) -> None:
    """The check report is public, finding by finding; the releases are listed."""
    page = client.get(path).text
    for word in words:
        assert word in page


def test_a_very_large_graph_is_no_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph of very many triples is offered in lines and as Turtle; the pages name just those."""
    monkeypatch.setattr(
        "graph.builder.dumps.MOST_AS_TREE", 500
    )  # the bundled site has more, shared fewer
    config = Config(data=tmp_path, workers=1)
    release = publish(config)
    formats: dict[str, set[str]] = {}
    for file in release.graph_files:
        formats.setdefault(file.graph.rpartition("/")[2], set()).add(file.format)
    lines = {"ttl", "nt", "nq"}
    assert formats["sao-301107"] == lines | {"zip"}
    assert formats["shared"] == lines | {"jsonld", "rdf", "zip"}
    app = create_app(config)
    try:
        page = app.test_client().get("/dumps").text
    finally:
        app.extensions["km"].current.close()
    assert "/sao-301107.ttl" in page and "/sao-301107.jsonld" not in page
    assert "/shared.jsonld" in page
