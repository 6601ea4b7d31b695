"""The CKAN-shaped API and the records for the Government Data Catalog."""

import json

import pytest
from flask.testing import FlaskClient
from support.national import A, B
from support.portal_ckan import KEY, TOKEN

from graph.release.manifest import Release
from publish.config import Config

NAMES = ["km-all", "km-pao-99", "km-sao-980101", f"km-{A}", f"km-{B}", "km-sao-990201"]


def call(client: FlaskClient, action: str, **parameters: object) -> object:
    """Return the result of an action that succeeds."""
    response = client.get(f"/api/3/action/{action}", query_string=parameters)
    assert response.status_code == 200, response.text
    assert response.json is not None and response.json["success"] is True
    assert response.json["help"].endswith(f"/api/3/action/help_show?name={action}")
    return response.json["result"]


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({}, NAMES),
        ({"limit": 2}, NAMES[:2]),
        ({"limit": 2, "offset": 5}, NAMES[5:]),
        ({"offset": 99}, []),
        ({"limit": 0}, []),
    ],
)
def test_package_list(many: FlaskClient, parameters: dict[str, int], names: list[str]) -> None:
    """Names come in one order, and in parts."""
    assert call(many, "package_list", **parameters) == names


def test_package_show(client: FlaskClient, config: Config, site: Release) -> None:
    """A package has what a harvester copies: names, licence, organisation, files that are there."""
    package = call(client, "package_show", id=TOKEN)
    assert isinstance(package, dict)
    assert package == call(client, "package_show", id=package["id"])
    assert package["title"] == "ความรู้ขององค์การบริหารส่วนตำบลเมืองเกษตร (km-sao-301107)"
    assert (package["license_id"], package["isopen"], package["state"]) == ("cc-by", True, "active")
    assert package["organization"]["name"] == KEY
    assert package["version"] == site.id
    assert package["num_resources"] == len(package["resources"]) >= 10
    assert {tag["name"] for tag in package["tags"]} >= {"local government", "Building control"}
    for resource in package["resources"][:-1]:
        response = client.get(resource["url"].removeprefix(config.base), buffered=True)
        assert response.headers["Content-Type"].partition(";")[0] == resource["mimetype"]
        assert len(response.data) == resource["size"]
    assert package["resources"][-1]["url"] == f"{config.base}/sparql"


def test_the_same_record_as_in_the_catalogue(client: FlaskClient, config: Config) -> None:
    """Harvested as DCAT or by this API, the data set is one: address, version, moments."""
    package = call(client, "package_show", id=TOKEN)
    assert isinstance(package, dict)
    turtle = client.get(f"/catalog/{KEY}.ttl").text
    assert {"key": "uri", "value": f"{config.base}/graph/{KEY}"} in package["extras"]
    for said in (package["version"], package["metadata_modified"], package["title"]):
        assert said in turtle


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"rows": 10}, NAMES),
        ({"q": "*:*", "rows": 2}, NAMES[:2]),
        ({"rows": 2, "start": 4}, NAMES[4:]),
        ({"q": "อบต.บี"}, [f"km-{B}"]),
        ({"q": "อบต.เอ"}, [f"km-{A}"]),
        ({"q": "อบต เอ"}, [f"km-{A}"]),
        ({"q": A}, [f"km-{A}"]),
        ({"q": "nothing here"}, []),
        ({"fq": f"organization:{A}"}, [f"km-{A}"]),
        ({"fq": f"+organization:({A}) +state:active"}, [f"km-{A}"]),
        ({"fq": f'name:"km-{A}" AND organization:{A}'}, [f"km-{A}"]),
        ({"fq": f"name:km-none organization:{A}"}, []),
        ({"fq": 'metadata_modified:["2999-01-01T00:00:00Z" TO *]'}, []),
        ({"fq": "metadata_modified:[2020-01-01T00:00:00Z TO *]", "rows": 1}, NAMES[:1]),
        ({"rows": 0}, []),
    ],
)
def test_package_search(many: FlaskClient, parameters: dict[str, object], names: list[str]) -> None:
    """A search finds by words of names, in any spelling, and by what a harvester filters with."""
    result = call(many, "package_search", **parameters)
    assert isinstance(result, dict)
    assert [found["name"] for found in result["results"]] == names
    if "rows" not in parameters:
        assert result["count"] == len(names)


def test_a_search_tells_the_whole_count(many: FlaskClient) -> None:
    """A harvester pages by `count`."""
    result = call(many, "package_search", rows=1)
    assert isinstance(result, dict) and result["count"] == 6
    assert len(result["results"]) == 1


@pytest.mark.parametrize(
    ("path", "status", "type"),
    [
        ("package_show?id=nothing", 404, "Not Found Error"),
        ("package_show", 409, "Validation Error"),
        ("package_search?rows=many", 409, "Validation Error"),
        ("package_search?start=-1", 409, "Validation Error"),
        ("package_search?fq=tags:x", 409, "Validation Error"),
        ("package_search?fq=-organization:x", 409, "Validation Error"),
        ("package_search?fq=organization:(a OR b)", 409, "Validation Error"),
        ("package_list?limit=1e9", 409, "Validation Error"),
        ("organization_show?id=nothing", 404, "Not Found Error"),
        ("organization_show", 409, "Validation Error"),
        ("help_show?name=nothing", 404, "Not Found Error"),
    ],
)
def test_errors_have_the_envelope(client: FlaskClient, path: str, status: int, type: str) -> None:
    """What goes wrong is told as CKAN tells it."""
    response = client.get(f"/api/3/action/{path}")
    assert response.status_code == status
    assert response.json is not None and response.json["success"] is False
    assert response.json["error"]["__type"] == type
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("action", ["package_create", "package_delete", "nothing"])
def test_nothing_can_be_changed(client: FlaskClient, action: str) -> None:
    """Actions that write are not known."""
    response = client.post(f"/api/3/action/{action}", json={"id": TOKEN})
    assert response.status_code == 400
    assert response.json == f"Bad request - Action name not known: {action}"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (json.dumps({"id": TOKEN}), "application/json"),
        (json.dumps({"id": TOKEN}), "application/octet-stream"),
        (f"id={TOKEN}", "application/x-www-form-urlencoded"),
    ],
)
def test_clients_that_post(client: FlaskClient, data: str, content_type: str) -> None:
    """ckanapi posts JSON; forms are taken too."""
    response = client.post(
        "/api/action/package_show", data=data, headers={"Content-Type": content_type}
    )
    assert response.status_code == 200
    assert response.json is not None and response.json["result"]["name"] == TOKEN


@pytest.mark.parametrize("body", ["[1]", "{", "null", '"x"', '{"id": {"a": 1}}'])
def test_bodies_of_any_kind(client: FlaskClient, body: str) -> None:
    """A body that holds no parameters is no failure of ours."""
    response = client.post("/api/3/action/package_show", data=body)
    assert response.status_code in (404, 409)


def test_organisations_and_status(many: FlaskClient) -> None:
    """The organisations can be listed with their names, and the site says what it is."""
    names = [name.removeprefix("km-") for name in NAMES[1:]]
    assert call(many, "organization_list") == names
    listed = call(many, "organization_list", all_fields=True)
    assert isinstance(listed, list)
    assert [one["name"] for one in listed] == names
    shown = call(many, "organization_show", id=A)
    assert isinstance(shown, dict) and shown["title"] == "อบต.เอ"
    status = call(many, "status_show")
    assert isinstance(status, dict) and status["site_url"] == Config.base
    assert call(many, "help_show", name="package_list") == (
        "List the names of all data sets. Parameters: limit, offset."
    )
