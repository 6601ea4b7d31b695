"""What was published when, and what each release changed: /releases.

In: the history that each release keeps of itself (`graph.history_files`). Out: the list of releases
and a page for each: when, by which program, from which files, and what is different from the one
before, as people read it and as N-Quads. Lists are made from the small summaries alone; a page of
changes reads its own lines and no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import pyoxigraph as ox
from flask import Blueprint, Response, abort, request

from graph.errors import KmError
from graph.facts import Facts, gather
from graph.history_files import (
    ADDED,
    FOLDER,
    REMOVED,
    Change,
    Summary,
    read_changes,
    read_summary,
)
from graph.iris import INFERRED, ONTOLOGY, RETIRED, SHARED, graph_iri, parse_iri
from graph.release import Release, find_release
from graph.seam import Store
from graph.vocab import term
from publish.data_sets import moment_of
from publish.files import ServedFile, send_served
from publish.history_pages import (
    PropertyChange,
    ReleaseList,
    ReleasePage,
    ReleaseRow,
    SetChanges,
    ThingChange,
)
from publish.http import FOR_EVER
from publish.labels import Namer
from publish.pages import Card, DumpFile, Label, Link
from publish.site import Visit, let_go, site, visit
from publish.variants import send_page

PAGE_SIZE = 50
_MAX_SOURCES = 200
_FILES = (ADDED, REMOVED, f"{ADDED}.gz", f"{REMOVED}.gz")
_NAMES = ("skos:prefLabel", "rdfs:label")


def create_blueprint() -> Blueprint:
    """Return the routes of the history."""
    blueprint = Blueprint("history", __name__)
    blueprint.add_url_rule("/releases", view_func=releases)
    blueprint.add_url_rule("/releases/<release_id>", view_func=release)
    blueprint.add_url_rule("/releases/<release_id>/<name>", view_func=changes_file)
    return blueprint


def releases() -> Response:
    """Send the list of releases, newest first."""
    here = visit()

    def make() -> bytes:
        rows = tuple(_row(here, release_id) for release_id in site().current.ids())
        frame = here.frame("/releases", here.texts("releases.title"), "dumps")
        page = ReleaseList(here.links.to("/feed.atom"), rows)
        return here.render("releases.html", frame, page)

    return send_page(here, "/releases", make, "+".join(site().current.ids()))


def release(release_id: str) -> Response:
    """Send the page of one release."""
    here, found = visit(), find(release_id)
    number = page_number()
    skip = (number - 1) * PAGE_SIZE
    hidden = [graph_iri(found.manifest.base, name) for name in (INFERRED, RETIRED)]
    changes, total = read_changes(found.folder, skip, PAGE_SIZE, hidden)
    if number > max(1, -(-total // PAGE_SIZE)):
        abort(404)
    kept = "+".join(site().current.ids())

    def make() -> bytes:
        page = _page(here, found, changes, (number, total))
        crumbs = (Link(Label(here.texts("releases.title")), here.links.to("/releases")),)
        query = {"page": str(number)} if number > 1 else {}
        path = f"/releases/{release_id}"
        frame = here.frame(path, page.title, "dumps", crumbs, query=query)
        return here.render("release.html", frame, page)

    return send_page(here, f"/releases/{release_id}", make, kept)


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
            media_type="application/gzip" if is_packed else "application/n-quads",
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            modified=found.manifest.created,
            cache=FOR_EVER,
        ),
    )
    let_go()
    return response


def find(release_id: str) -> Release:
    """Return a release that is kept, by its manifest; 404 for any other name."""
    serving = visit().serving.release
    if release_id == serving.id:
        return serving
    if release_id not in site().current.ids():
        abort(404)
    try:
        return find_release(site().config.data, release_id)
    except KmError:
        abort(404)


def page_number() -> int:
    """Return the page asked for; what is no number is no page."""
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) < 1:
        abort(404)
    return int(text)


def summary_of(release_id: str) -> Summary | None:
    """Return a release's summary; None where it has none that can be read."""
    try:
        return read_summary(site().config.data / "releases" / release_id)
    except KmError:
        return None


def in_words(here: Visit, summary: Summary | None) -> str:
    """Return what a release changed, in a sentence."""
    texts = here.texts
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


def _row(here: Visit, release_id: str) -> ReleaseRow:
    summary = summary_of(release_id)
    size = here.texts.number(summary.statements) if summary else ""
    return ReleaseRow(
        id=release_id,
        published=here.texts.moment(moment_of(release_id)),
        changes=in_words(here, summary),
        size=here.texts("dumps.triples", count=size) if size else "",
        href=here.links.to(f"/releases/{release_id}"),
        is_current=release_id == here.serving.release.id,
    )


