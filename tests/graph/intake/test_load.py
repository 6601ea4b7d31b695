"""Gathering files: which are read, what they are called, whose graph their triples get."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import BASE, ORG, load_paths, shapes, small_site, thing, write_site
from support.paths import BAD

from graph.check.check import check
from graph.intake.load import load, ontology_quads
from graph.intake.sources import show_path

HEAD = """@prefix e: <http://localhost:8000/id/entry/> .
@prefix d: <http://localhost:8000/id/document/> .
@prefix p: <http://localhost:8000/id/plan/> .
@prefix c: <http://localhost:8000/id/correction/> .
@prefix o: <http://localhost:8000/id/org/> .
@prefix s: <http://localhost:8000/id/service/> .
@prefix t: <http://localhost:8000/id/topic/> .
@prefix m8g: <http://data.europa.eu/m8g/> .
@prefix km: <https://w3id.org/tambon-km/ns#> .
@prefix dct: <http://purl.org/dc/terms/> .
"""


def _graphs(*paths: Path) -> dict[str, set[str]]:
    """Map each thing to the names of the graphs that speak of it."""
    found: dict[str, set[str]] = {}
    for quad in load_paths(*paths).quads:
        assert isinstance(quad.graph_name, ox.NamedNode)
        assert isinstance(quad.subject, ox.NamedNode)
        name = quad.graph_name.value.removeprefix(f"{BASE}/graph/")
        found.setdefault(quad.subject.value.removeprefix(f"{BASE}/id/"), set()).add(name)
    return found


def _write(path: Path, text: str) -> Path:
    path.write_text(HEAD + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "subject", "graph"),
    [
        ("d:a dct:publisher o:sao-1 .", "document/a", "sao-1"),
        ("e:a dct:isPartOf p:b . p:b dct:publisher o:sao-1 .", "entry/a", "sao-1"),
        (
            "c:a km:corrects e:b . e:b dct:isPartOf p:d . p:d dct:publisher o:sao-1 .",
            "correction/a",
            "sao-1",
        ),
        ("t:a a km:Topic .", "topic/a", "shared"),
        ("d:a a km:Document .", "document/a", "shared"),
        ("d:a dct:publisher t:sao-1 .", "document/a", "shared"),
        ("d:a dct:publisher d:b . d:b dct:publisher d:a .", "document/a", "shared"),
        ("o:sao-1 a km:Organization .", "org/sao-1", "sao-1"),
        ("s:a m8g:hasCompetentAuthority o:sao-1 .", "service/a", "sao-1"),
        ("s:a a <http://purl.org/vocab/cpsv#PublicService> .", "service/a", "shared"),
    ],
)
def test_graph_of_a_triple(tmp_path: Path, text: str, subject: str, graph: str) -> None:
    """A triple that names no graph gets that of the organisation its subject leads to."""
    assert _graphs(_write(tmp_path / "x.ttl", text))[subject] == {graph}


def test_owner_in_another_file(tmp_path: Path) -> None:
    """An entry whose plan stands in another file, or in a table, belongs to the plan's owner."""
    site = write_site(small_site(), tmp_path / "site")
    entries = _write(tmp_path / "e.ttl", f"e:a dct:isPartOf p:x . e:b dct:isPartOf p:{ORG}-km-1 .")
    plans = _write(tmp_path / "p.ttl", "p:x dct:publisher o:sao-1 .")
    found = _graphs(entries, plans, site)
    assert found["entry/a"] == {"sao-1"}
    assert found["entry/b"] == {ORG}


def test_named_graphs_stay() -> None:
    """A graph that the file names is kept."""
    assert _graphs(BAD / "shared-graph.trig") == {"topic/older-people": {"shared"}}


@pytest.mark.parametrize(
    ("file", "given", "shown"),
    [
        ("site/topics.csv", "site", "site/topics.csv"),
        ("topics.csv", "topics.csv", "topics.csv"),
        ("/home/somchai/site/topics.csv", "/home/somchai/site", "site/topics.csv"),
        ("/home/somchai/topics.csv", "/home/somchai/topics.csv", "topics.csv"),
        ("../secret/site/topics.csv", "../secret/site", "site/topics.csv"),
        ("/topics.csv", "/", "topics.csv"),
    ],
)
def test_show_path(file: str, given: str, shown: str) -> None:
    """Findings call files as they were given, without the folders of the machine."""
    assert show_path(Path(file), Path(given)) == shown


def test_no_absolute_path(tmp_path: Path) -> None:
    """A file has no absolute path in a finding: not through a link, not through `..`."""
    site = write_site(small_site(), tmp_path / "site")
    (tmp_path / "elsewhere.csv").write_text("key\n", encoding="utf-8")
    (site / "linked.csv").symlink_to(tmp_path / "elsewhere.csv")
    (site / "bad.xlsx").write_bytes((BAD / "entity-bomb.xlsx").read_bytes())
    for given in (site, site / ".." / "site", Path(os.path.relpath(site))):
        loaded = load_paths(given)
        words = str(loaded.findings) + str(loaded.sources)
        assert loaded.findings
        assert str(tmp_path) not in words


