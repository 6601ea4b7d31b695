"""The servers that pages are compared with, each started if it can be, on loopback.

In: a `Site` and a folder for programs. Out: running `Peer`s, and for each that is not there the
reason. `km serve` runs twice, without a cache of answers for what is made afresh, and as in
production. The Oxigraph server and SHMARQL open the release's own store; rdflib-endpoint and Trifid
read the same triples as N-Quads, Virtuoso as well, into a database with an index of words. nginx
sends files that hold the very bytes that `km serve` gave: what the machine can do at all.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.generate import BASE
from bench.page_data import Site
from bench.processes import free_port
from bench.report import say
from bench.servers import VIRTUOSO_INI, NotStarted, started

FRESH, WARM = "km, no cache", "km"
NGINX, OXIGRAPH, RDFLIB = "nginx", "Oxigraph server", "rdflib-endpoint"
SHMARQL, TRIFID, VIRTUOSO = "SHMARQL", "Trifid", "Virtuoso"
TRIFID_VERSION, SHMARQL_VERSION = "5.3.0", "0.70"

_NGINX = """\
worker_processes auto;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 100000000;
  default_type application/octet-stream;
  server {{ listen 127.0.0.1:{port}; root files; }}
}}
"""
_TRIFID = """\
server:
  listener: {{port: {port}, host: 127.0.0.1}}
  logLevel: warn
globals:
  datasetBaseUrl: {base}/
  endpoints:
    default: {{url: /query}}
plugins:
  entity-renderer:
    module: "@zazuko/trifid-entity-renderer"
    config:
      labelLoader: {{chunkSize: 30, concurrency: 2, timeout: 4000}}
  fetch-handler:
    module: trifid-handler-fetch
    paths: /query
    config:
      url: {quads}
      contentType: application/n-quads
      baseIRI: {base}
      graphName: {base}/graph
      unionDefaultGraph: true
"""
_LOAD = """\
DB.DBA.RDF_OBJ_FT_RULE_ADD(null, null, 'All');
DB.DBA.TTLP_MT(file_to_string_output('{quads}'), '', '{base}/graph', 512);
DB.DBA.VT_INC_INDEX_DB_DBA_RDF_OBJ();
checkpoint;
"""


@dataclass(frozen=True)
class Peer:
    """A running server; `process` is the number of its process."""

    name: str
    origin: str
    process: int


class Peers:
    """What runs, by name, and why the rest does not."""

    def __init__(self) -> None:
        self.running: dict[str, Peer] = {}
        self.missing: dict[str, str] = {}


@contextmanager
def all_peers(site: Site, programs: Path, folder: Path) -> Iterator[Peers]:
    """Start every server that can be started, one after the other, and stop them at the end."""
    starters: dict[str, Callable[[int], AbstractContextManager[int]]] = {
        FRESH: lambda port: _km(site, programs, port, {"KM_CACHE_MB": "0"}),
        WARM: lambda port: _km(site, programs, port, {}),
        NGINX: lambda port: _nginx(folder / "nginx", port),
        OXIGRAPH: lambda port: _oxigraph(site, programs, port),
        RDFLIB: lambda port: _rdflib(site, programs, port),
        SHMARQL: lambda port: _shmarql(site, folder / "shmarql", port),
        TRIFID: lambda port: _trifid(site, folder / "trifid", port),
        VIRTUOSO: lambda port: _virtuoso(site, folder / "virtuoso", port),
    }
    peers = Peers()
    with ExitStack() as stack:
        for name, start in starters.items():
            say(f"starting {name}")
            port = free_port()
            try:
                number = stack.enter_context(start(port))
            except (NotStarted, OSError, subprocess.SubprocessError) as error:
                peers.missing[name] = _reason(error)
            else:
                peers.running[name] = Peer(name, f"http://127.0.0.1:{port}", number)
        yield peers


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError) and error.stderr:
        return str(error.stderr.strip().splitlines()[-1])
    return str(error)


def _km(
    site: Site, programs: Path, port: int, settings: dict[str, str]
) -> AbstractContextManager[int]:
    own = {"KM_DATA": str(site.folder), "KM_BASE": BASE, "KM_PORT": str(port)}
    return started([str(programs / "km"), "serve"], port, own | settings)


def _nginx(folder: Path, port: int) -> AbstractContextManager[int]:
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(_NGINX.format(port=port), encoding="utf-8")
    command = ["nginx", "-p", f"{folder.resolve()}/", "-c", "nginx.conf", "-e", "error.log"]
    return started([*command, "-g", "daemon off;"], port)


def _oxigraph(site: Site, programs: Path, port: int) -> AbstractContextManager[int]:
    command = [str(programs / "oxigraph"), "serve-read-only", "--union-default-graph"]
    store = str(site.release / "store")
    return started([*command, "--location", store, "--bind", f"127.0.0.1:{port}"], port)


def _rdflib(site: Site, programs: Path, port: int) -> AbstractContextManager[int]:
    command = [str(programs / "rdflib-endpoint"), "serve", "--host", "127.0.0.1"]
    return started([*command, "--port", str(port), str(site.quads)], port)


@contextmanager
def _shmarql(site: Site, folder: Path, port: int) -> Iterator[int]:
    """Run SHMARQL from an environment of its own: its requirements are not ours."""
    programs = folder / "bin"
    if not (programs / "uvicorn").exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(programs / "pip"), "install", "--quiet", f"shmarql=={SHMARQL_VERSION}"])
    settings = {"STORE_PATH": str(site.release / "store"), "SITE_URI": f"{BASE}/"}
    command = [str(programs / "uvicorn"), "shmarql:app", "--port", str(port)]
    with started([*command, "--log-level", "warning"], port, settings) as number:
        yield number


@contextmanager
def _trifid(site: Site, folder: Path, port: int) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "trifid").exists():
        wanted = {"private": True, "dependencies": {"trifid": TRIFID_VERSION}}
        (folder / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
        _run(["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund"])
    text = _TRIFID.format(port=port, base=BASE, quads=site.quads.resolve())
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    program = folder / "node_modules" / "trifid" / "server.js"
    with started(["node", str(program), "-c", str(folder / "config.yaml")], port) as number:
        yield number


@contextmanager
def _virtuoso(site: Site, folder: Path, port: int) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    sql = free_port()
    text = VIRTUOSO_INI.format(
        sql=sql, http=port, folder=site.folder.resolve(), buffers=40_000, rows=1_000
    )
    (folder / "virtuoso.ini").write_text(text, encoding="utf-8")
    ini = str((folder / "virtuoso.ini").resolve())
    with started(["virtuoso-t", "+foreground", "+configfile", ini], port, folder=folder) as number:
        load = _LOAD.format(quads=site.quads.resolve(), base=BASE)
        _run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", "ERRORS=stdout"], load)
        yield number


def _run(command: list[str], given: str = "") -> None:
    """Run a program to its end. Raises CalledProcessError and OSError."""
    subprocess.run(command, check=True, capture_output=True, text=True, input=given, timeout=600)