def _page(
    here: Visit, found: Release, changes: Sequence[Change], position: tuple[int, int]
) -> ReleasePage:
    number, total = position
    texts, manifest = here.texts, found.manifest
    summary = summary_of(found.id)
    pages = max(1, -(-total // PAGE_SIZE))
    published = texts.moment(moment_of(found.id))
    return ReleasePage(
        id=found.id,
        title=texts("releases.one", published=published),
        is_current=found.id == here.serving.release.id,
        lead=in_words(here, summary),
        counts=tuple(_counts(here, summary)),
        sets=tuple(_sets(here, found, changes, summary)),
        pages=texts("browse.pages", page=number, pages=pages) if pages > 1 else "",
        previous=_href(here, found.id, number - 1) if number > 1 else "",
        next=_href(here, found.id, number + 1) if number < pages else "",
        before=_before(here, summary),
        files=tuple(_files(here, found, summary)),
        program=manifest.program,
        sources=tuple(
            (s.path, texts.size(s.size_bytes), s.sha256) for s in manifest.sources[:_MAX_SOURCES]
        ),
        sources_count=texts("releases.from_files", count=texts.number(len(manifest.sources))),
        downloads=here.links.to(f"/dumps/{found.id}"),
    )


def _href(here: Visit, release_id: str, page: int) -> str:
    path = f"/releases/{release_id}"
    return here.links.to(path, page=str(page)) if page > 1 else here.links.to(path)


def _counts(here: Visit, summary: Summary | None) -> Iterator[Card]:
    if summary is None:
        return
    texts = here.texts
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


def _before(here: Visit, summary: Summary | None) -> Link | None:
    """Return a link to the release compared with; its name alone where it is kept no more."""
    if summary is None or summary.previous is None:
        return None
    is_kept = summary.previous in site().current.ids()
    href = here.links.to(f"/releases/{summary.previous}") if is_kept else ""
    return Link(Label(here.texts.moment(moment_of(summary.previous))), href)


def _files(here: Visit, found: Release, summary: Summary | None) -> Iterator[DumpFile]:
    if summary is None or summary.previous is None:
        return
    texts = here.texts
    holds = {
        ADDED: texts("count.statements_added"),
        REMOVED: texts("count.statements_removed"),
    }
    for file in found.manifest.files:
        name = file.name.removeprefix(f"{FOLDER}/")
        if name in _FILES and name != file.name:
            href = f"{here.links.prefix}/releases/{found.id}/{name}"
            what = holds[name.removesuffix(".gz")]
            yield DumpFile(name, href, what, texts.size(file.size_bytes), file.sha256)


# ---- changes as people read them ---------------------------------------------------------------


def _sets(
    here: Visit, found: Release, changes: Sequence[Change], summary: Summary | None
) -> Iterator[SetChanges]:
    before = summary.previous if summary else None
    namer = here.namer(_facts(here, changes, before))
    for graph, of_graph in groupby(changes, key=lambda change: change.graph):
        things = tuple(_thing(here, namer, change, before) for change in of_graph)
        yield SetChanges(_set_name(here, namer, graph), things)


def _facts(here: Visit, changes: Iterable[Change], before: str | None) -> Facts:
    """Return the names of all that the changes speak of.

    They come from the release being served, for what is gone from the one before, if it is kept.
    """
    said = [t for change in changes for t in (*change.added, *change.removed)]
    mentioned = {x for t in said for x in (t.subject, t.predicate, t.object)}
    mentioned |= {ox.NamedNode(f"{here.links.base}/id/org/{_key(c.graph)}") for c in changes}
    known = _names(here.serving.store, mentioned)
    gone = {c.subject for c in changes if c.sign == "D"}
    if gone and before in site().current.ids():
        store = site().current.past_serving(str(before)).store
        known += _names(store, {t.subject for t in said if _iri(t.subject) in gone})
    return gather([*known, *said])


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""


def _names(store: Store, mentioned: Iterable[object]) -> list[ox.Triple]:
    """Return what things are called and what kinds they are, and what the kinds are called."""
    names = [term(name) for name in _NAMES]
    nodes = sorted({x for x in mentioned if isinstance(x, ox.NamedNode)}, key=str)
    types = store.triples_about(nodes, [term("rdf:type")])
    kinds = {t.object for t in types if isinstance(t.object, ox.NamedNode)}
    return sorted([*types, *store.triples_about([*nodes, *kinds], names)], key=str)


def _key(graph: str) -> str:
    return graph.rpartition("/")[2]


def _set_name(here: Visit, namer: Namer, graph: str) -> str:
    name = _key(graph)
    if name in (SHARED, ONTOLOGY):
        return here.texts(f"releases.{name}")
    return namer.name(ox.NamedNode(f"{here.links.base}/id/org/{name}")).text


def _thing(here: Visit, namer: Namer, change: Change, before: str | None) -> ThingChange:
    hidden = change.came + change.went - len(change.added) - len(change.removed)
    more = here.texts("releases.more", count=here.texts.number(hidden)) if hidden else ""
    return ThingChange(
        sign=change.sign,
        sign_name=here.texts(f"change.{change.sign}"),
        thing=_link(here, namer, change, before),
        kind=_kind(namer, change),
        rows=tuple(_rows(namer, change)),
        more=more,
    )


def _link(here: Visit, namer: Namer, change: Change, before: str | None) -> Link:
    """Return a link to the thing; one that is gone is seen as of the release before."""
    if change.subject.startswith("_:"):
        return Link(Label(here.texts("value.nameless")))
    node = ox.NamedNode(change.subject)
    thing = parse_iri(here.links.base, change.subject)
    if change.sign != "D" or thing is None:
        return namer.link(node)
    if before is None or before not in site().current.ids():
        return Link(namer.name(node))
    return Link(
        namer.name(node), here.links.to(f"/releases/{before}/doc/{thing.type}/{thing.slug}")
    )


def _kind(namer: Namer, change: Change) -> Label | None:
    if change.subject.startswith("_:"):
        return None
    kind = namer.facts.one(ox.NamedNode(change.subject), "rdf:type")
    return namer.name(kind) if kind is not None else None


def _rows(namer: Namer, change: Change) -> Iterator[PropertyChange]:
    """Yield what changed, property by property."""
    predicates = dict.fromkeys(t.predicate for t in (*change.removed, *change.added))
    for predicate in sorted(predicates, key=str):
        name = namer.name(predicate)
        removed, added = (
            tuple(namer.value(predicate.value, t.object) for t in side if t.predicate == predicate)
            for side in (change.removed, change.added)
        )
        yield PropertyChange(Link(name), removed, added)
