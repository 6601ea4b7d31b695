"""A release on disk: its manifest, and how a release is found, opened and refused.

In: the data folder. Out: a `Release`: an immutable folder `releases/ID/` with the store, the dumps,
the report and a manifest of SHA-256 sums. The symlink `current` says which release is served.
Readers open a store read-only, and only if every file matches the manifest, since a damaged RocksDB
can open as an empty store without an error. (Of a large release that was published before, the
dumps of named graphs are not compared.) `graph.builder.build` makes releases,
`graph.release.activate` makes one current, `graph.release.verify` checks every byte again.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, cast

import orjson
import pyoxigraph as ox

from graph.errors import NoRelease, ReleaseDamaged
from graph.intake.sources import Source

CURRENT = "current"
MANIFEST = "manifest.json"
REPORT = "report.json"
SUMS = "SHA256SUMS"
GRAPH_FILES = "graph-files.jsonl"
"""The dumps of the named graphs, a line each: of a country a hundred thousand, which a server that
starts need not read.
"""

DUMPS = "dumps/"
STORE = "store/"
FORMAT = 4
"""The number of this layout of a release's folder; a program reads no other."""

_HASH_ALL_BELOW_BYTES = 128 * 1024 * 1024  # beside the dumps of named graphs


@dataclass(frozen=True)
class ReleaseFile:
    """One file of a release; a dump where its name begins with `dumps/`.

    Attributes:
        name: relative to the release's folder.
        size_bytes: its length.
        sha256: in hexadecimal digits.
        media_type: of the file as it is served; of a gzipped one `application/gzip`.
        format: what it holds: ttl, nt, jsonld, rdf, nq, trig, csv, zip (of CSV files); "" for
            whatever is no dump.
        graph: the IRI of the named graph it holds, "" where it holds the whole or none.
        is_gzipped: whether what `format` says is gzipped (RFC 1952).
    """

    name: str
    size_bytes: int
    sha256: str
    media_type: str
    format: str = ""
    graph: str = ""
    is_gzipped: bool = False


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself.

    Attributes:
        graphs: each named graph's count of triples.
        files: all but the manifest itself and the dumps of named graphs, which are in a file of
            their own; `Release.files` has them too.
        digests: each named graph's SHA-256, of its sorted N-Triples: equal where it is the same.
        previous: the release that was current before, None for the first.
    """

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
    licence: str = ""
    digests: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


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

    @cached_property
    def graph_files(self) -> tuple[ReleaseFile, ...]:
        """The dumps of the named graphs. Raises ReleaseDamaged."""
        path = self.folder / GRAPH_FILES
        try:
            with path.open("rb") as lines:
                return tuple(ReleaseFile(**orjson.loads(line)) for line in lines)
        except (OSError, ValueError, TypeError) as error:
            raise ReleaseDamaged(f"{path}: {error}") from error

    @cached_property
    def files(self) -> tuple[ReleaseFile, ...]:
        """Every file of the release but its manifest. Raises ReleaseDamaged."""
        return (*self.manifest.files, *self.graph_files)

    @cached_property
    def by_name(self) -> dict[str, ReleaseFile]:
        """The files, by their names in the release's folder. Raises ReleaseDamaged."""
        return {file.name: file for file in self.files}

    def file(self, name: str) -> ReleaseFile | None:
        """Return the file of this name in the release's folder, None where there is none.

        The list of the graphs' files, which is long, is read only where it is needed.
        """
        return self._whole.get(name) or self.by_name.get(name)

    @cached_property
    def _whole(self) -> dict[str, ReleaseFile]:
        return {file.name: file for file in self.manifest.files}

    @cached_property
    def by_graph(self) -> dict[str, list[ReleaseFile]]:
        """The files of each named graph. Raises ReleaseDamaged."""
        found: dict[str, list[ReleaseFile]] = {}
        for file in self.graph_files:
            found.setdefault(file.graph, []).append(file)
        return found

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every quad, from the whole dump, a block at a time."""
        return read_quads(self.folder)

    def lines(self, graph: str) -> Iterator[bytes]:
        """Yield the N-Quads lines of one named graph in their order; none where there is none."""
        for file in self.by_graph.get(graph, ()):
            if file.format == "nq":
                yield from unpacked_lines(self.folder / file.name)


def unpacked_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a gzipped file."""
    with BufferedReader(cast(RawIOBase, gzip.open(path)), 1 << 20) as lines:  # C, line by line
        yield from lines


