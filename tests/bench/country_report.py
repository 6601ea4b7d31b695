"""What `bench.country` has measured: as tables, as JSON and as a plot.

In: the runs of each size and what readers waited for. Out: text for a terminal, country.json, and
country.png: time and memory against the number of organisations.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.goals import Goal
from bench.report import machine
from bench.visits import KINDS, Visits

_LARGE = 1_000  # organisations: of fewer, the processes of a check are not worth their start
CHANGES = ("change", "correction")
"""Publications after one organisation has changed."""


@dataclass(frozen=True)
class Run:
    """One run: what, of how many organisations; seconds that passed and that processors worked.

    One that was stopped before its end took, and held, more than its figures say.
    """

    name: str
    organisations: int
    triples: int
    wall_s: float
    cpu_s: float
    peak_mb: int
    steps: dict[str, float]
    is_stopped: bool = False


@dataclass(frozen=True)
class Found:
    """All that was measured so far."""

    runs: list[Run]
    visits: list[Visits]


def goals(found: Found) -> list[Goal]:
    """Return what was to be reached beside what was, of the sizes that were measured."""
    runs = {(run.name, run.organisations): run for run in found.runs}
    wanted = []
    for (name, size), run in runs.items():
        of = f"{name} of {size:,} organisations" + (", stopped" if run.is_stopped else "")
        if name == "plain" and size >= _LARGE and ("check", size) in runs:
            check = runs["check", size]
            wanted.append(
                Goal(f"speed of a check, of the {of}", run.cpu_s / check.cpu_s, "at least", 4)
            )
            share = check.peak_mb / run.peak_mb
            wanted.append(Goal(f"memory of a check, of the {of}", share, "at most", 0.25))
        elif name == "publish":
            wanted.append(Goal(f"{of}, minutes", run.wall_s / 60, "at most", 30))
            wanted.append(Goal(f"{of}, GiB", run.peak_mb / 1024, "at most", 6))
        elif name in CHANGES:
            wanted.append(Goal(f"{of}, seconds", run.wall_s, "at most", 60))
    for one in found.visits:
        of = f"{one.organisations:,} organisations"
        wanted.append(Goal(f"start to first page, {of}, seconds", one.start_s, "at most", 2))
    for kind in KINDS if len(found.visits) > 1 else ():
        grown = found.visits[-1].cpu_ms[kind] / found.visits[0].cpu_ms[kind]
        sizes = (
            f"{found.visits[-1].organisations:,} organisations, of {found.visits[0].organisations}"
        )
        wanted.append(Goal(f"processor time, {kind}, {sizes}", grown, "at most", 1.5))
    return wanted


def table(runs: Sequence[Run]) -> str:
    """Return the runs as a table, and how the check compares with the plain way."""
    lines = [f"{'':10} {'orgs':>6} {'triples':>12} {'seconds':>9} {'cpu s':>9} {'peak MB':>8}"]
    lines += [
        f"{r.name:10} {r.organisations:6,} {r.triples:12,} {r.wall_s:9.1f} {r.cpu_s:9.1f}"
        f" {r.peak_mb:8,}{'  stopped' if r.is_stopped else ''}"
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
            + (", or better: it was stopped" if plain.is_stopped else "")
        )
    return "\n".join(lines)


def table_of_visits(visits: Sequence[Visits]) -> str:
    """Return what readers waited for as a table, and how it grew from the smallest country."""
    if not visits:
        return "nothing was served"
    names = ("start s", "cpu s", *KINDS, "server MB", "worker MB")
    lines = [f"{'orgs':>8}" + "".join(f"{name:>10}" for name in names)]
    for v in visits:
        told = [f"{v.start_s:.2f}", f"{v.start_cpu_s:.2f}"]
        told += [f"{v.median_ms[kind]:.1f}" for kind in KINDS]
        told += [f"{v.server_mb:,}", f"{v.worker_mb:,}"]
        lines.append(f"{v.organisations:8,}" + "".join(f"{text:>10}" for text in told))
        costs = "".join(f"{v.cpu_ms[kind]:10.1f}" for kind in KINDS)
        lines.append(f"{'':8}{'':10}{'cpu ms':>10}" + costs)
        again = "".join(f"{v.again_ms[kind]:10.1f}" for kind in KINDS)
        lines.append(f"{'':8}{'':10}{'again':>10}" + again)
    for name in ("median_ms", "cpu_ms", "again_ms"):
        first, last = getattr(visits[0], name), getattr(visits[-1], name)
        grown = "".join(f"{last[kind] / first[kind]:9.2f}x" for kind in KINDS)
        lines.append(f"{'':8}{name:>20}" + grown)
    return "\n".join(lines)


def write(folder: Path, found: Found, load: float) -> None:
    """Write the JSON and the plot."""
    body = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "load_before": load,
        "goals": [asdict(goal) for goal in goals(found)],
        "runs": [asdict(run) for run in found.runs],
        "visits": [asdict(visits) for visits in found.visits],
    }
    (folder / "country.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    _plot(found, folder / "country.png")


def _plot(found: Found, path: Path) -> None:
    """Draw time and memory against the number of organisations."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(11, 9))
    work, memory, pages, held = axes.flat
    for name in dict.fromkeys(run.name for run in found.runs):
        runs = [run for run in found.runs if run.name == name]
        _draw(work, name, runs, lambda run: run.cpu_s)
        _draw(memory, name, runs, lambda run: run.peak_mb)
    for kind in KINDS:
        _draw(pages, kind, found.visits, lambda one, kind=kind: one.cpu_ms[kind])
    _draw(pages, "start", found.visits, lambda one: one.start_cpu_s * 1_000)
    _draw(held, "server", found.visits, lambda one: one.server_mb)
    _draw(held, "query worker", found.visits, lambda one: one.worker_mb)
    # Of the processors, since they do not count what other programs did meanwhile.
    titles = ("processor seconds", "peak MB", "processor milliseconds", "MB while serving")
    for axis, title in zip(axes.flat, titles, strict=True):
        axis.set(xscale="log", yscale="log", xlabel="organisations", title=title)
        axis.grid(visible=True, which="both", alpha=0.3)
        if axis.lines:
            axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _draw(axis: Any, label: str, of: Sequence[Any], value: Callable[[Any], float]) -> None:
    sizes, values = [one.organisations for one in of], [value(one) for one in of]
    if sizes:
        axis.plot(sizes, values, marker="o", label=label)
