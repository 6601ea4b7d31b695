"""`km publish`: check the sources, build a release and make it current.

In: the settings and the sources. Out: a new current release, or a refusal that leaves the old one.
"""

import sys
from pathlib import Path

import click

from graph.build import Edition, build_release
from graph.check import Checked, bundled_site, check
from graph.release import current_id, open_release
from graph.report import as_text, summary
from graph.switch import publication_lock
from publish.config import Config
from publish.stores import open_shelf
from publish.terminal import progress, stop


@click.command("publish")
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--allow-shrink", is_flag=True, help="Publish although an organisation is no longer there."
)
@click.pass_obj
def publish_command(config: Config, sources: tuple[Path, ...], allow_shrink: bool) -> None:
    """Load, check, build a release and make it current.

    SOURCES together are the whole site: what they leave out is not in the new release. Without
    SOURCES the bundled site of อบต.เมืองเกษตร is published. Any violation, or an organisation that
    would vanish, refuses the publication and leaves the current release serving.
    """
    with publication_lock(config.data), progress() as step:
        checked = check(sources or (bundled_site(),), config.base, step)
        _refuse_violations(checked)
        if not allow_shrink:
            _refuse_loss(config, checked)
        step("สร้างรุ่น / building the release")
        release = build_release(config.data, edition_of(config, checked), open_shelf(config))
    click.echo(summary(checked.report))
    click.echo(f"เผยแพร่แล้ว / published: {release.id} ({release.manifest.triples:,} triples)")


def edition_of(config: Config, checked: Checked) -> Edition:
    """Return what is published of a checked dataset under these settings."""
    return Edition(
        checked.graphs,
        checked.report,
        checked.sources,
        config.base,
        config.licence,
        config.keep,
        config.plain_mb,
    )


def _refuse_violations(checked: Checked) -> None:
    if checked.report.conforms:
        return
    click.echo("\n".join(as_text(checked.report)), err=True)
    click.echo("ไม่เผยแพร่ รุ่นเดิมยังใช้อยู่ / refused; the current release stays", err=True)
    sys.exit(checked.report.exit_code)


def _refuse_loss(config: Config, checked: Checked) -> None:
    """Stop where a named graph of the current release has nothing in the new one."""
    if current_id(config.data) is None:
        return
    published = open_release(config.data).manifest
    if published.base != config.base:
        return
    lost = sorted({*published.graphs} - {*checked.graphs.names()})
    if lost:
        names = ", ".join(iri.rpartition("/")[2] for iri in lost)
        stop(
            f"{names} จะหายไปจากเว็บ / would vanish from the site; "
            "give all sources together, or --allow-shrink",
            1,
        )
