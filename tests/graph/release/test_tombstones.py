"""Nothing vanishes: tombstones, what takes a thing's place, and identifiers used only once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from support.cases import ORG, Tables, check_paths, read_site, rules_found, small_site, write_site
from support.sites import publish, publish_once

from graph.check.check import check
from graph.rdf.iris import RETIRED, graph_iri
from graph.rdf.named_graphs import InMemory
from graph.release.activate import activate
from graph.release.manifest import Release
from graph.release.preview import Preview, preview_publication
from graph.release.reuse import refuse_reuse
from graph.release.tombstones import Tombstone, read_tombstones
from publish.config import Config
from publish.server.stack import create_app

pytestmark = pytest.mark.slow

GONE = "sao-301107-p1-5"
"""An entry of the bundled site, the last of its list."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with an empty data folder."""
    return Config(data=tmp_path / "var", workers=1)


@pytest.fixture
def put(config: Config, tmp_path: Path) -> Callable[[Tables], Release]:
    """What publishes tables."""
    numbers = iter(range(100))

    def publish_tables(tables: Tables) -> Release:
        folder = write_site(tables, tmp_path / f"site-{next(numbers)}")
        return publish(config, folder) if config.data.exists() else publish_once(config, folder)

    return publish_tables


def without(sheet: str, key: str) -> Tables:
    """Return the bundled site less one row."""
    tables = read_site()
    tables[sheet] = [row for row in tables[sheet] if row["key"] != key]
    return tables


def retired(was: str, replaced_by: str = "") -> dict[str, str]:
    """Return a row of the sheet `retired`."""
    return {
        "key": f"{ORG}-retired-1",
        "owner": ORG,
        "was": was,
        "replaced_by": replaced_by,
        "note_th": "รวมเข้าด้วยกัน",
    }


def stones(release: Release) -> dict[str, Tombstone]:
    """Return the tombstones of a release by the end of their address."""
    base = release.manifest.base
    lines = b"".join(release.lines(graph_iri(base, RETIRED)))
    found = read_tombstones(q.triple for q in ox.parse(lines, ox.RdfFormat.N_QUADS))
    return {iri.removeprefix(f"{base}/id/"): stone for iri, stone in found.items()}


def preview_of(config: Config, tables: Tables, folder: Path) -> tuple[Preview, list[str]]:
    """Return the preview of publishing tables, and where an identifier is used again."""
    checked = check([write_site(tables, folder)], config.base, lambda _: None)
    assert checked.report.conforms, checked.report.findings
    preview = preview_publication(config.data, checked.graphs, config.base)
    found = refuse_reuse(preview, checked.place_of)
    return preview, [f"{f.rule} {f.place.sheet} {f.place.cell}" for f in found]


def test_a_tombstone_tells_what_was(put: Callable[[Tables], Release]) -> None:
    """A thing that is gone leaves its names, its class and the last release that had it."""
    first = put(read_site())
    assert stones(first) == {}
    second = put(without("entries", GONE))
    stone = stones(second)[f"entry/{GONE}"]
    assert stone.names["th"]
    assert stone.classes == ("https://w3id.org/tambon-km/ns#Entry",)
    assert stone.last_release == f"{first.manifest.base}/releases/{first.id}"
    assert stone.replaced_by == ()


def test_tombstones_outlive_every_release(
    put: Callable[[Tables], Release], config: Config, tmp_path: Path
) -> None:
    """They are carried on when the releases that held the things are long removed."""
    first = put(read_site())
    rest = without("entries", GONE)
    for number in range(3):
        last = publish(replace(config, keep=1), write_site(rest, tmp_path / f"rest-{number}"))
    assert not first.folder.exists()
    assert stones(last)[f"entry/{GONE}"].last_release.endswith(first.id)


def test_a_row_says_what_takes_its_place(put: Callable[[Tables], Release]) -> None:
    """The sheet `retired` gives replacement and reason, at once or in a later release."""
    put(read_site())
    tables = without("entries", GONE)
    put(tables)
    tables["retired"] = [retired(f"entry/{GONE}", f"entry/{ORG}-p1-4")]
    stone = stones(put(tables))[f"entry/{GONE}"]
    assert stone.replaced_by[0].endswith(f"/id/entry/{ORG}-p1-4")
    assert stone.retirement.endswith(f"/id/retirement/{ORG}-retired-1")
    assert stone.names["th"]


def test_the_reason_outlives_its_row(put: Callable[[Tables], Release]) -> None:
    """Why a thing went is still told when its row is taken out of the sheet."""
    put(read_site())
    tables = without("entries", GONE)
    put({**tables, "retired": [retired(f"entry/{GONE}")]})
    assert stones(put(tables))[f"entry/{GONE}"].notes == {"th": "รวมเข้าด้วยกัน"}


def test_a_row_is_enough(put: Callable[[Tables], Release]) -> None:
    """A new server without history knows what the tables say is retired."""
    assert f"plan/{ORG}-km-9" in stones(put(small_site()))


def test_what_comes_back_is_gone_no_more(
    put: Callable[[Tables], Release], config: Config, tmp_path: Path
) -> None:
    """The same thing by the same name may return, and its tombstone goes."""
    put(read_site())
    put(without("entries", GONE))
    assert preview_of(config, read_site(), tmp_path / "again")[1] == []
    assert stones(put(read_site())) == {}


