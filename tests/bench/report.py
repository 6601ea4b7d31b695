"""What was measured, as a table of ratios and as JSON.

In: cells. Out: text: medians at one client, throughputs at eight, how they compare, and the targets
beside what was reached; the machine and the versions are named, since numbers mean nothing alone.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from bench.goals import Goal
from bench.measure import CLIENTS, Cell, Isolation
from bench.servers import OURS, OXIGRAPH, RDFLIB

_ONE, _MANY = CLIENTS


@dataclass(frozen=True)
class Surroundings:
    """Where it was measured, and how busy the machine was before and after."""

    machine: str
    versions: str
    triples: int
    load_before: float
    load_after: float


@dataclass(frozen=True)
class Row:
    """One kind of query on all servers.

    Ratios above 1 are in our favour but for `latency` and `cpu`, the processor time of an answer.
    """

    kind: str
    group: str
    ours_ms: float
    oxigraph_ms: float
    rdflib_ms: float
    latency: float
    cpu: float
    ours_per_s: float
    oxigraph_per_s: float
    rdflib_per_s: float
    throughput: float
    repeated: float
    over_rdflib: float
    refused: int


def say(what: str) -> None:
    """Tell whoever waits what is done now."""
    print(f"· {what}", file=sys.stderr, flush=True)


def machine() -> str:
    """Return the processor and what runs on it."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((x.partition(":")[2].strip() for x in lines if "model name" in x), model)
    return f"{os.cpu_count()} cores of {model}, {platform.system()} {platform.release()}"


def versions(programs: Path) -> str:
    """Return the versions of everything that is compared."""
    server = subprocess.run(
        [str(programs / "oxigraph"), "--version"], capture_output=True, text=True, check=True
    )
    names = ("tambon-km", "pyoxigraph", "rdflib", "rdflib-endpoint", "uvicorn")
    ours = [f"{name} {version(name)}" for name in names]
    return ", ".join([f"Python {platform.python_version()}", server.stdout.strip(), *ours])


def rows(cells: Iterable[Cell]) -> list[Row]:
    """Return one row for each kind, in the order they were measured."""
    found: dict[str, dict[tuple[str, int, bool], Cell]] = {}
    for cell in cells:
        found.setdefault(cell.kind, {})[cell.server, cell.clients, cell.is_fresh] = cell
    return [_row(by_place) for by_place in found.values()]


def _row(cells: dict[tuple[str, int, bool], Cell]) -> Row:
    ours, theirs = cells[OURS, _ONE, True], cells[OXIGRAPH, _ONE, True]
    rdflib, rdflib_many = cells[RDFLIB, _ONE, True], cells[RDFLIB, _MANY, True]
    many, their_many = cells[OURS, _MANY, True], cells[OXIGRAPH, _MANY, True]
    again, their_again = cells[OURS, _MANY, False], cells[OXIGRAPH, _MANY, False]
    return Row(
        kind=ours.kind,
        group=ours.group,
        ours_ms=ours.median_ms,
        oxigraph_ms=theirs.median_ms,
        rdflib_ms=rdflib.median_ms,
        latency=ours.median_ms / theirs.median_ms,
        cpu=_ratio(many.cpu_ms, their_many.cpu_ms),
        ours_per_s=many.per_second,
        oxigraph_per_s=their_many.per_second,
        rdflib_per_s=rdflib_many.per_second,
        throughput=_ratio(many.per_second, their_many.per_second),
        repeated=_ratio(again.per_second, their_again.per_second),
        over_rdflib=_ratio(many.per_second, rdflib_many.per_second),
        refused=many.refused,
    )


def _ratio(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else float("inf")


def table(found: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| query | 1 client, ms: km | Oxigraph | rdflib | km/Ox | processor km/Ox "
        "| 8 clients, 1/s: km | Oxigraph | rdflib | km/Ox | repeated km/Ox | km/rdflib | refused |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in found:
        numbers = [_digits(value) for value in list(asdict(row).values())[2:-1]]
        lines.append("| " + " | ".join([row.kind, *numbers, str(row.refused)]) + " |")
    return "\n".join(lines)


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def targets(found: Sequence[Row], isolation: Isolation) -> list[Goal]:
    """Return what was to be reached beside what was; means are geometric."""
    added = isolation.through_workers_ms - isolation.in_process_ms
    goals = [Goal("latency, 1 client, of Oxigraph", _mean(found, _latency), "at most", 1.5)]
    for group, least in (("point", 0.4), ("join", 0.65), ("aggregate", 0.75)):
        if rows := [row for row in found if row.group == group]:
            name = f"throughput of {group}s, 8 clients, of Oxigraph"
            goals.append(Goal(name, _mean(rows, _throughput), "at least", least))
    repeated, least = _mean(found, lambda r: r.repeated), min(r.over_rdflib for r in found)
    return [
        *goals,
        Goal("throughput of repeated queries, of Oxigraph", repeated, "at least", 3),
        Goal("throughput of any query, of rdflib-endpoint", least, "at least", 8),
        Goal("isolation, ms a query", added, "at most", 0.3),
    ]


def _latency(row: Row) -> float:
    return row.latency


def _throughput(row: Row) -> float:
    return row.throughput


def _mean(found: Sequence[Row], ratio: Callable[[Row], float]) -> float:
    return statistics.geometric_mean([max(ratio(row), 1e-6) for row in found])


def as_json(
    cells: Sequence[Cell], found: Sequence[Row], isolation: Isolation, around: Surroundings
) -> str:
    """Return everything that was measured."""
    raw = {
        "surroundings": asdict(around),
        "isolation": asdict(isolation),
        "goals": [asdict(goal) for goal in targets(found, isolation)],
        "rows": [asdict(row) for row in found],
        "cells": [asdict(cell) for cell in cells],
    }
    return json.dumps(raw, ensure_ascii=False, indent=1)
