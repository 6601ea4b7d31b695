"""`python -m bench.pages`: how fast pages and data leave, beside peers and beside plain files.

All servers hold the same generated country. wrk asks each in turn, by 1 and by 8 connections,
within each measure and round, so that whatever else the machine does falls on all. Prints answers a
second as a table with ratios, and writes pages.json.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.goals import Goal
from bench.page_data import make_site
from bench.page_loads import BARE, PAGE, Measure, measures
from bench.page_servers import (
    FRESH,
    NGINX,
    OXIGRAPH,
    RDFLIB,
    SHMARQL,
    SHMARQL_VERSION,
    TRIFID,
    TRIFID_VERSION,
    VIRTUOSO,
    WARM,
    all_peers,
)
from bench.report import machine, say
from bench.wrk import Run, run

CONNECTIONS = (1, 8)
_COLUMNS = (NGINX, OXIGRAPH, BARE, RDFLIB, SHMARQL, TRIFID, VIRTUOSO)
_VIRTUOSO_PER_SECOND = 57  # as measured once, for where it is not there


@dataclass(frozen=True, kw_only=True)
class Cell(Run):
    """One measure on one server by some connections: the median of its rounds."""

    measure: str
    server: str
    connections: int


def main() -> None:
    """Start the servers, measure, print the table, and write the JSON."""
    options = _options()
    programs, before = Path(sys.executable).parent, os.getloadavg()[0]
    say(f"publishing {options.organisations:,} organisations")
    site = make_site(options.folder, options.seed, options.organisations)
    files = options.folder / "nginx" / "files"
    shutil.rmtree(files, ignore_errors=True)
    with all_peers(site, programs, options.folder) as peers:
        cells = []
        for measure in measures(site, peers.running, files):
            if not options.measure or measure.name in options.measure:
                say(measure.name)
                cells += _measured(measure, options.rounds, options.seconds)
    around = {
        "machine": machine(),
        "versions": versions(programs),
        "organisations": options.organisations,
        "load": [before, os.getloadavg()[0]],
        "missing": peers.missing,
    }
    text = json.dumps(
        {
            "around": around,
            "goals": [asdict(goal) for goal in targets(cells)],
            "cells": [asdict(cell) for cell in cells],
        },
        indent=1,
    )
    (options.folder / "pages.json").write_text(text, encoding="utf-8")
    print(f"{around['machine']}; load {before:.1f} before, {os.getloadavg()[0]:.1f} after")
    print(f"{around['versions']}; {options.organisations:,} organisations\n")
    print(table(cells), *(f"{name}: not measured: {why}" for name, why in peers.missing.items()))
    print("", *targets(cells), f"written: {options.folder / 'pages.json'}", sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="data and results")
    parser.add_argument("--organisations", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, help="how often each run comes")
    parser.add_argument("--seconds", type=int, default=2, help="how long each run is")
    parser.add_argument("--measure", action="append", help="only this one; may be given again")
    return parser.parse_args()


def _measured(measure: Measure, rounds: int, seconds: float) -> Iterator[Cell]:
    """Yield the cells of one measure, its servers taking turns."""
    runs: dict[tuple[int, int], list[Run]] = {}
    with TemporaryDirectory() as folder:
        script = Path(folder) / "script.lua"
        for _ in range(rounds):
            for number, load in enumerate(measure.loads):
                for connections in CONNECTIONS:
                    done = run(load, connections, seconds, script)
                    runs.setdefault((number, connections), []).append(done)
    for (number, connections), found in runs.items():
        yield _cell(measure.name, measure.loads[number].server, connections, found)


def _cell(measure: str, server: str, connections: int, runs: Sequence[Run]) -> Cell:
    return Cell(
        measure=measure,
        server=server,
        connections=connections,
        per_second=statistics.median(r.per_second for r in runs),
        median_ms=statistics.median(r.median_ms for r in runs),
        cpu_ms=sum(r.cpu_ms * r.answers for r in runs) / max(sum(r.answers for r in runs), 1),
        megabytes_per_second=statistics.median(r.megabytes_per_second for r in runs),
        answers=sum(r.answers for r in runs),
        failed=sum(r.failed for r in runs),
    )


def versions(programs: Path) -> str:
    """Return the versions of everything that is compared."""
    commands = ([str(programs / "oxigraph"), "--version"], ["nginx", "-v"], ["node", "--version"])
    told = [_version(command) for command in commands]
    ours = [f"{name} {version(name)}" for name in ("tambon-km", "pyoxigraph", "rdflib-endpoint")]
    peers = [f"Trifid {TRIFID_VERSION}", f"SHMARQL {SHMARQL_VERSION}"]
    return ", ".join([f"Python {platform.python_version()}", *ours, *peers, *filter(None, told)])


def _version(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    told = (done.stdout or done.stderr).strip().removeprefix("nginx version: ")
    return f"node {told}" if command[0] == "node" else told


# ---- what is shown ---------------------------------------------------------------------------


def table(cells: Sequence[Cell]) -> str:
    """Return a Markdown table: answers a second, ours and theirs, and the ratio to each."""
    there = {cell.server for cell in cells}
    columns = [name for name in _COLUMNS if name in there]
    lines = ["| measure | connections | km, 1/s | km, ms of processor | "]
    lines[0] += " | ".join(f"{name} | km/{name}" for name in columns) + " |"
    lines.append("|---|--:|--:|--:|" + "--:|--:|" * len(columns))
    places: dict[tuple[str, int], dict[str, Cell]] = {}
    for cell in cells:
        ours = cell.server in (FRESH, WARM, PAGE)
        measure = "Thai search, page" if cell.server == PAGE else cell.measure
        place = places.setdefault((measure, cell.connections), {})
        place["km" if ours else cell.server] = cell
    for (measure, connections), found in places.items():
        ours = found["km"]
        line = f"| {measure} | {connections} | {_digits(ours.per_second)} | {ours.cpu_ms:.2f} |"
        for name in columns:
            theirs = found.get(name)
            ratio = ours.per_second / theirs.per_second if theirs and theirs.per_second else 0
            line += f" {_digits(theirs.per_second)} | {ratio:.2f} |" if theirs else " | |"
        lines.append(line)
    failed = [f"{c.server}, {c.measure}: {c.failed} failed" for c in cells if c.failed]
    return "\n".join([*lines, *failed])


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def targets(cells: Sequence[Cell]) -> list[Goal]:
    """Return what was to be reached beside what was, by 8 connections."""
    many = {(c.measure, c.server): c for c in cells if c.connections == CONNECTIONS[-1]}
    goals = []
    for measure, ours, theirs, least in (
        ("HTML afresh", FRESH, TRIFID, 12),
        ("Turtle afresh", FRESH, TRIFID, 10),
        ("Turtle afresh", FRESH, OXIGRAPH, 0.4),
        ("HTML, warm", WARM, NGINX, 0.4),
        ("whole dump", WARM, NGINX, 0.5),
    ):
        if (measure, ours) in many and (measure, theirs) in many:
            ratio = many[measure, ours].per_second / (many[measure, theirs].per_second or 1)
            goals.append(Goal(f"{measure}, of {theirs}", ratio, "at least", least))
    return [*goals, *_own_targets(many)]


def _own_targets(many: Mapping[tuple[str, str], Cell]) -> Iterator[Goal]:
    hub, law = many.get(("the hub, HTML afresh", FRESH)), many.get(("a law, HTML afresh", FRESH))
    page, brief = many.get(("HTML, warm", WARM)), many.get(("304", WARM))
    if hub and law:
        yield Goal("processor time of the hub, of a law", hub.cpu_ms / law.cpu_ms, "at most", 1.5)
    if search := many.get(("Thai search", FRESH)):
        theirs = many.get(("Thai search", VIRTUOSO))
        most = max(theirs.per_second if theirs else 0, _VIRTUOSO_PER_SECOND)
        yield Goal("Thai search, of Virtuoso", search.per_second / most, "at least", 10)
    if page and brief:
        yield Goal("processor time of a 304, of a page", brief.cpu_ms / page.cpu_ms, "at most", 1)


if __name__ == "__main__":
    main()
