"""Nothing vanishes: tombstones, what takes a thing's place, and identifiers used only once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from support.cases import ORG, Tables, check_paths, read_site, rules_found, small_site, write_site
from support.release_tombstones import GONE, retired, without

from graph.release.manifest import Release
from graph.release.tombstones import read_tombstones
from publish.config import Config
from publish.server.stack import create_app

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("was", "replaced_by", "rules"),
    [
        (f"plan/{ORG}-km-1", "", ["retired-still-there"]),
        ("nowhere/x", "", ["address-bad"]),
        ("plan", "", ["address-bad"]),
        (f"plan/{ORG}-km-9", f"plan/{ORG}-km-8", ["retired-replaced-by"]),
        ("", "", ["retired-was"]),
        (f"http://localhost:8000/id/plan/{ORG}-km-9", "", []),
        (f"/doc/plan/{ORG}-km-9", f"plan/{ORG}-km-1; entry/{ORG}-p1-1", []),
    ],
)
def test_rows_of_the_sheet(was: str, replaced_by: str, rules: list[str], tmp_path: Path) -> None:
    """What is still there is not retired, an address has a kind, and a replacement exists."""
    tables = small_site()
    tables["retired"] = [retired(was, replaced_by)]
    report = check_paths(write_site(tables, tmp_path / "site"))
    assert rules_found(report) == rules


def test_no_organisation_is_called_shared(tmp_path: Path) -> None:
    """A key that names one of the program's own graphs or files is refused."""
    tables = small_site()
    tables["organizations"].append({**tables["organizations"][0], "key": "shared"})
    assert "key-reserved" in rules_found(check_paths(write_site(tables, tmp_path / "site")))


@pytest.fixture
def client(put: Callable[[Tables], Release], config: Config) -> Iterator[FlaskClient]:
    """A client of a site from which an entry has gone."""
    put(read_site())
    tables = without("entries", GONE)
    tables["retired"] = [retired(f"entry/{GONE}", f"entry/{ORG}-p1-4")]
    put(tables)
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.mark.parametrize("path", [f"/id/entry/{GONE}", f"/doc/entry/{GONE}"])
def test_page_of_what_is_gone(client: FlaskClient, path: str) -> None:
    """People get 410 with the name, the reason, the last release and the way on."""
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": "th"})
    assert response.status_code == 410
    for words in (
        "รวมเข้าด้วยกัน",
        f'href="/doc/entry/{ORG}-p1-4"',
        'href="/releases/',
        f"/id/entry/{GONE}",
    ):
        assert words in response.text, words
    assert "noindex" in response.text
    last = response.text.split("มีอยู่ถึงรุ่น")[1].split("</a>")[0]
    assert last.endswith(" น.") and " เวลา " in last  # in words, not its identifier


@pytest.mark.parametrize("extension", ["", ".ttl", ".jsonld", ".rdf", ".nt"])
def test_rdf_of_what_is_gone(client: FlaskClient, extension: str) -> None:
    """Programs get the tombstone, with 410."""
    path = f"/doc/entry/{GONE}{extension}"
    response = client.get(path, headers={"Accept": "text/turtle"})
    assert response.status_code == 410
    media_type = response.headers["Content-Type"].partition(";")[0]
    name = {".jsonld": "application/ld+json", ".rdf": "application/rdf+xml"}
    assert media_type == name.get(
        extension, "application/n-triples" if extension == ".nt" else "text/turtle"
    )
    if extension != ".jsonld":
        syntax = {".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}
        quads = ox.parse(response.data, syntax.get(extension, ox.RdfFormat.TURTLE))
        (stone,) = [
            s for s in read_tombstones(q.triple for q in quads).values() if s.iri.endswith(GONE)
        ]
        assert stone.replaced_by[0].endswith(f"{ORG}-p1-4")


def test_what_never_was_is_not_found(client: FlaskClient) -> None:
    """An address that nothing ever had is 404, not 410."""
    assert client.get(f"/id/entry/{ORG}-ext-99").status_code == 404


def test_search_finds_only_what_is_there(client: FlaskClient) -> None:
    """What is gone is no result, though its name is still known."""
    found = client.get("/search.json", query_string={"q": "มาตรฐานการป้องกัน"}).text
    assert "results" in found
    assert f"/id/entry/{GONE}" not in found
