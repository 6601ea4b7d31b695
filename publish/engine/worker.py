"""One query worker: a process that opens a release's store and answers one query after another.

In and out: frames on a socket whose other end `publish.engine.pool` holds. A frame is one byte of
kind, four bytes of length, and that many bytes. The first frame has the settings, then queries
follow. An answer is DATA frames and END, or FAILED, which may come after some DATA. The worker ends
when the other end closes.

A worker cannot open a socket, leave a core file, or pass its limits. The deadline is the kernel's
timer with its default action: it kills the process, whatever the engine is doing.
"""

import ctypes
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

from graph.errors import KmError, QueryError, QuerySyntax, QueryTooLarge, ReleaseDamaged
from graph.store.embedded import BLOCK_BYTES, EmbeddedStore, read_term

READY, QUERY, DATA, END, FAILED = b"R", b"Q", b"D", b"Z", b"E"
HEADER = struct.Struct("!cI")

# A query that passes the guard may recurse deeply; measured, this carries 64 KB of any bracket but
# bare braces and calls, which the guard counts. The kernel keeps 128 MB free below every stack.
STACK_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker is told once. Sizes in bytes, times in seconds."""

    store_path: str
    prefixes: Mapping[str, str]
    deadline_s: float
    delivery_s: float
    memory_bytes: int
    output_bytes: int


@dataclass(frozen=True)
class EngineQuery:
    """A query for the workers: its text, the format's short name, and the request's dataset.

    `bindings` are variables, each with the term it stands for from the start, as N-Triples.
    """

    text: str
    format: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    bindings: tuple[tuple[str, str], ...] = ()


class Frames:
    """Reads and writes frames on a stream socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._buffer = bytearray()

    def read(self) -> tuple[bytes, bytes]:
        """Return kind and payload of the next frame; raises EOFError where there is none."""
        self._fill(HEADER.size)
        kind, size = HEADER.unpack_from(self._buffer)
        self._fill(HEADER.size + size)
        payload = bytes(self._buffer[HEADER.size : HEADER.size + size])
        del self._buffer[: HEADER.size + size]
        return kind, payload

    def fetch(self) -> bytes:
        """Take what has come. Returns nothing while an answer is not here, not even a block of it;
        END where it is, whole and well; and FAILED for all that wants a closer look.
        """
        received = self.connection.recv(4 * BLOCK_BYTES)
        self._buffer += received
        at = 0
        while received and at + HEADER.size <= len(self._buffer):
            kind, size = HEADER.unpack_from(self._buffer, at)
            at += HEADER.size + size
            if at > len(self._buffer):
                return b""
            if kind != DATA or size >= BLOCK_BYTES:
                return END if kind == END and not size else FAILED
        return b"" if received else FAILED

    def write(self, kind: bytes, payload: bytes = b"") -> None:
        self.connection.sendall(HEADER.pack(kind, len(payload)) + payload)

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            received = self.connection.recv(4 * BLOCK_BYTES)
            if not received:
                raise EOFError
            self._buffer += received


