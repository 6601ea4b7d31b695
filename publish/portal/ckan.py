"""The read part of CKAN's Action API (version 3), for harvesters that know no other.

In: GET with a query, or POST with JSON or a form, at `/api/3/action/{action}`. Out: CKAN's envelope
of `help`, `success` and `result` or `error`, with its statuses: 404 for an unknown object, 409 for
wrong parameters, 400 for an unknown action. Nothing can be changed.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from graph.catalogue.records import DataSet
from graph.search.index_rows import fold_once
from publish.http.response import Variant, answer
from publish.portal.context import PortalContext, portal_context, settings_of
from publish.portal.data_sets import (
    WHOLE,
    read_catalogue,
    read_organisations,
    read_whole,
)
from publish.portal.packages import as_organisation, as_package, identifier
from publish.web.context import RequestContext, request_context
from publish.web.dates import moment_of
from publish.web.formats import etag

MAX_ROWS = 1000
_MAX_ORGANISATIONS = 100  # of those shown with all their fields
_MAX_OFFSET = 10**9
_ROOT = "/api/3/action"
_SINCE = re.compile(r"metadata_modified:\[\"?([0-9T:.Z+-]+)\"? TO \*\]")
_IS = re.compile(r"\+?(organization|owner_org|name):(?:\(\"?([\w-]+)\"?\)|\"?([\w-]+)\"?)(?!\S)")
_ALWAYS = re.compile(
    r"\+?(?:\*:\*|state:\"?active\"?|(?:dataset_)?type:\"?dataset\"?|capacity:\"?public\"?)(?!\S)"
)


@dataclass(frozen=True)
class ApiCall:
    """One call: where the data is, and the parameters as they came."""

    context: RequestContext
    portal: PortalContext
    parameters: Mapping[str, object]

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.parameters.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int, most: int) -> int:
        """Return a count. Raises WrongParameter for other values, as CKAN does."""
        text = self.text(name).strip()
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 12:
            raise WrongParameter(name, "Invalid integer")
        return min(int(text), most)


class WrongParameter(Exception):
    """A parameter cannot be understood (CKAN's Validation Error)."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class NotThere(Exception):
    """There is no such object (CKAN's Not Found Error)."""


def create_blueprint() -> Blueprint:
    """Return the routes of the API; `/api/action` is its older address."""
    blueprint = Blueprint("ckan", __name__)
    for root in (_ROOT, "/api/action"):
        blueprint.add_url_rule(
            f"{root}/<action>",
            endpoint=root,
            view_func=act,
            methods=["GET", "POST"],
        )
    blueprint.add_url_rule("/api/3", view_func=version)
    return blueprint


def version() -> Response:
    """Say which version of the API this is."""
    return _json({"version": 3}, 200)


def act(action: str) -> Response:
    """Answer one action."""
    context = request_context()
    run = _ACTIONS.get(action)
    if run is None:
        return _json(f"Bad request - Action name not known: {action}", 400)
    asked = ApiCall(context, portal_context(context), _parameters())
    try:
        result = run(asked)
    except NotThere:
        return _failure(context, action, 404, {"__type": "Not Found Error", "message": "Not found"})
    except WrongParameter as error:
        wrong = {"__type": "Validation Error", error.name: [str(error)]}
        return _failure(context, action, 409, wrong)
    if request.method == "POST":
        return _json(_success(context, action, result), 200)
    variant = Variant(
        media_type="application/json",
        etag=etag(context, request.full_path, settings_of(asked.portal)),
        make=lambda: _dump(_success(context, action, result)),
    )
    return answer(request, variant)


def _parameters() -> Mapping[str, object]:
    """Return the parameters of the query, of a form or of a JSON object; the body counts first."""
    body = request.get_json(silent=True) if request.is_json else None
    if body is None and request.method == "POST" and not request.form:
        try:  # clients of CKAN send JSON under any type
            body = json.loads(request.get_data() or b"{}")
        except ValueError:
            body = None
    named = body if isinstance(body, dict) else {}
    return {**request.args.to_dict(), **request.form.to_dict(), **named}


def _success(context: RequestContext, action: str, result: object) -> dict[str, object]:
    return {"help": _help(context, action), "success": True, "result": result}


def _failure(
    context: RequestContext, action: str, status: int, error: Mapping[str, object]
) -> Response:
    return _json({"help": _help(context, action), "success": False, "error": error}, status)


def _help(context: RequestContext, action: str) -> str:
    return context.links.absolute(f"{_ROOT}/help_show", name=action)


def _json(value: object, status: int) -> Response:
    response = Response(_dump(value), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# ---- the actions -------------------------------------------------------------------------------


def package_list(asked: ApiCall) -> Sequence[str]:
    """List the names of all data sets. Parameters: limit, offset."""
    names = [f"km-{name}" for name in _names(asked)]
    offset = asked.number("offset", 0, _MAX_OFFSET)
    return names[offset:][: asked.number("limit", len(names), len(names))]


def package_show(asked: ApiCall) -> object:
    """Show one data set. Parameter: id, its name or its UUID."""
    wanted = asked.text("id") or asked.text("name_or_id")
    if not wanted:
        raise WrongParameter("id", "Missing value")
    for name in _names(asked):
        if wanted in (f"km-{name}", identifier(_iri(asked, name))):
            (data,) = _read(asked, [name])
            return as_package(read_catalogue(asked.portal), data)
    raise NotThere


def package_search(asked: ApiCall) -> object:
    """Search the data sets. Parameters: q, fq, rows (at most 1,000), start.

    Each word of q must stand in a name, title or area; fq knows organization:NAME, name:NAME and
    metadata_modified:[MOMENT TO *], all of which must hold. Other conditions are refused.
    """
    rows, start = asked.number("rows", 10, MAX_ROWS), asked.number("start", 0, _MAX_OFFSET)
    rest = _SINCE.sub(" ", _ALWAYS.sub(" ", _IS.sub(" ", asked.text("fq"))))
    if set(rest.split()) - {"AND", "+"}:
        raise WrongParameter("fq", f"Search Query is invalid: {rest.strip()}")
    found = [name for name in _names(asked) if _matches(asked, name)]
    catalogue = read_catalogue(asked.portal)
    results = [as_package(catalogue, data) for data in _read(asked, found[start : start + rows])]
    return {
        "count": len(found),
        "sort": "name asc",
        "results": results,
        "facets": {},
        "search_facets": {},
    }


def organization_list(asked: ApiCall) -> Sequence[object]:
    """List the organisations. Parameters: all_fields, limit, offset."""
    names = asked.context.serving.data_set_names
    offset = asked.number("offset", 0, _MAX_OFFSET)
    is_whole = asked.text("all_fields").lower() in ("true", "1", "yes")
    most = _MAX_ORGANISATIONS if is_whole else len(names)
    shown = names[offset:][: asked.number("limit", most, most)]
    if not is_whole:
        return shown
    return [as_organisation(data) for data in read_organisations(asked.portal, shown)]


def organization_show(asked: ApiCall) -> object:
    """Show one organisation. Parameter: id, its name or its UUID."""
    base = asked.portal.base
    if not asked.text("id"):
        raise WrongParameter("id", "Missing value")
    for name in asked.context.serving.data_set_names:
        if asked.text("id") in (name, identifier(f"{base}/id/org/{name}")):
            (data,) = read_organisations(asked.portal, [name])
            return {**(as_organisation(data) or {}), "package_count": 1}
    raise NotThere


def status_show(asked: ApiCall) -> object:
    """Say what this is."""
    portal = asked.portal
    return {
        "site_title": portal.text("site.name")["th"],
        "site_description": portal.text("catalog.description")["th"],
        "site_url": portal.base,
        "locale_default": "th",
        "extensions": [],
        "release": asked.context.serving.release.id,
    }


def site_read(asked: ApiCall) -> object:
    """Say that anybody may read."""
    return True


def help_show(asked: ApiCall) -> object:
    """Show what an action does. Parameter: name."""
    run = _ACTIONS.get(asked.text("name"))
    if run is None:
        raise NotThere
    return run.__doc__


_ACTIONS: Mapping[str, Callable[[ApiCall], object]] = {
    "package_list": package_list,
    "package_show": package_show,
    "package_search": package_search,
    "organization_list": organization_list,
    "organization_show": organization_show,
    "status_show": status_show,
    "site_read": site_read,
    "help_show": help_show,
}


# ---- what is there -----------------------------------------------------------------------------


def _names(asked: ApiCall) -> list[str]:
    return [WHOLE, *asked.context.serving.data_set_names]


def _iri(asked: ApiCall, name: str) -> str:
    base = asked.portal.base
    return f"{base}/catalog#{WHOLE}" if name == WHOLE else f"{base}/graph/{name}"


def _read(asked: ApiCall, names: Sequence[str]) -> list[DataSet]:
    """Return data sets by name, in the order of the names."""
    others = read_organisations(asked.portal, [name for name in names if name != WHOLE])
    return [read_whole(asked.portal), *others] if WHOLE in names else others


def _matches(asked: ApiCall, name: str) -> bool:
    """Tell whether a data set is among those that q and fq ask for."""
    fq, q = asked.text("fq"), asked.text("q")
    since = _SINCE.search(fq)
    for field, *values in _IS.findall(fq):
        if "".join(values) != (f"km-{name}" if field == "name" else name):
            return False
    if since and not _changed_since(asked, name, since[1]):
        return False
    words = [fold_once(word) for word in q.split() if word not in ("*:*", "*")]
    if not words:
        return True
    text = fold_once(f"km-{name} {asked.context.serving.organisation_words.get(name, '')}")
    return all(word in text for word in words)


def _changed_since(asked: ApiCall, name: str, since: str) -> bool:
    graphs = asked.context.serving.graphs
    state = graphs.get(_iri(asked, name))
    newest = state.versions[0] if state else asked.context.serving.release.id
    return moment_of(newest).isoformat()[:19] >= since[:19]
