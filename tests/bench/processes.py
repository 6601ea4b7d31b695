"""What a server and its workers use, as the kernel counts it; proc(5). A port for one.

In: the number of a process. Out: processor time in seconds, in ticks of a hundredth.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def load_of(server: int, seconds: float) -> float:
    """Return how many processors a server and its workers keep busy, over some seconds."""
    before, began = cpu_s(server), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(server) - before) / (time.monotonic() - began)


def children(parent: int) -> Iterator[int]:
    """Yield the processes that a process has started, none for one that has ended; proc(5)."""
    for task in Path(f"/proc/{parent}/task").glob("*"):
        with suppress(OSError):
            yield from map(int, (task / "children").read_text().split())


def family(process: int) -> Iterator[int]:
    """Yield a process and all that it and they have started."""
    yield process
    for child in children(process):
        yield from family(child)


def query_workers(server: int) -> list[int]:
    """Return the processes of a server that answer queries: those that have started none."""
    return [n for n in family(server) if n != server and not any(children(n))]


def is_running(process: int) -> bool:
    """Tell whether a process is there and no zombie, which nobody may have buried here."""
    return _stat(process)[:1] not in ([], ["Z"])


def cpu_s(server: int) -> float:
    """Return the processor time a server and its workers have used; proc(5)."""
    return sum(map(own_cpu_s, family(server)))


def own_cpu_s(process: int) -> float:
    """Return the processor time of a process and of those it started that have ended; proc(5)."""
    return sum(map(int, _stat(process)[11:15])) / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    """Return what the kernel says of a process from its state on; nothing of one that is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def private_bytes(process: int) -> int:
    """Return what of that is not of a file, which all processes share; 0 for one that has ended."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{process}/statm").read_text().split())
    except (OSError, ValueError):
        return 0
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


def resident_bytes(process: int) -> int:
    """Return what a process holds in memory; 0 for one that has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
