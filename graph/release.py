"""Immutable release folders, and the one symlink that says which of them is current.

In: the quads and the report of a checked dataset. Out: `releases/ID/` with the store, the dumps,
the report and a manifest of SHA-256 sums. A folder is built beside, synced, renamed and only then
pointed to by an atomic replacement of the symlink `current`; a crash at any moment leaves the old
release serving. Readers only ever open a store read-only and refuse what its manifest does not
match, since a damaged RocksDB can open as an empty one without an error.
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from graph.errors import NoRelease, ReleaseBusy, ReleaseDamaged, ReleaseError
from graph.load import Source
from graph.report import Report, as_json
from graph.serialize import serialize
from graph.vocab import expand, ontology_version

CURRENT = "current"
MANIFEST = "manifest.json"
_TMP = ".tmp-"
_HASH_ALL_BELOW_BYTES = 256 * 1024 * 1024
_MEDIA_TYPES = {
    ".nq": "application/n-quads",
    ".ttl": "text/turtle",
    ".json": "application/json",
    ".gz": "application/gzip",
}


@dataclass(frozen=True)
class ReleaseFile:
    """One file: its name relative to the release's folder, size, SHA-256 and media type."""

    name: str
    size_bytes: int
    sha256: str
    media_type: str


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself; `graphs` maps each named graph to its count of triples."""

    id: str
    created: datetime
    base: str
    program: str
    ontology_version: str
    triples: int
    graphs: dict[str, int]
    files: tuple[ReleaseFile, ...]
    sources: tuple[Source, ...]
    findings: dict[str, int]
    previous: str | None


@dataclass(frozen=True)
class Release:
    """A release that can be opened."""

    id: str
    folder: Path
    manifest: Manifest

    @property
    def store_path(self) -> Path:
        """The store; open it read-only."""
        return self.folder / "store"

    @property
    def dumps(self) -> Path:
        """The folder of the dumps."""
        return self.folder / "dumps"


class Shelf(Protocol):
    """Where a release is put besides its folder; `graph.remote_release.RemoteShelf` is one."""

    def put(self, release_id: str, quads: Iterable[ox.Quad]) -> None:
        """Put a release there, unseen by readers. Raises ReleaseError."""

    def holds(self, release_id: str) -> bool:
        """Tell whether the whole release is there."""

    def sweep(self, current: str, before: str | None) -> None:
        """Drop what nobody reads, after `current` took the place of `before`."""


# ---- reading ---------------------------------------------------------------------------------


def current_id(data: Path) -> str | None:
    """Return the identifier of the current release, None where there is none; one readlink."""
    try:
        return (data / CURRENT).readlink().name
    except OSError:
        return None


def release_ids(data: Path) -> list[str]:
    """Return the identifiers of all releases, newest first."""
    folder = data / "releases"
    if not folder.is_dir():
        return []
    names = [f.name for f in folder.iterdir() if (f / MANIFEST).is_file()]
    return sorted((n for n in names if not n.startswith(".")), reverse=True)


def open_release(data: Path, release_id: str | None = None) -> Release:
    """Return a release whose files match its manifest; the current one by default.

    Raises NoRelease where there is none, ReleaseDamaged where a file differs.
    """
    wanted = release_id or current_id(data)
    if wanted is None:
        raise NoRelease(f"nothing has been published in {data}; run: km publish")
    folder = (data / "releases" / wanted).absolute()  # whatever the folder of the process is later
    if wanted not in release_ids(data):
        raise NoRelease(f"there is no release {wanted} in {data}")
    release = Release(wanted, folder, _read_manifest(folder))
    _verify(release)
    return release


def _read_manifest(folder: Path) -> Manifest:
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        raw["created"] = datetime.fromisoformat(raw["created"])
        raw["files"] = tuple(ReleaseFile(**entry) for entry in raw["files"])
        raw["sources"] = tuple(Source(**entry) for entry in raw["sources"])
        return Manifest(**raw)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ReleaseDamaged(f"{folder / MANIFEST}: {error}") from error


def _verify(release: Release) -> None:
    """Compare every file's size, and SHA-256, with the manifest.

    Of a large release the table files of the store are not hashed: RocksDB checks their blocks
    itself as it reads them, while a cut MANIFEST would open as an empty store.
    """
    files = release.manifest.files
    everything = sum(f.size_bytes for f in files) < _HASH_ALL_BELOW_BYTES
    for file in files:
        path = release.folder / file.name
        try:
            same = path.stat().st_size == file.size_bytes
            if same and (everything or _is_small_store_file(file.name)):
                same = _sha256(path) == file.sha256
        except OSError as error:
            raise ReleaseDamaged(f"release {release.id}: {file.name}: {error.strerror}") from error
        if not same:
            raise ReleaseDamaged(f"release {release.id}: {file.name} differs from the manifest")


def _is_small_store_file(name: str) -> bool:
    return name.startswith("store/") and not name.endswith(".sst")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---- writing ---------------------------------------------------------------------------------


@contextmanager
def publication_lock(data: Path) -> Iterator[None]:
    """Hold the one lock of a publication. Raises ReleaseBusy where another holds it.

    The kernel lets go of it when the process ends, however it ends.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / ".lock").open("w")
    except OSError as error:
        raise ReleaseError(f"cannot write to {data}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ReleaseBusy(f"another publication is running in {data}") from error
        yield


def build_release(
    data: Path,
    quads: Iterable[ox.Quad],
    report: Report,
    sources: Sequence[Source],
    base: str,
    keep: int,
    shelf: Shelf | None = None,
) -> Release:
    """Write a release, make it current and remove all but the newest `keep`.

    With a `shelf`, the release is put there before it is current. Call it inside
    `publication_lock`. Raises ReleaseError where a file cannot be written or the shelf does not
    take the release; then nothing has changed for readers.
    """
    releases = data / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    for leftover in releases.glob(f"{_TMP}*"):
        shutil.rmtree(leftover)
    release_id = _new_id(next(iter(release_ids(data)), ""))
    folder = releases / f"{_TMP}{release_id}"
    folder.mkdir()
    try:
        unique = sorted(set(quads), key=str)
        graphs = Counter(graph_name(q) for q in unique)
        _write_store(folder / "store", unique)
        _write_dumps(folder / "dumps", unique, base)
        (folder / "report.json").write_bytes(as_json(report).encode())
        manifest = Manifest(
            id=release_id,
            created=datetime.now(UTC).replace(microsecond=0),
            base=base,
            program=f"tambon-km {version('tambon-km')}",
            ontology_version=ontology_version(),
            triples=len(unique),
            graphs=dict(sorted(graphs.items())),
            files=tuple(_list_files(folder)),
            sources=tuple(sources),
            findings={s.value: n for s, n in report.counts().items()},
            previous=current_id(data),
        )
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2, default=_iso)
        (folder / MANIFEST).write_bytes(text.encode() + b"\n")
        _sync_tree(folder)
        if shelf is not None:
            shelf.put(release_id, unique)
        folder.rename(releases / release_id)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ReleaseError(f"cannot write the release: {error}") from error
    _sync_folder(releases)
    activate(data, release_id, shelf)
    _remove_old(data, keep)
    return Release(release_id, releases / release_id, manifest)


