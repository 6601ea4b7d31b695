"""What every command says to a terminal: the step being done, and one line before it stops."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from rich.console import Console


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show the step being done: a spinner on a terminal, plain lines elsewhere, all on stderr."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: click.echo(f"· {text}", err=True)
        return
    with console.status("…") as status:
        yield lambda text: status.update(text)


def stop(message: str, code: int) -> NoReturn:
    """End the program with one line on stderr."""
    click.echo(f"km: {message}", err=True)
    sys.exit(code)
