"""Releases and their changes: /releases.

In: the history that each release keeps (`graph.history.read`). Out: the list of releases, and a
page for each: its time, program and source files, and its changes since the one before, for people
and as N-Quads. The list reads only the small summaries; a page of changes reads only its own lines.
"""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, abort, request

from graph.errors import KmError
from graph.history.read import (
    ADDED,
    FOLDER,
    REMOVED,
    Change,
    Summary,
    read_changes,
    read_summary,
)
from graph.rdf.formats import FORMATS, GZIP
from graph.rdf.iris import INFERRED, RETIRED, graph_iri
from graph.release.manifest import Release
from publish.http.ranges import ServedFile, send_served
from publish.http.response import FOR_EVER
from publish.releases.changes import (
    ReleaseList,
    ReleasePage,
    ReleaseRow,
    compose_changes,
)
from publish.web.context import RequestContext, leave_early, request_context, site
from publish.web.dates import moment_of
from publish.web.formats import send_page
from publish.web.page_data import Card, DumpFile, Label, Link
from publish.web.pager import count_pages, make_pager, page_number, page_query

PAGE_SIZE = 50
_MAX_SOURCES = 200
_FILES = (ADDED, REMOVED, f"{ADDED}.gz", f"{REMOVED}.gz")


def create_blueprint() -> Blueprint:
    """Return the routes of the history."""
    blueprint = Blueprint("history", __name__)
    blueprint.add_url_rule("/releases", view_func=releases)
    blueprint.add_url_rule("/releases/<release_id>", view_func=release)
    blueprint.add_url_rule("/releases/<release_id>/<name>", view_func=changes_file)
    return blueprint


def releases() -> Response:
    """Send the list of releases, newest first."""
    context = request_context()

    def make() -> bytes:
        rows = tuple(_row(context, release_id) for release_id in site().current.ids())
        frame = context.frame("/releases", context.texts("releases.title"), "dumps")
        page = ReleaseList(context.links.to("/feed.atom"), rows)
        return context.render("releases.html", frame, page)

    return send_page(context, "/releases", make, "+".join(site().current.ids()))


def release(release_id: str) -> Response:
    """Send the page of one release."""
    context, found = request_context(), find(release_id)
    number = page_number()
    skip = (number - 1) * PAGE_SIZE
    hidden = [graph_iri(found.manifest.base, name) for name in (INFERRED, RETIRED)]
    changes, total = read_changes(found.folder, skip, PAGE_SIZE, hidden)
    if number > count_pages(total, PAGE_SIZE):
        abort(404)
    kept = "+".join(site().current.ids())

    def make() -> bytes:
        page = _page(context, found, changes, (number, total))
        crumbs = (Link(Label(context.texts("releases.title")), context.links.to("/releases")),)
        query = page_query(number)
        path = f"/releases/{release_id}"
        frame = context.frame(path, page.title, "dumps", crumbs, query=query)
        return context.render("release.html", frame, page)

    return send_page(context, f"/releases/{release_id}", make, kept)


def changes_file(release_id: str, name: str) -> Response:
    """Send what a release added or removed, as N-Quads."""
    found = find(release_id)
    files = {file.name: file for file in found.manifest.files}
    file = files.get(f"{FOLDER}/{name}")
    if file is None or name not in _FILES:
        abort(404)
    is_packed = name.endswith(".gz")
    response = send_served(
        request,
        ServedFile(
            path=found.folder / file.name,
            media_type=GZIP if is_packed else FORMATS["nq"].media_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            modified=found.manifest.created,
            cache=FOR_EVER,
        ),
    )
    leave_early()
    return response


def find(release_id: str) -> Release:
    """Return a release that is kept, verified when first asked for; 404 for any other name."""
    serving = request_context().serving.release
    if release_id == serving.id:
        return serving
    if release_id not in site().current.ids():
        abort(404)
    try:
        return site().current.past(release_id)
    except KmError:
        abort(404)


