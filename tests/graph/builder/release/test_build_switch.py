"""Releases: immutable, complete, switched at once, and refused when they are damaged."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.sites import publish, publish_once

from graph.builder import build as build_module
from graph.errors import ReleaseBusy
from graph.release.activate import activate, publication_lock
from graph.release.manifest import current_id, open_release, release_ids
from publish.config import Config

pytestmark = pytest.mark.slow


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
