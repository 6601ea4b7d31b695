"""`km releases`, `km rollback` and `km verify`: commands about releases that exist.

In: the settings and the name of a release. Out: a list, another current release, a verdict.
"""

import sys

import click

from graph.errors import KmError
from graph.release.activate import activate, publication_lock
from graph.release.manifest import current_id, open_release, release_ids
from graph.release.verify import verify_release
from publish.cli.terminal import progress, stop
from publish.config import Config
from publish.engine.backends import open_copies

_VERIFY_WORDS = {
    "files": "ตรวจไฟล์ / checking the checksum of every file",
    "sums": "ตรวจ SHA256SUMS / checking SHA256SUMS",
    "dumps": "นับข้อมูลในไฟล์ / counting the triples of the dumps",
    "store": "เปิดฐานข้อมูล / opening the store",
}


@click.command("releases")
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
        click.echo("ยังไม่มีรุ่น / there is no release yet; run: km publish", err=True)


@click.command("rollback")
@click.argument("release_id", required=False, metavar="[RELEASE]")
@click.pass_obj
def rollback_command(config: Config, release_id: str | None) -> None:
    """Make an earlier release current.

    Without RELEASE, the command takes the release before the current one.
    """
    with publication_lock(config.data):
        ids, current = release_ids(config.data), current_id(config.data)
        older = [i for i in ids if current is None or i < current]
        wanted = release_id or next(iter(older), None)
        if wanted is None:
            stop("ไม่มีรุ่นก่อนหน้า / there is no release before the current one", 2)
        activate(config.data, wanted, open_copies(config))
    click.echo(f"ใช้รุ่น / now current: {wanted}")


@click.command("verify")
@click.argument("release_id", required=False, metavar="[RELEASE]")
@click.pass_obj
def verify_command(config: Config, release_id: str | None) -> None:
    """Check every byte of a release.

    The command compares each file of RELEASE with its checksum, opens its store and compares the
    counts. Without RELEASE, it checks the current release. The exit code is 0 when nothing differs,
    1 when something does, and 2 when there is no such release or its manifest cannot be read.
    """
    with progress(len(_VERIFY_WORDS)) as step:
        verdict = verify_release(config.data, release_id, lambda name: step(_VERIFY_WORDS[name]))
    for problem in verdict.problems:
        click.echo(problem)
    looked = f"{verdict.files:,} files, {verdict.size_bytes:,} bytes, {verdict.triples:,} triples"
    if verdict.problems:
        click.echo(f"เสียหาย / damaged: {verdict.release} ({len(verdict.problems):,})", err=True)
        sys.exit(1)
    click.echo(f"ครบถ้วน / clean: {verdict.release} ({looked})")
