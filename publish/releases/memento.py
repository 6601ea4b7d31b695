"""Things as they were: datetime negotiation on their documents (Memento, RFC 7089).

In: `Accept-Datetime` on `/doc/{type}/{key}`, which is its own TimeGate (section 4.1.2: the memento
is the response, its own address is in Content-Location); `/releases/{id}/doc/{type}/{key}`, the
memento itself; and `/timemap/doc/{type}/{key}`, the list of mementos. Out: the document as that
release had it, from its own store. A thing has a memento in each kept release that holds it.

A rollback withdraws the newer releases: no moment leads there, so `now` is the current release.
Their mementos stay in the TimeMap. A thing that only they hold is 404 and not 410, since the next
publication may bring it back; the links of the response lead to its mementos.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request
from werkzeug.http import http_date, parse_date

from graph.describe.resource import describe
from graph.history.read import find_thing
from graph.rdf.iris import SLUG, mint_iri
from publish.http.response import Variant, WebLink, add_vary, answer
from publish.releases.routes import find
from publish.things.routes import send_description
from publish.web.context import RequestContext, request_context, site
from publish.web.dates import moment_of
from publish.web.formats import etag, split_extension

_HEADER = "Accept-Datetime"
_DOCUMENT = "resources.document"
_LINK_FORMAT = "application/link-format"


@dataclass(frozen=True)
class Original:
    """A document whose past is asked for: its path as requested, and its thing."""

    type: str
    name: str

    @property
    def path(self) -> str:
        """Its path, with the extension where one was asked for."""
        return f"/doc/{self.type}/{self.name}"

    @property
    def thing(self) -> str:
        """The path of the thing it is about."""
        return f"/id/{self.type}/{self.slug}"

    @property
    def slug(self) -> str:
        """The thing's key."""
        return split_extension(self.name)[0]


def create_blueprint() -> Blueprint:
    """Return the routes of mementos and time maps, and let documents negotiate a moment."""
    blueprint = Blueprint("memento", __name__)
    blueprint.add_url_rule("/releases/<release_id>/doc/<type>/<name>", view_func=memento)
    blueprint.add_url_rule("/timemap/doc/<type>/<name>", view_func=time_map)
    blueprint.before_app_request(travel)
    blueprint.after_app_request(point_back)
    return blueprint


def memento(release_id: str, type: str, name: str) -> Response:
    """Send the document about a thing as a release had it."""
    return _send(find(release_id).id, Original(type, name))


def travel() -> Response | None:
    """Answer for a document at a moment, where the client names one. 400 for a text that is no
    moment."""
    wanted = request.headers.get(_HEADER)
    if request.endpoint != _DOCUMENT or wanted is None:
        return None
    moment = parse_date(wanted)
    if moment is None:
        abort(400)
    original = Original(**(request.view_args or {}))
    now = request_context().serving.release.id
    ids = [release_id for release_id in _mementos(original) if release_id <= now]
    if not ids:
        return None
    chosen = next((i for i in ids if moment_of(i) <= _utc(moment)), ids[-1])
    response = _send(chosen, original)
    context, (stem, extension) = request_context(), split_extension(original.name)
    if extension:
        path = f"/releases/{chosen}/doc/{original.type}/{stem}.{extension}"
        response.headers["Content-Location"] = f"{context.links.prefix}{path}"
    return response


def point_back(response: Response) -> Response:
    """Say on each document that it has a past, and that a moment chooses among it."""
    if request.endpoint == _DOCUMENT and response.status_code == 404:
        original = Original(**(request.view_args or {}))
        if ids := _mementos(original):
            _add_links(response, _relations(request_context(), original, ids[0]))
    if request.endpoint == _DOCUMENT and response.status_code in (200, 304, 410):
        add_vary(response, _HEADER)
        if "Memento-Datetime" not in response.headers:
            context, original = request_context(), Original(**(request.view_args or {}))
            now = context.serving.release.id
            ids = _mementos(original) if response.status_code == 410 else [now]
            _add_links(response, _relations(context, original, next(iter(ids), "")))
    return response


def time_map(type: str, name: str) -> Response:
    """Send the list of mementos (application/link-format, RFC 7089 section 5)."""
    context, original = request_context(), Original(type, name)
    ids = _mementos(original)[::-1]
    if not ids:
        abort(404)
    variant = Variant(
        media_type=_LINK_FORMAT,
        etag=etag(context, "timemap", type, name, *ids),
        make=lambda: ",\n".join(_time_map(context, original, ids)).encode() + b"\n",
    )
    return answer(request, variant)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _mementos(original: Original, ids: Sequence[str] | None = None) -> list[str]:
    """Return which of these releases, or of all that are kept, have the thing; newest first."""
    if not SLUG.match(original.type) or not SLUG.match(original.slug):
        return []
    folder = site().config.data / "releases"
    kept = site().current.ids() if ids is None else ids
    return [i for i in kept if find_thing(folder / i, original.thing)]


def _send(release_id: str, original: Original) -> Response:
    """Send a document as a release had it; 404 where it did not have it."""
    context = request_context()
    if release_id not in _mementos(original, [release_id]):
        abort(404)
    if release_id != context.serving.release.id:
        context = replace(context, serving=site().current.past_serving(release_id))
    context = replace(context, is_past=True)
    iri = mint_iri(context.links.base, original.type, original.slug)
    found = describe(context.serving.store, iri, context.serving.hubs)
    if found is None:
        abort(404)
    path = f"/releases/{release_id}/doc/{original.type}/{original.slug}"
    response = send_description(context, path, found, split_extension(original.name)[1])
    response.headers["Memento-Datetime"] = http_date(moment_of(release_id))
    _add_links(response, _relations(context, original, release_id))
    return response


def _relations(context: RequestContext, original: Original, release_id: str) -> list[str]:
    """Return the links of RFC 7089 section 2.2: original, TimeGate, TimeMap and a memento.

    There is no memento where `release_id` is empty.
    """
    links = context.links
    map = WebLink(links.absolute(f"/timemap{original.path}"), "timemap", _LINK_FORMAT)
    found = [str(WebLink(links.absolute(original.path), "original timegate")), str(map)]
    if release_id:
        found.append(_memento_link(context, release_id, original, "memento"))
    return found


def _memento_link(
    context: RequestContext, release_id: str, original: Original, relation: str
) -> str:
    address = context.links.absolute(f"/releases/{release_id}{original.path}")
    return f'{WebLink(address, relation)}; datetime="{http_date(moment_of(release_id))}"'


def _add_links(response: Response, links: list[str]) -> None:
    """Add links to those that a response has already."""
    said = [response.headers["Link"]] if "Link" in response.headers else []
    response.headers["Link"] = ", ".join([*said, *links])


def _time_map(context: RequestContext, original: Original, ids: list[str]) -> Iterator[str]:
    """Yield the lines of a time map; `ids` are the oldest release first."""
    links = context.links
    first, last = (http_date(moment_of(i)) for i in (ids[0], ids[-1]))
    yield str(WebLink(links.absolute(original.path), "original timegate"))
    itself = WebLink(links.absolute(f"/timemap{original.path}"), "self", _LINK_FORMAT)
    yield f'{itself}; from="{first}"; until="{last}"'
    for release_id in ids:
        ends = [("first", ids[0]), ("last", ids[-1])]
        relation = " ".join([*(name for name, end in ends if end == release_id), "memento"])
        yield _memento_link(context, release_id, original, relation)