def test_sources(tmp_path: Path) -> None:
    """Each file is noted with its name, size and SHA-256, also one that cannot be used."""
    (tmp_path / "site").mkdir()
    for name in ("bad.ttl", "topics.csv"):
        (tmp_path / "site" / name).write_text("key", encoding="utf-8")
    sources = load_paths(tmp_path / "site").sources
    digest = hashlib.sha256(b"key").hexdigest()
    assert [(s.path, s.sha256, s.size_bytes) for s in sources] == [
        ("site/bad.ttl", digest, 3),
        ("site/topics.csv", digest, 3),
    ]


def test_what_a_folder_gives(tmp_path: Path) -> None:
    """Only data files are read, by name; hidden ones, temporary ones and other kinds are not."""
    names = ["b.ttl", "a.TTL", "c.nq", "_d.ttl", ".e.ttl", "~$f.xlsx", "g.txt", "h.json"]
    for name in names:
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "i.ttl").write_text("", encoding="utf-8")
    shown = [source.path.partition("/")[2] for source in load_paths(tmp_path).sources]
    assert shown == ["a.TTL", "b.ttl", "c.nq"]


def test_folder_nobody_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or file that may not be read is a finding."""

    read, listed = Path.read_bytes, Path.iterdir

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    def read_bytes(path: Path) -> bytes | None:
        return refuse(path) if tmp_path in path.parents else read(path)

    def iterdir(path: Path) -> Iterator[Path] | None:
        return refuse(path) if path == tmp_path else listed(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    monkeypatch.setattr(Path, "iterdir", iterdir)
    for name in ("topics.csv", "x.ttl"):
        (tmp_path / name).write_text("key\n", encoding="utf-8")
    for path in (tmp_path, tmp_path / "topics.csv", tmp_path / "x.ttl"):
        found = load_paths(path).findings
        assert [f.rule for f in found] == ["file-unreadable"]
        assert found[0].unreadable
        assert str(tmp_path) not in str(found)


def test_nothing_to_read() -> None:
    """Without any path there is nothing, and no finding about it."""
    loaded = load([], shapes(), BASE)
    assert (loaded.quads, loaded.findings) == ([], [])


def test_ontology_quads() -> None:
    """The ontology stands in a graph of its own."""
    quads = ontology_quads(BASE)
    assert {str(q.graph_name) for q in quads} == {f"<{BASE}/graph/ontology>"}
    assert len(quads) > 500


@pytest.mark.parametrize(
    ("stated", "file", "rules"),
    [
        ("", "page.txt", []),
        ("0" * 64, "", []),
        ("0" * 64, "page.txt", ["file-differs"]),
        ("0" * 64, "..", ["file-absent"]),
        ("0" * 64, "sub", ["file-absent"]),
        ("0" * 64, "/etc/hostname", ["file-absent"]),
        ("0" * 64, "n" * 300, ["file-absent"]),
    ],
)
def test_captured_page(tmp_path: Path, stated: str, file: str, rules: list[str]) -> None:
    """A captured page beside the tables must be the one stated; nothing else is opened."""
    tables = small_site()
    tables["sources"][0] |= {"sha256": stated, "file": file}
    site = write_site(tables, tmp_path / "site")
    (site / "sub").mkdir()
    assert [f.rule for f in load_paths(site).findings] == rules


def test_one_dataset_of_many_files(tmp_path: Path) -> None:
    """Tables and RDF given together refer to each other."""
    site = write_site(small_site(), tmp_path / "site")
    more = _write(tmp_path / "x.ttl", "t:older-people km:issue 'ก'@th .")
    loaded = load_paths(site, more)
    node = thing("topic", "older-people")
    assert {quad.graph_name for quad in loaded.quads if quad.subject == node} == {
        ox.NamedNode(f"{BASE}/graph/shared")
    }
    assert loaded.origins[node.value].sheet.name == "topics"
    assert loaded.findings == []


def test_two_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Findings of equally named files in two folders are all kept, each under a name of its own."""
    for parent in ("a", "b"):
        folder = tmp_path / parent / "data"
        folder.mkdir(parents=True)
        (folder / "topics.csv").write_text(
            f"key,label_th,broader\n{parent},เรื่อง,nothing-{parent}\n", encoding="utf-8"
        )
    folders = [tmp_path / "a" / "data", tmp_path / "b" / "data"]
    findings = check(folders, "http://localhost:8000", lambda _: None).report.findings
    found = {(f.place.file, f.value) for f in findings if f.rule == "reference-unknown"}
    assert found == {("data/topics.csv", "nothing-a"), ("data/topics.csv (2)", "nothing-b")}


@pytest.mark.parametrize(
    ("suffix", "rule"),
    [
        (".xls", "file-old-workbook"),
        (".xlsm", "file-old-workbook"),
        (".ods", "file-old-workbook"),
        (".rdf", "file-kind"),
    ],
)
def test_other_data_in_a_folder_is_told(tmp_path: Path, suffix: str, rule: str) -> None:
    """A file that is surely meant as data but is not read is a finding, not silence."""
    (tmp_path / "topics.csv").write_text("key,label_th\na,เรื่อง\n", encoding="utf-8")
    (tmp_path / f"old{suffix}").write_bytes(b"x")
    report = check([tmp_path], "http://localhost:8000", lambda _: None).report
    assert [f.rule for f in report.findings if f.place.file.endswith(suffix)] == [rule]
    assert report.exit_code == 2
