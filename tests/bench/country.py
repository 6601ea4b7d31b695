"""`python -m bench.country`: how checking and publishing grow with the number of organisations.

For each size: a country's tables are made, checked, published, and published again after one
organisation has changed; up to `--plain` organisations it is also judged the plain way. Time is
told as it passed and as processors worked, since other programs may have been running; memory is
the most that all processes of a run held at once. Writes country.json and country.png.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.generate import BASE, SHARED_FOLDER, slugs, write_country
from bench.report import machine
from graph.load import load
from graph.shards import Desk, gather_common
from graph.sheets import load_shapes
from graph.sources import list_sources

TARGETS = """\
targets: first publication of 7,850 in 1,800 s and 6,144 MB; one changed of 7,850 in 60 s;
check at least 4 times as fast as the plain way on 1,000, in at most a quarter of the memory"""


@dataclass(frozen=True)
class Run:
    """One run: what, of how many organisations; seconds that passed and that processors worked."""

    name: str
    organisations: int
    triples: int
    wall_s: float
    cpu_s: float
    peak_mb: int
    steps: dict[str, float]


def main() -> None:
    """Measure all sizes, print a table, and write the JSON and the plot."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    runs: list[Run] = []
    for size in options.sizes:
        runs += _measure(options.folder / str(size), size, options)
        _write(options.folder, runs, load)
    print(f"{machine()}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after\n")
    print(table(runs), TARGETS, sep="\n\n")
    print(f"\nwritten: {options.folder / 'country.json'}, {options.folder / 'country.png'}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.country", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/bench/country"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--plain", type=int, default=1000, help="the largest to judge plainly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-publish", action="store_true", help="check alone")
    return parser.parse_args()


def _measure(folder: Path, size: int, options: argparse.Namespace) -> Iterator[Run]:
    """Yield the runs of one size."""
    shutil.rmtree(folder, ignore_errors=True)
    tables, data = write_country(folder / "tables", size, options.seed), folder / "data"
    yield _run("check", size, data, tables)
    if not options.no_publish:
        yield _run("publish", size, data, tables)
        plans = tables / slugs(size, options.seed)[0] / "plans.csv"
        plans.write_text(plans.read_text(encoding="utf-8").replace(",sure,", ",plausible,", 1))
        yield _run("change", size, data, tables)
    if size <= options.plain:
        yield _run("plain", size, _write_triples(tables, folder / "whole.nt"))


def _write_triples(tables: Path, path: Path) -> Path:
    """Write what the tables say as N-Triples, for the plain way."""
    shapes = load_shapes()
    folders = sorted(tables.iterdir())
    shared = load([tables / SHARED_FOLDER], shapes, BASE)
    desk = Desk(shapes, BASE, gather_common(shared, shapes), path.parent)
    with path.open("w", encoding="utf-8") as file:
        for folder in folders:
            handed = list_sources([folder])
            loaded = shared if folder.name == SHARED_FOLDER else desk.load(handed.files)
            file.writelines(f"{quad.triple} .\n" for quad in loaded.quads)
    return path


def _run(name: str, size: int, *paths: Path) -> Run:
    """Run one of `bench.runs` in a process of its own, and watch it."""
    print(f"· {name}, {size:,} organisations", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "bench.runs", {"change": "publish"}.get(name, name)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command += map(str, paths)
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,
        _watched(process.pid) as peak,
    ):
        out, _ = process.communicate()
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"{name} of {size:,} failed")
    told = json.loads(out)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak_mb = max(peak, default=0) // 1024**2
    return Run(name, size, told["triples"], wall_s, cpu_s, peak_mb, told["steps"])


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Note what a process and its children hold, four times a second."""
    found: list[int] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.25):
            found.append(sum(_resident_bytes(p) for p in _family(pid)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize()


# ---- what is shown ---------------------------------------------------------------------------


def table(runs: Sequence[Run]) -> str:
    """Return the runs as a table, and how the check compares with the plain way."""
    lines = [f"{'':8} {'orgs':>6} {'triples':>12} {'seconds':>9} {'cpu s':>9} {'peak MB':>8}"]
    lines += [
        f"{r.name:8} {r.organisations:6,} {r.triples:12,} {r.wall_s:9.1f} {r.cpu_s:9.1f}"
        f" {r.peak_mb:8,}"
        for r in runs
    ]
    for plain in (r for r in runs if r.name == "plain"):
        check = next(
            r for r in runs if r.name == "check" and r.organisations == plain.organisations
        )
        lines.append(
            f"check of {plain.organisations:,} beside the plain way: "
            f"{plain.wall_s / check.wall_s:.1f} times as fast, "
            f"{check.peak_mb / plain.peak_mb:.2f} of the memory"
        )
    return "\n".join(lines)


def _write(folder: Path, runs: Sequence[Run], load: float) -> None:
    body = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "load_before": load,
        "runs": [asdict(run) for run in runs],
    }
    (folder / "country.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    _plot(runs, folder / "country.png")


def _plot(runs: Iterable[Run], path: Path) -> None:
    """Draw time and memory against the number of organisations."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4.5))
    by_name: dict[str, list[Run]] = {}
    for run in runs:
        by_name.setdefault(run.name, []).append(run)
    for name, of in by_name.items():
        sizes = [run.organisations for run in of]
        axes[0].plot(sizes, [run.wall_s for run in of], marker="o", label=name)
        axes[1].plot(sizes, [run.peak_mb for run in of], marker="o", label=name)
    for axis, title in zip(axes, ("seconds", "peak MB"), strict=True):
        axis.set(xscale="log", yscale="log", xlabel="organisations", title=title)
        axis.grid(visible=True, which="both", alpha=0.3)
        axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
