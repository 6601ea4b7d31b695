"""A release that is made from the one before is the release that is made of everything."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from bench.generate import BASE, slugs, write_country
from support.index_rows import hub_rows, search_rows

from graph.builder import build_steps
from graph.builder import inputs as inputs
from graph.builder.build import build_release
from graph.builder.inputs import ReleaseInput
from graph.check.check import MANY, check
from graph.history.read import read_summary
from graph.release.activate import publication_lock
from graph.release.manifest import Release
from graph.release.verify import verify_release
from graph.search import update as search_update
from graph.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

ORGANISATIONS = MANY + 1


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small country's tables, and a release of them in `data` beside."""
    folder = tmp_path_factory.mktemp("increments")
    write_country(folder / "country", ORGANISATIONS)
    (folder / "data").mkdir()
    publish(folder)
    return folder


def publish(folder: Path) -> Release:
    """Publish a country as `km publish` does."""
    country, data = folder / "country", folder / "data"
    with publication_lock(data):
        checked = check([country], BASE, lambda _: None, data, workers=1)
        assert checked.report.conforms
        parts = (checked.graphs, checked.report, checked.sources, BASE)
        return build_release(data, ReleaseInput(*parts, verdicts=checked.verdicts))


def edit(path: Path, old: str, new: str) -> None:
    """Put other words into a file, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def another_word(country: Path) -> None:
    """Say something else in one cell."""
    edit(country / slugs(ORGANISATIONS)[0] / "plans.csv", ",sure,", ",plausible,")


def another_correction(country: Path) -> None:
    """Change what something is called that is named by a rule."""
    path = country / slugs(ORGANISATIONS)[1] / "corrections.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")


def organisation_gone(country: Path) -> None:
    """Leave an organisation out."""
    shutil.rmtree(country / slugs(ORGANISATIONS)[2])


def another_topic(country: Path) -> None:
    """Call a topic otherwise that every organisation names."""
    edit(country / "shared" / "topics.csv", "ธรรมาภิบาล", "ธรรมาภิบาลท้องถิ่น")


def nothing(country: Path) -> None:
    """Change nothing."""


def everything(release: Release) -> dict[str, object]:
    """Return what a release holds: its dumps byte for byte, the rest row for row."""
    found: dict[str, object] = {
        file.name: file.sha256 for file in release.files if file.name.startswith("dumps/")
    }
    store = EmbeddedStore(release.store_path, {})
    with closing(sqlite3.connect(release.folder / "search.sqlite")) as index:
        order = list(index.execute("SELECT iri FROM node ORDER BY weight DESC, iri"))
    summary = read_summary(release.folder)
    history = {
        path.name: path.read_bytes().replace(release.id.encode(), b"")
        for path in (release.folder / "history").iterdir()
    }
    return found | {
        "store": frozenset(store.quads_for()),
        "search": search_rows(release.folder / "search.sqlite"),
        "order": order,
        "hubs": hub_rows(release.folder / "hubs.sqlite"),
        "report": (release.folder / "report.json").read_bytes(),
        "history": history,
        "summary": summary,
        "graphs": release.manifest.graphs,
        "digests": release.manifest.digests,
    }


@pytest.mark.parametrize(
    "change", [another_word, another_correction, organisation_gone, another_topic, nothing]
)
def test_made_from_the_one_before(
    change: Callable[[Path], None],
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever changes, nothing tells that most was taken over."""
    ours, fresh = (
        shutil.copytree(published, tmp_path / name, symlinks=True) for name in ("ours", "fresh")
    )
    for folder in (ours, fresh):
        change(folder / "country")
    monkeypatch.setattr(inputs.Build, "model", None)
    whole = everything(publish(fresh))
    monkeypatch.undo()
    monkeypatch.setattr(inputs, "LARGE", 0)
    monkeypatch.setattr(inputs, "LITTLE", 1.0)
    monkeypatch.setattr(search_update, "MOST_TOUCHED", 1.0)
    made = []
    for name in ("write_index", "write_hubs", "load_store"):
        monkeypatch.setattr(build_steps, name, lambda *_, name=name: made.append(name))
    release = publish(ours)
    assert made == []
    found = everything(release)
    assert {name for name in {*found, *whole} if found.get(name) != whole.get(name)} == set()
    assert verify_release(ours / "data").problems == ()
