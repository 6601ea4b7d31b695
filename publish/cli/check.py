"""`km check` and `km template`: the commands that an officer needs before a publication.

In: the settings, and the sources or the name of a file. Out: a report, or an empty workbook.
"""

import sys
from pathlib import Path

import click

from graph.check.check import check
from graph.check.report import as_html, as_json, as_text
from graph.intake.workbook_template import write_template
from graph.schema.sheets import load_shapes
from publish.cli.terminal import progress
from publish.config import Config


@click.command("check")
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
    """Check tables, a workbook or RDF, and list what to mend.

    SOURCES are folders of CSV files, or .csv, .xlsx, .ttl, .nt, .trig or .nq files. The exit code
    is 0 when nothing stops a publication, 1 when a finding stops it, 2 when a file cannot be read.
    """
    with progress() as step:
        report = check(sources, config.base, step).report
    if style == "text":
        click.echo("\n".join(as_text(report)))
    else:
        click.echo(as_json(report) if style == "json" else as_html(report), nl=False)
    sys.exit(report.exit_code)


@click.command("template")
@click.argument("file", type=click.Path(path_type=Path))
def template_command(file: Path) -> None:
    """Write an empty workbook to FILE.xlsx."""
    write_template(file, load_shapes())
    click.echo(f"เขียนแล้ว / written: {file}")
