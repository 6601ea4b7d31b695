"""Slots for queries: quick ones, slow ones, and a queue that is fair to clients.

It only counts; `publish.engine.pool` says what a slot stands for. A free slot goes to the client
that used slots for the least time lately; among equals, to the first in the queue. One slot is kept
for clients that have hardly used any. If the queue is full, the client with the most requests in it
loses its last one. Heavy users wait for light users, never the reverse.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import TypeAlias

from graph.errors import EngineBusy

#: A request waits for it, in a thread or on a loop; see `Scheduler.line_up` for its result.
Slot: TypeAlias = "Future[bool]"

LOOK_S = 0.25  # how often those who wait look whether something ended unseen
_FREE_S = 0.1  # so much of each query is not counted: small ones cost their client nothing
_HELD_S = 0.5  # what a slot counts while it is held
_LIGHT_S = 1.0  # who used less lately may take the last slot
_HALF_LIFE_S = 10.0  # what was used counts half after so long
_MOST_CLIENTS = 10_000  # whose use is remembered


@dataclass(frozen=True)
class SchedulerState:
    """How many slots are taken, and how many requests wait for one."""

    quick: int
    slow: int
    waiting: int


@dataclass(eq=False)
class _Waiting:
    """A request in the queue; `slot` is True when it has a slot, False when it is refused."""

    client: str
    slot: Slot = field(default_factory=Future)


class Scheduler:
    """Two counts of taken slots, thread-safe. Zero slow slots: nothing ever moves over."""

    def __init__(self, quick: int, slow: int, queue: int) -> None:
        self._most_quick, self._most_slow, self._most_waiting = quick, slow, queue
        self._kept_free = int(quick > 2)
        self._quick = self._slow = 0
        self._queue: list[_Waiting] = []
        self._usage = Usage()
        self._is_shut = False
        self._lock = threading.Lock()

    def enter(self, patience_s: float, look: Callable[[], None], client: str = "") -> None:
        """Take a quick slot, waiting in the queue for at most `patience_s`.

        `look` is called where none is free, and now and then while waiting; it may free some.
        Raises EngineBusy.
        """
        slot = self.line_up(client)
        gives_up_at = time.monotonic() + patience_s
        while not slot.done():
            look()
            with suppress(TimeoutError):
                slot.result(LOOK_S)
            with self._lock:
                self._call_next()  # older use counts less: who waited may have the last slot
            if self._is_shut or time.monotonic() > gives_up_at:
                break
        if not slot.done() or not slot.result():
            self.give_up(slot, client)
            raise _busy()

    def line_up(self, client: str = "") -> Slot:
        """Take a quick slot where one is free, or a place in the queue for one.

        The result becomes True with the slot, and False when the queue is too long. A caller that
        does not wait for it must call `give_up`. Raises EngineBusy once nobody is let in.
        """
        waiting = _Waiting(client)
        with self._lock:
            if not self._queue and self._may_begin(client):
                self._begin(client)
                waiting.slot.set_result(True)
            else:
                self._enqueue(waiting)
        return waiting.slot

    def give_up(self, slot: Slot, client: str = "") -> None:
        """Leave the queue, or the slot that came meanwhile."""
        with self._lock:
            self._queue = [waiting for waiting in self._queue if waiting.slot is not slot]
            has_slot = slot.done() and slot.result()
        if has_slot:
            self.leave(is_slow=False, client=client)

    def leave(self, is_slow: bool, client: str = "", held_s: float = 0.0) -> None:
        """Give a slot back after so long; a quick one goes to the next in the queue."""
        with self._lock:
            self._usage.end(client, held_s)
            if is_slow:
                self._slow -= 1
            else:
                self._quick -= 1
                self._call_next()

    def move_over(self) -> bool:
        """Change a quick slot for a slow one, where one is free."""
        with self._lock:
            if self._slow >= self._most_slow:
                return False
            self._slow += 1
            self._quick -= 1
            self._call_next()
            return True

    def shut(self) -> None:
        """Let nobody in any more, nor those who wait."""
        with self._lock:
            self._is_shut = True

    def state(self) -> SchedulerState:
        with self._lock:
            return SchedulerState(self._quick, self._slow, len(self._queue))

    def _enqueue(self, waiting: _Waiting) -> None:
        """Let a request in, or queue it; where the queue is full, somebody has to go."""
        if self._is_shut:
            raise _busy()
        self._queue.append(waiting)
        self._call_next()
        if len(self._queue) > self._most_waiting:
            leaving = self._last_of_the_most()
            self._queue.remove(leaving)
            leaving.slot.set_result(False)

    def _last_of_the_most(self) -> _Waiting:
        requests = Counter(waiting.client for waiting in self._queue)
        newest_first = reversed(self._queue)
        return max(newest_first, key=lambda w: (requests[w.client], self._usage.of(w.client)))

    def _call_next(self) -> None:
        while self._queue:
            waiting = min(self._queue, key=lambda w: self._usage.of(w.client))
            if not self._may_begin(waiting.client):
                return
            self._queue.remove(waiting)
            self._begin(waiting.client)
            waiting.slot.set_result(True)

    def _may_begin(self, client: str) -> bool:
        """Tell whether there is a slot for this client; the last one is for light users only."""
        free = self._most_quick - self._quick
        if self._is_shut or free <= 0:
            return False
        return free > self._kept_free or self._usage.of(client) <= _LIGHT_S

    def _begin(self, client: str) -> None:
        self._quick += 1
        self._usage.begin(client)


class Usage:
    """How long each client has kept slots lately, in seconds; older use counts less."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._used: dict[str, tuple[float, float]] = {}

    def of(self, client: str) -> float:
        """Return the use of a client, its present slots included."""
        used, at = self._used.get(client, (0.0, 0.0))
        if used:
            used *= 0.5 ** ((time.monotonic() - at) / _HALF_LIFE_S)
        return used + _HELD_S * self._held[client]

    def begin(self, client: str) -> None:
        """Note that a client got a slot."""
        self._held[client] += 1

    def end(self, client: str, held_s: float) -> None:
        """Note that it gave one back after so long."""
        self._held[client] -= 1
        if self._held[client] <= 0:
            del self._held[client]
        if held_s > _FREE_S:
            used = self.of(client) - _HELD_S * self._held[client]
            self._used.pop(client, None)  # so that the latest stand last
            self._used[client] = used + held_s - _FREE_S, time.monotonic()
            if len(self._used) > _MOST_CLIENTS:
                del self._used[next(iter(self._used))]


def client_of(address: str) -> str:
    """Return whom an address stands for: a household has a whole IPv6 network of 64 bits.

    >>> client_of("2001:db8::1") == client_of("2001:db8::ffff:2")
    True
    """
    if ":" not in address:
        return address
    try:
        whole = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(whole.ipv4_mapped or int(whole) >> 64)


def _busy() -> EngineBusy:
    return EngineBusy("every query worker is busy; try again in a few seconds")
