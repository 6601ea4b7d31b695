"""The README is true: every command, setting and address stands in it, and the other way round."""

import re
from dataclasses import fields

import click
import pytest
from support.paths import ROOT

from publish.cli.main import cli
from publish.config import Config
from publish.server.stack import create_app

README = (ROOT / "README.md").read_text(encoding="utf-8")


def first_cells(header: str) -> set[str]:
    """Return what stands in backquotes in the first column of the table under `header`."""
    table = README.split(header, 1)[1].split("\n\n", 1)[0]
    cells = [re.split(r"(?<!\\)\|", line)[1] for line in table.splitlines() if "|" in line]
    return {code for cell in cells for code in re.findall(r"`([^`]+)`", cell)}


def test_every_command_is_documented() -> None:
    """The table of commands has each command of `km`, and no other."""
    documented = {code.split()[1] for code in first_cells("| command | what it does |")}
    assert documented == set(cli.list_commands(click.Context(cli)))


def test_every_option_is_documented() -> None:
    """Each option of each command is named somewhere in the README."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in README, (command.name, parameter.opts)


def test_every_setting_is_documented() -> None:
    """The table of settings has each setting with its variable and default, and no other."""
    assert first_cells("| setting | variable | default |") == {f.name for f in fields(Config)}
    for field in fields(Config):
        row = next(line for line in README.splitlines() if line.startswith(f"| `{field.name}`"))
        assert f"`KM_{field.name.upper()}`" in row
        if field.name not in ("workers", "licence"):
            assert f"`{field.default:g}`" in row if field.name.endswith("_s") else True


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


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:graph|tests|publish)/[\w./-]+)`", README)))
)
def test_every_path_exists(path: str) -> None:
    """A file or folder that the README names is there."""
    assert (ROOT / path).exists()


@pytest.mark.parametrize("image", re.findall(r"!\[[^]]*\]\(([^)]+)\)", README))
def test_every_picture_exists(image: str) -> None:
    """A picture of the README is in the repository."""
    assert (ROOT / image).is_file()
