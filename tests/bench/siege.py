"""`python -m bench.siege`: a minute of hostile queries against `km serve`, with its counts.

In: data made as for the benchmark. Out: the counts, and exit code 1 where something happened that
should not have.
"""

import argparse
import asyncio
import sys
from itertools import islice
from pathlib import Path

from bench.data import make_data
from bench.hostile import Plan, attack, report
from bench.kinds import KINDS, fresh
from bench.processes import load_of
from bench.servers import running_ours

_SETTLE_S = 15  # a query may still run for its deadline when the last attacker goes


def main() -> None:
    """Run the attack and print what came of it."""
    parser = argparse.ArgumentParser(prog="siege", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="data")
    parser.add_argument("--organisations", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    data = make_data(options.folder, 1, options.organisations)
    small = [
        query
        for kind in KINDS
        if kind.group == "point" and kind.name != "describe"
        for query in islice(fresh(kind, 5, data.organisations), 50)
    ]
    with running_ours(data, Path(sys.executable).parent) as server:
        plan = Plan(options.seconds)
        outcome = asyncio.run(attack(server.endpoint, small, server.process, plan))
        load_of(server.process, _SETTLE_S)
        outcome.idle_load = load_of(server.process, 3)
    print(report(outcome))
    sys.exit(bool(outcome.faults()))


if __name__ == "__main__":
    main()
