"""The CKAN-shaped API and the records for the Government Data Catalog."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from support.national import A, B
from support.portal_ckan import KEY, TOKEN

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app

#: The fields that ckanext-thai_gdc asks for, as it spells them.
MANDATORY = [
    "data_type",
    "title",
    "owner_org",
    "maintainer",
    "maintainer_email",
    "tag_string",
    "notes",
    "objective",
    "update_frequency_unit",
    "geo_coverage",
    "data_source",
    "data_format",
    "data_category",
    "license_id",
]

FIXED = {
    "data_type": "ข้อมูลหลากหลายประเภท",
    "objective": "พันธกิจหน่วยงาน",
    "update_frequency_unit": "ปี",
    "update_frequency_interval": "1",
    "geo_coverage": "เทศบาล/อบต.",
    "data_format": "RDF, CSV",
    "data_category": "ข้อมูลสาธารณะ",
    "license_id": "Creative Commons Attributions",
    "allow_harvest": "True",
}


@pytest.fixture(scope="module")
def bare(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the bundled site, which has no contact."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def test_a_package_has_the_mandatory_fields(client: FlaskClient) -> None:
    """All fourteen are filled in, spelt as the portal spells them."""
    response = client.get(f"/catalog/{KEY}/gdc.json")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="{TOKEN}.json"'
    package = json.loads(response.data)
    assert all(package[field] for field in MANDATORY)
    assert {field: package[field] for field in FIXED} == FIXED
    assert package["maintainer"] == "สำนักปลัด"
    assert package["maintainer_email"] == "saraban@example.go.th"
    assert package["data_source"] == "องค์การบริหารส่วนตำบลเมืองเกษตร"
    assert "จริยธรรม" in package["tag_string"].split(",")
    assert len(package["resources"]) >= 10


def test_the_table_says_the_same(client: FlaskClient) -> None:
    """CSV and workbook have one row for each data set, with the fields as columns."""
    package = json.loads(client.get(f"/catalog/{KEY}/gdc.json").data)
    data = client.get("/catalog/gdc.csv").data
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert set(MANDATORY) <= set(row)
    assert row == {field: package[field] for field in row}
    page = load_workbook(io.BytesIO(client.get("/catalog/gdc.xlsx").data)).active
    assert page is not None
    header, values = page.iter_rows(values_only=True)
    assert dict(zip(header, values, strict=True)) == row


@pytest.mark.parametrize(
    "path",
    [f"/catalog/{KEY}/gdc.json", "/catalog/all/gdc.json", "/catalog/gdc.csv", "/catalog/gdc.xlsx"],
)
def test_without_a_contact_there_is_no_file(bare: FlaskClient, path: str) -> None:
    """The answer names settings and columns, in Thai and English, and is no half file."""
    response = bare.get(path)
    assert response.status_code == 409
    for word in ("contact_name", "KM_CONTACT_EMAIL", "organizations", "ยังไม่มีผู้ติดต่อ", "no contact"):
        assert word in response.text
    assert "Content-Disposition" not in response.headers


def test_one_without_a_contact_holds_back_the_table(many: FlaskClient) -> None:
    """The organisation with a contact has its record; the table of all waits for the others."""
    record = json.loads(many.get(f"/catalog/{A}/gdc.json").data)
    assert (record["maintainer"], record["maintainer_email"]) == ("กองคลัง", "a@b.go.th")
    response = many.get("/catalog/gdc.csv")
    assert response.status_code == 409
    assert B in response.text and f" {A}" not in response.text


def test_the_whole_needs_a_publisher(many: FlaskClient) -> None:
    """Nobody is made up as the publisher of several organisations' data."""
    assert many.get("/catalog/all/gdc.json").status_code == 409
    assert many.get("/catalog/nobody/gdc.json").status_code == 404
    assert many.get("/catalog/gdc.exe").status_code == 404
