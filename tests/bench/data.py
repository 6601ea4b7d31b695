"""The data of the benchmark on disk: N-Quads, and a release with its store, made once.

In: a folder, a seed and a number of triples. Out: a `Data`: the release that `km serve` and the
Oxigraph server both open, and the N-Quads for a server that reads files. The release is written
past `km publish`, whose validation is not what is measured here.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from bench.generate import BASE, Template, read_template, write_lines
from graph.release import Manifest, write_manifest
from graph.switch import activate

RELEASE = "2026-01-01T000000Z"


@dataclass(frozen=True)
class Data:
    """Where the data is, how much there is, and of how many organisations."""

    folder: Path
    triples: int
    organisations: int

    @property
    def store(self) -> Path:
        """The store of the release."""
        return self.folder / "releases" / RELEASE / "store"

    @property
    def quads(self) -> Path:
        """The same as N-Quads."""
        return self.folder / "whole.nq"


def make_data(folder: Path, seed: int, triples: int) -> Data:
    """Return the data, made now where it is not there whole."""
    template = read_template()
    data = Data(folder / f"{triples}-{seed}", triples, _organisations(template, triples))
    done = data.folder / "done"
    if not done.exists():
        shutil.rmtree(data.folder, ignore_errors=True)
        data.store.parent.mkdir(parents=True)
        with data.quads.open("w", encoding="utf-8") as file:
            file.writelines(write_lines(template, seed, triples))
        _write_release(data)
        done.touch()
    return data


def _organisations(template: Template, triples: int) -> int:
    """Return how many whole organisations so many triples make; see `write_lines`."""
    return -(-(triples - len(template.shared)) // len(template.organisation))


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
    write_manifest(data.store.parent, manifest)
    activate(data.folder, RELEASE)


def _graphs(quads: Path) -> Iterator[str]:
    """Yield the name of each line's graph."""
    with quads.open(encoding="utf-8") as file:
        for line in file:
            yield line.rsplit("<", 1)[1].partition(">")[0]
