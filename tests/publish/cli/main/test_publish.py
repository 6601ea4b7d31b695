"""The program `km` as a person types it: output, exit codes, and nothing half-done."""

import shutil
from pathlib import Path

import pytest
from support.cases import read_site, row_of, small_site, write_site
from support.cli_main import km

from graph.release.manifest import current_id

pytestmark = pytest.mark.slow


def test_no_organisation_vanishes_unasked(copy: Path, data: Path) -> None:
    """Leaving out what is published is refused by name, unless it is meant."""
    other = copy.parent / "other"
    shutil.copytree(copy, other)
    for file in other.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("sao-301107", "sao-301108"), encoding="utf-8")
    assert km("publish", copy, data=data).returncode == 0
    before = current_id(data)
    result = km("publish", other, data=data)
    assert result.returncode == 1
    assert "sao-301107 " in result.stderr
    assert "--allow-shrink" in result.stderr
    assert current_id(data) == before
    assert km("publish", other, "--allow-shrink", data=data).returncode == 0
    assert current_id(data) != before


def test_a_suddenly_small_organisation_is_refused(copy: Path, data: Path) -> None:
    """Keeping less than half of the triples is refused by name and number, unless it is meant."""
    assert km("publish", data=data).returncode == 0
    before = current_id(data)
    small = write_site(small_site(), copy.parent / "small")
    result = km("publish", small, data=data)
    assert result.returncode == 1
    assert "sao-301107" in result.stderr
    assert "50%" in result.stderr
    assert "--allow-shrink" in result.stderr
    assert current_id(data) == before
    assert km("publish", small, "--allow-shrink", data=data).returncode == 0


def files_below(folder: Path) -> dict[str, tuple[int, int]]:
    """Return each file and folder with its inode and time of change."""
    return {
        p.relative_to(folder).as_posix(): (p.lstat().st_ino, p.lstat().st_mtime_ns)
        for p in folder.rglob("*")
    }


def test_dry_run_says_what_would_change_and_writes_nothing(copy: Path, data: Path) -> None:
    """Each organisation with its counts, each thing by name, what will be gone; no file touched."""
    result = km("publish", "--dry-run", data=data)
    assert (result.returncode, data.exists()) == (0, False)
    assert "the first release" in result.stdout
    km("publish", data=data)
    before = files_below(data)
    entries, topics = copy / "entries.csv", copy / "topics.csv"
    lines = entries.read_text(encoding="utf-8").splitlines(keepends=True)
    entries.write_text("".join(x for x in lines if "-p1-5," not in x), encoding="utf-8")
    text = topics.read_text(encoding="utf-8").replace("ธรรมาภิบาล,Good", "ธรรมรัฐ,Good")
    topics.write_text(text + "new-topic,เรื่องใหม่,New topic,,\n", encoding="utf-8")
    result = km("publish", "--dry-run", copy, data=data)
    assert result.returncode == 0
    for words in (
        "sao-301107 · องค์การบริหารส่วนตำบลเมืองเกษตร: 941 → 931 triples, +0 −10",
        "− entry/sao-301107-p1-5  มาตรฐานการป้องกันและบรรเทาสาธารณภัย",
        "~ topic/good-governance  ธรรมรัฐ",
        "+ topic/new-topic  เรื่องใหม่",
        "will answer 410: 1",
    ):
        assert words in result.stdout
    assert files_below(data) == before
    again = km("publish", "--dry-run", data=data)
    assert "no data changes" in again.stdout
    assert files_below(data) == before


def test_dry_run_refuses_as_publishing_does(copy: Path, data: Path) -> None:
    """What would be refused has the exit code of the refusal."""
    km("publish", data=data)
    small = write_site(small_site(), copy.parent / "small")
    result = km("publish", "--dry-run", small, data=data)
    assert result.returncode == 1
    assert "--allow-shrink" in result.stderr
    assert km("publish", "--dry-run", "--allow-shrink", small, data=data).returncode == 0


def test_an_identifier_used_again_names_its_cell(copy: Path, data: Path) -> None:
    """A retired key for another thing refuses the publication, with the cell in the report."""
    tables = read_site(copy)
    km("publish", copy, data=data)
    entry = row_of(tables, "entries", "sao-301107-p1-5")
    number = tables["entries"].index(entry) + 2
    rest = {**tables, "entries": [row for row in tables["entries"] if row is not entry]}
    assert km("publish", write_site(rest, copy), data=data).returncode == 0
    entry["label_th"], entry["label_en"] = "เรื่องอื่น", "Another thing"
    result = km("publish", write_site(tables, copy), data=data)
    assert result.returncode == 1
    assert f"A{number}" in result.stderr
    assert "entry/sao-301107-p1-5" in result.stderr


def test_verify(data: Path) -> None:
    """A clean release, a damaged one and one that is not there have exit codes of their own."""
    assert km("verify", data=data).returncode == 2
    km("publish", data=data)
    clean = km("verify", data=data)
    assert (clean.returncode, clean.stderr.count("·")) == (0, 4)
    assert current_id(data) in clean.stdout
    (data / "current" / "stray").write_text("", encoding="utf-8")
    stray = km("verify", current_id(data), data=data)
    assert stray.returncode == 1
    assert "stray is not in the manifest" in stray.stdout
    assert km("verify", "2026-01-01T000000Z", data=data).returncode == 2


def test_nothing_is_compared_with_damaged_releases(data: Path) -> None:
    """Where no release can be read, publishing must be meant, since tombstones would be lost."""
    km("publish", data=data)
    with (data / "current" / "report.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    result = km("publish", data=data)
    assert result.returncode == 1
    assert "km verify" in result.stderr
    assert km("publish", "--allow-shrink", data=data).returncode == 0
    assert km("verify", data=data).returncode == 0


def test_wrong_usage_is_told(data: Path) -> None:
    """An option that does not exist exits with 2 and names it."""
    result = km("publish", "--forse", data=data)
    assert result.returncode == 2
    assert "--forse" in result.stderr


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the place of the data folder is one clear line, not a traceback."""
    blocked = tmp_path / "var"
    blocked.write_text("", encoding="utf-8")
    result = km("publish", data=blocked)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert str(blocked) in result.stderr
