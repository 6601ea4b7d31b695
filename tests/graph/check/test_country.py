"""Many folders, each checked apart: the verdict is that of the whole."""

import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import (
    BASE,
    ORG,
    Tables,
    load_paths,
    row_of,
    shapes,
    small_site,
    write_csv,
    write_site,
)
from support.rule_cases import BROKEN, KEPT, NOWHERE, OTHER, copy_case

from graph.builder.build import build_release
from graph.builder.dumps import DumpWriter
from graph.builder.folder import ReleaseFolder
from graph.builder.inputs import ReleaseInput
from graph.builder.parallel_dumps import write_dumps
from graph.builder.tables import TableWriter
from graph.check.check import MANY, Checked, check
from graph.check.country_graphs import CountryGraphs
from graph.check.folder_check import FolderChecker, gather_shared
from graph.check.inference import infer
from graph.check.validate import validate
from graph.check.verdict_store import VerdictStore
from graph.findings import Finding
from graph.intake.load import Loaded, ontology_quads
from graph.rdf.iris import INFERRED, RETIRED, graph_iri
from graph.rdf.named_graphs import InMemory
from graph.rdf.vocab import SHAPE
from graph.release.activate import publication_lock
from graph.release.manifest import open_release

pytestmark = pytest.mark.slow

SHARED = [
    "agencies",
    "areas",
    "topics",
    "services",
    "indicators",
    "fiscal_years",
    "laws",
    "provisions",
]  # the sheets whose rows belong to nobody
Fault = Callable[[Tables, str], None]


def _organisation(slug: str) -> Tables:
    """Return the organisation of the small site under another key."""
    return {
        name: [{k: cell.replace(ORG, slug) for k, cell in row.items()} for row in rows]
        for name, rows in small_site().items()
        if name not in SHARED
    }


def _write_shared(folder: Path) -> None:
    (folder / "shared").mkdir()
    for name, rows in small_site().items():
        if name in SHARED:
            write_csv(folder / "shared" / f"{name}.csv", rows)


def _edit(sheet: str, of: str, **cells: str) -> Fault:
    def fault(tables: Tables, slug: str) -> None:
        row_of(tables, sheet, of.replace("ORG", slug)).update(cells)

    return fault


def _drop(sheet: str, key: str) -> Fault:
    def fault(tables: Tables, slug: str) -> None:
        tables[sheet].remove(row_of(tables, sheet, key.replace("ORG", slug)))
        if not tables[sheet]:
            del tables[sheet]

    return fault


def _rename(sheet: str, column: str, name: str) -> Fault:
    def fault(tables: Tables, slug: str) -> None:
        tables[sheet] = [
            {name if k == column else k: cell for k, cell in row.items()} for row in tables[sheet]
        ]

    return fault


def _twice(sheet: str, key: str) -> Fault:
    def fault(tables: Tables, slug: str) -> None:
        tables[sheet].append(dict(row_of(tables, sheet, key.replace("ORG", slug))))

    return fault


def _retire(was: str, instead: str = "") -> Fault:
    def fault(tables: Tables, slug: str) -> None:
        row = {"key": f"{slug}-gone", "owner": slug, "was": was, "replaced_by": instead}
        tables["retired"] = [{k: cell.replace("ORG", slug) for k, cell in row.items()}]

    return fault


