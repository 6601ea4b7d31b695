"""A server under load while releases come: every answer counted, and how soon it moves over.

In: a trial and the settings of a server on it. Out: how many requests were answered, which were
not, and the time from each switch to the first answer from the new release.
"""

import http.client
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from crash.trial import KM, Failed, Trial, settings
from graph.release.manifest import current_id

_PATHS = (
    "/",
    "/browse",
    "/id/plan/sao-301107-km-1",
    "/doc/law/act-2522-building-control.ttl",
    "/queries/laws-named.csv",
    f"/sparql?query={quote('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')}",
    "/dumps/current/all.nq.gz",
    "/dumps",
    "/releases",
    "/readyz",
)
_CLIENTS = 4


@dataclass
class Seen:
    """What the clients saw: answers, failures (each one line), and moves in seconds."""

    answers: int = 0
    failures: list[str] = field(default_factory=list)
    moves_s: list[float] = field(default_factory=list)


@contextmanager
def served(trial: Trial, port: int) -> Iterator[int]:
    """Run `km serve` on the trial's data."""
    environ = settings(trial.data, KM_PORT=str(port), KM_WORKERS="2")
    server = subprocess.Popen((*KM, "serve"), env=environ, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while _status(port, "/readyz") != 200:
            if time.monotonic() > deadline or server.poll() is not None:
                raise Failed("the server does not start")
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def publish_under_load(trial: Trial, port: int, publications: int) -> Seen:
    """Publish so many times while clients ask, and return what they saw."""
    seen, stop, first = Seen(), threading.Event(), dict[str, float]()
    clients = [
        threading.Thread(target=_ask, args=(port, seen, stop, number)) for number in range(_CLIENTS)
    ]
    clients.append(threading.Thread(target=_watch, args=(port, first, stop)))
    for client in clients:
        client.start()
    try:
        for _ in range(publications):
            seen.moves_s.append(_move(trial, first))
    finally:
        stop.set()
        for client in clients:
            client.join()
    return seen


def _move(trial: Trial, first: Mapping[str, float]) -> float:
    """Publish once; return the seconds until the server answered from the new release."""
    trial.succeed("under load")
    wanted, switched = current_id(trial.data) or "", (trial.data / "current").lstat().st_mtime
    while wanted not in first:
        if time.time() > switched + 60:
            raise Failed(f"the server does not move over to {wanted}")
        time.sleep(0.01)
    return max(0.0, first[wanted] - switched)


def _watch(port: int, first: dict[str, float], stop: threading.Event) -> None:
    """Note when the server first answers from each release."""
    while not stop.wait(0.02):
        with suppress(OSError, http.client.HTTPException):
            first.setdefault(_body(port, "/readyz"), time.time())


def _ask(port: int, seen: Seen, stop: threading.Event, number: int) -> None:
    """Ask one address after another until stopped, over one connection as a browser does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    at = number
    while not stop.is_set():
        path = _PATHS[at % len(_PATHS)]
        at += 1
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            if response.status not in (200, 303) or (response.status == 200 and not body):
                seen.failures.append(f"{path}: {response.status}")
        except (OSError, http.client.HTTPException) as error:
            seen.failures.append(f"{path}: {type(error).__name__}: {error}")
            connection.close()
        seen.answers += 1
    connection.close()


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _body(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode().strip()
    finally:
        connection.close()
