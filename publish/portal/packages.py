"""A data set as CKAN and Thailand's Government Data Catalog write it.

In: a `graph.catalogue.records.DataSet`. Out: a package, as CKAN's Action API shows one, and the
mandatory fields of the Government Data Catalog (ckanext-thai_gdc), which no harvest fills. A record
gets all of these fields or none, since that portal refuses one without a contact.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from uuid import NAMESPACE_URL, uuid5

from graph.catalogue.records import Catalogue, DataSet
from graph.errors import NotSaid
from graph.intake.spreadsheet_safety import guard
from graph.rdf.formats import FORMATS
from graph.release.manifest import DUMPS, ReleaseFile
from publish.http.excel_csv import BYTE_ORDER_MARK
from publish.portal.context import PortalContext
from publish.web.texts import LANGUAGES

_MAX_NAMED = 10
#: The portal's own names and spelling.
_GDC_LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attributions",
}
_CKAN_LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "cc-by",
    "https://creativecommons.org/publicdomain/zero/1.0/": "cc-zero",
}
_COVERAGE = {"subdistrict": "เทศบาล/อบต.", "district": "อำเภอ", "province": "จังหวัด"}
_DEFAULT_COVERAGE = "เทศบาล/อบต."


def gdc_record(portal: PortalContext, data: DataSet) -> dict[str, str]:
    """Return the fields of the Government Data Catalog, in its order.

    Raises NotSaid, in Thai and English, where the data set has no contact or no publisher.
    """
    require_contacts(portal, [data])
    assert data.contact and data.publisher  # as has just been required
    publisher = data.publisher.names.get("th") or next(iter(data.publisher.names.values()))
    return {
        "data_type": "ข้อมูลหลากหลายประเภท",
        "title": data.titles["th"],
        "owner_org": data.publisher.iri.rpartition("/")[2].replace("#", "-"),
        "maintainer": data.contact.name,
        "maintainer_email": data.contact.email,
        "tag_string": ",".join(data.keywords["th"]),
        "notes": data.descriptions["th"],
        "objective": "พันธกิจหน่วยงาน",
        "update_frequency_unit": "ปี",
        "update_frequency_interval": "1",
        "geo_coverage": _COVERAGE.get(data.place.level if data.place else "", _DEFAULT_COVERAGE),
        "data_source": publisher,
        "data_format": "RDF, CSV",
        "data_category": "ข้อมูลสาธารณะ",
        "license_id": _GDC_LICENCES.get(portal.config.licence, portal.config.licence),
        "allow_harvest": "True",
    }


def gdc_package(portal: PortalContext, catalogue: Catalogue, data: DataSet) -> dict[str, object]:
    """Return a record with its files, as the portal's API takes a package. Raises NotSaid."""
    fields = gdc_record(portal, data)
    return {
        "name": data.token,
        **fields,
        "url": data.page,
        "resources": [
            {
                "name": resource["name"],
                "url": resource["url"],
                "format": resource["format"],
                "mimetype": resource["mimetype"],
            }
            for resource in _resources(catalogue, data)
        ],
    }


def require_contacts(portal: PortalContext, sets: Sequence[DataSet]) -> None:
    """Raise NotSaid where one of these lacks what a portal asks for; it names the settings."""
    lacking = [data.name for data in sets if data.contact is None]
    if lacking:
        shown = ", ".join(lacking[:_MAX_NAMED])
        if len(lacking) > _MAX_NAMED:
            more = portal.text("catalog.more_names", names=shown, count=len(lacking) - _MAX_NAMED)
        else:
            more = dict.fromkeys(LANGUAGES, shown)
        words = (
            portal.text("catalog.missing_contact", names=more[lang])[lang] for lang in LANGUAGES
        )
        raise NotSaid(" / ".join(words))
    if any(data.publisher is None for data in sets):
        words = (portal.text("catalog.missing_publisher")[lang] for lang in LANGUAGES)
        raise NotSaid(" / ".join(words))


