"""Runs real SPARQL servers for tests, each on a free port of the loopback interface.

In: a folder. Out: the addresses of a running server. The server ends with the `with` block. A test
is skipped where the program of its server is not installed.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench.processes import free_port
from bench.servers import VIRTUOSO_INI

from graph.store.remote_copies import RemoteCopies
from graph.store.sparql_http import read_address
from support.programs import skip_without


@dataclass(frozen=True)
class Server:
    """The settings of a running server."""

    store: str
    store_query: str
    store_graphs: str

    def copies(self, data: Path, base: str) -> RemoteCopies:
        """Return the shelf of a site on this server."""
        query, graphs = read_address(self.store_query), read_address(self.store_graphs)
        return RemoteCopies(data, base, query, graphs)


@contextmanager
def run_oxigraph(timeout_s: int = 20) -> Iterator[Server]:
    """Run `oxigraph serve` with its data in memory."""
    program, port = skip_without("oxigraph", "pip install oxigraph"), free_port()
    command = [program, "serve", "--bind", f"127.0.0.1:{port}", "--timeout-s", str(timeout_s)]
    address = f"http://127.0.0.1:{port}"
    with _running(command, Path.cwd(), f"{address}/query?query=ASK%7B%7D"):
        yield Server(address, f"{address}/query", f"{address}/store")


@contextmanager
def run_virtuoso(folder: Path) -> Iterator[Server]:
    """Run Virtuoso 7 with a new database in `folder`, which takes it some seconds to make."""
    program = skip_without("virtuoso-t", "apt-get install virtuoso-opensource-7-bin")
    http = free_port()
    ini = VIRTUOSO_INI.format(
        sql=free_port(), http=http, folder=folder, buffers=4_000, rows=1_000_000
    )
    (folder / "virtuoso.ini").write_text(ini, encoding="utf-8")
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    address = f"http://127.0.0.1:{http}"
    with _running(command, folder, f"{address}/sparql?query=ASK%7B%7D"):
        graphs = f"http://dba:dba@127.0.0.1:{http}/sparql-graph-crud-auth"
        yield Server(address, f"{address}/sparql", graphs)


@contextmanager
def _running(command: list[str], folder: Path, ready: str) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdout=quiet, stderr=quiet) as process:
        try:
            _wait(process, ready)
            yield
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], ready: str) -> None:
    for _ in range(600):
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        try:
            with urlopen(ready, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{ready} does not answer")
