"""The folder of a release while it is being filled.

In: bytes of dumps, files that other modules wrote, files of the release before. Out: the files,
each dump gzipped too, and a line of the manifest for each. A file that has not changed is a hard
link to that of the last release: it costs no space and no second hash.

Which dumps are kept plain: the server sends files as they are and unpacks nothing, so a dump that
readers want plain must lie there plain. A dump of at most `plain_bytes` does; that takes in every
organisation's own files. A larger dump, such as a whole country's N-Quads, is kept gzipped only and
takes a tenth of the space.
"""

import gzip
import os
import shutil
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

from graph.rdf.formats import FORMATS, GZIP, ZIP
from graph.release.manifest import DUMPS, Release, ReleaseFile, file_sha256

_OTHERS = {".json": "application/json", ".sqlite": "application/vnd.sqlite3"}
_LEVEL = 6  # a tenth larger than 9, in a third of the time
_GZIP_HEAD_BYTES, _GZIP_TAIL_BYTES = 10, 8  # RFC 1952 section 2.3, without a name
_MOST_DEFLATED = 1032  # times a deflate stream can be as long when unpacked
_UTF_8, _MODE = 0x800, 0o100644  # a ZIP's flag for UTF-8 names; the Unix mode of its files


class ReleaseFolder:
    """Collects the files of a release in `path`; every method raises OSError."""

    def __init__(self, path: Path, plain_bytes: int) -> None:
        self.path = path
        self.plain_bytes = plain_bytes
        self.files: dict[str, ReleaseFile] = {}
        self.linked: set[str] = set()
        self._folders: set[str] = set()

    def write(self, name: str, members: Iterable[bytes], format: str, graph: str = "") -> None:
        """Write a dump from its parts, each of which becomes a member of the gzip file.

        `name` is relative to the dumps, without `.gz`.
        """
        parts = list(members)
        self.write_gzip(name, parts, format, graph)
        if sum(len(part) for part in parts) <= self.plain_bytes:
            path = self._dump(name)
            path.write_bytes(b"".join(parts))
            self._add(path, FORMATS[format].media_type, format, graph)

    def write_gzip(self, name: str, members: Iterable[bytes], format: str, graph: str = "") -> None:
        """Write a dump gzipped only."""
        path = self._dump(f"{name}.gz")
        path.write_bytes(b"".join(compress(part) for part in members))
        self._add(path, GZIP, format, graph, is_gzipped=True)

    def join(self, name: str, members: Iterable[bytes], format: str) -> None:
        """Write a dump of the whole from gzip members that are there already, in a stream.

        Members of gzip files one after another are a gzip file themselves (RFC 1952, 2.2), and each
        ends with how long it is plain (2.3.1): so what is too long to keep plain is not unpacked.
        """
        packed, plain_bytes = self._dump(f"{name}.gz"), 0
        with packed.open("wb") as file:
            for member in members:
                file.write(member)
                plain_bytes += int.from_bytes(member[-4:], "little")
        self._add(packed, GZIP, format, "", is_gzipped=True)
        if plain_bytes <= self.plain_bytes:
            plain = self._dump(name)
            with gzip.open(packed) as data, plain.open("wb") as file:
                shutil.copyfileobj(data, file, 1 << 20)
            self._add(plain, FORMATS[format].media_type, format, "")

    def pack(self, name: str, format: str) -> None:
        """Gzip a dump that was written plain, in a stream; a large one is kept gzipped only."""
        plain, packed = self._dump(name), self._dump(f"{name}.gz")
        with (
            plain.open("rb") as file,
            packed.open("wb") as raw,
            gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as out,
        ):
            shutil.copyfileobj(file, out, 1 << 20)
        self._add(packed, GZIP, format, "", is_gzipped=True)
        if plain.stat().st_size > self.plain_bytes:
            plain.unlink()
        else:
            self._add(plain, FORMATS[format].media_type, format, "")

    def write_archive(self, name: str, data: bytes, graph: str = "") -> None:
        """Write a ZIP, which is packed already."""
        path = self._dump(name)
        path.write_bytes(data)
        self._add(path, ZIP, "zip", graph)

    def zip(self, name: str, packed: Iterable[str]) -> None:
        """Write a ZIP of gzipped dumps, in a stream, without packing them again."""
        path = self._dump(name)
        with zipfile.ZipFile(path, "w") as archive:
            for one in packed:
                add_gzipped(archive, self._dump(f"{one}.gz"))
        self._add(path, ZIP, "zip")

    def link(self, before: Release, file: ReleaseFile) -> None:
        """Take over a file of an older release as it is."""
        self._make_folder(file.name.rpartition("/")[0])
        os.link(f"{before.folder}/{file.name}", f"{self.path}/{file.name}")
        self.files[file.name] = file
        self.linked.add(file.name)

    def add_rest(self, before: Release | None) -> None:
        """Note every file that somebody else wrote here, beside the dumps, which are noted all.

        A file that is a link to one of the release before has the same hash.
        """
        known = before.by_name if before else {}
        for entry in sorted(self.path.iterdir()):
            inside = entry.rglob("*") if entry.is_dir() and entry.name != DUMPS.strip("/") else ()
            for path in sorted(p for p in (entry, *inside) if p.is_file()):
                name = path.relative_to(self.path).as_posix()
                old = known.get(name)
                if before and old and path.samefile(before.folder / name):
                    self.files[name] = old
                    self.linked.add(name)
                elif name not in self.files:
                    self._add(path, _OTHERS.get(path.suffix, "application/octet-stream"))

    def written(self) -> list[Path]:
        """Return the files that are new here, once all are noted."""
        return [self.path / name for name in self.files if name not in self.linked]

    def _make_folder(self, name: str) -> None:
        if name not in self._folders:
            (self.path / name).mkdir(parents=True, exist_ok=True)
            self._folders.add(name)

    def add_text(self, name: str, data: bytes) -> None:
        """Write and note a plain text file among the dumps."""
        path = self._dump(name)
        path.write_bytes(data)
        self._add(path, "text/plain")

    def _dump(self, name: str) -> Path:
        path = self.path / DUMPS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _add(
        self,
        path: Path,
        media_type: str,
        format: str = "",
        graph: str = "",
        is_gzipped: bool = False,
    ) -> None:
        name = path.relative_to(self.path).as_posix()
        self.files[name] = ReleaseFile(
            name, path.stat().st_size, file_sha256(path), media_type, format, graph, is_gzipped
        )


