"""The records for Thailand's Government Data Catalog: complete, or refused.

In: the data sets of the release. Out: a table of them, as CSV and XLSX, and one as the JSON of a
package. If a contact is missing, the response is a 409 that says what to set, in Thai and English.
"""

import json
from collections.abc import Callable

from flask import Blueprint, Response, abort, request

from publish.http.response import Variant, answer
from publish.portal.context import PortalContext, portal_context, settings_of
from publish.portal.data_sets import (
    WHOLE,
    read_catalogue,
    read_organisations,
    read_whole,
)
from publish.portal.packages import gdc_package, gdc_record, require_contacts, write_csv, write_xlsx
from publish.web.context import RequestContext, request_context
from publish.web.formats import etag

_PATH = "/catalog"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TABLES = {"csv": ("text/csv", write_csv), "xlsx": (_XLSX, write_xlsx)}


def create_blueprint() -> Blueprint:
    """Return the routes of the records."""
    blueprint = Blueprint("government_catalog", __name__)
    blueprint.add_url_rule(f"{_PATH}/gdc.<extension>", view_func=gdc_table)
    blueprint.add_url_rule(f"{_PATH}/<name>/gdc.json", view_func=gdc_json)
    return blueprint


def gdc_table(extension: str) -> Response:
    """Send a row for each data set, for Thailand's Government Data Catalog: all rows or none.

    Raises NotSaid where a contact is missing.
    """
    if extension not in _TABLES:
        abort(404)
    context, portal = request_context(), portal_context(request_context())
    media_type, write = _TABLES[extension]
    sets = read_organisations(portal, context.serving.data_set_names)
    sets = [read_whole(portal), *sets] if portal.config.publisher else sets
    require_contacts(portal, sets)
    return _attachment(
        context,
        portal,
        f"gdc.{extension}",
        media_type,
        lambda: write(gdc_record(portal, s) for s in sets),
    )


def gdc_json(name: str) -> Response:
    """Send the record of one data set for Thailand's Government Data Catalog. Raises NotSaid."""
    context, portal = request_context(), portal_context(request_context())
    if name == WHOLE:
        data = read_whole(portal)
    elif name in context.serving.data_set_names:
        (data,) = read_organisations(portal, [name])
    else:
        abort(404)
    package = gdc_package(portal, read_catalogue(portal), data)
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    return _attachment(context, portal, f"{data.token}.json", "application/json", text.encode)


def _attachment(
    context: RequestContext,
    portal: PortalContext,
    name: str,
    media_type: str,
    make: Callable[[], bytes],
) -> Response:
    tag = etag(context, "gdc", name, settings_of(portal))
    response = answer(request, Variant(media_type, tag, make))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
