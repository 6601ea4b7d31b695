"""A site of many folders: each is checked apart, in several processes, and only if it has changed.

In: the folders, and the release whose verdicts may still hold. Out: a `CountryResult`: all
findings, the named graphs, and the verdicts to store with the next release. Memory follows the
largest folder and the number of folders, never the whole of the data.

1. The shared folders (shared sheets, RDF) are read together.
2. Every other folder is checked with them at hand, unless its verdict still holds.
3. Folders that share a key or refer to each other are checked again, together. This finds a key
that is used twice, and accepts a reference to another folder.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from graph.check.fingerprints import digest, digest_folders, digest_shared, rules_digest, stamp
from graph.check.folder_check import (
    FolderChecker,
    FolderResult,
    GraphPart,
    SharedThings,
    gather_shared,
    is_shared,
)
from graph.check.pool import Pool, read_shared
from graph.check.verdict_store import Seen, StoredPart, StoredVerdict, VerdictStore, parts_of_graphs
from graph.findings import Finding, Place
from graph.intake.load import Loaded, load_files
from graph.intake.mapping import NOTHING
from graph.intake.sources import Folder, Source
from graph.schema.sheets import load_shapes

VERDICTS = "ledger.sqlite"
COMMON = ""
"""The name under which the ledger keeps the common folders, as one."""

_TOGETHER = 16
"""How many folders go to pySHACL in one call: more is no faster, and takes more memory."""


@dataclass(frozen=True)
class CheckPlan:
    """The plan of a check: the base, the number of processes, and a folder for their files.

    `before` is the folder of a release whose verdicts may still hold.
    """

    base: str
    spool: Path
    workers: int
    step: Callable[[str], None]
    before: Path | None = None


@dataclass
class CountryResult:
    """What the check of a large site gave.

    Attributes:
        ledger: the file to keep with the release.
        pieces: what was read anew of each graph.
        kept: the parts of each graph that are as they were in the release before.
        replaced: slugs of the things of that release whose folder was read anew, or is gone.
        former: the SHA-256 sums of the parts of which that release's graphs were made, sorted.
    """

    verdicts: Path
    findings: list[Finding] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    pieces: dict[str, list[GraphPart]] = field(default_factory=dict)
    kept: dict[str, list[StoredPart]] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    former: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: int = 0
    triples: int = 0


def check_country(folders: Sequence[Folder], plan: CheckPlan) -> CountryResult:
    """Check many folders. Raises SourceError where a process dies of one."""
    shapes = load_shapes()
    plan.step("อ่านข้อมูลร่วม / reading what is shared")
    shared = [folder for folder in folders if is_shared(folder.files, shapes)]
    names = {folder.name for folder in shared}
    loaded = load_files([f for folder in shared for f in folder.files], shapes, plan.base)
    common = gather_shared(loaded, shapes)
    with Pool(plan.base, plan.spool, plan.workers, common) as pool:
        plan.step("ดูว่าอะไรเปลี่ยน / looking for what has changed")
        seen = find_changed(folders, plan.before, pool)
        sources = {n: Source(n, s.sha256, s.size_bytes) for n, s in seen.items()}
        apart = {folder.name: folder for folder in folders if folder.name not in names}
        round = _CountryCheck(
            plan, FolderChecker(shapes, plan.base, common, plan.spool), apart, sources
        )
        round.check_common(shared, loaded)
        round.check_changed(pool)
    round.check_meeting(shared)
    round.verdicts.see(seen)
    return round.close()


def find_changed(folders: Sequence[Folder], before: Path | None, pool: Pool) -> dict[str, Seen]:
    """Return the digest of each folder's files; unchanged files are not read again."""
    known, now_ns = dict[str, Seen](), time.time_ns()
    if before is not None and (before / VERDICTS).exists():
        with closing(VerdictStore(before / VERDICTS, is_kept=True)) as verdicts:
            known = verdicts.seen()
    stamps = {folder.name: stamp(folder, now_ns) for folder in folders}
    is_same = {n: n in known and known[n].stamp == mark != "" for n, mark in stamps.items()}
    unknown = [folder for folder in folders if not is_same[folder.name]]
    read = {
        name: Seen(stamps[name], source.sha256, source.size_bytes)
        for name, source in pool.map(digest_folders, unknown, 64)
    }
    return {n: known[n] if is_same[n] else read[n] for n in stamps}


