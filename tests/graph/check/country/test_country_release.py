"""Many folders, each checked apart: the verdict is that of the whole."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from support.cases import BASE, shapes, write_site
from support.check_country import make_organisation, write_shared

from graph.builder.build import build_release
from graph.builder.dumps import DumpWriter
from graph.builder.folder import ReleaseFolder
from graph.builder.inputs import ReleaseInput
from graph.builder.parallel_dumps import write_dumps
from graph.builder.tables import TableWriter
from graph.check.check import MANY, Checked, check
from graph.check.country_graphs import CountryGraphs
from graph.rdf.iris import INFERRED, RETIRED, graph_iri
from graph.release.activate import publication_lock
from graph.release.manifest import open_release

pytestmark = pytest.mark.slow

ALL = {f"sao-{500_001 + number}" for number in range(MANY)}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country without a fault, with a release of it in `data` beside."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "country").mkdir()
    write_shared(folder / "country")
    for slug in ALL:
        write_site(make_organisation(slug), folder / "country" / slug)
    (folder / "data").mkdir()
    assert _publish(folder / "country", folder / "data") == ALL
    return folder


@pytest.fixture
def again(published: Path, tmp_path: Path) -> Path:
    """A copy of both, to be changed."""
    return shutil.copytree(published, tmp_path / "again", symlinks=True)


def _anew(checked: Checked) -> set[str]:
    """Return the organisations whose graphs were read anew."""
    assert isinstance(checked.graphs, CountryGraphs)
    return {iri.rpartition("/")[2] for iri in checked.graphs.anew()} - {"shared", "inferred"}


def _publish(country: Path, data: Path) -> set[str]:
    """Publish a country, and return the organisations whose graphs were read anew."""
    with publication_lock(data):
        checked = check([country], BASE, lambda _: None, data, workers=1)
        parts = (checked.graphs, checked.report, checked.sources, BASE)
        build_release(data, ReleaseInput(*parts, verdicts=checked.verdicts))
    return _anew(checked)


def _edit_file(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_release_after_a_change(again: Path) -> None:
    """After a change, one folder is looked at, and the release is the same as one made of all."""
    country, data = again / "country", again / "data"
    _edit_file(country / "sao-500003" / "corrections.csv", "กฤษฎีการ", "กฤษฎีกาา")
    shutil.rmtree(country / "sao-500004")
    assert _publish(country, data) == {"sao-500003"}
    fresh = check([country], BASE, lambda _: None, workers=1)
    manifest = open_release(data).manifest
    digests = {n: d for n, d in manifest.digests.items() if n != graph_iri(BASE, RETIRED)}
    assert digests == {name: fresh.graphs.sha256(name) for name in fresh.graphs.names()}
    assert manifest.findings == {s.value: n for s, n in fresh.report.counts().items()}
    assert _publish(country, data) == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "anew"),
    [
        ("sao-500002/page.txt", "1.", "2.", {"sao-500002"}),
        ("sao-500002/plans.csv", "sure", "plausible", {"sao-500002"}),
        ("shared/topics.csv", ",ธรรมาภิบาล", ",ธรรมาภิบาลท้องถิ่น", ALL),
        ("shared/areas.csv", "จังหวัดนครราชสีมา", "นครราชสีมา", set()),
        (
            "shared/laws.csv",
            "act-2522-building-control,act",
            "act-2522-building-control,decree",
            (),
        ),
    ],
)
def test_what_is_looked_at(again: Path, file: str, old: str, new: str, anew: Iterable[str]) -> None:
    """A folder is looked at when a file of it, or the name of a shared thing it names, changes."""
    _edit_file(again / "country" / file, old, new)
    checked = check([again / "country"], BASE, lambda _: None, again / "data", workers=1)
    assert _anew(checked) == set(anew)


def test_another_base(again: Path) -> None:
    """Verdicts of a site at another address are no help."""
    checked = check([again / "country"], "http://x.test", lambda _: None, again / "data", workers=1)
    assert _anew(checked) == ALL


def test_fault_that_stays(again: Path) -> None:
    """What is held over keeps its findings: a warning is told again by a check that skips it."""
    _edit_file(again / "country/sao-500005/plans.csv", ",2562,", ",,")
    _publish(again / "country", again / "data")
    checked = check([again / "country"], BASE, lambda _: None, again / "data", workers=1)
    assert _anew(checked) == set()
    assert [f.place.file for f in checked.report.findings] == ["country/sao-500005/plans.csv"]


def test_dumps_by_processes(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several processes write the dumps that one writes, byte for byte."""
    monkeypatch.setattr("graph.builder.parallel_dumps.MANY", 3)
    graphs = check([published / "country"], BASE, lambda _: None, workers=1).graphs
    names = [graph_iri(BASE, slug) for slug in (*sorted(ALL)[:3], INFERRED)]
    written = []
    for workers in (1, 2):
        folder = ReleaseFolder(tmp_path / str(workers), 1 << 20)
        writer = DumpWriter(folder, BASE, "", TableWriter(shapes(), BASE))
        counts = write_dumps(writer, graphs, names, workers)
        written.append((counts, folder.files))
    assert written[0] == written[1]
    assert set(written[0][0]) == set(names)
