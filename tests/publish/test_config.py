"""Settings: from a file, overridden by variables, and refused by name when they are wrong."""

from pathlib import Path

import pytest

from graph.errors import SettingError
from publish.config import load_config
from publish.engine.backends import open_copies


def test_defaults() -> None:
    """Nothing set gives the documented defaults."""
    config = load_config({})
    assert (config.port, config.base, config.data) == (8000, "http://localhost:8000", Path("var"))


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    """km.toml is read, and each setting of it can be overridden by KM_*."""
    file = tmp_path / "km.toml"
    file.write_text('port = 9000\nkeep = 3\nbase = "https://km.example.go.th/"\n', encoding="utf-8")
    config = load_config({"KM_PORT": "9100"}, file)
    assert (config.port, config.keep, config.base) == (9100, 3, "https://km.example.go.th")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"KM_PORT": "eighty"}, ["KM_PORT", "eighty", "1 to 65535"]),
        ({"KM_PORT": "70000"}, ["KM_PORT", "70000"]),
        ({"KM_KEEP": "0"}, ["KM_KEEP", "1 to"]),
        ({"KM_QUERY_TIMEOUT_S": "nan"}, ["KM_QUERY_TIMEOUT_S", "nan"]),
        ({"KM_BASE": "km.example.go.th"}, ["KM_BASE", "https://"]),
        ({"KM_BASE": "javascript:alert(1)"}, ["KM_BASE", "http(s)"]),
        ({"KM_HOST": ""}, ["KM_HOST", "127.0.0.1"]),
        ({"KM_PROXY": "*"}, ["KM_PROXY", "127.0.0.1"]),
        ({"KM_STORE": "oxigraph"}, ["KM_STORE", "embedded or", "http(s)"]),
        ({"KM_STORE": ""}, ["KM_STORE", "embedded or"]),
        ({"KM_STORE": "file:///etc/passwd"}, ["KM_STORE", "http(s)"]),
        ({"KM_STORE": "http://localhost:port/"}, ["KM_STORE", "http(s)"]),
        ({"KM_STORE_QUERY": "localhost:7878"}, ["KM_STORE_QUERY", "http(s)"]),
        ({"KM_STORE_GRAPHS": "embedded"}, ["KM_STORE_GRAPHS", "http(s)"]),
        ({"KM_CONTACT_EMAIL": "saraban"}, ["KM_CONTACT_EMAIL", "saraban@example.go.th"]),
        ({"KM_CONTACT_EMAIL": "a@b.go.th,c@d.go.th"}, ["KM_CONTACT_EMAIL", "a@b.go.th,c"]),
        ({"KM_PUBLISHER": "a\nb"}, ["KM_PUBLISHER", "one line"]),
        ({"KM_HOMEPAGE": "www.example.go.th"}, ["KM_HOMEPAGE", "http(s)"]),
        ({"KM_CONFIG": "/nowhere/km.toml"}, ["KM_CONFIG", "/nowhere/km.toml"]),
    ],
)
def test_a_wrong_variable_is_named(environ: dict[str, str], words: list[str]) -> None:
    """The message names the variable, its value and what is allowed."""
    with pytest.raises(SettingError) as caught:
        load_config(environ)
    for word in words:
        assert word in str(caught.value)


def test_a_password_is_not_repeated() -> None:
    """The message about an address of a server does not show what it holds."""
    with pytest.raises(SettingError) as caught:
        load_config({"KM_STORE": "ftp://me:secret@localhost/"})
    assert "secret" not in str(caught.value)


def test_the_addresses_of_a_server() -> None:
    """Query and graph store stand under the server's address, or where the settings say."""
    copies = open_copies(load_config({"KM_STORE": "http://localhost:7878/"}))
    assert copies is not None
    assert copies.query.url == "http://localhost:7878/query"
    assert copies.graphs.url == "http://localhost:7878/store"
    other = {"KM_STORE_QUERY": "http://a/sparql", "KM_STORE_GRAPHS": "https://u:p@b/crud"}
    copies = open_copies(load_config({"KM_STORE": "http://localhost:7878", **other}))
    assert copies is not None
    assert (copies.query.url, copies.graphs.url) == ("http://a/sparql", "https://b/crud")
    assert open_copies(load_config({})) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 8000", ["prot", "port"]),
        ("port = ", ["km.toml"]),
        ("port = true", ["port", "True"]),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    """A misspelt setting or broken TOML is told with the file's name."""
    file = tmp_path / "km.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        load_config({}, file)
    for word in ["km.toml", *words]:
        assert word in str(caught.value)
