"""The program `km` as a person types it: output, exit codes, and nothing half-done."""

import json
import socket
from pathlib import Path

import pytest
from bench.processes import free_port
from support.cli_main import km

from graph.check.check import bundled_site
from graph.release.activate import publication_lock
from graph.release.manifest import current_id

pytestmark = pytest.mark.slow


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
