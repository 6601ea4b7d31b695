"""A release looked at byte by byte: whatever is wrong with it is found and named."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import NoRelease, ReleaseDamaged
from graph.release.manifest import Release, file_sha256
from graph.release.verify import verify_release


def test_a_clean_release(copied: Path, site: Release) -> None:
    """What was published is clean; the verdict says how much was looked at."""
    steps: list[str] = []
    verdict = verify_release(copied, None, steps.append)
    assert verdict.problems == ()
    assert (verdict.release, verdict.triples) == (site.id, site.manifest.triples)
    assert verdict.files == len(site.files)
    assert steps == ["files", "sums", "dumps", "store"]


def _flip(folder: Path, name: str) -> None:
    path = next(iter(folder.glob(name)))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _remove(folder: Path, name: str) -> None:
    next(iter(folder.glob(name))).unlink()


def _add(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")


@pytest.mark.parametrize("name", ["dumps/shared.rdf.gz", "store/*.sst", "search.sqlite"])
@pytest.mark.parametrize("damage", [_flip, _remove])
def test_damage_is_named(copied: Path, damage: Callable[[Path, str], None], name: str) -> None:
    """A changed or missing file of any kind is found, by its name."""
    folder = copied / "current"
    victim = next(iter(folder.glob(name))).name
    damage(folder, name)
    assert any(victim in problem for problem in verify_release(copied).problems)


def test_a_damaged_store_is_not_read(copied: Path) -> None:
    """Whichever of its tables is damaged, that is all that is said, and nothing runs away."""
    for table in sorted((copied / "current" / "store").glob("*.sst")):
        _flip(copied / "current", f"store/{table.name}")
        (problem,) = verify_release(copied).problems
        assert f"store/{table.name} differs from the manifest" in problem
        _flip(copied / "current", f"store/{table.name}")


def test_what_does_not_belong_there_is_named(copied: Path) -> None:
    """A file that nobody listed is found too."""
    _add(copied / "current", "dumps/extra.ttl")
    (problem,) = verify_release(copied).problems
    assert "extra.ttl is not in the manifest" in problem


def _relist(folder: Path, name: str) -> None:
    """Let the manifest say what a changed file is now, as a careless hand would."""
    path = folder / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    changed = folder / name
    for entry in raw["files"]:
        if entry["name"] == name:
            entry["sha256"], entry["size_bytes"] = file_sha256(changed), changed.stat().st_size
    path.write_text(json.dumps(raw), encoding="utf-8")


def _relist_store(folder: Path) -> None:
    """Let the manifest list the files of a store that was put in the place of its own."""
    path = folder / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["files"] = [entry for entry in raw["files"] if not entry["name"].startswith("store/")]
    raw["files"] += [
        {
            "name": f"store/{file.name}",
            "sha256": file_sha256(file),
            "size_bytes": size,
            "media_type": "",
        }
        for file in (folder / "store").iterdir()
        for size in [file.stat().st_size]
    ]
    path.write_text(json.dumps(raw), encoding="utf-8")


def test_counts_are_compared(copied: Path) -> None:
    """A dump and a store that agree with their checksums, but not with the counts, are found."""
    folder = copied / "current"
    whole = folder / "dumps" / "all.nq.gz"
    lines = gzip.decompress(whole.read_bytes()).splitlines(keepends=True)
    whole.write_bytes(gzip.compress(b"".join(lines[1:]), mtime=0))
    _relist(folder, "dumps/all.nq.gz")
    problems = "\n".join(verify_release(copied).problems)
    assert f"all.nq.gz holds {len(lines) - 1} of {len(lines)} triples" in problems
    assert "SHA256SUMS and the manifest differ about all.nq.gz" in problems


def test_the_store_is_opened(copied: Path) -> None:
    """A store that opens but holds less is found, graph by graph."""
    folder = copied / "current" / "store"
    shutil.rmtree(folder)
    store = ox.Store(str(folder))
    store.flush()
    del store
    _relist_store(copied / "current")
    problems = verify_release(copied).problems
    assert any("the store holds 0 of" in problem for problem in problems)


def test_nothing_to_verify(copied: Path, tmp_path: Path) -> None:
    """No release and a broken manifest are errors of their own."""
    with pytest.raises(NoRelease):
        verify_release(tmp_path / "none")
    with pytest.raises(NoRelease):
        verify_release(copied, "2026-01-01T000000Z")
    (copied / "current" / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ReleaseDamaged):
        verify_release(copied)
