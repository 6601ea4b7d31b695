"""The switch: what is on the disk before readers are led to it, and after."""

import os
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
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


class Copies:
    """Copies of releases that note what is asked of them."""

    def __init__(self, *held: str) -> None:
        self.held = held
        self.calls: list[tuple[str, ...]] = []

    def put(self, release_id: str, quads: Iterable[ox.Quad]) -> None:
        """Note what is put, and whether it holds anything."""
        self.calls.append(("put", release_id, str(any(quads))))

    def holds(self, release_id: str) -> bool:
        """Tell whether the release was there from the beginning."""
        return release_id in self.held

    def sweep(self, current: str, before: str | None) -> None:
        """Note which release is current, and which one was."""
        self.calls.append(("sweep", current, str(before)))


@pytest.mark.parametrize("is_held", [True, False])
def test_a_lost_copy_is_loaded_again(copied: Path, is_held: bool) -> None:
    """A copy that the SPARQL server holds is not loaded again; one that it lost is."""
    (release_id,) = release_ids(copied)
    copies = Copies(*[release_id] * is_held)
    activate(copied, release_id, copies)
    put = [] if is_held else [("put", release_id, "True")]
    assert copies.calls == [*put, ("sweep", release_id, release_id)]
