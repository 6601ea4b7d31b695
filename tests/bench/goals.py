"""What was to be reached beside what was: `python -m bench.goals` puts all of them in one table.

In: the JSON that each benchmark wrote into the folder. Out: goals.json and a Markdown table, with
the machine, the day and how busy it was, since numbers mean nothing alone.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

_FILES = ("bench.json", "pages.json", "country/country.json")


@dataclass(frozen=True)
class Goal:
    """A figure, and what it was to be: `at least` or `at most` so much."""

    name: str
    value: float
    bound: str
    wanted: float

    @property
    def is_reached(self) -> bool:
        """Whether it is."""
        return self.value <= self.wanted if self.bound == "at most" else self.value >= self.wanted

    def __str__(self) -> str:
        """Return it as one line."""
        answer = "yes" if self.is_reached else "NO"
        return f"{answer:>3}  {self.name}: {self.value:.2f}, {self.bound} {self.wanted:g}"


def main() -> None:
    """Read what was measured and print the table."""
    parser = argparse.ArgumentParser(prog="bench.goals", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="the results")
    folder = parser.parse_args().folder
    found = list(read_goals(folder))
    text = json.dumps([{"from": name, **asdict(goal)} for name, goal in found], indent=1)
    (folder / "goals.json").write_text(text, encoding="utf-8")
    print(table(folder, found))


def read_goals(folder: Path) -> Iterator[tuple[str, Goal]]:
    """Yield the goals of each benchmark that was run, with the file they stand in."""
    for name in _FILES:
        if (folder / name).exists():
            for goal in json.loads((folder / name).read_text(encoding="utf-8"))["goals"]:
                yield name, Goal(**goal)


def table(folder: Path, found: list[tuple[str, Goal]]) -> str:
    """Return the goals as a Markdown table, one below the other."""
    lines = ["| measured | day | reached | wanted | |", "|---|---|--:|--:|---|"]
    for name, goal in found:
        day = datetime.fromtimestamp((folder / name).stat().st_mtime, UTC).date()
        mark = "yes" if goal.is_reached else "**no**"
        wanted = f"{goal.bound} {goal.wanted:g}"
        lines.append(f"| {goal.name} | {day} | {goal.value:.2f} | {wanted} | {mark} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
