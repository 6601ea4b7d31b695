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
from importlib.metadata import version
from pathlib import Path

import click

from graph.check import check
from graph.errors import KmError, ReleaseBusy
from graph.report import as_html, as_json, as_text
from graph.sheets import load_shapes
from graph.template import write_template
from publish.config import Config, load_config
from publish.publish_command import publish_command
from publish.query_command import query_command
from publish.release_commands import releases_command, rollback_command, verify_command
from publish.terminal import progress, stop


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("tambon-km"), prog_name="km")
@click.pass_context
def cli(context: click.Context) -> None:
    """Check and publish a local government's know-how as linked data."""
    context.obj = load_config(os.environ)


@cli.command("check")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@click.pass_obj
def check_command(config: Config, sources: tuple[Path, ...], style: str) -> None:
    """Validate tables, a workbook or RDF.

    SOURCES are folders of CSV files, .csv, .xlsx, .ttl, .nt, .trig or .nq files. The exit code is
    0 when nothing stops a publication, 1 when something does, 2 when a file cannot be read.
    """
    with progress() as step:
        report = check(sources, config.base, step).report
    if style == "text":
        click.echo("\n".join(as_text(report)))
    else:
        click.echo(as_json(report) if style == "json" else as_html(report), nl=False)
    sys.exit(report.exit_code)


cli.add_command(publish_command)
cli.add_command(query_command)
cli.add_command(releases_command)
cli.add_command(rollback_command)
cli.add_command(verify_command)


@cli.command("template")
@click.argument("file", type=click.Path(path_type=Path))
def template_command(file: Path) -> None:
    """Write the empty workbook to FILE.xlsx, for an officer to fill in."""
    write_template(file, load_shapes())
    click.echo(f"เขียนแล้ว / written: {file}")


@cli.command("serve")
@click.pass_obj
def serve_command(config: Config) -> None:
    """Serve the current release over HTTP."""
    from publish.server import serve

    where = f"{config.base} ({config.host}:{config.port})"
    serve(config, lambda: click.echo(f"เปิดที่ / serving {where}", err=True))


def main() -> None:
    """Run `km`; what the program says on purpose becomes one line and an exit code."""
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