class Deadline:
    """Kills this process when the query has worked, or its reader has waited, for too long.

    Time spent waiting for the reader is not the engine's: it has the same limit for each wait, and
    `delivery_s` bounds the whole.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._work_s = settings.deadline_s
        self._ends_at = time.monotonic() + settings.delivery_s
        self._left_s = self._work_s
        self._arm(self._work_s)

    def _arm(self, seconds: float) -> float:
        whole = self._ends_at - time.monotonic()
        return signal.setitimer(signal.ITIMER_REAL, max(0.001, min(seconds, whole)))[0]

    def pause(self) -> None:
        """Stop the engine's time; the reader's begins."""
        self._left_s = self._arm(self._work_s)

    def moved(self) -> None:
        """The reader took something: its time begins anew."""
        self._arm(self._work_s)

    def resume(self) -> None:
        self._arm(self._left_s)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Output:
    """A binary file that sends what is written to it as DATA frames of one block."""

    def __init__(self, connection: socket.socket, deadline: Deadline, most_bytes: int) -> None:
        self._connection = connection
        self._deadline = deadline
        self._left_bytes = most_bytes
        self._block = bytearray(HEADER.size)

    def write(self, data: bytes) -> int:
        self._block += data
        while len(self._block) >= HEADER.size + BLOCK_BYTES:
            end = HEADER.size + BLOCK_BYTES
            rest = self._block[end:]
            del self._block[end:]
            self._send()
            self._block += rest
        return len(data)

    def flush(self) -> None:
        """Nothing: blocks leave when they are full, or with the end."""

    def end(self, kind: bytes, payload: bytes) -> None:
        """Send what is left and the last frame, together."""
        tail = HEADER.pack(kind, len(payload)) + payload
        if len(self._block) > HEADER.size:
            self._send(tail)
        else:
            self._transmit(tail)

    def _send(self, tail: bytes = b"") -> None:
        size = len(self._block) - HEADER.size
        self._left_bytes -= size
        if self._left_bytes < 0:
            raise QueryTooLarge("the answer is longer than this endpoint sends; use LIMIT")
        HEADER.pack_into(self._block, 0, DATA, size)
        self._transmit(bytes(self._block) + tail)
        del self._block[HEADER.size :]

    def _transmit(self, data: bytes) -> None:
        try:
            sent = self._connection.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._transmit_slowly(memoryview(data)[sent:])

    def _transmit_slowly(self, data: memoryview) -> None:
        self._deadline.pause()
        while data:
            data = data[self._connection.send(data) :]
            self._deadline.moved()
        self._deadline.resume()


def answer(
    store: EmbeddedStore, query: EngineQuery, connection: socket.socket, settings: WorkerSettings
) -> None:
    """Evaluate one query and send its frames."""
    began = time.monotonic()
    deadline = Deadline(settings)
    output = Output(connection, deadline, settings.output_bytes)
    kind, payload = END, b""
    try:
        out = cast(IO[bytes], output)
        bound = {name: read_term(text) for name, text in query.bindings}
        graphs = (query.default_graphs, query.named_graphs)
        store.write(out, query.text, query.format, *graphs, bound)
        if time.monotonic() - began > 0.1 and _resident_bytes() > settings.memory_bytes // 2:
            payload = b"retire"
        output.end(kind, payload)
    except BrokenPipeError:
        raise
    except (KmError, MemoryError, OSError) as error:
        Frames(connection).write(FAILED, describe(error))
    deadline.stop()


def describe(error: BaseException) -> bytes:
    """Return an exception as the payload of a FAILED frame."""
    if isinstance(error, MemoryError):
        error = QueryTooLarge("the query needs more memory than it may have")
    elif isinstance(error, OSError):
        error = ReleaseDamaged(f"the store cannot be read: {error}")
    place = (error.line, error.column) if isinstance(error, QuerySyntax) else (None, None)
    return json.dumps([type(error).__name__, str(error), *place]).encode()


def revive(payload: bytes) -> KmError:
    """Return the exception that a FAILED frame describes."""
    name, message, line, column = json.loads(payload)
    if name == "QuerySyntax":
        return QuerySyntax(message, line, column)
    kinds: dict[str, type[KmError]] = {
        "QueryTooLarge": QueryTooLarge,
        "ReleaseDamaged": ReleaseDamaged,
    }
    return kinds.get(name, QueryError)(message)


def confine() -> bool:
    """Take from this process what no query needs; return whether sockets could be taken too."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # they are for the server, which ends us
        signal.signal(stop, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    stack = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (stack, hard))
    if Path("/proc/self/oom_score_adj").exists():
        Path("/proc/self/oom_score_adj").write_text("1000")  # a worker goes before the server
    return forbid_sockets()


def forbid_sockets() -> bool:
    """Let the kernel answer EACCES to every call that could reach a network; seccomp(2).

    Returns False where this kernel or processor has no such filter: the query guard still refuses
    SERVICE.
    """
    calls = {
        "x86_64": (0xC000003E, (41, 42, 59, 322, 425)),
        "aarch64": (0xC00000B7, (198, 203, 221, 281, 425)),
    }  # socket, connect, execve, execveat, io_uring_setup
    if sys.platform != "linux" or platform.machine() not in calls:
        return False
    program = _filter(*calls[platform.machine()])
    lines = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(lines))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, mode_filter = 38, 22, 2
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) != 0:
        return False
    return bool(
        libc.prctl(set_seccomp, mode_filter, ctypes.create_string_buffer(header), 0, 0) == 0
    )


def _filter(architecture: int, numbers: tuple[int, ...]) -> bytes:
    """Return the BPF program: another architecture or one of the numbers is denied."""
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    allow, deny = 0x7FFF0000, 0x00050000 | 13  # 13 is EACCES
    foreign = 0x40000000  # the x32 numbers of the same calls
    count = len(numbers)
    lines = [(load, 0, 0, 4), (equal, 0, count + 3, architecture), (load, 0, 0, 0)]
    lines += [(at_least, count + 1, 0, foreign)]
    lines += [(equal, count - i, 0, number) for i, number in enumerate(numbers)]
    lines += [(give, 0, 0, allow), (give, 0, 0, deny)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def limit_memory(most_bytes: int) -> None:
    """Allow so many bytes of address space above what an idle worker already has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + most_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def main(descriptor: int) -> None:
    """Serve the queries that come on an inherited socket until it closes."""
    with socket.socket(fileno=descriptor) as connection:
        frames = Frames(connection)
        settings = WorkerSettings(**json.loads(frames.read()[1]))
        confined = confine()
        try:
            store = EmbeddedStore(Path(settings.store_path), settings.prefixes)
        except KmError as error:
            frames.write(FAILED, describe(error))
            return
        limit_memory(settings.memory_bytes)
        frames.write(READY, b"confined" if confined else b"")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the engine's last words are not for the log
        while True:
            answer(store, EngineQuery(*json.loads(frames.read()[1])), connection, settings)


def encode_query(query: EngineQuery) -> bytes:
    """Return the payload of a QUERY frame."""
    graphs = [query.default_graphs, query.named_graphs]
    return json.dumps([query.text, query.format, *graphs, query.bindings]).encode()


def encode_settings(settings: WorkerSettings) -> bytes:
    """Return the payload of the first frame a worker gets."""
    return json.dumps(asdict(settings)).encode()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        sys.exit(0)
