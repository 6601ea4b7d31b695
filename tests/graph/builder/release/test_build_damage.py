"""Releases: immutable, complete, switched at once, and refused when they are damaged."""

import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.index_rows import search_rows
from support.sites import publish, publish_once

from graph.builder import build as build_module
from graph.builder.build import STEPS
from graph.errors import ReleaseDamaged, ReleaseError
from graph.release.activate import activate
from graph.release.manifest import (
    Release,
    current_id,
    file_sha256,
    open_release,
    release_ids,
)
from graph.release.verify import verify_release
from publish.config import Config

pytestmark = pytest.mark.slow


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


@pytest.mark.parametrize(("spare_bytes", "is_large"), [(0, True), (1, False)])
def test_only_small_files_of_a_large_store_are_hashed(
    copied: Path, monkeypatch: pytest.MonkeyPatch, spare_bytes: int, is_large: bool
) -> None:
    """Opening a large release hashes neither its dumps nor its tables, which are gigabytes."""
    files = open_release(copied).manifest.files
    size_bytes = sum(file.size_bytes for file in files)
    module = "graph.release.manifest"
    hashed: set[str] = set()

    def note(path: Path) -> str:
        hashed.add(path.relative_to((copied / "current").resolve()).as_posix())
        return file_sha256(path)

    monkeypatch.setattr(f"{module}._HASH_ALL_BELOW_BYTES", size_bytes + spare_bytes)
    monkeypatch.setattr(f"{module}.file_sha256", note)
    open_release(copied, is_published=True)
    small = {f.name for f in files if f.name.startswith("store/") and f.name[-4:] != ".sst"}
    assert len(small) > 1
    assert (hashed == small) == is_large
    assert hashed >= small


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