PLAN, ENTRY, LEAFLET = "ORG-km-1", "ORG-p1-1", "ORG-building-permit"
FAULTS: dict[str, Fault] = {
    "label missing": _edit("plans", PLAN, label_th=""),
    "issue missing": _edit("plans", PLAN, issue_th=""),
    "topic missing": _edit("plans", PLAN, topic=""),
    "year missing": _edit("plans", PLAN, fiscal_year=""),
    "plan without entries": _edit("entries", ENTRY, list="ORG-inside"),
    "position twice": _edit("entries", "ORG-p1-2", position="1"),
    "position far": _edit("entries", "ORG-p1-2", position="7"),
    "no list": _edit("entries", ENTRY, list=""),
    "names nothing": _edit("entries", ENTRY, names=""),
    "names a topic": _edit("entries", ENTRY, names="older-people"),
    "names a misspelt law": _edit("entries", ENTRY, names="act-2542-local-personel"),
    "names another's document": _edit("entries", ENTRY, names="sao-500001-operations-manual"),
    "of another's plan": _edit("entries", ENTRY, list="sao-500001-km-1"),
    "names nobody": _edit("entries", ENTRY, names="nowhere"),
    "owner of another": _edit("documents", "ORG-operations-manual", owner="sao-500001"),
    "owner unknown": _edit("documents", "ORG-operations-manual", owner="sao-999999"),
    "owner missing": _edit("documents", "ORG-operations-manual", owner=""),
    "unknown code": _edit("documents", "ORG-operations-manual", kind="manuel"),
    "C.E. year": _edit("leaflets", LEAFLET, year_be="2019"),
    "short year": _edit("leaflets", LEAFLET, year_be="62"),
    "B.E. date": _edit("leaflets", LEAFLET, date="2562-04-30"),
    "year and date differ": _edit("leaflets", LEAFLET, year_be="2561", date="2019-04-30"),
    "explains nothing": _edit("leaflets", LEAFLET, explains=""),
    "not a number": _edit("entries", ENTRY, line="x"),
    "line zero": _edit("entries", ENTRY, line="0"),
    "eighty characters": _edit("entries", ENTRY, verbatim="ก" * 80),
    "invisible": _edit("entries", ENTRY, label_th="ก\u200bข"),
    "line break": _edit("entries", ENTRY, label_th="ก\nข"),
    "captured page differs": _edit("sources", "ORG-km-page", sha256="0" * 64),
    "captured page absent": _edit("sources", "ORG-km-page", file="other.txt"),
    "key bad": _edit("statements", "ORG-level-2", key="ORG_level_2"),
    "key missing": _edit("statements", "ORG-level-2", key=""),
    "key twice": _twice("statements", "ORG-level-2"),
    "column misspelt": _rename("entries", "label_th", "labl_th"),
    "column unknown": _rename("entries", "note_en", "remark"),
    "row gone": _drop("documents", "ORG-operations-manual"),
    "organisation gone": _drop("organizations", "ORG"),
    "same key as another": _edit("corrections", "ORG-levels-1", key="sao-500002-levels-1"),
    "key of a law": _edit("links", "ORG-link-1", key="act-2522-building-control"),
    "link from a law": _edit("links", "ORG-link-1", **{"from": "act-2522-building-control"}),
    "retired": _retire("plan/ORG-km-9", "topic/older-people"),
    "retired and there": _retire("plan/ORG-km-1"),
    "retired and there at another's": _retire("plan/sao-500003-km-1"),
    "retired and shared": _retire("topic/older-people"),
    "replaced by another's": _retire("plan/ORG-km-9", "plan/sao-500004-km-1"),
    "replaced by nothing": _retire("plan/ORG-km-9", "plan/ORG-km-8"),
    "loop": _edit("statements", "ORG-level-1", part_of="ORG-level-1"),
}


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of what is shared, and one of an organisation for each fault and one without."""
    folder = tmp_path_factory.mktemp("country")
    _write_shared(folder)
    for number, fault in enumerate([lambda *_: None, *FAULTS.values()], 500_001):
        tables = _organisation(f"sao-{number}")
        fault(tables, f"sao-{number}")
        write_site(tables, folder / f"sao-{number}")
    (folder / "sao-600001").mkdir()
    (folder / "sao-600001" / "topics.csv").write_text("key,label_th\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def checked(country: Path) -> Checked:
    """The country, checked folder by folder in this process."""
    return check([country], BASE, lambda _: None, workers=1)


@pytest.fixture(scope="module")
def whole(country: Path) -> Loaded:
    """The country as one dataset."""
    return load_paths(country)


def test_verdict_of_the_whole(checked: Checked, whole: Loaded) -> None:
    """Folders checked apart give, finding by finding, what one dataset gives."""
    assert list(checked.report.findings) == validate(whole, shapes())
    assert (checked.report.files, checked.report.triples) == (len(whole.sources), len(whole.quads))


def test_graphs_of_the_whole(checked: Checked, whole: Loaded) -> None:
    """The graphs are those of one dataset, with what follows from it and the vocabulary."""
    as_one = InMemory([*whole.quads, *infer(whole.quads, BASE), *ontology_quads(BASE)])
    assert checked.graphs.names() == as_one.names()
    for name in as_one.names():
        assert checked.graphs.triples(name) == as_one.triples(name)
        assert checked.graphs.sha256(name) == as_one.sha256(name)


def test_few_are_checked_together(checked: Checked) -> None:
    """Only folders that share a key, or refer to each other, are checked as one."""
    assert checked.verdicts is not None
    with closing(VerdictStore(checked.verdicts)) as verdicts:
        alone = [record.name for record in verdicts.records() if record.inputs]
    assert len(alone) == len(FAULTS) + 2 - 13


def test_processes(country: Path, checked: Checked) -> None:
    """Several processes say what one says, and give the same graphs."""
    several = check([country], BASE, lambda _: None, workers=2)
    assert several.report == checked.report
    assert set(several.quads) == set(checked.quads)


def test_unread_sheet(country: Path, tmp_path: Path) -> None:
    """A file that cannot be read silences what refers to it in its folder, and no other."""
    shutil.copytree(country, tmp_path / "country")
    (tmp_path / "country" / "sao-500003" / "documents.csv").write_bytes(b"key,owner\nx,\xff\xfe\n")
    found = check([tmp_path / "country"], BASE, lambda _: None, workers=1).report.findings
    unknown = {f.place.file.split("/")[1] for f in found if f.rule == "reference-unknown"}
    assert "sao-500003" not in unknown
    assert f"sao-{500_002 + list(FAULTS).index('names nobody')}" in unknown


def test_every_rule(tmp_path: Path) -> None:
    """Whatever rule is broken, it is told the same by the shard and by the whole."""
    quads = load_paths(write_site(small_site(), tmp_path / "site")).quads
    shared = [q for q in quads if str(q.graph_name).endswith("/shared>")]
    own = [q for q in quads if q not in shared]
    ours = {str(q.subject).removeprefix(f"<{BASE}/id/").removesuffix(">") for q in own}
    cases = list(enumerate(BROKEN + KEPT))
    common = [*shared, *chain(*(copy_case(c, n, quads) for n, c in cases if c.focus not in ours))]
    theirs = [copy_case(c, n, quads) for n, c in cases if c.focus in ours]
    organisations = [
        _renamed([*own, *chain(*theirs[part::5])], f"sao-50000{part}") for part in range(5)
    ]
    checker = FolderChecker(shapes(), BASE, gather_shared(Loaded(quads=common), shapes()), tmp_path)
    apart = [
        checker.judge([checker.beside(Loaded(quads=part))]) for part in (common, *organisations)
    ]
    everything = [*common, *chain(*organisations)]
    found = validate(Loaded(quads=everything), shapes())
    # A list that is no list belongs to nobody: what stands in it is counted where it is seen.
    astray = {str(q.subject) for q in everything if str(q.object) in (OTHER, NOWHERE, '"text"')}

    def told(findings: Iterable[Finding]) -> list[str]:
        return sorted(str(f) for f in findings if f"<{f.place.subject}>" not in astray)

    assert told(chain(*apart)) == told(found)
    assert len(told(found)) > 500
    assert {f.rule for f in found} >= {SHAPE + case.rule for case in BROKEN}


def _renamed(quads: Iterable[ox.Quad], slug: str) -> list[ox.Quad]:
    text = "".join(f"{quad} .\n" for quad in quads).replace(ORG, slug)
    return list(ox.parse(text, ox.RdfFormat.N_QUADS))


# ---- what has not changed --------------------------------------------------------------------

ALL = {f"sao-{500_001 + number}" for number in range(MANY)}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country without a fault, with a release of it in `data` beside."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "country").mkdir()
    _write_shared(folder / "country")
    for slug in ALL:
        write_site(_organisation(slug), folder / "country" / slug)
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