def write_csv(records: Iterable[dict[str, str]]) -> bytes:
    """Return the records as CSV that Excel opens rightly and that runs no formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guard(cell) for cell in row] for row in _rows(records))
    return BYTE_ORDER_MARK + out.getvalue().encode()


def write_xlsx(records: Iterable[dict[str, str]]) -> bytes:
    """Return the records as a workbook of one page; every cell is text."""
    from openpyxl import Workbook  # here: it takes a tenth of the time that serving starts in
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)  # a whole country's rows, in a tenth of the time
    page = book.create_sheet("packages")
    page.freeze_panes = "B2"
    for row in _rows(records):
        cells = [WriteOnlyCell(page, cell) for cell in row]
        for cell in cells:
            cell.data_type = "s"  # a text that begins with = is no formula
        page.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(records: Iterable[dict[str, str]]) -> Iterator[list[str]]:
    """Yield the names of the fields, then the fields of each record."""
    for number, record in enumerate(records):
        if number == 0:
            yield list(record)
        yield list(record.values())


# ---- CKAN --------------------------------------------------------------------------------------


def as_package(catalogue: Catalogue, data: DataSet) -> dict[str, object]:
    """Return a data set as CKAN's `package_show` does."""
    contact, organisation = data.contact, as_organisation(data)
    newest, oldest = data.versions[0].issued, data.versions[-1].issued
    resources = _resources(catalogue, data)
    return {
        "id": identifier(data.iri),
        "name": data.token,
        "title": data.titles["th"],
        "title_translated": dict(data.titles),
        "notes": data.descriptions["th"],
        "notes_translated": dict(data.descriptions),
        "url": data.page,
        "version": data.versions[0].id,
        "state": "active",
        "type": "dataset",
        "private": False,
        "isopen": True,
        "license_id": _CKAN_LICENCES.get(catalogue.licence, catalogue.licence),
        "license_url": catalogue.licence,
        "maintainer": contact.name if contact else None,
        "maintainer_email": contact.email if contact else None,
        "author": None,
        "author_email": None,
        "metadata_created": _moment(oldest.isoformat()),
        "metadata_modified": _moment(newest.isoformat()),
        "owner_org": organisation["id"] if organisation else None,
        "organization": organisation,
        "tags": [
            {"name": tag, "display_name": tag, "state": "active"} for tag in data.keywords["en"]
        ],
        "num_tags": len(data.keywords["en"]),
        "groups": [],
        "extras": [{"key": key, "value": value} for key, value in _extras(data)],
        "resources": resources,
        "num_resources": len(resources),
    }


def as_organisation(data: DataSet) -> dict[str, object] | None:
    """Return the publisher of a data set as CKAN writes an organisation."""
    if data.publisher is None:
        return None
    names = data.publisher.names
    return {
        "id": identifier(data.publisher.iri),
        "name": data.publisher.iri.rpartition("/")[2].replace("#", "-"),
        "title": names.get("th") or next(iter(names.values())),
        "type": "organization",
        "description": "",
        "image_url": "",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def identifier(iri: str) -> str:
    """Return the UUID that stands for an IRI, the same each time (RFC 9562 section 5.5)."""
    return str(uuid5(NAMESPACE_URL, iri))


def _extras(data: DataSet) -> Iterable[tuple[str, str]]:
    yield "uri", data.iri
    if data.place:
        yield "spatial_uri", data.place.iri
        yield "spatial_text", data.place.label
    if data.period:
        yield "temporal_start", data.period[0]
        yield "temporal_end", data.period[1]


def _resources(catalogue: Catalogue, data: DataSet) -> list[dict[str, object]]:
    made = catalogue.publication
    found: list[dict[str, object]] = [
        _resource(catalogue, data, file, position) for position, file in enumerate(data.files)
    ]
    endpoint = f"{data.page}#sparql"
    found.append(
        {
            "id": identifier(endpoint),
            "package_id": identifier(data.iri),
            "name": f"SPARQL ({data.token})",
            "url": f"{catalogue.base}/sparql",
            "format": "SPARQL",
            "mimetype": FORMATS["json"].media_type,
            "state": "active",
            "position": len(found),
            "created": _moment(made.created.isoformat()),
        }
    )
    return found


def _resource(
    catalogue: Catalogue, data: DataSet, file: ReleaseFile, position: int
) -> dict[str, object]:
    made, format = catalogue.publication, FORMATS[file.format]
    name = file.name.removeprefix(DUMPS)
    title = f"{format.title}, gzip" if file.is_gzipped else format.title
    return {
        "id": identifier(f"{data.page}#file-{name}"),
        "package_id": identifier(data.iri),
        "name": f"{title} ({data.token})",
        "url": f"{catalogue.base}/dumps/{made.release_id}/{name}",
        "format": format.label,
        "mimetype": file.media_type,
        "size": file.size_bytes,
        "hash": f"sha256:{file.sha256}",
        "state": "active",
        "position": position,
        "created": _moment(made.created.isoformat()),
        "last_modified": _moment(made.created.isoformat()),
    }


def _moment(iso: str) -> str:
    """Return a moment as CKAN writes it: in UTC, without a zone suffix."""
    return iso.removesuffix("+00:00")
