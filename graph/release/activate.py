"""The current release: the publication lock, the switch, and the removal of old releases.

In: the data folder. Out: the symlink `current`, replaced atomically, so that a crash at any moment
leaves readers on a whole release. Old releases beyond the last N are removed, and so are the
leftovers of a killed publication. Only the holder of `publication_lock` may call these functions.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from graph.errors import ReleaseBusy, ReleaseError
from graph.release.manifest import CURRENT, Release, current_id, open_release, release_ids

TMP = ".tmp-"
_DOOMED = ".tmp-old-"


class ReleaseCopies(Protocol):
    """Where a release is put besides its folder; `remote_copies.RemoteCopies` is one."""

    def put(self, release_id: str, quads: Iterable[ox.Quad]) -> None:
        """Put a release there, unseen by readers. Raises ReleaseError."""

    def holds(self, release_id: str) -> bool:
        """Tell whether the whole release is there."""

    def sweep(self, current: str, before: str | None) -> None:
        """Drop what nobody reads, after `current` took the place of `before`."""


@contextmanager
def publication_lock(data: Path) -> Iterator[None]:
    """Hold the one lock of a publication. Raises ReleaseBusy where another holds it.

    The kernel lets go of it when the process ends, however it ends.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / ".lock").open("w")
    except OSError as error:
        raise ReleaseError(f"cannot write to {data}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ReleaseBusy(f"another publication is running in {data}") from error
        yield


def activate(data: Path, release_id: str, copies: ReleaseCopies | None = None) -> Release:
    """Make a release current, by the atomic replacement of a symlink. Raises as `open_release`.

    A copy that the SPARQL server has lost or dropped is loaded again from the dump. Raises
    ReleaseError where that fails or the link cannot be written, and QueryError where the server
    cannot be asked; then nothing has changed.
    """
    release, before = open_release(data, release_id), current_id(data)
    if copies is not None and not copies.holds(release_id):
        copies.put(release_id, release.quads())
    link = data / f"{TMP}{CURRENT}"
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(Path("releases") / release_id)
        link.replace(data / CURRENT)
        sync_folder(data)
    except OSError as error:
        raise ReleaseError(f"cannot switch to release {release_id}: {error}") from error
    if copies is not None:
        copies.sweep(release_id, before)
    return release


def sweep_leftovers(data: Path) -> None:
    """Remove what a publication left that was killed. Raises ReleaseError."""
    try:
        (data / f"{TMP}{CURRENT}").unlink(missing_ok=True)
        for leftover in (data / "releases").glob(f"{TMP}*"):
            shutil.rmtree(leftover)
    except OSError as error:
        raise ReleaseError(f"cannot remove what a publication left behind: {error}") from error


def remove_old(data: Path, keep: int) -> None:
    """Remove all but the newest `keep` releases; never the current one.

    A release is renamed before its files go, so that none is ever listed that is half removed.
    """
    current = current_id(data)
    for release_id in release_ids(data)[keep:]:
        if release_id != current:
            doomed = data / "releases" / f"{_DOOMED}{release_id}"
            (data / "releases" / release_id).rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