def read_quads(folder: Path) -> Iterator[ox.Quad]:
    """Yield every quad of the release in `folder`, a block at a time."""
    with gzip.open(folder / DUMPS / "all.nq.gz") as file:
        yield from ox.parse(cast(IO[bytes], file), ox.RdfFormat.N_QUADS)


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


def open_release(
    data: Path, release_id: str | None = None, *, is_published: bool = False
) -> Release:
    """Return a release whose files match its manifest; the current one by default.

    Of a large one that `is_published`, and so was looked at as a whole when it was made current,
    the dumps of named graphs are not looked at again.

    Raises NoRelease where there is none, ReleaseDamaged where a file differs.
    """
    release = find_release(data, release_id)
    _verify(release, is_published)
    return release


def find_release(data: Path, release_id: str | None = None) -> Release:
    """Return a release by its manifest alone; its files are not looked at.

    Raises NoRelease where there is none, ReleaseDamaged where the manifest cannot be read.
    """
    wanted = release_id or current_id(data)
    if wanted is None:
        raise NoRelease(
            f"ยังไม่ได้เผยแพร่ข้อมูลใน {data} สั่ง km publish ก่อน / "
            f"nothing has been published in {data}; run: km publish"
        )
    folder = (data / "releases" / wanted).absolute()  # whatever the folder of the process is later
    if wanted not in release_ids(data):
        raise NoRelease(f"there is no release {wanted} in {data}")
    return Release(wanted, folder, read_manifest(folder))


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a release's folder. Raises ReleaseDamaged."""
    try:
        raw = orjson.loads((folder / MANIFEST).read_bytes())
        if raw.get("format") != FORMAT:
            raise ValueError("another version of this program made it; publish again")
        raw["created"] = datetime.fromisoformat(raw["created"])
        raw["files"] = tuple(ReleaseFile(**entry) for entry in raw["files"])
        raw["sources"] = tuple(Source(**entry) for entry in raw["sources"])
        return Manifest(**raw)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReleaseDamaged(f"{folder / MANIFEST}: {error}") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a release's folder. Raises OSError."""
    told = {field.name: getattr(manifest, field.name) for field in fields(manifest)}
    members = (f" {_json(name)}: {_member(value)}" for name, value in told.items())
    (folder / MANIFEST).write_text("{\n" + ",\n".join(members) + "\n}\n", encoding="utf-8")


def graph_lines(files: Iterable[ReleaseFile]) -> bytes:
    """Return the dumps of named graphs as they stand in `GRAPH_FILES`."""
    return b"".join(orjson.dumps(file, option=orjson.OPT_APPEND_NEWLINE) for file in files)


def _member(value: object) -> str:
    """Return a member as JSON: a long list has a line for each item and is written directly."""
    if isinstance(value, tuple):
        return "[" + ",".join(f"\n  {_json(vars(item))}" for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"\n  {_json(k)}: {_json(v)}" for k, v in value.items()) + "}"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_file(release: Release, file: ReleaseFile, whole: bool = True) -> None:
    """Compare a file with the manifest: its size and, where `whole`, its SHA-256.

    Raises ReleaseDamaged, which names it.
    """
    path = f"{release.folder}/{file.name}"  # a Path for each file takes most of the time
    try:
        same = os.stat(path).st_size == file.size_bytes  # noqa: PTH116
        same = same and (not whole or file_sha256(Path(path)) == file.sha256)
    except OSError as error:
        raise ReleaseDamaged(f"release {release.id}: {file.name}: {error.strerror}") from error
    if not same:
        raise ReleaseDamaged(f"release {release.id}: {file.name} differs from the manifest")


def _verify(release: Release, is_published: bool) -> None:
    """Compare every file's size, and SHA-256, with the manifest.

    Of a large release the table files of the store are not hashed: RocksDB checks their blocks
    itself as it reads them, while a cut MANIFEST would open as an empty store. Of one that is
    large and `is_published` the dumps of named graphs are not looked at.
    """
    files = release.manifest.files
    is_large = sum(f.size_bytes for f in files) >= _HASH_ALL_BELOW_BYTES
    for file in files if is_large and is_published else release.files:
        check_file(release, file, whole=not is_large or _is_small_store_file(file.name))


def _is_small_store_file(name: str) -> bool:
    return name.startswith(STORE) and not name.endswith(".sst")