def test_no_identifier_for_another_thing(
    put: Callable[[Tables], Release], config: Config, tmp_path: Path
) -> None:
    """A retired key that comes back by another name is refused, at its cell."""
    put(read_site())
    put(without("entries", GONE))
    tables = read_site()
    row = next(r for r in tables["entries"] if r["key"] == GONE)
    row["label_th"], row["label_en"] = "ระเบียบงานสารบรรณ", "Correspondence regulation"
    number = tables["entries"].index(row) + 2
    preview, found = preview_of(config, tables, tmp_path / "reused")
    assert found == [f"identifier-reused entries A{number}"]
    assert preview.others[0].label


ZOO = {"key": "zoo", "label_th": "สวนสัตว์", "label_en": "Zoo", "alt_th": ""}


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({"label_th": "ท่าเรือดำน้ำ", "label_en": "Submarine port"}, True),
        ({"label_th": "ท่าเรือดำน้ำ", "label_en": ""}, True),
        ({"label_th": "ท่าเรือดำน้ำ", "label_en": "Submarine port", "alt_th": "สวนสัตว์"}, False),
        ({"label_th": "ท่าเรือดำน้ำ"}, False),
        ({"label_th": "สวนสัตว", "label_en": "Zoos"}, False),
        ({"label_th": "สวนสัตว์เทศบาล", "label_en": "Wildlife park"}, False),
        ({"alt_th": "สวน"}, False),
    ],
)
def test_a_key_in_use_stays_its_things(
    put: Callable[[Tables], Release],
    config: Config,
    tmp_path: Path,
    changes: dict[str, str],
    is_refused: bool,
) -> None:
    """A thing that stays may be renamed or mended, but not become another by all its names."""
    tables = small_site()
    tables["topics"].append({**dict.fromkeys(tables["topics"][0], ""), **ZOO})
    put(tables)
    tables["topics"][-1] |= changes
    found = preview_of(config, tables, tmp_path / "renamed")[1]
    number = len(tables["topics"]) + 1
    assert found == ([f"identifier-renamed topics A{number}"] if is_refused else [])


def test_two_things_do_not_change_places(
    put: Callable[[Tables], Release], config: Config, tmp_path: Path
) -> None:
    """Names that are much alike are no reason to give each of two keys to the other's thing."""
    tables = small_site()
    one, two = (dict(row) for row in tables["topics"][1:3])
    put(tables)
    names = ("label_th", "label_en", "alt_th")
    tables["topics"][1] |= {name: two[name] for name in names}
    tables["topics"][2] |= {name: one[name] for name in names}
    found = preview_of(config, tables, tmp_path / "swapped")[1]
    assert found == ["identifier-renamed topics A3", "identifier-renamed topics A4"]


def test_no_identifier_changes_its_class(
    put: Callable[[Tables], Release], config: Config, tmp_path: Path
) -> None:
    """What was a plan may not be published as a collection under the same identifier."""
    put(small_site())
    folder = write_site(small_site(), tmp_path / "recast")
    iri = f"{config.base}/id/area/tambon-301107"
    km = "https://w3id.org/tambon-km/ns#"
    checked = check([folder], config.base, lambda _: None)
    quads = [
        ox.Quad(q.subject, q.predicate, ox.NamedNode(f"{km}Topic"), q.graph_name)
        if q.subject.value == iri and q.object == ox.NamedNode(f"{km}Area")
        else q
        for q in checked.quads
    ]
    recast = replace(checked, graphs=InMemory(quads))
    preview = preview_publication(config.data, recast.graphs, config.base)
    (finding,) = refuse_reuse(preview, recast.place_of)
    assert finding.rule == "identifier-other-class"
    assert "km:Area" in finding.problem.en
    assert "km:Topic" in finding.problem.en
    assert (finding.place.sheet, finding.place.letter) == ("areas", "A")


def test_going_back_forgets_nothing(put: Callable[[Tables], Release], config: Config) -> None:
    """What only a newer release had, from which one went back, is gone in the next one."""
    first = put(without("entries", GONE))
    second = put(read_site())
    activate(config.data, first.id)
    third = put(without("entries", GONE))
    assert stones(third)[f"entry/{GONE}"].last_release.endswith(second.id)


def test_moving_to_another_graph_is_not_vanishing(
    put: Callable[[Tables], Release], config: Config, tmp_path: Path
) -> None:
    """A document that is handed to the shared graph is still there."""
    put(read_site())
    checked = check([write_site(read_site(), tmp_path / "moved")], config.base, lambda _: None)
    iri = f"{config.base}/id/document/{ORG}-operations-manual"
    shared = ox.NamedNode(f"{config.base}/graph/shared")
    quads = [
        ox.Quad(q.subject, q.predicate, q.object, shared) if q.subject.value == iri else q
        for q in checked.quads
    ]
    preview = preview_publication(config.data, InMemory(quads), config.base)
    assert {g.graph.rpartition("/")[2] for g in preview.graphs} == {"shared", ORG}
    assert (preview.gone, preview.others) == ((), ())


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


# ---- as readers meet it ----------------------------------------------------------------------


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
