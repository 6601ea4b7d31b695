"""What every command says to a terminal: the step being done, and one line before it stops."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click


@contextmanager
def progress(steps: int = 2) -> Iterator[Callable[[str], None]]:
    """Show the step being done, all on stderr: a bar on a terminal, plain lines elsewhere.

    `steps` is how many there will be.
    """
    if not sys.stderr.isatty():
        yield lambda text: click.echo(f"· {text}", err=True)
        return
    from rich.console import Console  # here, for who serves needs none of it
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
