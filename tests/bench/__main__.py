"""`python -m bench`: make the data, start the servers, measure, and report; about ten minutes."""

import argparse
import os
import sys
from pathlib import Path

from bench.data import make_data
from bench.kinds import KINDS
from bench.measure import Plan, isolation, measure
from bench.report import Surroundings, as_json, machine, rows, say, table, targets, versions
from bench.servers import running


def main() -> None:
    """Run the whole benchmark."""
    options = _options()
    programs = Path(sys.executable).parent
    plan = Plan(options.rounds, options.seconds, limit_s=60)
    before = os.getloadavg()[0]
    say(f"making {options.organisations:,} organisations")
    data = make_data(options.folder, options.seed, options.organisations)
    kinds = [kind for kind in KINDS if not options.kind or kind.name in options.kind]
    say("starting the servers")
    cells = []
    with running(data, programs) as servers:
        for kind in kinds:
            say(kind.name)
            cells += measure(kind, servers, data.organisations, plan)
    apart = isolation(data, KINDS[0], queries=500)
    around = Surroundings(machine(), versions(programs), data.triples, before, os.getloadavg()[0])
    found = rows(cells)
    written = options.folder / "bench.json"
    written.write_text(as_json(cells, found, apart, around), encoding="utf-8")
    print(f"{around.machine}; load {around.load_before:.1f} before, {around.load_after:.1f} after")
    print(f"{around.versions}; {around.triples:,} triples\n")
    print(table(found), "\n".join(map(str, targets(found, apart))), sep="\n\n")
    print(f"\nwritten: {written}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="data and results")
    parser.add_argument("--organisations", type=int, default=690, help="690 make a million triples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, help="how often each run comes")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long each run is")
    parser.add_argument("--kind", action="append", help="only this kind; may be given again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