def summary_of(release_id: str) -> Summary | None:
    """Return a release's summary; None where it has none that can be read."""
    try:
        return read_summary(site().config.data / "releases" / release_id)
    except KmError:
        return None


def in_words(context: RequestContext, summary: Summary | None) -> str:
    """Return what a release changed, in a sentence."""
    texts = context.texts
    if summary is None:
        return texts("releases.unknown")
    if summary.previous is None:
        return texts("releases.first")
    things = (summary.things_added, summary.things_changed, summary.things_removed)
    if not any(things) and not summary.statements_added and not summary.statements_removed:
        return texts("releases.same")
    added, changed, removed = (texts.number(count) for count in things)
    return texts("releases.changes", added=added, changed=changed, removed=removed)


# ---- pages -------------------------------------------------------------------------------------


def _row(context: RequestContext, release_id: str) -> ReleaseRow:
    summary = summary_of(release_id)
    size = context.texts.number(summary.statements) if summary else ""
    return ReleaseRow(
        id=release_id,
        published=context.texts.moment(moment_of(release_id)),
        changes=in_words(context, summary),
        size=context.texts("dumps.triples", count=size) if size else "",
        href=context.links.to(f"/releases/{release_id}"),
        is_current=release_id == context.serving.release.id,
    )


def _page(
    context: RequestContext, found: Release, changes: Sequence[Change], position: tuple[int, int]
) -> ReleasePage:
    number, total = position
    texts, manifest = context.texts, found.manifest
    summary = summary_of(found.id)
    published = texts.moment(moment_of(found.id))
    return ReleasePage(
        id=found.id,
        title=texts("releases.one", published=published),
        is_current=found.id == context.serving.release.id,
        lead=in_words(context, summary),
        counts=tuple(_counts(context, summary)),
        sets=tuple(compose_changes(context, changes, summary)),
        pager=make_pager(
            texts,
            number,
            count_pages(total, PAGE_SIZE),
            lambda n: context.links.to(f"/releases/{found.id}", **page_query(n)),
        ),
        before=_before(context, summary),
        files=tuple(_files(context, found, summary)),
        program=manifest.program,
        sources=tuple(
            (s.path, texts.size(s.size_bytes), s.sha256) for s in manifest.sources[:_MAX_SOURCES]
        ),
        sources_count=texts("releases.from_files", count=texts.number(len(manifest.sources))),
        downloads=context.links.to(f"/dumps/{found.id}"),
    )


def _counts(context: RequestContext, summary: Summary | None) -> Iterator[Card]:
    if summary is None:
        return
    texts = context.texts
    shown = [("statements", summary.statements), ("things", summary.things)]
    if summary.previous is not None:
        shown += [
            ("things_added", summary.things_added),
            ("things_changed", summary.things_changed),
            ("things_removed", summary.things_removed),
            ("statements_added", summary.statements_added),
            ("statements_removed", summary.statements_removed),
        ]
    for name, count in shown:
        yield Card(Link(Label(texts(f"count.{name}"))), count=texts.number(count))


def _before(context: RequestContext, summary: Summary | None) -> Link | None:
    """Return a link to the release compared with; its name alone where it is kept no more."""
    if summary is None or summary.previous is None:
        return None
    is_kept = summary.previous in site().current.ids()
    href = context.links.to(f"/releases/{summary.previous}") if is_kept else ""
    return Link(Label(context.texts.moment(moment_of(summary.previous))), href)


def _files(context: RequestContext, found: Release, summary: Summary | None) -> Iterator[DumpFile]:
    if summary is None or summary.previous is None:
        return
    texts = context.texts
    holds = {
        ADDED: texts("count.statements_added"),
        REMOVED: texts("count.statements_removed"),
    }
    for file in found.manifest.files:
        name = file.name.removeprefix(f"{FOLDER}/")
        if name in _FILES and name != file.name:
            href = f"{context.links.prefix}/releases/{found.id}/{name}"
            what = holds[name.removesuffix(".gz")]
            yield DumpFile(name, href, what, texts.size(file.size_bytes), file.sha256)
