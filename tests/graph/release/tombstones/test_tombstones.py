"""Nothing vanishes: tombstones, what takes a thing's place, and identifiers used only once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import ORG, Tables, read_site, small_site, write_site
from support.release_tombstones import GONE, retired, without
from support.sites import publish

from graph.check.check import check
from graph.rdf.iris import RETIRED, graph_iri
from graph.rdf.named_graphs import InMemory
from graph.release.activate import activate
from graph.release.manifest import Release
from graph.release.preview import Preview, preview_publication
from graph.release.reuse import refuse_reuse
from graph.release.tombstones import Tombstone, read_tombstones
from publish.config import Config

pytestmark = pytest.mark.slow


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
    found = refuse_reuse(preview.others, checked.place_of)
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
    (finding,) = refuse_reuse(preview.others, recast.place_of)
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


def test_the_release_gone_back_to_tells_of_what_goes(
    put: Callable[[Tables], Release], config: Config
) -> None:
    """A thing of the current release and of a newer one is told gone as the current one had it."""
    first = put(read_site())
    put(read_site())
    activate(config.data, first.id)
    third = put(without("entries", GONE))
    assert stones(third)[f"entry/{GONE}"].last_release.endswith(first.id)


def test_the_release_gone_back_to_keeps_its_tombstones(
    put: Callable[[Tables], Release], config: Config
) -> None:
    """A tombstone of the current release is carried on, not another one of a newer release."""
    put(read_site())
    tables, row = without("entries", GONE), retired(f"entry/{GONE}")
    second = put({**tables, "retired": [row]})
    third = put({**tables, "retired": [{**row, "note_th": "ยกเลิก"}]})
    assert stones(third)[f"entry/{GONE}"].notes == {"th": "ยกเลิก"}
    activate(config.data, second.id)
    assert stones(put(tables))[f"entry/{GONE}"].notes == {"th": row["note_th"]}


def test_going_back_needs_no_tombstone(put: Callable[[Tables], Release], config: Config) -> None:
    """A thing of the release gone back to stays without its tombstone of the newer release."""
    first = put(read_site())
    second = put(without("entries", GONE))
    assert [*stones(second)] == [f"entry/{GONE}"]
    activate(config.data, first.id)
    assert stones(put(read_site())) == {}


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
