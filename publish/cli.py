"""The program `km`: check, publish, releases, rollback, template, query, serve.

Exit codes: 0 done, 1 findings that stop a publication, 2 something cannot be read or a setting is
wrong, 3 another publication is running.
"""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import click

from graph.check import check
from graph.errors import KmError, ReleaseBusy
from graph.release import current_id, open_release, release_ids
from graph.report import as_html, as_json, as_text
from graph.sheets import load_shapes
from graph.switch import activate, publication_lock
from graph.template import write_template
from publish.config import Config, load_config
from publish.publish_command import publish_command
from publish.query_command import query_command
from publish.stores import open_shelf
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


@cli.command("releases")
@click.pass_obj
def releases_command(config: Config) -> None:
    """List the releases, newest first; * marks the current one."""
    current = current_id(config.data)
    for release_id in release_ids(config.data):
        mark = "*" if release_id == current else " "
        try:
            manifest = open_release(config.data, release_id).manifest
            click.echo(f"{mark} {release_id}  {manifest.triples:>12,} triples  {manifest.program}")
        except KmError as error:
            click.echo(f"{mark} {release_id}  {error}")
    if current is None:
        click.echo("ยังไม่มีรุ่น / no release yet: km publish", err=True)


@cli.command("rollback")
@click.argument("release_id", required=False)
@click.pass_obj
def rollback_command(config: Config, release_id: str | None) -> None:
    """Make RELEASE_ID current, or the one before the current release."""
    with publication_lock(config.data):
        ids, current = release_ids(config.data), current_id(config.data)
        older = [i for i in ids if current is None or i < current]
        wanted = release_id or next(iter(older), None)
        if wanted is None:
            stop("ไม่มีรุ่นก่อนหน้า / there is no release before the current one", 2)
        activate(config.data, wanted, open_shelf(config))
    click.echo(f"ใช้รุ่น / now current: {wanted}")


cli.add_command(publish_command)
cli.add_command(query_command)


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
