"""The files of a release: /dumps.

In: the manifest of a release. Out: its files, by the manifest's own list of names, so that no path
of a request ever reaches the file system; with ranges and conditions (RFC 9110 sections 13, 14).
"""

from flask import Blueprint, Response, abort, request

from graph.errors import KmError
from graph.release.manifest import CURRENT, Release
from publish.http.ranges import ServedFile, send_served
from publish.http.response import FOR_EVER, REVALIDATE
from publish.releases.downloads import compose_downloads, pages_of, public_file
from publish.web.context import RequestContext, leave_early, request_context, site
from publish.web.formats import send_page
from publish.web.pager import page_number, page_query


def create_blueprint() -> Blueprint:
    """Return the routes of files."""
    blueprint = Blueprint("dumps", __name__)
    blueprint.add_url_rule("/dumps", view_func=downloads)
    blueprint.add_url_rule("/dumps/<release_id>", view_func=downloads)
    blueprint.add_url_rule("/dumps/<release_id>/<path:name>", view_func=download)
    return blueprint


def downloads(release_id: str = CURRENT) -> Response:
    """Send one page of the list of a release's files."""
    context = request_context()
    release = _release(context, release_id)
    number = page_number(pages_of(release))
    path = "/dumps" if release_id == CURRENT else f"/dumps/{release.id}"

    def make() -> bytes:
        page = compose_downloads(context, release, path, number)
        title, query = context.texts("dumps.title"), page_query(number)
        frame = context.frame(path, title, "dumps", query=query)
        return context.render("dumps.html", frame, page)

    return send_page(context, path, make)


def download(release_id: str, name: str) -> Response:
    """Send one file of a release, whole or in part."""
    release = _release(request_context(), release_id)
    file = public_file(release, name)
    if file is None:
        abort(404)
    response = send_served(
        request,
        ServedFile(
            path=release.folder / file.name,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            modified=release.manifest.created,
            cache=REVALIDATE if release_id == CURRENT else FOR_EVER,
        ),
    )
    leave_early()  # an open file outlives its release
    return response


def _release(context: RequestContext, release_id: str) -> Release:
    if release_id in (CURRENT, context.serving.release.id):
        return context.serving.release
    if release_id not in site().current.ids():
        abort(404)
    try:
        return site().current.past(release_id)
    except KmError:
        abort(404)
