"""A site of many folders: each checked apart, in several processes, and only where it has changed.

In: the folders, and the release whose verdicts still may hold. Out: a `Country`: the findings of
all, the named graphs, and the ledger to be kept with the next release. Memory follows the largest
folder and the number of folders, never the whole of the data.

1. The folders that hold what others refer to (shared sheets, RDF) are read together.
2. Every other folder is checked beside them, many to a process, unless its verdict still holds.
3. Folders that turn out to share a key, or to refer to each other, are checked again together: so
   an identifier that two organisations use is found, and a reference across folders is no mistake.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from graph.check.fingerprints import digest, digest_folders, digest_stubs, rules_digest, stamp
from graph.check.folder_check import Common, Desk, GraphPart, Shard, gather_common, is_common
from graph.check.pool import Pool, read_common
from graph.check.verdict_store import Kept, Ledger, Record, Seen, parts_of_graphs
from graph.findings import Finding, Place
from graph.intake.load import Loaded, load_files
from graph.intake.mapping import NOTHING
from graph.intake.sources import Folder, Source
from graph.schema.sheets import load_shapes

LEDGER = "ledger.sqlite"
COMMON = ""
"""The name under which the ledger keeps the common folders, as one."""

_TOGETHER = 16
"""How many folders go to pySHACL in one call: more is no faster, and takes more memory."""


@dataclass(frozen=True)
class Office:
    """Where a country is checked: its base, how many processes, and a folder for what they write.

    `before` is the folder of a release whose verdicts may still hold.
    """

    base: str
    spool: Path
    workers: int
    step: Callable[[str], None]
    before: Path | None = None


@dataclass
class Country:
    """What the check of a large site gave.

    Attributes:
        ledger: the file to keep with the release.
        pieces: what was read anew of each graph.
        kept: the parts of each graph that are as they were in the release before.
        replaced: slugs of the things of that release whose folder was read anew, or is gone.
        former: the SHA-256 sums of the parts of which that release's graphs were made, sorted.
    """

    ledger: Path
    findings: list[Finding] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    pieces: dict[str, list[GraphPart]] = field(default_factory=dict)
    kept: dict[str, list[Kept]] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    former: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: int = 0
    triples: int = 0


def check_country(folders: Sequence[Folder], office: Office) -> Country:
    """Check many folders. Raises SourceError where a process dies of one."""
    shapes = load_shapes()
    office.step("อ่านข้อมูลร่วม / reading what is shared")
    shared = [folder for folder in folders if is_common(folder.files, shapes)]
    names = {folder.name for folder in shared}
    loaded = load_files([f for folder in shared for f in folder.files], shapes, office.base)
    common = gather_common(loaded, shapes)
    with Pool(office.base, office.spool, office.workers, common) as pool:
        office.step("ดูว่าอะไรเปลี่ยน / looking for what has changed")
        seen = look(folders, office.before, pool)
        sources = {n: Source(n, s.sha256, s.size_bytes) for n, s in seen.items()}
        apart = {folder.name: folder for folder in folders if folder.name not in names}
        round = _Round(office, Desk(shapes, office.base, common, office.spool), apart, sources)
        round.check_common(shared, loaded)
        round.check_changed(pool)
    round.check_meeting(shared)
    round.ledger.see(seen)
    return round.close()


def look(folders: Sequence[Folder], before: Path | None, pool: Pool) -> dict[str, Seen]:
    """Return the digest of each folder's files; what is as it was seen is not read again."""
    known, now_ns = dict[str, Seen](), time.time_ns()
    if before is not None and (before / LEDGER).exists():
        with closing(Ledger(before / LEDGER, is_kept=True)) as ledger:
            known = ledger.seen()
    stamps = {folder.name: stamp(folder, now_ns) for folder in folders}
    is_same = {n: n in known and known[n].stamp == mark != "" for n, mark in stamps.items()}
    unknown = [folder for folder in folders if not is_same[folder.name]]
    read = {
        name: Seen(stamps[name], source.sha256, source.size_bytes)
        for name, source in pool.map(digest_folders, unknown, 64)
    }
    return {n: known[n] if is_same[n] else read[n] for n in stamps}


