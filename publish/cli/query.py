"""`km query`: answer a saved question, or a query in a file, from the current release.

In: a name or a file, and values of parameters. Out: a table for a terminal, CSV or SPARQL JSON on
stdout; a CONSTRUCT or DESCRIBE gives Turtle, or JSON-LD with `--format json`. The command only
reads the store. It refuses the same queries as the public endpoint.
"""

import csv
import io
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
import pyoxigraph as ox
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text as Words

from graph.errors import QueryError, SourceError
from graph.queries.saved import SavedQuery, bind, check_bound, find_query, read_query, saved_queries
from graph.rdf.vocab import Term, compact
from graph.release.manifest import open_release
from graph.sparql.guard import check_query
from graph.store.interface import Store
from publish.config import Config
from publish.engine.backends import open_store

_MIN_COLUMN_WIDTH = 12  # of a terminal; most words of Thai and English fit
_MAX_WIDTH = 100_000  # for a file or a pipe, which has no width
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f]"
)  # characters that could move the cursor of a terminal
_GRAPH_FORMATS = {"table": "ttl", "json": "jsonld"}


@click.command("query")
@click.argument("name_or_file", required=False, metavar="[NAME|FILE]")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print the answer.",
)
@click.pass_obj
def query_command(
    config: Config, name_or_file: str | None, params: tuple[str, ...], style: str
) -> None:
    """Answer a saved question, or a SPARQL query in a file.

    NAME is the name of a saved question. FILE is a file with a SELECT, ASK, CONSTRUCT or DESCRIBE
    query. Without NAME and FILE, the command lists the saved questions with their parameters.
    """
    release = open_release(config.data)
    base = release.manifest.base
    if name_or_file is None:
        _list(saved_queries(base))
        return
    query = _find(name_or_file, base)
    store = open_store(config, release)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it: the engine ignores exceptions
    form = check_query(query.text).form
    bound = bind(query, _values(params))
    check_bound(query, store, bound)
    if form in ("CONSTRUCT", "DESCRIBE"):
        click.echo(_answer(store, query, _graph_format(style), bound).rstrip())
    elif style == "json":
        click.echo(_answer(store, query, "json", bound))
    else:
        header, rows = _rows(_answer(store, query, "json", bound))
        _print_table(header, rows, base) if style == "table" else _print_csv(header, rows)


def _find(name_or_file: str, base: str) -> SavedQuery:
    """Return the saved query of that name, else the query of that file.

    Raises QueryError and SourceError. The text of a file is not changed, so that the line numbers
    of syntax errors are those of the file.
    """
    path, queries = Path(name_or_file), saved_queries(base)
    is_name = len(path.parts) == 1 and path.suffix != ".rq"
    if any(query.name == name_or_file for query in queries) or (is_name and not path.is_file()):
        return find_query(queries, name_or_file)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 text") from error
    return replace(read_query(text, path.name, base), text=text)


def _values(params: Sequence[str]) -> dict[str, str]:
    values = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise QueryError(
                f"--param {param!r}: write NAME=VALUE, such as organisation=sao-301107"
            )
        values[name] = value
    return values


def _graph_format(style: str) -> str:
    if style not in _GRAPH_FORMATS:
        raise QueryError("CONSTRUCT and DESCRIBE give a graph: ask for the format table or json")
    return _GRAPH_FORMATS[style]


def _answer(store: Store, query: SavedQuery, accept: str, bound: Mapping[str, Term]) -> str:
    chunks = store.query(query.text, accept, substitutions=bound).chunks
    return b"".join(chunks).decode()


def _list(queries: Sequence[SavedQuery]) -> None:
    for query in queries:
        takes = ", ".join(f"{p.name}={p.default or ''}" for p in query.parameters)
        click.echo(
            f"{query.name}  {query.title.th} / {query.title.en}" + f"  [{takes}]" * bool(takes)
        )


# ---- printing --------------------------------------------------------------------------------


def _rows(answer: str) -> tuple[list[str], list[list[Term | None]]]:
    """Return the names and rows of SPARQL JSON; an ASK is one row."""
    found = ox.parse_query_results(answer, ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return ["answer"], [[ox.Literal(bool(found))]]
    return [variable.value for variable in found.variables], [list(row) for row in found]


def _text(value: Term | None) -> str:
    if value is None:
        return ""
    return value.value if isinstance(value, ox.NamedNode | ox.Literal) else str(value)


def _print_csv(header: Sequence[str], rows: Sequence[Sequence[Term | None]]) -> None:
    """Print CSV (RFC 4180): a text without changes, a thing as its IRI."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_text(value) for value in row] for row in rows)
    click.echo(out.getvalue().encode(), nl=False)


def _print_table(header: Sequence[str], rows: Sequence[Sequence[Term | None]], base: str) -> None:
    """Print a table; if the terminal is too narrow for it, print each row as a block of lines."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_MAX_WIDTH)
    words = [[Words(_short(value, base)) for value in row] for row in rows]
    wide = len(header) * _MIN_COLUMN_WIDTH <= console.width
    console.print(_wide_table(header, words) if wide else _blocks(header, words))
    click.echo(f"{len(rows):,} แถว / rows", err=True)


def _wide_table(header: Sequence[str], rows: Sequence[Sequence[Words]]) -> Table:
    table = Table(*(Column(Words(name), overflow="fold") for name in header))
    for row in rows:
        table.add_row(*row)
    return table


def _blocks(header: Sequence[str], rows: Sequence[Sequence[Words]]) -> Table:
    table = Table(Column(no_wrap=True), Column(overflow="fold"), show_header=False)
    for row in rows:
        for name, value in zip(header, row, strict=True):
            table.add_row(Words(name), value)
        table.add_section()
    return table


def _short(value: Term | None, base: str) -> str:
    """Return a value for people: `plan/KEY` for a thing, a prefixed name, or the words."""
    text = _text(value)
    if isinstance(value, ox.NamedNode):
        return text.removeprefix(f"{base}/id/") if text.startswith(base) else compact(text)
    return _CONTROL.sub(" ", text)