def add_gzipped(archive: zipfile.ZipFile, file: Path) -> None:
    """Add a gzip file to a ZIP that is being written, under its name without `.gz`.

    The file has one member and no name in its head, as `compress` writes it. A member of either
    kind of archive is the same deflate stream (RFC 1951), so the bytes are copied: packing a
    country's tables again would take longer than all else that one change asks for.
    """
    info = zipfile.ZipInfo(file.name.removesuffix(".gz"))  # of 1980, so that equal is equal
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _MODE << 16
    info.flag_bits = _UTF_8
    info.compress_size = file.stat().st_size - _GZIP_HEAD_BYTES - _GZIP_TAIL_BYTES
    with file.open("rb") as data:
        data.seek(-_GZIP_TAIL_BYTES, os.SEEK_END)
        info.CRC, info.file_size = struct.unpack("<2I", data.read())  # RFC 1952 section 2.3.1
        if info.compress_size * _MOST_DEFLATED >= 1 << 32:  # the tail tells lengths modulo 2**32
            info.file_size = _plain_bytes(file)
        out = archive.fp
        assert out is not None  # it is open
        info.header_offset = out.tell()
        out.write(info.FileHeader())
        data.seek(_GZIP_HEAD_BYTES)
        shutil.copyfileobj(data, out, 1 << 20)
        out.seek(-_GZIP_TAIL_BYTES, os.SEEK_CUR)
        out.truncate()
    archive.start_dir = out.tell()
    archive.filelist.append(info)
    archive.NameToInfo[info.filename] = info


def _plain_bytes(packed: Path) -> int:
    """Return the length of the unpacked content of a gzip file, in bytes."""
    plain = packed.with_suffix("")
    if plain.exists():
        return plain.stat().st_size
    with gzip.open(packed) as data:
        return data.seek(0, os.SEEK_END)


def compress(data: bytes) -> bytes:
    """Return a gzip member that depends on nothing but `data`."""
    return gzip.compress(data, _LEVEL, mtime=0)