class _Round:
    """One check of a country, from the ledger of the release before to a new one."""

    def __init__(
        self,
        office: Office,
        desk: Desk,
        folders: Mapping[str, Folder],
        sources: Mapping[str, Source],
    ) -> None:
        """Begin with the ledger of the release before, less what no longer holds."""
        self.office = office
        self.desk = desk
        self.folders = folders
        self.sources = sources
        self.rules = rules_digest(office.base)
        self.pieces: dict[str, list[GraphPart]] = {}
        self.replaced: set[str] = set()
        self.common_inputs = self._inputs(n for n in sources if n not in folders)
        path = office.spool / LEDGER
        if office.before is not None and (office.before / LEDGER).exists():
            shutil.copyfile(office.before / LEDGER, path)
        self.ledger = Ledger(path)
        records = list(self.ledger.records())
        self.former = parts_of_graphs(record.graphs for record in records)
        self.held = {record.name for record in records if self._holds(record)}
        for name in self.ledger.names() - self.held:
            self._drop(name)

    def _inputs(self, names: Iterable[str]) -> str:
        """Return the digest of what a verdict on these folders hangs on, but for what they use."""
        return digest([self.rules, *(f"{n} {self.sources[n].sha256}" for n in sorted(names))])

    def _holds(self, record: Record) -> bool:
        if record.name == COMMON:
            return record.inputs == self.common_inputs
        return (
            record.name in self.folders
            and record.inputs == self._inputs([record.name])
            and record.used == digest_stubs(self.desk.common, record.uses)
        )

    def _drop(self, name: str) -> None:
        self.replaced |= self.ledger.keys(name)
        self.ledger.drop(name)

    def check_common(self, folders: Sequence[Folder], loaded: Loaded) -> None:
        """Judge the common folders, unless their verdict holds; their graphs are written anew."""
        shard = self.desk.shard(COMMON, loaded)
        if COMMON in self.held:
            held = self.ledger.get(COMMON)
            shard.findings = list(held.findings) if held else []
            self._drop(COMMON)
        else:
            what = f"{len(loaded.quads):,} triples"
            self.office.step(f"ตรวจข้อมูลร่วม {what} / checking what is shared")
            shard.findings = self.desk.judge([loaded])
        self._put(COMMON, shard, self.common_inputs)

    def check_changed(self, pool: Pool) -> None:
        """Check every other folder whose verdict does not hold."""
        changed = [folder for name, folder in self.folders.items() if name not in self.held]
        size = max(1, min(_TOGETHER, len(changed) // (4 * self.office.workers)))
        for done, (name, shard) in enumerate(pool.map(_check, changed, size), 1):
            self._put(name, shard, self._inputs([name]))
            if done % size == 0 or done == len(changed):
                count = f"{done:,} / {len(changed):,}"
                self.office.step(f"ตรวจ {count} โฟลเดอร์ / checking folders")

    def check_meeting(self, shared: Sequence[Folder]) -> None:
        """Check again, as one, the folders that share a key or refer to each other."""
        for names in self.ledger.meeting():
            members = [folder for name, folder in self.folders.items() if name in names]
            desk = self.desk
            if COMMON in names:
                members = [*shared, *members]
                desk = replace(desk, common=Common(NOTHING, {}))
            self.office.step(f"ตรวจร่วมกัน {len(members):,} / checking folders together")
            first = min(names)
            loaded = desk.load([file for folder in members for file in folder.files])
            shard = desk.shard(f"{first} together", loaded)
            shard.findings = desk.judge([loaded])
            for name in names:
                self._drop(name)
                self.pieces.pop(name, None)
            self._put(first, shard, "")

    def _put(self, name: str, shard: Shard, inputs: str) -> None:
        self.pieces[name] = shard.pieces
        used = digest_stubs(self.desk.common, shard.uses)
        self.ledger.put(name, inputs, used, shard)

    def close(self) -> Country:
        """Return what was found; the ledger is written."""
        ledger = self.office.spool / LEDGER
        country = Country(ledger, replaced=self.replaced, former=self.former)
        country.sources += self.sources.values()
        for record in self.ledger.records():
            country.findings += record.findings
            country.files += record.files
            country.triples += record.triples
            for piece in self.pieces.get(record.name, ()):
                country.pieces.setdefault(piece.graph, []).append(piece)
            if record.name not in self.pieces:
                for kept in record.graphs:
                    country.kept.setdefault(kept.graph, []).append(kept)
        self.ledger.close()
        return country


def place_in(ledger: Path, iri: str) -> Place:
    """Return the folder that a thing came from."""
    with closing(Ledger(ledger)) as known:
        return Place(file=known.folder_of(iri.rpartition("/")[2]), subject=iri)


# ---- processes -------------------------------------------------------------------------------


def _check(base: str, spool: Path, folders: Sequence[Folder]) -> Iterator[tuple[str, Shard]]:
    """Yield what folders give, judged in one call."""
    desk = _desk(base, spool)
    datasets = {folder.name: desk.load(folder.files) for folder in folders}
    shards = {name: desk.shard(name, loaded) for name, loaded in datasets.items()}
    owners = {file.name: folder.name for folder in folders for file in folder.files}
    for finding in desk.judge(list(datasets.values())):
        shards[owners[finding.place.file]].findings.append(finding)
    yield from shards.items()


@cache
def _desk(base: str, spool: Path) -> Desk:
    """Return this process's desk; what is common was written down once for all processes."""
    return Desk(load_shapes(), base, read_common(spool), spool)
