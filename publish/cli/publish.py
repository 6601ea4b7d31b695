"""`km publish`: check the sources, say what will change, build a release and make it current.

In: the settings and the sources. Out: a new current release, or a refusal that leaves the old one.
A publication is refused for a violation that the check finds, for an identifier that would be given
to another thing, and for an organisation that would vanish or suddenly be much smaller. Exit codes:
see `publish.cli.main`.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from graph.builder.build import build_release
from graph.builder.inputs import ReleaseInput
from graph.check.check import Checked, bundled_site, check
from graph.check.report import Report, as_text, summary
from graph.release.activate import publication_lock
from graph.release.preview import (
    MAX_SHOWN,
    SHRINK_LIMIT,
    GraphPreview,
    Preview,
    preview_publication,
)
from graph.release.reuse import refuse_reuse
from publish.cli.terminal import progress, stop
from publish.config import Config
from publish.engine.backends import open_copies

_REFUSED = "ไม่เผยแพร่ รุ่นเดิมยังใช้อยู่ / refused; the current release stays"
_STEP_WORDS = {
    "graphs": "เขียนไฟล์ของแต่ละหน่วยงาน / writing each organisation's files",
    "whole": "รวมไฟล์ทั้งชุด / writing the files of the whole site",
    "history": "บันทึกสิ่งที่เปลี่ยน / recording what changed",
    "store": "บรรจุฐานข้อมูล / loading the embedded store",
    "search": "ทำดัชนีค้นหา / indexing for search",
    "hubs": "นับสิ่งที่ถูกอ้างถึงบ่อย / listing links to often-named things",
    "manifest": "คำนวณค่าตรวจ / writing checksums",
    "sync": "บันทึกลงดิสก์ / syncing to disk",
    "copies": "ส่งไปเซิร์ฟเวอร์ SPARQL / loading the SPARQL server",
    "switch": "สลับรุ่น / making the release current",
}
_SIGNS = {"A": "+", "D": "−", "M": "~"}
_WORDS = {
    "A": "ใหม่ / added",
    "D": "หายไป / removed",
    "M": "เปลี่ยน / changed",
}
_STEPS_BEFORE = 3  # reading, checking, comparing


@click.command("publish")
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--allow-shrink",
    is_flag=True,
    help="Publish even if an organisation vanishes, or keeps less than half of its triples.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.pass_obj
def publish_command(
    config: Config, sources: tuple[Path, ...], allow_shrink: bool, dry_run: bool
) -> None:
    """Check the sources, build a release and make it current.

    SOURCES together are the whole site: a thing that is in none of them is not in the new release.
    Without SOURCES, the bundled site of อบต.เมืองเกษตร is published.

    Three things stop a publication, and the current release stays: a finding marked as to mend; an
    identifier that would be given to another thing; an organisation that would vanish, or keep less
    than half of its triples.
    """
    lock: AbstractContextManager[None] = nullcontext() if dry_run else publication_lock(config.data)
    with lock:
        with progress(_STEPS_BEFORE) as step:
            checked = check(sources or (bundled_site(),), config.base, step, config.data)
            _refuse_violations(checked.report)
            step("เทียบกับรุ่นปัจจุบัน / comparing with the current release")
            preview = preview_publication(config.data, checked.graphs, config.base)
        if dry_run:
            click.echo("\n".join(preview_lines(preview)))
        _refuse_reuse(preview, checked)
        if not allow_shrink:
            _refuse_loss(preview)
        if dry_run:
            return
        _publish(config, checked, preview)


def _publish(config: Config, checked: Checked, preview: Preview) -> None:
    inputs, copies = replace(release_input(config, checked), preview=preview), open_copies(config)
    words = {n: w for n, w in _STEP_WORDS.items() if copies is not None or n != "copies"}
    with progress(len(words)) as step:
        release = build_release(config.data, inputs, copies, partial(_tell, step, words))
    click.echo(summary(checked.report))
    click.echo(f"เผยแพร่แล้ว / published: {release.id} ({release.manifest.triples:,} triples)")


def _tell(step: Callable[[str], None], words: Mapping[str, str], name: str) -> None:
    """Show a step of the build, if it takes long enough to have words of its own."""
    if name in words:
        step(words[name])


def release_input(config: Config, checked: Checked) -> ReleaseInput:
    """Return the input of a release: a checked dataset and the settings that shape it."""
    return ReleaseInput(
        checked.graphs,
        checked.report,
        checked.sources,
        config.base,
        config.licence,
        config.keep,
        config.plain_mb,
        verdicts=checked.verdicts,
    )


def _refuse_violations(report: Report) -> None:
    if not report.conforms:
        click.echo("\n".join(as_text(report)), err=True)
        click.echo(_REFUSED, err=True)
        sys.exit(report.exit_code)


def _refuse_reuse(preview: Preview, checked: Checked) -> None:
    """Stop if an identifier would be given to another thing."""
    found = tuple(refuse_reuse(preview.others, checked.place_of))
    _refuse_violations(Report(found, checked.report.files, checked.report.triples))


def _refuse_loss(preview: Preview) -> None:
    """Stop if an organisation would vanish or be much smaller, or if that cannot be compared."""
    if preview.is_blind:
        stop(
            "รุ่นที่เผยแพร่ไว้เสียหาย จึงเทียบไม่ได้ / the published releases are damaged, so nothing can be "
            "compared; look with km verify, or publish with --allow-shrink",
            1,
        )
    for graph in preview.shrinking:
        name = graph.graph.rpartition("/")[2]
        if not graph.after:
            click.echo(f"km: {name} จะหายไปจากเว็บ / would vanish from the site", err=True)
        else:
            kept = f"{graph.after:,} / {graph.before:,} triples (< {SHRINK_LIMIT:.0%})"
            click.echo(f"km: {name} จะเล็กลงมาก / would be much smaller: {kept}", err=True)
    if preview.shrinking:
        stop("ให้แหล่งข้อมูลทั้งหมดพร้อมกัน / give all sources together, or --allow-shrink", 1)


# ---- what a publication will change, as lines of text ------------------------------------------


def preview_lines(preview: Preview) -> Iterator[str]:
    """Yield each organisation with its triples before and after, then the things by name."""
    if preview.before is None:
        yield "ยังไม่มีรุ่นก่อนหน้า ทั้งหมดเป็นข้อมูลใหม่ / the first release: everything is new"
        return
    yield f"เทียบกับรุ่น / compared with {preview.before}"
    if not preview.graphs:
        yield "ข้อมูลไม่เปลี่ยน / no data changes"
    for graph in preview.graphs:
        yield ""
        yield from _graph_lines(graph, preview)
    if preview.gone:
        yield ""
        yield from _gone_lines(preview)


def _graph_lines(graph: GraphPreview, preview: Preview) -> Iterator[str]:
    name = graph.graph.rpartition("/")[2]
    title = f"{name} · {graph.label}" if graph.label else name
    counts = f"{graph.before:,} → {graph.after:,} triples, +{graph.came:,} −{graph.went:,}"
    yield f"{title}: {counts}"
    for sign, count in graph.things.items():
        yield f"  {_WORDS[sign]}: {count:,}"
        for iri in graph.shown.get(sign, ()):
            yield f"    {_SIGNS[sign]} {_thing(iri, preview)}"
        if count > MAX_SHOWN:
            yield f"    … {count - MAX_SHOWN:,}"


def _gone_lines(preview: Preview) -> Iterator[str]:
    """Yield the things that will answer 410, each with the thing that replaces it."""
    yield f"จะตอบ 410 / will answer 410: {len(preview.gone):,}"
    for stone in preview.gone[:MAX_SHOWN]:
        instead = ", ".join(iri.rpartition("/id/")[2] for iri in stone.replaced_by)
        told = f"→ {instead}" if instead else "(ไม่ระบุสิ่งที่ใช้แทน / nothing replaces it)"
        yield f"    {_thing(stone.iri, preview)} {told}"
    if len(preview.gone) > MAX_SHOWN:
        yield f"    … {len(preview.gone) - MAX_SHOWN:,}"


def _thing(iri: str, preview: Preview) -> str:
    path, label = iri.rpartition("/id/")[2], preview.names.get(iri, "")
    return f"{path}  {label}" if label else path
