"""`python -m bench.country`: how all that is done with a country grows with its organisations.

For each size: a country's tables are made, checked, published, published again after one
organisation has changed (a plan; a correction, from which names follow); up to `--plain`
organisations it is also judged the plain way. Then all are served, in turns (`bench.visits`). Time
is told as it passed and as processors worked, since other programs may have been running; memory is
the most that all processes of a run held at once. Writes country.json and country.png
(`bench.country_report`) after each run, so that an evening's work is never lost.
"""

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.country_report import CHANGES, Found, Run, goals, table, table_of_visits, write
from bench.generate import BASE, SHARED_FOLDER, slugs, write_country
from bench.processes import family, resident_bytes
from bench.report import machine, say
from bench.visits import visit_in_turn
from graph.check.folder_check import FolderChecker, gather_shared
from graph.intake.load import load
from graph.intake.sources import list_sources
from graph.schema.sheets import load_shapes


def main() -> None:
    """Measure all sizes, print a table, and write the JSON and the plot."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    found = Found([], [])
    for size in options.sizes:
        for run in _measure(options.folder / str(size), size, options):
            found.runs.append(run)
            write(options.folder, found, load)
    if not options.no_publish:
        say("serve")
        served = {size: options.folder / str(size) / "data" for size in options.sizes}
        found.visits.extend(visit_in_turn(served))
        write(options.folder, found, load)
    print(f"{machine()}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after\n")
    print(table(found.runs), table_of_visits(found.visits), *goals(found), sep="\n")
    print(f"\nwritten: {options.folder / 'country.json'}, {options.folder / 'country.png'}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.country", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/bench/country"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--plain", type=int, default=1000, help="the largest to judge plainly")
    parser.add_argument(
        "--patience",
        type=float,
        default=20,
        help="stop the plain way after so many times what the check took",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-publish", action="store_true", help="check alone")
    return parser.parse_args()


def _measure(folder: Path, size: int, options: argparse.Namespace) -> Iterator[Run]:
    """Yield the runs of one size."""
    shutil.rmtree(folder, ignore_errors=True)
    tables, data = write_country(folder / "tables", size, options.seed), folder / "data"
    check = _run("check", size, data, tables)
    yield check
    if not options.no_publish:
        yield _run("publish", size, data, tables)
        changed = tables / slugs(size, options.seed)[0]
        _edit(changed / "plans.csv", "confidence", "plausible")
        yield _run("change", size, data, tables)
        _edit(changed / "corrections.csv", "corrected", "คำที่แก้แล้ว")
        yield _run("correction", size, data, tables)
    if size <= options.plain:
        patience_s = check.wall_s * options.patience
        yield _run("plain", size, _write_triples(tables, folder / "whole.nt"), limit_s=patience_s)


def _edit(table: Path, column: str, text: str) -> None:
    """Write something else into the first cell of a column that says anything."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row[column] and row[column] != text)
    row[column] = text
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*row])
        writer.writeheader()
        writer.writerows(rows)


def _write_triples(tables: Path, path: Path) -> Path:
    """Write what the tables say as N-Triples, for the plain way."""
    shapes = load_shapes()
    folders = sorted(tables.iterdir())
    shared = load([tables / SHARED_FOLDER], shapes, BASE)
    checker = FolderChecker(shapes, BASE, gather_shared(shared, shapes), path.parent)
    with path.open("w", encoding="utf-8") as file:
        for folder in folders:
            handed = list_sources([folder])
            loaded = shared if folder.name == SHARED_FOLDER else checker.load(handed.files)
            file.writelines(f"{quad.triple} .\n" for quad in loaded.quads)
    return path


def _run(name: str, size: int, *paths: Path, limit_s: float | None = None) -> Run:
    """Run one of `bench.runs` in a process of its own, watch it, and stop it after `limit_s`."""
    say(f"{name}, {size:,} organisations")
    way = "publish" if name in CHANGES else name
    command = [sys.executable, "-m", "bench.runs", way]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command += map(str, paths)
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,
        _watched(process.pid) as peak,
    ):
        is_stopped = False
        try:
            out, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            process.kill()
            out, is_stopped = b'{"triples": 0, "steps": {}}', True
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode and not is_stopped:
        raise SystemExit(f"{name} of {size:,} failed")
    told = json.loads(out)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak_mb = max(peak, default=0) // 1024**2
    triples, steps = told["triples"], told["steps"]
    return Run(name, size, triples, wall_s, cpu_s, peak_mb, steps, is_stopped)


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Note what a process and its children hold, four times a second."""
    found: list[int] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.25):
            found.append(sum(resident_bytes(p) for p in family(pid)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()


if __name__ == "__main__":
    main()
