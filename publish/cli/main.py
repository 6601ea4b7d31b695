"""The program `km`: check, publish, releases, rollback, verify, template, query, serve.

Exit codes of every command:

    0  done; nothing to mend
    1  refused or not clean: findings to mend, an identifier used again, a site that would shrink,
       a release that differs from its manifest
    2  cannot be done: a source that cannot be read, a wrong setting or option, no such release, a
       disk that is full
    3  another publication is running
    130  stopped by the keyboard
"""

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import cast

import click

from graph.errors import KmError, ReleaseBusy
from publish.cli.terminal import stop
from publish.config import Config, load_config

_ELSEWHERE = {
    "check": "publish.cli.check",
    "publish": "publish.cli.publish",
    "query": "publish.cli.query",
    "releases": "publish.cli.releases",
    "rollback": "publish.cli.releases",
    "template": "publish.cli.check",
    "verify": "publish.cli.releases",
}
"""The module of each command. A module is imported only when its command runs: `km serve` needs
none of them and starts sooner."""


class _Commands(click.Group):
    """The commands of `km`; those of `_ELSEWHERE` are imported when they run."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*super().list_commands(context), *_ELSEWHERE})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _ELSEWHERE:
            return cast(click.Command, getattr(import_module(_ELSEWHERE[name]), f"{name}_command"))
        return super().get_command(context, name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("tambon-km"), prog_name="km")
@click.pass_context
def cli(context: click.Context) -> None:
    """Check and publish a local government's know-how as linked data."""
    context.obj = load_config(os.environ)


@cli.command("serve")
@click.pass_obj
def serve_command(config: Config) -> None:
    """Serve the current release over HTTP, until SIGTERM or Ctrl-C."""
    from publish.server.supervisor import serve

    where = f"{config.base} ({config.address})"
    serve(config, lambda: click.echo(f"เปิดที่ / serving {where}", err=True))


def main() -> None:
    """Run `km`. An error that the program expects becomes one line on stderr and an exit code."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ReleaseBusy as error:
        stop(f"{error} / มีการเผยแพร่อื่นกำลังทำงานอยู่", 3)
    except KmError as error:
        stop(str(error), 2)
    except (KeyboardInterrupt, click.Abort):
        stop("stopped", 130)