def activate(data: Path, release_id: str, shelf: Shelf | None = None) -> Release:
    """Make a release current, by the atomic replacement of a symlink. Raises as `open_release`.

    What its shelf has lost or dropped is put there again from the dump. Raises ReleaseError where
    that fails, and QueryError where the shelf cannot be asked; then nothing has changed.
    """
    release, before = open_release(data, release_id), current_id(data)
    if shelf is not None and not shelf.holds(release_id):
        shelf.put(release_id, ox.parse(path=release.dumps / "all.nq"))
    link = data / f"{_TMP}{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release_id)
    link.replace(data / CURRENT)
    _sync_folder(data)
    if shelf is not None:
        shelf.sweep(release_id, before)
    return release


def _new_id(newest: str) -> str:
    """Return the UTC time as an identifier that sorts after `newest`, whatever the clock says.

    A number is added where the second is taken, so that no identifier comes twice.
    """
    stamp = max(datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ"), newest[:18])
    candidates = [stamp, *(f"{stamp}-{n:03}" for n in range(2, 1000))]
    return next(c for c in candidates if c > newest)


def _write_store(path: Path, quads: Sequence[ox.Quad]) -> None:
    store = ox.Store(str(path))
    store.bulk_extend(quads)
    store.optimize()
    store.flush()
    del store
    found = len(ox.Store.read_only(str(path)))
    if found != len(quads):
        raise ReleaseError(f"the new store holds {found} of {len(quads)} triples")


def _write_dumps(folder: Path, quads: Sequence[ox.Quad], base: str) -> None:
    """Write the whole as N-Quads and Turtle and each graph as Turtle, all gzipped too.

    The quads are sorted, so the same data gives the same bytes.
    """
    folder.mkdir()
    whole = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert whole is not None  # no output file was given
    _write_both(folder / "all.nq", whole)
    triples = {q.triple for q in quads}
    _write_both(folder / "all.ttl", turtle(triples))
    for graph in sorted({graph_name(q) for q in quads}):
        name = graph.removeprefix(f"{base}/graph/").replace("/", "-")
        _write_both(
            folder / f"{name}.ttl", turtle(q.triple for q in quads if graph_name(q) == graph)
        )


def graph_name(quad: ox.Quad) -> str:
    """Return the IRI of the named graph that a loaded quad is in."""
    assert isinstance(quad.graph_name, ox.NamedNode)  # loading names every graph
    return quad.graph_name.value


def turtle(triples: Iterable[ox.Triple]) -> bytes:
    """Return readable Turtle: subjects in order, rdf:type first in each."""
    type_iri = expand("rdf:type")

    def order(t: ox.Triple) -> tuple[str, bool, str, str]:
        return str(t.subject), t.predicate.value != type_iri, t.predicate.value, str(t.object)

    return serialize(sorted(triples, key=order), "ttl")


def _write_both(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, mtime=0))


def _list_files(folder: Path) -> Iterator[ReleaseFile]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        media_type = _MEDIA_TYPES.get(path.suffix, "application/octet-stream")
        name = path.relative_to(folder).as_posix()
        yield ReleaseFile(name, path.stat().st_size, _sha256(path), media_type)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    for path in [*(p for p in folder.rglob("*") if p.is_dir()), folder]:
        _sync_folder(path)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_old(data: Path, keep: int) -> None:
    """Remove all but the newest `keep` releases; never the current one."""
    current = current_id(data)
    for release_id in release_ids(data)[keep:]:
        if release_id != current:
            shutil.rmtree(data / "releases" / release_id, ignore_errors=True)
