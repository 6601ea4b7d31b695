"""Drives a server by wrk (Debian): addresses in turn, so that no cache flatters anybody.

In: requests and how many connections for how long. Out: a `Run`: answers a second, the median
latency, what was received, what failed, and the processor time of the server.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.processes import cpu_s

# wrk loads this into each of its threads; we use one, whose connections share the turn.
_SCRIPT = """\
local requests, at = {}, 0
function init(args)
%s
end
function request()
  at = at %% #requests + 1
  return requests[at]
end
function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"answers": %%d, "us": %%d, "bytes": %%d, "median_us": %%d, "failed": %%d}\\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What one server is asked for: an origin, and paths with the same headers.

    `process` is the number of the server's process; `tags` are the entity tags that the client
    says it has, one for each path, or none; `bodies` are what it posts, each to the first path.
    """

    server: str
    origin: str
    process: int
    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    bodies: Sequence[str] = ()


@dataclass(frozen=True)
class Run:
    """What one run gave; `cpu_ms` is the server's processor time for each answer."""

    per_second: float
    median_ms: float
    cpu_ms: float
    megabytes_per_second: float
    answers: int
    failed: int


def run(load: Load, connections: int, seconds: float, script: Path) -> Run:
    """Ask from so many connections for so long. Raises CalledProcessError.

    `script` is where the file for wrk is written.
    """
    script.write_text(write_script(load), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s"]
    before = cpu_s(load.process)
    done = subprocess.run(
        [*command, "-s", str(script), load.origin], capture_output=True, text=True, check=True
    )
    used_s = cpu_s(load.process) - before
    found = json.loads(done.stdout.splitlines()[-1])
    answers, elapsed_s = found["answers"], found["us"] / 1e6
    return Run(
        per_second=(answers - found["failed"]) / elapsed_s,
        median_ms=found["median_us"] / 1000,
        cpu_ms=used_s * 1000 / max(answers, 1),
        megabytes_per_second=found["bytes"] / elapsed_s / 1e6,
        answers=answers,
        failed=found["failed"],
    )


def write_script(load: Load) -> str:
    """Return the Lua script that asks for each path of a load in turn, or posts each body."""
    always = {"Host": urlsplit(load.origin).netloc, **load.headers}
    lines = []
    for number, body in enumerate(load.bodies):
        lines.append(_request(number, "POST", load.paths[0], always, f", {_lua(body)}"))
    for number, path in enumerate(() if load.bodies else load.paths):
        tag = {"If-None-Match": load.tags[number]} if load.tags else {}
        lines.append(_request(number, "GET", path, {**always, **tag}))
    return _SCRIPT % "\n".join(lines)


def _request(
    number: int, method: str, path: str, headers: Mapping[str, str], body: str = ""
) -> str:
    table = ", ".join(f"[{_lua(name)}]={_lua(value)}" for name, value in headers.items())
    format = f'wrk.format("{method}", {_lua(path)}, {{{table}}}{body})'
    return f"  requests[{number + 1}] = {format}"


def _lua(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
