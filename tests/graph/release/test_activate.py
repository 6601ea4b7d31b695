"""The switch: what is on the disk before readers are led to it, and after."""

import os
from pathlib import Path

import pytest

from graph.release.activate import activate
from graph.release.manifest import CURRENT, release_ids


def name_of(descriptor: int) -> str:
    """Return the path of an open file."""
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def test_the_switch_is_synced(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the link is replaced, and not before, its folder is synced: a power cut keeps it."""
    steps: list[str] = []
    replace, sync = Path.replace, os.fsync

    def note_replace(path: Path, target: Path) -> Path:
        steps.append(f"replace {target.name}")
        return replace(path, target)

    def note_sync(descriptor: int) -> None:
        steps.append(f"sync {name_of(descriptor)}")
        sync(descriptor)

    monkeypatch.setattr(Path, "replace", note_replace)
    monkeypatch.setattr(os, "fsync", note_sync)
    activate(copied, release_ids(copied)[0])
    assert steps == [f"replace {CURRENT}", f"sync {copied}"]
