"""The servers that are compared, each in a process of its own, on loopback.

In: the data and the folder of the peers' programs. Out: running `Server`s. Ours runs as in
production, `km serve`; the Oxigraph server opens the same store read-only with the union as default
graph, as ours has it; rdflib-endpoint reads the N-Quads into Python objects, also with the union.
"""

import http.client
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.data import Data
from bench.generate import BASE
from bench.processes import free_port

OURS, OXIGRAPH, RDFLIB = "km serve", "Oxigraph server", "rdflib-endpoint"
_START_S = 300.0
VIRTUOSO_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = {buffers}
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
MaxClientConnections = 20
[SPARQL]
ResultSetMaxRows = {rows}
"""


class NotStarted(RuntimeError):
    """A server that did not come up."""


@dataclass(frozen=True)
class Server:
    """A running server; `process` is the number of its process."""

    name: str
    endpoint: str
    process: int


@contextmanager
def running(data: Data, programs: Path) -> Iterator[list[Server]]:
    """Start the three servers, and stop them at the end."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(running_ours(data, programs)),
            stack.enter_context(_oxigraph(data, programs)),
            stack.enter_context(_rdflib(data, programs)),
        ]


@contextmanager
def running_ours(data: Data, programs: Path) -> Iterator[Server]:
    """Run `km serve` on the data."""
    port = free_port()
    settings = {"KM_DATA": str(data.folder), "KM_BASE": BASE, "KM_PORT": str(port)}
    command = [str(programs / "km"), "serve"]
    with started(command, port, settings) as number:
        yield Server(OURS, f"http://127.0.0.1:{port}/sparql", number)


@contextmanager
def _oxigraph(data: Data, programs: Path) -> Iterator[Server]:
    port = free_port()
    command = [str(programs / "oxigraph"), "serve-read-only", "--location", str(data.store)]
    command += ["--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with started(command, port) as number:
        yield Server(OXIGRAPH, f"http://127.0.0.1:{port}/query", number)


@contextmanager
def _rdflib(data: Data, programs: Path) -> Iterator[Server]:
    port = free_port()
    command = [str(programs / "rdflib-endpoint"), "serve", "--host", "127.0.0.1"]
    command += ["--port", str(port), str(data.quads)]
    with started(command, port) as number:
        yield Server(RDFLIB, f"http://127.0.0.1:{port}/", number)


@contextmanager
def started(
    command: Sequence[str],
    port: int,
    settings: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[int]:
    """Run a server until the end of the `with`; give the number of its process.

    Raises NotStarted where it ends, or does not answer in time.
    """
    with subprocess.Popen(
        command,
        env={**os.environ, **(settings or {})},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(process, port)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotStarted(f"{process.args!r} ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotStarted(f"{process.args!r} does not answer")
