"""A folder's stamp tells whether its files are what they were."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.sources import Folder, SourceFile
from graph.stamps import stamp

LATER_NS = 60_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("key\n1\n", encoding="utf-8")
    return tmp_path


def stamped(path: Path) -> str:
    """Return the stamp of a folder, a minute from now."""
    files = tuple(SourceFile(file, file.name) for file in sorted(path.glob("*.csv")))
    return stamp(Folder(path.name, path, files), time.time_ns() + LATER_NS)


def put_same_length(path: Path) -> None:
    """Write as many other bytes, and set the time of the file back."""
    before = path.stat()
    path.write_text("key\n2\n", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def put_another(path: Path) -> None:
    """Put another file of the same length in its place."""
    other = path.with_name("other")
    other.write_text("key\n2\n", encoding="utf-8")
    other.replace(path)


def put_beside(path: Path) -> None:
    """Add a page that sources are quoted from."""
    path.with_name("page.txt").write_text("words", encoding="utf-8")


@pytest.mark.parametrize("change", [put_same_length, put_another, put_beside, Path.unlink])
def test_a_change_is_seen(change: Callable[[Path], object], folder: Path) -> None:
    """Whatever is done to a file, the stamp is another."""
    before = stamped(folder)
    assert before == stamped(folder) != ""
    time.sleep(0.02)  # a tick of the clock of the file system
    change(folder / "a.csv")
    assert stamped(folder) != before


def test_new_files_have_no_stamp(folder: Path) -> None:
    """Of a file of this second nobody could tell whether it was written again."""
    files = (SourceFile(folder / "a.csv", "a.csv"),)
    assert stamp(Folder("f", folder, files), time.time_ns()) == ""


def test_what_is_not_there_has_no_stamp(tmp_path: Path) -> None:
    """A folder that cannot be looked at is read, so that it is told why."""
    assert stamp(Folder("f", tmp_path / "none", ()), time.time_ns() + LATER_NS) == ""
