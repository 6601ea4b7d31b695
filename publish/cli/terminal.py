"""Messages of every command on the terminal: the running step, and one line before a stop."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click


@contextmanager
def progress(steps: int = 2) -> Iterator[Callable[[str], None]]:
    """Show the running step on stderr: as a bar on a terminal, as plain lines elsewhere.

    `steps` is the number of steps to come.
    """
    if not sys.stderr.isatty():
        yield lambda text: click.echo(f"· {text}", err=True)
        return
    from rich.console import Console  # imported here: `km serve` does not need it
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        BarColumn(16),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("…", total=steps)

        def step(text: str) -> None:
            bar.update(task, description=text, advance=0 if bar.tasks[0].description == "…" else 1)

        yield step


def stop(message: str, code: int) -> NoReturn:
    """End the program with one line on stderr."""
    click.echo(f"km: {message}", err=True)
    sys.exit(code)
