"""The files that are handed in, by folder.

In: paths of folders and files. Out: `Handed`: each folder's data files under the names that
findings use, and findings about paths that do not exist. A folder without data files of its own
stands for its sub-folders that have some: a country is a folder of organisations. No file is opened
here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

import pyoxigraph as ox

from graph.findings import Finding, Place, find

RDF_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
}
TABLE_SUFFIXES = {".csv", ".xlsx"}
SPREADSHEET_SUFFIXES = {".xls", ".xlsm", ".xlsb", ".ods"}
OTHER_SUFFIXES = SPREADSHEET_SUFFIXES | {".rdf", ".xml", ".jsonld"}
"""Formats that are not read, but probably are data: each such file gives a finding."""


@dataclass(frozen=True)
class Source:
    """One file that was read: its path as given, its SHA-256 and its size."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class SourceFile:
    """One file and how findings call it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Folder:
    """The data files of one folder, or a file that was given by itself, under a name of its own."""

    name: str
    path: Path
    files: tuple[SourceFile, ...]


@dataclass(frozen=True)
class Handed:
    """The folders, in the order they were given, and findings about the paths."""

    folders: tuple[Folder, ...]
    findings: tuple[Finding, ...]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """Every file, folder by folder."""
        return tuple(file for folder in self.folders for file in folder.files)


@dataclass
class _Listing:
    folders: list[Folder] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def tell_apart(self, name: str) -> str:
        """Return `name`, with a number where another source is already called so."""
        numbered = (f"{name} ({n})" for n in count(2))
        found = next(n for n in chain([name], numbered) if n not in self.names)
        self.names.add(found)
        return found


def list_sources(paths: Iterable[Path]) -> Handed:
    """Return the data files of these paths; hidden files are skipped.

    Finding nothing is a finding.
    """
    listing = _Listing()
    for path in paths:
        place = Place(file=show_path(path, path))
        try:
            found = [(path, [path])] if path.is_file() else list(_data_folders(path))
        except OSError as error:
            why = error.strerror or error
            listing.findings.append(find("file-unreadable", place, why=why))
            continue
        if not found:
            problem = "no-tables" if path.exists() else "file-unreadable"
            listing.findings.append(find(problem, place, why="no such file"))
        for folder, files in found:
            shown = show_path(folder, path)
            inside = "" if shown == "." else f"{shown}/"
            named = tuple(
                SourceFile(file, listing.tell_apart(shown if file == path else inside + file.name))
                for file in files
            )
            name = named[0].name if path.is_file() else listing.tell_apart(shown)
            listing.folders.append(Folder(name, folder, named))
    return Handed(tuple(listing.folders), tuple(listing.findings))


def _data_folders(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield a folder with its data files or, where it has none, each folder in it that has."""
    if not path.is_dir():
        return
    own = _data_files(path)
    if own:
        yield path, own
        return
    for folder in sorted(p for p in path.iterdir() if p.is_dir() and not _is_hidden(p)):
        if files := _data_files(folder):
            yield folder, files


def _data_files(folder: Path) -> list[Path]:
    known = TABLE_SUFFIXES | set(RDF_FORMATS) | OTHER_SUFFIXES
    return sorted(f for f in folder.iterdir() if f.suffix.lower() in known and not _is_hidden(f))


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(("_", ".", "~"))


def show_path(file: Path, given: Path) -> str:
    """Return how findings call a file: as given, but never with an absolute path.

    Reports are published, so the folders of the machine stay out of them.
    """
    if not file.is_absolute() and ".." not in file.parts:
        return file.as_posix()
    return (Path(given.absolute().name) / file.relative_to(given)).as_posix()
