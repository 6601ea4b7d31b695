"""The documents are true: every command, setting and address stands in them, and is there."""

import re
import shlex
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import click
import pytest
from support.paths import ROOT

from publish.cli import main
from publish.cli.main import cli
from publish.config import Config
from publish.server.stack import create_app

DOCUMENTS = (
    *("README.md", "graph/README.md", "graph/GLOSSARY.md", "graph/store/README.md"),
    *("publish/README.md", "publish/portal/README.md", "tests/bench/README.md"),
)
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS}
ALL = "\n\n".join(TEXTS.values())
MOST_BYTES = 10_000  # of the first document: it is read to its end
CODE = re.findall(r"```sh\n(.*?)```", ALL, re.S) + re.findall(r"`([^`\n]+)`", ALL)
SHELL = sorted({line.split("#")[0].replace(r"\|", "/") for c in CODE for line in c.splitlines()})
"""What the documents tell a reader to type, without comments, and other words in backquotes."""


def first_cells(header: str) -> set[str]:
    """Return what stands in backquotes in the first column of the table under `header`."""
    table = ALL.split(header, 1)[1].split("\n\n", 1)[0]
    cells = [re.split(r"(?<!\\)\|", line)[1] for line in table.splitlines() if "|" in line]
    return {code for cell in cells for code in re.findall(r"`([^`]+)`", cell)}


def test_every_command_is_documented() -> None:
    """The table of commands has each command of `km`, and no other."""
    documented = {code.split()[1] for code in first_cells("| command | what it does |")}
    assert documented == set(cli.list_commands(click.Context(cli)))


def test_every_option_is_documented() -> None:
    """Each option of each command is named somewhere."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in ALL, (command.name, parameter.opts)


@pytest.mark.parametrize(
    "words", sorted({words for line in SHELL for words in re.findall(r"\bkm [a-z][^|&;]*", line)})
)
def test_every_command_line_is_understood(words: str) -> None:
    """The command that a document says to type exists, with the options that stand there."""
    _, name, *rest = shlex.split(words)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("-")} <= known


def test_every_target_exists() -> None:
    """What a document tells to make is in the Makefile, and each target for people is named."""
    told = {name for line in SHELL for name in re.findall(r"\bmake ([a-z]+)\b", line)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    assert told <= targets
    assert targets - {"clean"} <= told | {"format"}
    assert set(re.findall(r"^# make (\w+)", makefile, re.M)) == targets


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([\w.]+)", ALL))))
def test_every_benchmark_exists(module: str) -> None:
    """A module that a document says to run is in the tests."""
    path = (ROOT / "tests").joinpath(*module.split("."))
    assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


def test_every_exit_code_is_documented() -> None:
    """The table of exit codes has each code of the program, and no other."""
    table = ALL.split("| exit code |", 1)[1].split("\n\n", 1)[0]
    assert re.findall(r"^\| (\d+) \|", table, re.M) == re.findall(
        r"^    (\d+)  ", main.__doc__ or "", re.M
    )


def test_every_setting_is_documented() -> None:
    """The table of settings has each setting with its variable and default, and no other."""
    assert first_cells("| setting | variable | default |") == {f.name for f in fields(Config)}
    for field in fields(Config):
        row = next(line for line in ALL.splitlines() if line.startswith(f"| `{field.name}`"))
        _, _, variable, default, *_ = (cell.strip() for cell in row.split("|"))
        assert variable == f"`KM_{field.name.upper()}`"
        if field.name not in DEFAULTS_IN_WORDS:
            assert default == (f"`{_plain(field.default)}`" if field.default != "" else "")


DEFAULTS_IN_WORDS = ("processes", "licence")


def _plain(default: object) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_every_variable_is_a_setting() -> None:
    """A variable that a document names is one that the program reads."""
    known = {f"KM_{field.name.upper()}" for field in fields(Config)} | {"KM_CONFIG"}
    assert set(re.findall(r"KM_[A-Z_]+[A-Z]", ALL)) == known


def first_part(path: str) -> str:
    """Return the first part of an address without a format's extension.

    >>> first_part("/ontology.<extension>")
    'ontology'
    """
    return re.split(r"[.<{]", path.split("/")[1])[0] if "robots" not in path else "robots.txt"


def test_every_address_is_documented(config: Config, site: object) -> None:
    """Each kind of address that answers stands in the table, and what stands there answers."""
    documented = {first_part(a) for a in first_cells("| address | what |") if "/" in a}
    app = create_app(config)
    served = {first_part(rule.rule) for rule in app.url_map.iter_rules()}
    assert served - {"static", "favicon"} <= documented
    assert documented <= served


@pytest.mark.parametrize("line", re.findall(r"^curl .*localhost:8000/.*$", ALL, re.M))
def test_every_example_answers(line: str, config: Config, site: object) -> None:
    """A request that a document shows, made as curl makes it, is answered."""
    words = shlex.split(line)
    address = next(word for word in words if "localhost:8000" in word)
    path, _, query = address.removeprefix("http://localhost:8000").partition("?")
    headers = dict(word.split(": ", 1) for word in words if re.match(r"[A-Z][\w-]+: ", word))
    form = dict(w.split("=", 1) for o, w in pairwise(words) if o == "--data-urlencode")
    client = create_app(config).test_client()
    if form and "-G" not in words:
        response = client.post(path, data=form, headers=headers)
    else:
        response = client.get(path, query_string=query or form, headers=headers)
    assert response.status_code in (200, 302, 303), (line, response.text)


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:graph|tests|publish)/[\w./-]+)`", ALL)))
)
def test_every_path_exists(path: str) -> None:
    """A file or folder that a document names is there."""
    assert (ROOT / path).exists()


LINKS = [
    (name, target)
    for name, text in TEXTS.items()
    for target in re.findall(r"\]\(([^)#]+)\)", text)
    if "://" not in target
]


@pytest.mark.parametrize(("name", "target"), LINKS)
def test_every_link_leads_somewhere(name: str, target: str) -> None:
    """A picture or document that a document links to is in the repository."""
    assert (ROOT / name).parent.joinpath(target).is_file()


def test_every_document_is_found() -> None:
    """Each document beside the code is linked from the README, and none is left out here."""
    found = {str(p.relative_to(ROOT)) for f in ("graph", "publish", "tests") for p in readmes(f)}
    assert found | {"README.md"} == set(DOCUMENTS)
    assert found == {
        target for name, target in LINKS if target.endswith(".md") and name == "README.md"
    } - {"CHANGELOG.md"}


def readmes(folder: str) -> list[Path]:
    """Return the documents below a folder; what belongs to data or to others is none of ours."""
    others = {"static", "sites"}
    return [p for p in (ROOT / folder).rglob("*.md") if not others & set(p.parts)]


def test_the_readme_is_short() -> None:
    """A newcomer reads the README to its end; the rest stands beside what it describes."""
    assert len(TEXTS["README.md"].encode()) <= MOST_BYTES
