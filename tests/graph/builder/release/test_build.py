"""Releases: immutable, complete, switched at once, and refused when they are damaged."""

import gzip
import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset
from support.cases import read_site, write_site
from support.programs import needs, needs_rapper
from support.sites import publish, publish_once

from graph.errors import NoRelease
from graph.rdf.vocab import read_package
from graph.release.manifest import SUMS, Release, current_id, open_release, release_ids
from publish.config import Config

pytestmark = pytest.mark.slow


def test_there_is_none_before_the_first(data: Path) -> None:
    """An empty folder has no current release and says what to run."""
    assert current_id(data) is None
    assert release_ids(data) == []
    with pytest.raises(NoRelease, match="km publish"):
        open_release(data)


def test_the_manifest_tells_every_file(site: Release) -> None:
    """Each file of the folder is in the manifest with its true size and SHA-256."""
    listed = {f.name: f for f in site.files}
    found = {p.relative_to(site.folder).as_posix() for p in site.folder.rglob("*") if p.is_file()}
    assert found == {*listed, "manifest.json"}
    for name, file in listed.items():
        content = (site.folder / name).read_bytes()
        assert (file.size_bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_manifest_tells_what_is_inside(site: Release, config: Config) -> None:
    """Counts, graphs, base, sources with hashes and findings are those of the data."""
    manifest = site.manifest
    graphs = {g.removeprefix(f"{config.base}/graph/"): n for g, n in manifest.graphs.items()}
    assert set(graphs) == {"sao-301107", "shared", "inferred", "ontology"}
    assert sum(graphs.values()) == manifest.triples
    assert manifest.base == config.base
    assert {Path(s.path).name for s in manifest.sources} >= {"entries.csv", "plans.csv"}
    assert not any(Path(s.path).is_absolute() for s in manifest.sources)
    assert manifest.findings["Violation"] == 0


def test_the_store_and_the_dumps_hold_the_same(site: Release) -> None:
    """The store, the N-Quads, and the Turtle of all graphs together are one data set."""
    stored = set(ox.Store.read_only(str(site.store_path)))
    dumped = set(ox.parse(path=str(site.dumps / "all.nq")))
    assert len(stored) == site.manifest.triples
    assert stored == dumped
    assert stored == set(ox.parse(path=str(site.dumps / "all.trig")))
    for graph, count in site.manifest.graphs.items():
        name = graph.rpartition("/")[2]
        triples = {q.triple for q in ox.parse(path=str(site.dumps / f"{name}.ttl"))}
        assert triples == {q.triple for q in stored if q.graph_name == ox.NamedNode(graph)}
        assert len(triples) == count


def test_each_dump_is_gzipped_too(site: Release) -> None:
    """Every dump has a gzip beside it with the same content."""
    files = {p for p in site.dumps.rglob("*") if p.is_file() and p.suffix != ".zip"}
    plain = {p for p in files if p.suffix != ".gz"} - {site.dumps / SUMS}
    assert len(plain) == 40
    for path in plain:
        packed = path.with_name(path.name + ".gz").read_bytes()
        assert gzip.decompress(packed) == path.read_bytes()


RAPPER = {
    "nq": "nquads",
    "trig": "trig",
    "ttl": "turtle",
    "nt": "ntriples",
    "rdf": "rdfxml",
}
"""How rapper calls the formats."""


def counted_dumps(site: Release, folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Unpack each RDF dump; yield its format, path, and number of triples in the manifest."""
    for file in site.files:
        if not file.is_gzipped or file.format == "csv":
            continue
        plain = folder / Path(file.name).stem
        plain.write_bytes(gzip.decompress((site.folder / file.name).read_bytes()))
        whole = sum(site.manifest.graphs.values())
        expected = site.manifest.graphs[file.graph] if file.graph else whole
        if plain.name.startswith("shapes"):
            expected = len(list(read_package("shapes")))
        yield file.format, plain, expected


def test_rdflib_counts_the_same(site: Release, tmp_path: Path) -> None:
    """rdflib finds as many triples in every dump as the manifest says."""
    names = {"nq": "nquads", "rdf": "xml", "jsonld": "json-ld"}
    for format, plain, expected in counted_dumps(site, tmp_path):
        dataset = Dataset()
        dataset.parse(plain, format=names.get(format, format))
        assert len(dataset) == expected, plain.name


@needs_rapper
def test_rapper_counts_the_same(site: Release, tmp_path: Path) -> None:
    """rapper finds as many triples in every dump as the manifest says; it reads no JSON-LD."""
    for format, plain, expected in counted_dumps(site, tmp_path):
        if format in RAPPER:
            command = ["rapper", "-c", "-i", RAPPER[format], str(plain)]
            told = subprocess.run(command, capture_output=True, text=True, check=True)
            assert f"returned {expected} triples" in told.stderr, plain.name


@needs("sha256sum", "apt-get install coreutils")
def test_sums_are_read_by_sha256sum(site: Release) -> None:
    """`sha256sum -c SHA256SUMS` finds every dump as it was made, and none is missing."""
    told = subprocess.run(
        ["sha256sum", "-c", SUMS], cwd=site.dumps, capture_output=True, text=True, check=True
    )
    ok = {line.removesuffix(": OK") for line in told.stdout.splitlines()}
    there = {p.relative_to(site.dumps).as_posix() for p in site.dumps.rglob("*") if p.is_file()}
    assert ok == there - {SUMS}


def test_the_same_input_gives_the_same_dumps(settings: Config, tmp_path: Path) -> None:
    """Two sites that publish the same tables have byte-identical dumps."""
    first, second = publish_once(settings), publish(replace(settings, data=tmp_path / "other"))
    sums = [
        {f.name: f.sha256 for f in r.files if f.name.startswith("dumps/")} for r in (first, second)
    ]
    assert sums[0] == sums[1]


def test_what_has_not_changed_is_shared(settings: Config, tmp_path: Path) -> None:
    """The files of a graph that stayed the same are those of the release before, not copies."""
    first = publish_once(settings)
    tables = read_site()
    tables["topics"][0]["alt_th"] = "ธรรมรัฐ"
    second = publish(settings, write_site(tables, tmp_path / "changed"))

    def is_shared(name: str) -> bool:
        return (first.dumps / name).samefile(second.dumps / name)

    assert is_shared("sao-301107.ttl")
    assert is_shared("ontology.nt.gz")
    assert not is_shared("shared.ttl")
    assert "ธรรมรัฐ" in (second.dumps / "shared.ttl").read_text(encoding="utf-8")
    assert "ธรรมรัฐ" in (second.dumps / "tables" / "topics.csv").read_text(encoding="utf-8-sig")
    assert open_release(settings.data, first.id) == first


def test_large_dumps_are_kept_gzipped_only(settings: Config) -> None:
    """With plain_mb=0 nothing lies there plain, and the release is whole all the same."""
    made = publish(replace(settings, plain_mb=0))
    suffixes = {p.suffix for p in made.dumps.rglob("*") if p.is_file()}
    assert suffixes == {".gz", ".zip", ""}
    assert set(made.quads()) == set(ox.Store.read_only(str(made.store_path)))


def test_turtle_is_for_people(site: Release, config: Config) -> None:
    """A comment with source and licence, then prefixes, then subjects as the workbook has them."""
    text = (site.dumps / "sao-301107.ttl").read_text(encoding="utf-8")
    top, _, body = text.partition("@prefix ")
    assert all(line.startswith("# ") for line in top.splitlines())
    assert "องค์การบริหารส่วนตำบลเมืองเกษตร" in top
    assert f"{config.base}/dumps" in top
    assert config.licence in top
    subjects = [b.split()[0] for b in body.split("\n\n")[1:] if b.strip()]
    kinds = list(dict.fromkeys(s.rpartition("/id/")[2].partition("/")[0] for s in subjects))
    assert kinds[:4] == ["org", "service", "plan", "collection"]
    assert subjects == list(dict.fromkeys(subjects))