class _CountryCheck:
    """One check of a country, from the ledger of the release before to a new one."""

    def __init__(
        self,
        plan: CheckPlan,
        checker: FolderChecker,
        folders: Mapping[str, Folder],
        sources: Mapping[str, Source],
    ) -> None:
        """Begin with the verdicts of the release before, less those that no longer hold."""
        self.plan = plan
        self.checker = checker
        self.folders = folders
        self.sources = sources
        self.rules = rules_digest(plan.base)
        self.pieces: dict[str, list[GraphPart]] = {}
        self.replaced: set[str] = set()
        self.common_inputs = self._inputs(n for n in sources if n not in folders)
        path = plan.spool / VERDICTS
        if plan.before is not None and (plan.before / VERDICTS).exists():
            shutil.copyfile(plan.before / VERDICTS, path)
        self.verdicts = VerdictStore(path)
        records = list(self.verdicts.records())
        self.former = parts_of_graphs(record.graphs for record in records)
        self.held = {record.name for record in records if self._holds(record)}
        for name in self.verdicts.names() - self.held:
            self._drop(name)

    def _inputs(self, names: Iterable[str]) -> str:
        """Return the digest of all that these verdicts depend on, but for shared things."""
        return digest([self.rules, *(f"{n} {self.sources[n].sha256}" for n in sorted(names))])

    def _holds(self, record: StoredVerdict) -> bool:
        if record.name == COMMON:
            return record.inputs == self.common_inputs
        return (
            record.name in self.folders
            and record.inputs == self._inputs([record.name])
            and record.used == digest_shared(self.checker.common, record.uses)
        )

    def _drop(self, name: str) -> None:
        self.replaced |= self.verdicts.keys(name)
        self.verdicts.drop(name)

    def check_common(self, folders: Sequence[Folder], loaded: Loaded) -> None:
        """Judge the common folders, unless their verdict holds; their graphs are written anew."""
        result = self.checker.result(COMMON, loaded)
        if COMMON in self.held:
            held = self.verdicts.get(COMMON)
            result.findings = list(held.findings) if held else []
            self._drop(COMMON)
        else:
            what = f"{len(loaded.quads):,} triples"
            self.plan.step(f"ตรวจข้อมูลร่วม {what} / checking what is shared")
            result.findings = self.checker.judge([loaded])
        self._put(COMMON, result, self.common_inputs)

    def check_changed(self, pool: Pool) -> None:
        """Check every other folder whose verdict does not hold."""
        changed = [folder for name, folder in self.folders.items() if name not in self.held]
        size = max(1, min(_TOGETHER, len(changed) // (4 * self.plan.workers)))
        for done, (name, result) in enumerate(pool.map(_check, changed, size), 1):
            self._put(name, result, self._inputs([name]))
            if done % size == 0 or done == len(changed):
                count = f"{done:,} / {len(changed):,}"
                self.plan.step(f"ตรวจ {count} โฟลเดอร์ / checking folders")

    def check_meeting(self, shared: Sequence[Folder]) -> None:
        """Check again, as one, the folders that share a key or refer to each other."""
        for names in self.verdicts.meeting():
            members = [folder for name, folder in self.folders.items() if name in names]
            checker = self.checker
            if COMMON in names:
                members = [*shared, *members]
                checker = replace(checker, common=SharedThings(NOTHING, {}))
            self.plan.step(f"ตรวจร่วมกัน {len(members):,} / checking folders together")
            first = min(names)
            loaded = checker.load([file for folder in members for file in folder.files])
            result = checker.result(f"{first} together", loaded)
            result.findings = checker.judge([loaded])
            for name in names:
                self._drop(name)
                self.pieces.pop(name, None)
            self._put(first, result, "")

    def _put(self, name: str, result: FolderResult, inputs: str) -> None:
        self.pieces[name] = result.pieces
        used = digest_shared(self.checker.common, result.uses)
        self.verdicts.put(name, inputs, used, result)

    def close(self) -> CountryResult:
        """Return what was found; the ledger is written."""
        verdicts = self.plan.spool / VERDICTS
        country = CountryResult(verdicts, replaced=self.replaced, former=self.former)
        country.sources += self.sources.values()
        for record in self.verdicts.records():
            country.findings += record.findings
            country.files += record.files
            country.triples += record.triples
            for piece in self.pieces.get(record.name, ()):
                country.pieces.setdefault(piece.graph, []).append(piece)
            if record.name not in self.pieces:
                for kept in record.graphs:
                    country.kept.setdefault(kept.graph, []).append(kept)
        self.verdicts.close()
        return country


def place_in(verdicts: Path, iri: str) -> Place:
    """Return the folder that a thing came from."""
    with closing(VerdictStore(verdicts)) as known:
        return Place(file=known.folder_of(iri.rpartition("/")[2]), subject=iri)


# ---- processes -------------------------------------------------------------------------------


def _check(base: str, spool: Path, folders: Sequence[Folder]) -> Iterator[tuple[str, FolderResult]]:
    """Yield each folder's result; all are validated in one call."""
    checker = _checker(base, spool)
    datasets = {folder.name: checker.load(folder.files) for folder in folders}
    results = {name: checker.result(name, loaded) for name, loaded in datasets.items()}
    owners = {file.name: folder.name for folder in folders for file in folder.files}
    for finding in checker.judge(list(datasets.values())):
        results[owners[finding.place.file]].findings.append(finding)
    yield from results.items()


@cache
def _checker(base: str, spool: Path) -> FolderChecker:
    """Return this process's checker; the shared things were written once for all processes."""
    return FolderChecker(load_shapes(), base, read_shared(spool), spool)
