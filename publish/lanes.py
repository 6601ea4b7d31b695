"""Slots for queries: a quick lane, a slow lane, and a queue before them, first come first served.

Pure counting, without processes; `publish.engine` says what the slots stand for.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from graph.errors import EngineBusy

LOOK_S = 0.25  # how often those who wait look whether something ended unseen


@dataclass(frozen=True)
class LaneState:
    """How many slots are taken, and how many requests wait for one."""

    quick: int
    slow: int
    waiting: int


class Lanes:
    """Two counts of taken slots, thread-safe. Zero slow slots: nothing ever moves over."""

    def __init__(self, quick: int, slow: int, queue: int) -> None:
        self._most_quick, self._most_slow, self._most_waiting = quick, slow, queue
        self._quick = self._slow = 0
        self._queue: deque[threading.Event] = deque()
        self._is_shut = False
        self._lock = threading.Lock()

    def enter(self, patience_s: float, look: Callable[[], None]) -> None:
        """Take a quick slot, waiting in the queue for at most `patience_s`.

        `look` is called where none is free, and now and then while waiting; it may free some.
        Raises EngineBusy.
        """
        if self._is_full():
            look()
        with self._lock:
            turn = self._enter_or_queue()
        if turn is None:
            return
        gives_up_at = time.monotonic() + patience_s
        while not turn.wait(LOOK_S):
            look()
            with self._lock:
                if turn.is_set():
                    return
                if self._is_shut or time.monotonic() > gives_up_at:
                    self._queue.remove(turn)
                    raise _busy()

    def leave(self, is_slow: bool) -> None:
        """Give a slot back; a quick one goes to the first in the queue."""
        with self._lock:
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

    def state(self) -> LaneState:
        with self._lock:
            return LaneState(self._quick, self._slow, len(self._queue))

    def _enter_or_queue(self) -> threading.Event | None:
        if self._is_shut:
            raise _busy()
        if self._quick < self._most_quick and not self._queue:
            self._quick += 1
            return None
        if len(self._queue) >= self._most_waiting:
            raise _busy()
        turn = threading.Event()
        self._queue.append(turn)
        return turn

    def _is_full(self) -> bool:
        with self._lock:
            return self._quick >= self._most_quick

    def _call_next(self) -> None:
        if self._queue and self._quick < self._most_quick:
            self._quick += 1
            self._queue.popleft().set()


def _busy() -> EngineBusy:
    return EngineBusy("every query worker is busy; try again in a few seconds")
