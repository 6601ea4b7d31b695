"""The verdict on each folder of a large site, in an SQLite file that is kept with the release.

In: the results of folders. Out: their findings, the folders that must be checked together, and the
verdicts of the last release that still hold. A verdict holds while three things are unchanged: the
folder's files, the rules, and the shared things that its rows refer to.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.check.folder_check import FolderResult, GraphPart
from graph.findings import Finding, Place, Severity, Text

_SCHEMA = """
CREATE TABLE folder (
    name TEXT PRIMARY KEY, inputs TEXT NOT NULL, used TEXT NOT NULL, uses TEXT NOT NULL,
    files INTEGER NOT NULL, triples INTEGER NOT NULL, findings TEXT NOT NULL, graphs TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE key (slug TEXT, folder TEXT, PRIMARY KEY (slug, folder)) WITHOUT ROWID;
CREATE TABLE elsewhere (slug TEXT, folder TEXT, PRIMARY KEY (slug, folder)) WITHOUT ROWID;
CREATE TABLE seen (
    folder TEXT PRIMARY KEY, stamp TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX key_folder ON key (folder);
CREATE INDEX elsewhere_folder ON elsewhere (folder);
"""
_MEETING = """
SELECT DISTINCT a.folder, b.folder FROM key a JOIN key b ON a.slug = b.slug AND a.folder < b.folder
WHERE a.slug IN (SELECT slug FROM key GROUP BY slug HAVING COUNT(*) > 1)
UNION
SELECT DISTINCT e.folder, k.folder FROM elsewhere e JOIN key k ON e.slug = k.slug
WHERE e.folder <> k.folder
"""


@dataclass(frozen=True)
class StoredPart:
    """A part of a named graph: how many triples, and the SHA-256 of its sorted N-Triples."""

    graph: str
    triples: int
    sha256: str


@dataclass(frozen=True)
class StoredVerdict:
    """What was found in a folder.

    Attributes:
        inputs: the digest of its files and of everything that judges them; "" where the verdict is
            not of this folder alone.
        used: the digest of the common things that it refers to, which `uses` names.
    """

    name: str
    inputs: str
    used: str
    uses: tuple[str, ...]
    files: int
    triples: int
    findings: tuple[Finding, ...]
    graphs: tuple[StoredPart, ...]


@dataclass(frozen=True)
class Seen:
    """A folder as it was read: the digest of its files, and their stamp.

    `stamp` is that of `graph.check.fingerprints`, "" where the files were too new to tell.
    """

    stamp: str
    sha256: str
    size_bytes: int


class VerdictStore:
    """The records of folders, in one SQLite file. Close it when done."""

    def __init__(self, path: Path, *, is_kept: bool = False) -> None:
        """Open a ledger, or make an empty one; one that is kept with a release is only read."""
        is_new = not path.exists()
        uri = f"{path.absolute().as_uri()}?{'mode=ro&immutable=1' if is_kept else ''}"
        self._db = sqlite3.connect(uri, uri=True)
        self._db.execute("PRAGMA synchronous = OFF")  # the release is synced as a whole
        if is_new:
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Write everything down."""
        self._db.commit()
        self._db.close()

    def put(self, name: str, inputs: str, used: str, result: FolderResult) -> None:
        """Store the result of a folder in place of an earlier one; see `StoredVerdict`."""
        self.drop(name)
        row = (
            name,
            inputs,
            used,
            _json(sorted(result.uses)),
            result.files,
            result.triples,
            _json([asdict(finding) for finding in result.findings]),
            _json([(piece.graph, piece.triples, piece.sha256) for piece in result.pieces]),
        )
        self._db.execute("INSERT INTO folder VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        for table, slugs in (("key", result.keys), ("elsewhere", result.elsewhere)):
            rows = [(slug, name) for slug in sorted(slugs)]
            self._db.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)

    def drop(self, name: str) -> None:
        """Forget a folder."""
        self._db.execute("DELETE FROM folder WHERE name = ?", (name,))
        self._db.execute("DELETE FROM key WHERE folder = ?", (name,))
        self._db.execute("DELETE FROM elsewhere WHERE folder = ?", (name,))

    def get(self, name: str) -> StoredVerdict | None:
        """Return what is known of a folder."""
        rows = self._db.execute("SELECT * FROM folder WHERE name = ?", (name,))
        return next((_record(row) for row in rows), None)

    def records(self) -> Iterator[StoredVerdict]:
        """Yield every record in the order of names."""
        return map(_record, self._db.execute("SELECT * FROM folder ORDER BY name"))

    def names(self) -> set[str]:
        """Return the names of all folders."""
        return {name for (name,) in self._db.execute("SELECT name FROM folder")}

    def seen(self) -> dict[str, Seen]:
        """Return what folders looked like when they were read."""
        rows = self._db.execute("SELECT * FROM seen")
        return {name: Seen(*rest) for name, *rest in rows}

    def see(self, seen: Mapping[str, Seen]) -> None:
        """Store the digests and stamps of folders in place of earlier ones."""
        rows = ((name, s.stamp, s.sha256, s.size_bytes) for name, s in seen.items())
        self._db.execute("DELETE FROM seen")
        self._db.executemany("INSERT INTO seen VALUES (?, ?, ?, ?)", rows)

    def keys(self, name: str) -> set[str]:
        """Return the slugs of a folder's things."""
        rows = self._db.execute("SELECT slug FROM key WHERE folder = ?", (name,))
        return {slug for (slug,) in rows}

    def folder_of(self, slug: str) -> str:
        """Return the name of a folder that has a thing of this slug, "" where none has."""
        rows = self._db.execute("SELECT folder FROM key WHERE slug = ?", (slug,))
        return next((name for (name,) in rows), "")

    def meeting(self) -> list[set[str]]:
        """Return the groups of folders that must be checked together.

        Two meet where both have a thing of one slug, or one refers to a thing of the other's.
        """
        return _groups(self._db.execute(_MEETING))


def parts_of_graphs(folders: Iterable[Iterable[StoredPart | GraphPart]]) -> dict[str, list[str]]:
    """Return the SHA-256 sums of the parts that folders gave to each graph, sorted."""
    found: dict[str, list[str]] = {}
    for parts in folders:
        for part in parts:
            found.setdefault(part.graph, []).append(part.sha256)
    return {graph: sorted(sums) for graph, sums in found.items()}


def _groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Return the connected components of a graph.

    >>> [sorted(group) for group in _groups([("a", "b"), ("c", "d"), ("b", "e")])]
    [['a', 'b', 'e'], ['c', 'd']]
    """
    group: dict[str, set[str]] = {}
    for first, second in pairs:
        joined = group.get(first, {first}) | group.get(second, {second})
        for member in joined:
            group[member] = joined
    return list({id(members): members for members in group.values()}.values())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _record(row: tuple[str, str, str, str, int, int, str, str]) -> StoredVerdict:
    name, inputs, used, uses, files, triples, findings, graphs = row
    return StoredVerdict(
        name,
        inputs,
        used,
        tuple(json.loads(uses)),
        files,
        triples,
        tuple(_finding(finding) for finding in json.loads(findings)),
        tuple(StoredPart(*kept) for kept in json.loads(graphs)),
    )


def _finding(record: dict[str, object]) -> Finding:
    """Return a finding from the dictionary that `asdict` made."""
    parts = dict(record)
    place, problem, fix = (parts.pop(name) for name in ("place", "problem", "fix"))
    severity = Severity(str(parts.pop("severity")))
    return Finding(
        severity=severity,
        place=Place(**place),  # type: ignore[arg-type]
        problem=Text(**problem),  # type: ignore[arg-type]
        fix=Text(**fix),  # type: ignore[arg-type]
        **parts,  # type: ignore[arg-type]
    )
