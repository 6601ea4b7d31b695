"""The program `km` as a person types it: output, exit codes, and nothing half-done."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from bench.processes import free_port
from support.cases import read_site, row_of, small_site, write_site

from graph.check.check import bundled_site
from graph.release.activate import publication_lock
from graph.release.manifest import current_id

pytestmark = pytest.mark.slow

KM = [sys.executable, "-c", "from publish.cli.main import main; main()"]


def km(*arguments: object, data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `km` in a process of its own, with its data in `data`."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("KM_")}
    return subprocess.run(
        [*KM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=data.parent,
        env={**environ, "KM_DATA": str(data), **variables},
        check=False,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "var"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the bundled site to break."""
    return Path(shutil.copytree(bundled_site(), tmp_path / "site"))


def replace_in(file: Path, old: str, new: str) -> None:
    """Replace one piece of text that must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_checking_the_bundled_site(data: Path) -> None:
    """The page of อบต.เมืองเกษตร has nothing that stops it; warnings are told."""
    result = km("check", bundled_site(), data=data)
    assert result.returncode == 0
    assert "entries.csv" in result.stdout
    assert "80" in result.stdout
    assert not data.exists()


def test_one_broken_cell_is_named(copy: Path, data: Path) -> None:
    """A misspelt code is told with file, cell, value and the right code; the exit code is 1."""
    replace_in(copy / "documents.csv", ",manual,", ",manaul,")
    result = km("check", copy, data=data)
    assert result.returncode == 1
    assert "site/documents.csv" in result.stdout
    assert "“ชนิดเอกสาร” [kind]" in result.stdout
    assert "'manaul'" in result.stdout
    assert "perhaps manual" in result.stdout
    assert "น่าจะเป็น manual" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_json_is_json(copy: Path, data: Path) -> None:
    """The JSON names the cell, and nothing else is on standard output."""
    replace_in(copy / "fiscal_years.csv", "2018-10-01", "2561-10-01")
    result = km("check", copy, "--format", "json", data=data)
    assert result.returncode == 1
    report = json.loads(result.stdout)
    [finding] = [f for f in report["findings"] if f["severity"] == "Violation"]
    assert finding["file"].endswith("site/fiscal_years.csv")
    assert (finding["cell"], finding["column"], finding["row"]) == ("E2", "start", 2)
    assert finding["fix"] == {"th": "เขียน 2018-10-01", "en": "write 2018-10-01"}


def test_html_is_a_page(copy: Path, data: Path) -> None:
    """The HTML report stands alone and escapes what the tables hold."""
    replace_in(copy / "topics.csv", "ธรรมาภิบาล,Good", "<script>alert(1)</script>\u202e,Good")
    result = km("check", copy, "--format", "html", data=data)
    assert result.returncode == 1
    assert result.stdout.startswith("<!doctype html>")
    assert "<script>" not in result.stdout
    assert "U+202E" in result.stdout


@pytest.mark.parametrize("name", ["nothing-here", "page.docx"])
def test_what_cannot_be_read_exits_with_2(tmp_path: Path, data: Path, name: str) -> None:
    """A missing path and an unknown kind of file are told, with exit code 2."""
    if name.endswith("docx"):
        (tmp_path / name).write_bytes(b"PK")
    result = km("check", tmp_path / name, data=data)
    assert result.returncode == 2
    assert name in result.stdout
    assert "Traceback" not in result.stderr


def test_publishing_the_bundled_site(data: Path) -> None:
    """Without a source the bundled site is published and becomes current."""
    result = km("publish", data=data)
    assert result.returncode == 0
    assert current_id(data) is not None
    assert str(current_id(data)) in result.stdout


def test_a_violation_refuses_the_publication(copy: Path, data: Path) -> None:
    """The release that was current stays, the finding is told, the exit code is 1."""
    km("publish", copy, data=data)
    before = current_id(data)
    replace_in(copy / "entries.csv", "sao-301107-km-1,2,", "sao-301107-km-1,3,")
    result = km("publish", copy, data=data)
    assert result.returncode == 1
    assert current_id(data) == before is not None
    assert "“ลำดับ” [position]" in result.stderr
    assert [p.name for p in (data / "releases").iterdir()] == [before]


def test_releases_and_rollback(data: Path) -> None:
    """Releases are listed newest first, the current one is marked, and one can go back."""
    km("publish", data=data)
    first = current_id(data)
    km("publish", data=data)
    assert km("rollback", data=data).returncode == 0
    assert current_id(data) == first
    lines = km("releases", data=data).stdout.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"* {first}")
    nothing_before = km("rollback", data=data)
    assert nothing_before.returncode == 2
    assert current_id(data) == first
    unknown = km("rollback", "1999-01-01T000000Z", data=data)
    assert unknown.returncode == 2
    assert "1999-01-01T000000Z" in unknown.stderr


def test_a_second_publisher_is_told(data: Path) -> None:
    """While one publication runs another exits with 3 and says so."""
    with publication_lock(data):
        result = km("publish", data=data)
    assert result.returncode == 3
    assert "another publication" in result.stderr


def test_a_wrong_setting_stops_every_command(data: Path) -> None:
    """A wrong setting is one line that names it, with exit code 2."""
    result = km("releases", data=data, KM_PORT="eighty")
    assert result.returncode == 2
    assert result.stderr.startswith("km: KM_PORT")


def test_serving_nothing_says_what_to_do(data: Path) -> None:
    """`km serve` before any publication exits with 2 and says: km publish."""
    result = km("serve", data=data, KM_PORT=str(free_port()))
    assert result.returncode == 2
    assert "run: km publish" in result.stderr
    assert "สั่ง km publish" in result.stderr


def test_a_port_in_use_is_told(data: Path) -> None:
    """`km serve` on a port that is taken exits with 2, names the port, and claims nothing."""
    km("publish", data=data)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = km("serve", data=data, KM_PORT=port)
    assert result.returncode == 2
    assert port in result.stderr
    assert "KM_PORT" in result.stderr
    assert "Traceback" not in result.stderr
    assert "serving" not in result.stderr


def test_an_empty_workbook_is_not_published(tmp_path: Path, data: Path) -> None:
    """The template as it is written holds no row, which is a finding."""
    km("template", tmp_path / "km.xlsx", data=data)
    result = km("publish", tmp_path / "km.xlsx", data=data)
    assert result.returncode == 1
    assert "not a single row" in result.stderr
    assert current_id(data) is None


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
