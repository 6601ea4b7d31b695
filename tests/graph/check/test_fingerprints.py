"""A folder's stamp tells whether its files are what they were."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.check.fingerprints import rules_digest, stamp
from graph.intake.sources import Folder, SourceFile

LATER_NS = 60_000_000_000
RULES = ["__init__.py", "a/code.py", "a/b/rule.rq"]
NO_RULES = ["sites/x.csv", "a/__pycache__/code.pyc", "a/README.md"]


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


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with code, a rule in a sub-folder of a sub-folder, and what is no rule."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "kmrules", raising=False)
    for name in (*RULES, *NO_RULES):
        file = tmp_path / "kmrules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# one", encoding="utf-8")
    return tmp_path / "kmrules"


@pytest.mark.parametrize("name", RULES)
def test_changed_code_voids_verdicts(name: str, package: Path) -> None:
    """A change in any file of the program changes the digest of the rules, however deep it lies."""
    before = rules_digest("http://x", ["kmrules"])
    (package / name).write_text("# two", encoding="utf-8")
    assert rules_digest("http://x", ["kmrules"]) != before


@pytest.mark.parametrize("name", NO_RULES)
def test_what_is_no_rule_voids_no_verdict(name: str, package: Path) -> None:
    """The bundled site, compiled code and documents leave the digest of the rules as it is."""
    before = rules_digest("http://x", ["kmrules"])
    (package / name).write_text("# two", encoding="utf-8")
    assert rules_digest("http://x", ["kmrules"]) == before


def test_a_moved_rule_voids_verdicts(package: Path) -> None:
    """The path of a file counts, not its content alone."""
    before = rules_digest("http://x", ["kmrules"])
    (package / "a" / "b" / "rule.rq").rename(package / "a" / "rule.rq")
    assert rules_digest("http://x", ["kmrules"]) != before


def test_the_rules_of_the_program_count() -> None:
    """Another base is another verdict, and the same program gives the same digest."""
    assert rules_digest("http://x") == rules_digest("http://x") != rules_digest("http://y")
