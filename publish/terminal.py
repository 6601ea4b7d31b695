"""What every command says to a terminal: the step being done, and one line before it stops."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def progress(steps: int = 2) -> Iterator[Callable[[str], None]]:
    """Show the step being done, all on stderr: a bar on a terminal, plain lines elsewhere.

    `steps` is how many there will be.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: click.echo(f"· {text}", err=True)
        return
    columns = (
        SpinnerColumn(),
        BarColumn(16),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("…", total=steps)

        def step(text: str) -> None:
            bar.update(task, description=text, advance=0 if bar.tasks[0].description == "…" else 1)

        yield step


def stop(message: str, code: int) -> NoReturn:
    """End the program with one line on stderr."""
    click.echo(f"km: {message}", err=True)
    sys.exit(code)
