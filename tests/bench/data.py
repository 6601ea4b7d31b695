"""The data of the benchmark on disk: N-Quads, and a release with its store, made once.

In: a folder, a seed and a number of organisations. Out: a `Data`: the release that `km serve` and
the Oxigraph server both open, and the N-Quads for a server that reads files. The release is written
past `km publish`, whose validation is not what is measured here.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from bench.generate import BASE, slugs, write_country
from graph.check.inference import infer
from graph.intake.load import load, ontology_quads
from graph.release.activate import activate
from graph.release.manifest import GRAPH_FILES, Manifest, write_manifest
from graph.schema.sheets import load_shapes

RELEASE = "2026-01-01T000000Z"


@dataclass(frozen=True)
class Data:
    """Where the data is, and the keys of its organisations."""

    folder: Path
    organisations: tuple[str, ...]

    @property
    def store(self) -> Path:
        """The store of the release."""
        return self.folder / "releases" / RELEASE / "store"

    @property
    def quads(self) -> Path:
        """The same as N-Quads."""
        return self.folder / "whole.nq"

    @property
    def triples(self) -> int:
        """How many triples the release holds."""
        return len(ox.Store.read_only(str(self.store)))


def make_data(folder: Path, seed: int, organisations: int) -> Data:
    """Return the data, made now where it is not there whole."""
    data = Data(folder / f"{organisations}-{seed}", slugs(organisations, seed))
    done = data.folder / "done"
    if not done.exists():
        shutil.rmtree(data.folder, ignore_errors=True)
        data.store.parent.mkdir(parents=True)
        tables = write_country(data.folder / "tables", organisations, seed)
        _write_quads(tables, data.quads)
        _write_release(data)
        done.touch()
    return data


def _write_quads(tables: Path, path: Path) -> None:
    loaded = load(sorted(tables.iterdir()), load_shapes(), BASE)
    quads = {*loaded.quads, *infer(loaded.quads, BASE), *ontology_quads(BASE)}
    with path.open("w", encoding="utf-8") as file:
        file.writelines(sorted(f"{quad} .\n" for quad in quads))


def _write_release(data: Data) -> None:
    store = ox.Store(str(data.store))
    store.bulk_load(path=str(data.quads), format=ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
    manifest = Manifest(
        id=RELEASE,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        base=BASE,
        program="bench",
        ontology_version="",
        triples=len(store),
        graphs=dict(sorted(Counter(_graphs(data.quads)).items())),
        files=(),
        sources=(),
        findings={},
        previous=None,
    )
    (data.store.parent / GRAPH_FILES).touch()
    write_manifest(data.store.parent, manifest)
    activate(data.folder, RELEASE)


def _graphs(quads: Path) -> Iterator[str]:
    """Yield the name of each line's graph."""
    with quads.open(encoding="utf-8") as file:
        for line in file:
            yield line.rsplit("<", 1)[1].partition(">")[0]
