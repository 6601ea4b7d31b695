"""Files of a release: by name, whole and in part, and never anything else."""

import gzip
import hashlib
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graph.release import Release
from publish.app import create_app
from publish.config import Config


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
    dumps = [f for f in site.manifest.files if f.name.startswith("dumps/")]
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
    assert get(client, path, Range="bytes=10-19", If_Range='"other"').status_code == 200
    assert get(client, path, Range="bytes=99999999-").status_code == 416


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


def test_page_lists_every_file_with_its_sum(client: FlaskClient, site: Release) -> None:
    """The page of downloads is complete, and its sums can be given to sha256sum."""
    page = client.get("/dumps").text
    for file in site.manifest.files:
        if file.name.startswith("dumps/"):
            name = file.name.removeprefix("dumps/")
            assert f'href="/dumps/{site.id}/{name}"' in page
            assert f"{file.sha256}  {name}" in page
    assert f"{site.manifest.triples:,}" in page


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
