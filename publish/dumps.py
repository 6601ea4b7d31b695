"""Files and the check report: /dumps, /quality.

In: the manifest of a release. Out: its files, by the manifest's own list of names, so that no path
of a request ever reaches the file system; with ranges and conditions (RFC 9110 sections 13, 14).
"""

import json

import pyoxigraph as ox
from flask import Blueprint, Response, abort, request

from graph.errors import KmError
from graph.facts import gather
from graph.numerals import read_number
from graph.release import Release
from graph.vocab import SHAPE
from publish.downloads import REPORT, compose_downloads, count_pages, public_file
from publish.files import ServedFile, send_served
from publish.http import FOR_EVER, REVALIDATE
from publish.pages import Finding, Label, Link, Quality
from publish.site import Visit, let_go, site, visit
from publish.variants import send_page

CURRENT = "current"
MAX_FINDINGS = 500


def create_blueprint() -> Blueprint:
    """Return the routes of files and report."""
    blueprint = Blueprint("dumps", __name__)
    blueprint.add_url_rule("/dumps", view_func=downloads)
    blueprint.add_url_rule("/dumps/<release_id>", view_func=downloads)
    blueprint.add_url_rule("/dumps/<release_id>/<path:name>", view_func=download)
    blueprint.add_url_rule("/quality", view_func=quality)
    return blueprint


def downloads(release_id: str = CURRENT) -> Response:
    """Send one page of the list of a release's files."""
    here = visit()
    release = _release(here, release_id)
    number = read_number(request.args.get("page", "1"))
    if number is None or not 1 <= number <= count_pages(release):
        abort(404)
    path = "/dumps" if release_id == CURRENT else f"/dumps/{release.id}"

    def make() -> bytes:
        page = compose_downloads(here, release, path, number)
        query = {"page": str(number)} if number > 1 else {}
        frame = here.frame(path, here.texts("dumps.title"), "dumps", query=query)
        return here.render("dumps.html", frame, page)

    return send_page(here, path, make)


def download(release_id: str, name: str) -> Response:
    """Send one file of a release, whole or in part."""
    release = _release(visit(), release_id)
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
    let_go()  # an open file outlives its release
    return response


def quality() -> Response:
    """Send the check report of the release."""
    here = visit()
    return send_page(here, "/quality", lambda: _quality_page(here))


def _release(here: Visit, release_id: str) -> Release:
    if release_id in (CURRENT, here.serving.release.id):
        return here.serving.release
    if release_id not in site().current.ids():
        abort(404)
    try:
        return site().current.past(release_id)
    except KmError:
        abort(404)


# ---- the check report ------------------------------------------------------------------------


def _quality_page(here: Visit) -> bytes:
    report = json.loads((here.serving.release.folder / REPORT).read_text(encoding="utf-8"))
    texts = here.texts
    page = Quality(
        conforms=report["conforms"],
        looked=texts(
            "quality.looked",
            files=texts.number(report["files"]),
            triples=texts.number(report["triples"]),
        ),
        rules_href=here.links.to("/shapes"),
        counts=tuple(
            (level, texts(f"severity.{level}"), texts.number(count))
            for level, count in report["counts"].items()
        ),
        findings=tuple(_finding(here, record) for record in report["findings"][:MAX_FINDINGS]),
    )
    frame = here.frame("/quality", texts("quality.title"), "quality")
    return here.render("quality.html", frame, page)


def _finding(here: Visit, record: dict[str, object]) -> Finding:
    namer = here.namer(here.site.shapes)
    fix = record["fix"]
    problem = record["problem"]
    assert isinstance(fix, dict) and isinstance(problem, dict)
    level = str(record["severity"])
    return Finding(
        level=level,
        severity=here.texts(f"severity.{level}"),
        problem=namer.pick(problem) or Label(""),
        fix=namer.pick({lang: text for lang, text in fix.items() if text}),
        place=_place(here, record),
        value=str(record["value"] or ""),
        subject=_subject(here, record["subject"]),
        rule=_rule(here, str(record["rule"])),
    )


def _place(here: Visit, record: dict[str, object]) -> str:
    texts = here.texts
    parts = [str(record["file"]).rpartition("/")[2]]
    for name in ("row", "column", "line"):
        if record[name]:
            key = "doc.line" if name == "line" else f"quality.{name}"
            parts.append(texts(key, **{name: record[name]}))
    return " · ".join(parts)


def _subject(here: Visit, subject: object) -> Link | None:
    if not subject:
        return None
    iri = ox.NamedNode(str(subject))
    names = (q.triple for q in here.serving.store.quads_for(subject=iri))
    return here.namer(gather(names)).link(iri)


def _rule(here: Visit, rule: str) -> Link:
    if not rule.startswith(SHAPE):
        return Link(Label(rule))
    iri = ox.NamedNode(rule)
    namer = here.namer(here.site.shapes)
    href = here.links.href(rule)
    return Link(namer.words(iri, "sh:name") or namer.name(iri), href.url if href else "")
