"""A disk that is full: by a limit on the size of a file, and by a file system of some megabytes.

In: a trial. Out: how many publications failed of it; each is refused with one line, leaves the
current release as it was, and the next one works when there is space again.
"""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crash.trial import REFUSED, Failed, Trial
from graph.release.manifest import current_id

MIB = 1024**2


def limit_files(trial: Trial, size_bytes: int) -> bool:
    """Publish where no file may be larger than `size_bytes`; tell whether it was refused."""

    def publish() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))
        trial.publish()

    return _attempt(trial, publish, f"files of at most {size_bytes:,} bytes")


def fill(trial: Trial, left_bytes: int) -> bool:
    """Publish where `left_bytes` are left on the disk; tell whether it was refused."""
    ballast = trial.data / "ballast"
    free = os.statvfs(trial.data)
    size_bytes = max(0, free.f_bavail * free.f_frsize - left_bytes)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, size_bytes))
    try:
        return _attempt(trial, trial.publish, f"{left_bytes:,} bytes left", ballast)
    finally:
        ballast.unlink(missing_ok=True)


def _attempt(trial: Trial, publish: object, what: str, ballast: Path | None = None) -> bool:
    before = current_id(trial.data)
    code = trial.run(publish)  # type: ignore[arg-type]
    if code not in (0, REFUSED):
        raise Failed(f"{what}: the publication ended with {code}")
    if code and current_id(trial.data) != before:
        raise Failed(f"{what}: refused, but {before} is not current any more")
    if ballast is not None:
        ballast.unlink()
    trial.settle(before, what)
    return code == REFUSED


@contextmanager
def small_disk(folder: Path, size_mib: int) -> Iterator[Path | None]:
    """Mount a file system of its own of so many MiB; None where this user may not."""
    folder.mkdir(parents=True)
    options = f"size={size_mib}m"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
