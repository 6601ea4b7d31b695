"""Releases: immutable, complete, switched at once, and refused when they are damaged."""

import gzip
import hashlib
import json
import multiprocessing
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset
from support.cases import read_site, write_site
from support.index_rows import search_rows
from support.programs import needs_rapper
from support.sites import publish, publish_once

from graph.builder import build as build_module
from graph.builder.build import STEPS
from graph.errors import NoRelease, ReleaseBusy, ReleaseDamaged, ReleaseError
from graph.rdf.vocab import read_package
from graph.release.activate import activate, publication_lock
from graph.release.manifest import SUMS, Release, current_id, open_release, release_ids
from graph.release.verify import verify_release
from publish.config import Config

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "var"


@pytest.fixture
def settings(data: Path) -> Config:
    """Settings on that folder."""
    return Config(data=data)


def test_there_is_none_before_the_first(data: Path) -> None:
    """An empty folder has no current release and says what to run."""
    assert current_id(data) is None
    assert release_ids(data) == []
    with pytest.raises(NoRelease, match="km publish"):
        open_release(data)


def test_the_manifest_tells_every_file(site: Release) -> None:
    """Each file of the folder is in the manifest with its true size and SHA-256."""
    listed = {f.name: f for f in site.files}
    found = {p.relative_to(site.folder).as_posix() for p in site.folder.rglob("*") if p.is_file()}
    assert found == {*listed, "manifest.json"}
    for name, file in listed.items():
        content = (site.folder / name).read_bytes()
        assert (file.size_bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_manifest_tells_what_is_inside(site: Release, config: Config) -> None:
    """Counts, graphs, base, sources with hashes and findings are those of the data."""
    manifest = site.manifest
    graphs = {g.removeprefix(f"{config.base}/graph/"): n for g, n in manifest.graphs.items()}
    assert set(graphs) == {"sao-301107", "shared", "inferred", "ontology"}
    assert sum(graphs.values()) == manifest.triples
    assert manifest.base == config.base
    assert {Path(s.path).name for s in manifest.sources} >= {"entries.csv", "plans.csv"}
    assert not any(Path(s.path).is_absolute() for s in manifest.sources)
    assert manifest.findings["Violation"] == 0


def test_the_store_and_the_dumps_hold_the_same(site: Release) -> None:
    """The store, the N-Quads, and the Turtle of all graphs together are one data set."""
    stored = set(ox.Store.read_only(str(site.store_path)))
    dumped = set(ox.parse(path=str(site.dumps / "all.nq")))
    assert len(stored) == site.manifest.triples
    assert stored == dumped
    assert stored == set(ox.parse(path=str(site.dumps / "all.trig")))
    for graph, count in site.manifest.graphs.items():
        name = graph.rpartition("/")[2]
        triples = {q.triple for q in ox.parse(path=str(site.dumps / f"{name}.ttl"))}
        assert triples == {q.triple for q in stored if q.graph_name == ox.NamedNode(graph)}
        assert len(triples) == count


def test_each_dump_is_gzipped_too(site: Release) -> None:
    """Every dump has a gzip beside it with the same content."""
    files = {p for p in site.dumps.rglob("*") if p.is_file() and p.suffix != ".zip"}
    plain = {p for p in files if p.suffix != ".gz"} - {site.dumps / SUMS}
    assert len(plain) == 40
    for path in plain:
        packed = path.with_name(path.name + ".gz").read_bytes()
        assert gzip.decompress(packed) == path.read_bytes()


RAPPER = {
    "nq": "nquads",
    "trig": "trig",
    "ttl": "turtle",
    "nt": "ntriples",
    "rdf": "rdfxml",
}
"""How rapper calls the formats."""


def counted_dumps(site: Release, folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Unpack each RDF dump; yield its format, path, and number of triples in the manifest."""
    for file in site.files:
        if not file.is_gzipped or file.format == "csv":
            continue
        plain = folder / Path(file.name).stem
        plain.write_bytes(gzip.decompress((site.folder / file.name).read_bytes()))
        whole = sum(site.manifest.graphs.values())
        expected = site.manifest.graphs[file.graph] if file.graph else whole
        if plain.name.startswith("shapes"):
            expected = len(list(read_package("shapes")))
        yield file.format, plain, expected


def test_rdflib_counts_the_same(site: Release, tmp_path: Path) -> None:
    """rdflib finds as many triples in every dump as the manifest says."""
    names = {"nq": "nquads", "rdf": "xml", "jsonld": "json-ld"}
    for format, plain, expected in counted_dumps(site, tmp_path):
        dataset = Dataset()
        dataset.parse(plain, format=names.get(format, format))
        assert len(dataset) == expected, plain.name


@needs_rapper
def test_rapper_counts_the_same(site: Release, tmp_path: Path) -> None:
    """rapper finds as many triples in every dump as the manifest says; it reads no JSON-LD."""
    for format, plain, expected in counted_dumps(site, tmp_path):
        if format in RAPPER:
            command = ["rapper", "-c", "-i", RAPPER[format], str(plain)]
            told = subprocess.run(command, capture_output=True, text=True, check=True)
            assert f"returned {expected} triples" in told.stderr, plain.name


def test_sums_are_read_by_sha256sum(site: Release) -> None:
    """`sha256sum -c SHA256SUMS` finds every dump as it was made, and none is missing."""
    told = subprocess.run(
        ["sha256sum", "-c", SUMS], cwd=site.dumps, capture_output=True, text=True, check=True
    )
    ok = {line.removesuffix(": OK") for line in told.stdout.splitlines()}
    there = {p.relative_to(site.dumps).as_posix() for p in site.dumps.rglob("*") if p.is_file()}
    assert ok == there - {SUMS}


def test_the_same_input_gives_the_same_dumps(settings: Config, tmp_path: Path) -> None:
    """Two sites that publish the same tables have byte-identical dumps."""
    first, second = publish_once(settings), publish(replace(settings, data=tmp_path / "other"))
    sums = [
        {f.name: f.sha256 for f in r.files if f.name.startswith("dumps/")} for r in (first, second)
    ]
    assert sums[0] == sums[1]


def test_what_has_not_changed_is_shared(settings: Config, tmp_path: Path) -> None:
    """The files of a graph that stayed the same are those of the release before, not copies."""
    first = publish_once(settings)
    tables = read_site()
    tables["topics"][0]["alt_th"] = "ธรรมรัฐ"
    second = publish(settings, write_site(tables, tmp_path / "changed"))

    def is_shared(name: str) -> bool:
        return (first.dumps / name).samefile(second.dumps / name)

    assert is_shared("sao-301107.ttl")
    assert is_shared("ontology.nt.gz")
    assert not is_shared("shared.ttl")
    assert "ธรรมรัฐ" in (second.dumps / "shared.ttl").read_text(encoding="utf-8")
    assert "ธรรมรัฐ" in (second.dumps / "tables" / "topics.csv").read_text(encoding="utf-8-sig")
    assert open_release(settings.data, first.id) == first


def test_large_dumps_are_kept_gzipped_only(settings: Config) -> None:
    """With plain_mb=0 nothing lies there plain, and the release is whole all the same."""
    made = publish(replace(settings, plain_mb=0))
    suffixes = {p.suffix for p in made.dumps.rglob("*") if p.is_file()}
    assert suffixes == {".gz", ".zip", ""}
    assert set(made.quads()) == set(ox.Store.read_only(str(made.store_path)))


def test_turtle_is_for_people(site: Release, config: Config) -> None:
    """A comment with source and licence, then prefixes, then subjects as the workbook has them."""
    text = (site.dumps / "sao-301107.ttl").read_text(encoding="utf-8")
    top, _, body = text.partition("@prefix ")
    assert all(line.startswith("# ") for line in top.splitlines())
    assert "องค์การบริหารส่วนตำบลเมืองเกษตร" in top
    assert f"{config.base}/dumps" in top
    assert config.licence in top
    subjects = [b.split()[0] for b in body.split("\n\n")[1:] if b.strip()]
    kinds = list(dict.fromkeys(s.rpartition("/id/")[2].partition("/")[0] for s in subjects))
    assert kinds[:4] == ["org", "service", "plan", "collection"]
    assert subjects == list(dict.fromkeys(subjects))


def test_a_new_release_becomes_current(settings: Config, data: Path) -> None:
    """The second release is current and names the first as the one before."""
    first = publish_once(settings)
    second = publish(settings)
    assert current_id(data) == second.id
    assert open_release(data).manifest.previous == first.id
    assert release_ids(data) == [second.id, first.id]


def test_an_older_release_can_be_made_current(settings: Config, data: Path) -> None:
    """Going back is a switch of the link; the newer release stays."""
    first, second = publish_once(settings), publish(settings)
    activate(data, first.id)
    assert current_id(data) == first.id
    assert second.id in release_ids(data)


def test_only_the_newest_are_kept(settings: Config, data: Path) -> None:
    """Of four releases with keep=2 the last two remain."""
    made = [publish(replace(settings, keep=2)).id for _ in range(4)]
    assert release_ids(data) == made[:1:-1]


@pytest.mark.parametrize(
    ("newest", "next_id"),
    [
        ("2999-01-01T000000Z", "2999-01-01T000000Z-002"),
        ("2999-01-01T000000Z-002", "2999-01-01T000000Z-003"),
        ("2999-01-01T000000Z-009", "2999-01-01T000000Z-010"),
    ],
)
def test_a_clock_that_is_set_back(newest: str, next_id: str) -> None:
    """A new release sorts behind the newest, though the clock says that it is earlier."""
    assert build_module._new_id(newest) == next_id > newest


def test_a_release_after_the_clock_was_set_back(
    settings: Config, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the newest of the list and the current one."""
    monkeypatch.setattr(build_module, "_new_id", lambda newest: "2999-01-01T000000Z")
    first = publish(settings)
    monkeypatch.undo()
    second = publish(settings)
    assert release_ids(data) == [second.id, first.id]
    assert current_id(data) == second.id


def test_a_release_is_synced_before_it_has_its_name(
    settings: Config, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every new file and folder is on the disk before the rename, the folder above after it."""
    steps: list[str] = []
    rename, sync = Path.rename, os.fsync

    def note_rename(path: Path, target: Path) -> Path:
        steps.append(f"rename {target.name}")
        return rename(path, target)

    def note_sync(descriptor: int) -> None:
        steps.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink()}")
        sync(descriptor)

    monkeypatch.setattr(Path, "rename", note_rename)
    monkeypatch.setattr(os, "fsync", note_sync)
    made = publish(settings)
    at = steps.index(f"rename {made.id}")
    before, after = set(steps[:at]), steps[at + 1 :]
    folder = next(s for s in before if s.endswith("/manifest.json")).removesuffix("/manifest.json")
    assert {f"{folder}/{f.name}" for f in made.files} <= before
    assert {folder, f"{folder}/store", f"{folder}/dumps"} <= before
    assert after == [f"sync {data / 'releases'}", f"sync {data}"]


def test_two_publishers_at_once(settings: Config, data: Path) -> None:
    """The second publisher is told that another is running, and nothing changes."""
    first = publish_once(settings)
    with publication_lock(data), pytest.raises(ReleaseBusy):
        publish(settings)
    assert release_ids(data) == [first.id]


def put(path: Path, content: bytes) -> None:
    """Put another file in the place of one that may be a link to that of another release."""
    path.unlink()
    path.write_bytes(content)


def _cut(path: Path) -> None:
    put(path, path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    put(path, content)


@pytest.mark.parametrize("damage", [_cut, _flip, Path.unlink])
@pytest.mark.parametrize("pattern", ["store/MANIFEST-*", "store/*.sst", "dumps/all.nq"])
def test_a_damaged_release_is_refused(
    copied: Path, damage: Callable[[Path], None], pattern: str
) -> None:
    """A cut, changed or missing file is found before anything is served, and named."""
    victim = next(iter((copied / "current").glob(pattern)))
    damage(victim)
    with pytest.raises(ReleaseDamaged, match=victim.name):
        open_release(copied)


def test_what_a_server_looks_at(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large release that is published, the dumps of single graphs are not looked at again."""
    (copied / "current" / "dumps" / "shared.ttl").unlink()
    with pytest.raises(ReleaseDamaged, match=r"shared\.ttl"):
        open_release(copied, is_published=True)  # it is small
    monkeypatch.setattr("graph.release.manifest._HASH_ALL_BELOW_BYTES", 0)
    assert open_release(copied, is_published=True).manifest.triples
    with pytest.raises(ReleaseDamaged, match=r"shared\.ttl"):
        open_release(copied)
    (copied / "current" / "dumps" / "all.nq").unlink()
    with pytest.raises(ReleaseDamaged, match=r"all\.nq"):
        open_release(copied, is_published=True)


def test_small_files_of_a_large_store_are_read(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large release each byte of the store's small files counts: they say what is in it."""
    monkeypatch.setattr("graph.release.manifest._HASH_ALL_BELOW_BYTES", 0)
    (victim,) = (copied / "current" / "store").glob("MANIFEST-*")
    _flip(victim)
    for is_published in (False, True):
        with pytest.raises(ReleaseDamaged, match=victim.name):
            open_release(copied, is_published=is_published)
    assert any(victim.name in problem for problem in verify_release(copied).problems)


def test_a_list_of_dumps_that_cannot_be_read(copied: Path) -> None:
    """A broken list of the graphs' dumps is a damaged release, and it is named."""
    (copied / "current" / "graph-files.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(ReleaseDamaged, match=r"graph-files\.jsonl"):
        open_release(copied)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": 1}'])
def test_a_manifest_of_another_kind_is_refused(copied: Path, text: str) -> None:
    """A broken manifest, or one of another version, is a damaged release, not a traceback."""
    (copied / "current" / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseDamaged, match=r"manifest\.json"):
        open_release(copied)


def test_a_damaged_release_never_becomes_current(settings: Config, data: Path) -> None:
    """Rolling back to a damaged release is refused and the current one stays."""
    first, second = publish_once(settings), publish(settings)
    _cut(first.folder / "report.json")
    with pytest.raises(ReleaseDamaged):
        activate(data, first.id)
    assert current_id(data) == second.id


@pytest.mark.parametrize("step", ["graphs", "manifest", "rename"])
def test_a_failure_while_building_leaves_the_old_release(
    settings: Config, data: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A full disk at any step is a clear error; the old release stays and nothing is left over."""
    first = publish_once(settings)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    steps = tuple((name, fail if name == step else run) for name, run in STEPS)
    monkeypatch.setattr(build_module, "STEPS", steps)
    with pytest.raises(ReleaseError, match="No space left"):
        publish(settings)
    monkeypatch.undo()
    assert open_release(data).id == first.id
    assert [p.name for p in (data / "releases").iterdir()] == [first.id]
    assert publish(settings).id == current_id(data)


def test_words_are_indexed_in_the_background(
    settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large site another process writes the very index that this one would write."""
    first = publish_once(settings)
    monkeypatch.setattr("graph.builder.build_steps.LARGE", 0)
    second = publish(settings)
    before, after = (search_rows(r.folder / "search.sqlite") for r in (first, second))
    assert before == after


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_ends_what_runs_in_the_background(
    settings: Config, data: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """Whatever ends a publication ends the index of words, and nothing is left over."""

    def fail(*_: object) -> None:
        assert multiprocessing.active_children()
        raise error

    monkeypatch.setattr("graph.builder.build_steps.LARGE", 0)
    steps = tuple((name, fail if name == "hubs" else run) for name, run in STEPS)
    monkeypatch.setattr(build_module, "STEPS", steps)
    with pytest.raises((ReleaseError, KeyboardInterrupt)):
        publish(settings)
    assert not multiprocessing.active_children()
    assert not list((data / "releases").iterdir())


def test_what_a_killed_publication_left_is_swept(settings: Config, data: Path) -> None:
    """A half-built folder is neither listed nor in the way, and goes with the next publication."""
    publish(settings)
    leftover = data / "releases" / ".tmp-2026-01-01T000000Z"
    leftover.mkdir()
    (leftover / "manifest.json").write_text("{}", encoding="utf-8")
    assert leftover.name not in release_ids(data)
    publish(settings)
    assert not leftover.exists()


def test_opening_a_store_changes_nothing(settings: Config) -> None:
    """A reader leaves every file of the release as it was."""
    made = publish(settings)
    store = ox.Store.read_only(str(made.store_path))
    assert len(store) == made.manifest.triples
    del store
    assert open_release(settings.data).id == made.id


def test_a_relative_data_folder_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of a release stay found when the process works in another folder."""
    monkeypatch.chdir(tmp_path)
    publish(Config(data=Path("var")))
    release = open_release(Path("var"))
    monkeypatch.chdir("/")
    assert (release.dumps / "all.nq").is_file()


def test_the_report_is_kept(site: Release) -> None:
    """The release carries its validation report."""
    report = json.loads((site.folder / "report.json").read_text(encoding="utf-8"))
    assert report["conforms"] is True
    assert report["counts"] == {"Violation": 0, "Warning": 2, "Info": 4}
