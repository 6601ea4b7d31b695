"""Digests of all that a verdict depends on: the files, the rules, the shared things.

In: the folders of a site, and the shared things. Out: SHA-256 sums. A stamp tells whether a
folder's files are unchanged without reading them: it is a digest of the kernel's facts about them
(names, inodes, sizes, times of change). Nobody can set the change time of an inode back, so equal
stamps mean equal bytes, unless a file was written twice within one tick of the clock. Files as new
as that get no stamp.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from graph.check.folder_check import SharedThings
from graph.intake.sources import Folder, Source

_NEW_NS = 2_000_000_000
_NO_RULES = {"__pycache__", "sites"}  # compiled code follows its source; a site is input, not rule


def stamp(folder: Folder, now_ns: int) -> str:
    """Return the stamp of a folder's files, "" where one is new or cannot be looked at.

    `now_ns` is the time when they are about to be read, in nanoseconds of the epoch.
    """
    told = [*(file.name for file in folder.files)]
    try:
        for name, status in _statuses(folder.path):
            newest_ns = max(status.st_mtime_ns, status.st_ctime_ns)
            if newest_ns > now_ns - _NEW_NS:
                return ""
            when = f"{status.st_mtime_ns} {status.st_ctime_ns}"
            told.append(f"{name} {status.st_dev} {status.st_ino} {status.st_size} {when}")
    except OSError:
        return ""
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def _statuses(path: Path) -> list[tuple[str, os.stat_result]]:
    if not path.is_dir():
        return [(path.name, path.stat())]
    with os.scandir(path) as entries:
        return sorted((entry.name, entry.stat()) for entry in entries if entry.is_file())


def digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 of texts, one after another."""
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode() + b"\0")
    return found.hexdigest()


def rules_digest(base: str, packages: Sequence[str] = ("graph", "ontology", "shapes")) -> str:
    """Return the digest of everything of the program that a verdict could depend on.

    That is every file of `packages` except documents, in sub-folders too, under its own path.
    """
    parts = [version("pyshacl"), version("pyoxigraph"), base]
    for package in packages:
        for path, content in _files_below(files(package), package):
            parts += [path, hashlib.sha256(content).hexdigest()]
    return digest(parts)


def _files_below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_file():
            if not entry.name.endswith(".md"):  # a document changes no verdict
                yield f"{path}/{entry.name}", entry.read_bytes()
        elif entry.name not in _NO_RULES:
            yield from _files_below(entry, f"{path}/{entry.name}")


def digest_shared(common: SharedThings, iris: Iterable[str]) -> str:
    """Return the digest of the statements about shared things that a folder check looks at."""
    return digest(common.mark(iri) for iri in sorted(iris))


def digest_folders(
    base: str, spool: Path, folders: Sequence[Folder]
) -> Iterator[tuple[str, Source]]:
    """Yield each folder as one source: the digest and size of all files in it."""
    for folder in folders:
        paths = [folder.path]
        if folder.path.is_dir():
            paths = sorted(p for p in folder.path.iterdir() if p.is_file())
        size_bytes, parts = 0, []
        for path in paths:
            try:
                data = path.read_bytes()
            except OSError as error:
                parts.append(f"{path.name} {error.strerror}")
                continue
            size_bytes += len(data)
            parts.append(f"{path.name} {hashlib.sha256(data).hexdigest()}")
        parts += [file.name for file in folder.files]
        yield folder.name, Source(folder.name, digest(parts), size_bytes)
