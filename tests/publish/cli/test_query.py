"""`km query`: saved and own queries, as table, CSV and JSON, and errors that say where."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from graph.errors import KmError, QueryError, QueryRefused, QuerySyntax, SourceError
from graph.release.manifest import Release
from publish.cli.query import query_command
from publish.config import Config

pytestmark = pytest.mark.slow


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A file for a person's own query."""
    return tmp_path / "own.rq"


def km_query(config: Config, *arguments: object) -> Result:
    """Run the command on the release of `config`."""
    return CliRunner().invoke(query_command, [str(a) for a in arguments], obj=config)


def refusal(config: Config, *arguments: object) -> KmError:
    """Return the error that the command ends in."""
    error = km_query(config, *arguments).exception
    assert isinstance(error, KmError), error
    assert "\n" not in str(error)
    return error


def test_table(config: Config, site: Release) -> None:
    """A table has a line a row, things by type and key, and Thai words shift no border."""
    result = km_query(config, "km-levels")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert len(lines) == 3 + 3 + 1
    assert "org/sao-301107" in lines[3] and "การจัดการความรู้ในองค์การ" in lines[3]
    assert len({cell_len(line) for line in lines}) == 1
    assert "3 แถว / rows" in result.stderr


def test_narrow_terminal(config: Config, site: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the columns do not fit the terminal each value has a line, and none is cut."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    result = km_query(config, "corrections")
    assert max(cell_len(line) for line in result.stdout.splitlines()) <= 60
    assert result.stdout.count("published") == 25


def test_csv(config: Config, site: Release) -> None:
    """CSV has a header, whole IRIs, quoted commas and an empty cell for what is unbound."""
    result = km_query(config, "corrections", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    assert len(rows) == 25
    assert rows[0]["organisation"] == f"{config.base}/id/org/sao-301107"
    assert [row["corrected"] for row in rows].count("") == 5
    assert result.stdout_bytes.count(b"\r\n") == 26


def test_json(config: Config, site: Release) -> None:
    """JSON is that of the SPARQL protocol."""
    result = km_query(config, "cut-titles", "--format", "json")
    answer = json.loads(result.stdout)
    assert len(answer["results"]["bindings"]) == 2
    assert answer["head"]["vars"][0] == "organisation"


def test_parameters(config: Config, site: Release) -> None:
    """--param narrows the rows and may be given more than once."""
    arguments = ["--param", "yearBE=2522", "--param", "topic=building-control"]
    result = km_query(config, "laws-named", *arguments, "--format", "csv")
    assert [row.partition(",")[2] for row in result.stdout.splitlines()[1:]] == [
        f"{config.base}/id/law/act-2522-building-control,พระราชบัญญัติควบคุมอาคาร พ.ศ. 2522,"
        '"Building Control Act, B.E. 2522 (1979)",'
        "https://w3id.org/tambon-km/kind/act,พระราชบัญญัติ,"
        f"{config.base}/id/topic/building-control,การควบคุมอาคาร,2522,1979"
    ]


def test_list(config: Config, site: Release) -> None:
    """Without a name the questions are listed with what they take."""
    lines = km_query(config).stdout.splitlines()
    assert len(lines) == 24
    assert lines[0].startswith("plan-entries  แผนแต่ละประเด็น")
    assert lines[13].endswith("[organisation=, fiscalYear=2562]")


@pytest.mark.parametrize(
    ("text", "style", "starts"),
    [
        ("SELECT (COUNT(*) AS ?plans) { ?p a km:Plan }", "csv", "plans\r\n2"),
        ("ASK { ?p a km:Plan }", "csv", "answer\r\ntrue"),
        ("ASK { ?p a km:Plan }", "json", '{"head":{},"boolean":true}'),
        ("CONSTRUCT WHERE { ?p a km:Plan }", "table", "@prefix "),
        ("DESCRIBE km:Plan", "json", "["),
        ("\ufeffSELECT ?x { VALUES ?x { 1 } }", "csv", "x\r\n1"),
    ],
)
def test_own_query(
    config: Config, site: Release, own: Path, text: str, style: str, starts: str
) -> None:
    """Any read query in a file is answered, with our prefixes declared for it."""
    own.write_text(text, encoding="utf-8")
    result = km_query(config, own, "--format", style)
    assert result.exception is None
    assert result.stdout_bytes.decode().startswith(starts)


def test_own_parameter(config: Config, site: Release, own: Path) -> None:
    """A file whose head declares a parameter takes one."""
    own.write_text(
        "#+ @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "#+ @prefix km: <https://w3id.org/tambon-km/ns#> .\n"
        "#+ <> sh:parameter [ sh:path <urn:x:topic> ; sh:class km:Topic ; sh:optional true ] .\n"
        "SELECT $topic ?law { ?law a km:Law ; dct:subject $topic }",
        encoding="utf-8",
    )
    result = km_query(config, own, "--param", "topic=pensions", "--format", "csv")
    assert result.stdout.splitlines()[1:] == [
        f"{config.base}/id/topic/pensions,{config.base}/id/law/act-2500-local-pension"
    ]


def test_terminal_is_safe(config: Config, site: Release, own: Path) -> None:
    """What would move a terminal's cursor is not printed in a table."""
    own.write_text(r'SELECT ("a\u001B[2Jb\nc" AS ?x) {}', encoding="utf-8")
    assert "a [2Jb c" in km_query(config, own).stdout


@pytest.mark.parametrize(
    ("text", "arguments", "error", "says"),
    [
        ("SELECT *\n{ ?s ?p ] }", [], QuerySyntax, "line 2, column 9"),
        ("#+ <> a\nSELECT * {}", [], QuerySyntax, "own.rq, line 1"),
        ("INSERT DATA { km:a km:a km:a }", [], QueryRefused, "INSERT is an update"),
        ("SELECT * { SERVICE <http://x/> {} }", [], QueryRefused, "line 1, column 12"),
        ("DESCRIBE km:Plan", ["--format", "csv"], QueryError, "give a graph"),
        ("ASK {}", ["--param", "x=1"], QueryError, "takes: nothing"),
        ("ASK {}", ["--param", "x"], QueryError, "NAME=VALUE"),
    ],
)
def test_own_query_refused(
    config: Config,
    site: Release,
    own: Path,
    text: str,
    arguments: list[str],
    error: type[KmError],
    says: str,
) -> None:
    """A query that cannot be answered ends in one line that says where and why."""
    own.write_text(text, encoding="utf-8")
    found = refusal(config, own, *arguments)
    assert isinstance(found, error)
    assert says in str(found)


def test_nothing_to_run(config: Config, site: Release, own: Path, tmp_path: Path) -> None:
    """A name that no question has, a missing file and a file that is no text are told apart."""
    assert "perhaps: km-levels" in str(refusal(config, "km-level"))
    assert isinstance(refusal(config, own), SourceError)
    own.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in str(refusal(config, own))
    assert isinstance(refusal(config, tmp_path), SourceError)
