"""`python -m crash`: kill publications, fill the disk, publish under load; print the counts."""

import argparse
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

from support.cases import read_site, write_site

from crash.disk import MIB, fill, limit_files, small_disk
from crash.moving import publish_under_load, served
from crash.trial import KM, STEP_NAMES, Failed, Trial, settings
from graph.check.check import Checked, bundled_site, check
from graph.release.manifest import current_id
from publish.config import Config

BASE = Config.base


def main() -> None:
    """Run the trials, and end with 1 where something does not hold."""
    options = _options()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="km-crash-") as name:
        folder = Path(name)
        versions = make_versions(folder)
        try:
            trial = Trial(folder / "var", versions, BASE)
            _kills(trial, options.kills)
            _commands(trial, options.commands)
            _limits(trial, options.limits)
            _small_disk(folder / "disk", versions, options.fills)
            _under_load(Trial(folder / "load", versions, BASE), options.publications)
        except Failed as error:
            print(f"FAILED {error}", flush=True)
            sys.exit(1)


def make_versions(folder: Path) -> list[Checked]:
    """Return two versions of the bundled site, checked: one is a topic and an entry apart."""
    tables = read_site()
    tables["topics"][0]["alt_th"] = "ธรรมรัฐ"
    tables["entries"] = [r for r in tables["entries"] if r["key"] != "sao-301107-p1-5"]
    sources = [write_site(read_site(), folder / "one"), write_site(tables, folder / "two")]
    versions = [check([source], BASE, lambda _: None) for source in sources]
    for version in versions:
        assert version.report.conforms
        for graph in version.graphs.names():
            version.graphs.sha256(graph)  # once, before any fork
    return versions


def _kills(trial: Trial, kills: int) -> None:
    """Kill at every step and at random moments."""
    trial.succeed("the first publication")
    for name in STEP_NAMES:
        before = current_id(trial.data)
        if not trial.kill_at(name):
            raise Failed(f"the step {name} did not come")
        trial.settle(before, f"killed at the step {name}")
    print(f"killed at each of {len(STEP_NAMES)} steps: every release whole", flush=True)
    counts = Counter[str]()
    while counts["old release"] + counts["new release"] < kills:
        before, delay_s = current_id(trial.data), random.uniform(0, trial.took_s)
        was_killed = trial.kill_after(delay_s)
        has_moved = current_id(trial.data) != before
        outcome = "done before" if not was_killed else "new release" if has_moved else "old release"
        counts[outcome] += 1
        trial.settle(before, f"killed after {delay_s:.3f} s")
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    print(f"killed at {kills} random moments: every release whole ({told})", flush=True)


def _limits(trial: Trial, limits: int) -> None:
    """Let files be too large, from a kilobyte on."""
    sizes = [int(1000 * 1.5**n) for n in range(limits)]
    refused = sum(limit_files(trial, size) for size in sizes)
    print(f"files limited in size {limits} times: {refused} refused, every release whole")
    if limits and not refused:
        raise Failed("no limit on the size of files was met")


def _commands(trial: Trial, commands: int) -> None:
    """Kill `km publish` itself, as an operator's shell would."""
    start = time.monotonic()
    command = (*KM, "publish", str(bundled_site()))
    subprocess.run(command, env=settings(trial.data), capture_output=True, check=True)
    took_s = time.monotonic() - start
    for _ in range(commands):
        before = current_id(trial.data)
        trial.kill_command(bundled_site(), random.uniform(0, took_s))
        trial.settle(before, "km publish was killed")
    print(f"killed km publish itself {commands} times: every release whole", flush=True)


def _small_disk(folder: Path, versions: list[Checked], fills: int) -> None:
    """Publish on a disk that is too small by more and more."""
    with small_disk(folder, 64) as disk:
        if disk is None:
            print("full disk: not tried, since this user may not mount a tmpfs", flush=True)
            return
        trial = Trial(disk / "var", versions, BASE)
        trial.succeed("the first publication")
        refused = sum(fill(trial, int(4 * MIB * n / fills)) for n in range(fills))
        print(f"disk filled {fills} times: {refused} refused, every release whole", flush=True)
        if fills and not refused:
            raise Failed("the disk was never full")


def _under_load(trial: Trial, publications: int) -> None:
    """Publish while clients ask."""
    trial.succeed("the first publication")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with served(trial, port):
        seen = publish_under_load(trial, port, publications)
    usual, slowest = median(seen.moves_s), max(seen.moves_s)
    print(
        f"published {publications} times under load: {seen.answers:,} requests, "
        f"{len(seen.failures)} failed; "
        f"moved over in {usual:.2f} s as a rule, {slowest:.2f} s at most",
        flush=True,
    )
    if seen.failures:
        raise Failed("; ".join(seen.failures[:5]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at random moments")
    parser.add_argument("--commands", type=int, default=20, help="kills of `km publish` itself")
    parser.add_argument("--limits", type=int, default=20, help="sizes of files")
    parser.add_argument("--fills", type=int, default=12, help="amounts of space left")
    parser.add_argument("--publications", type=int, default=50, help="under load")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
