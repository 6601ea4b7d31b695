"""An answer on its way to its reader, held beside until it has come whole and can be kept.

In: the blocks of an application's answer. Out: the same blocks, and the whole of them to whoever
keeps answers. Readers may take as long as they like, so what is held for all of them together has a
bound; an answer that finds no room passes and is not kept.
"""

import threading
from collections.abc import Callable, Iterable, Iterator

_SHORT_BYTES = 64 * 1024  # are there at once, so they need no room


class SpaceLimit:
    """How much may be held of all answers on their way. Thread-safe."""

    def __init__(self, most_bytes: int) -> None:
        self._left_bytes = most_bytes
        self._lock = threading.Lock()

    def take(self, size_bytes: int) -> bool:
        """Take so much where it is there; else take nothing and return False."""
        with self._lock:
            if size_bytes > self._left_bytes:
                return False
            self._left_bytes -= size_bytes
            return True

    def give_back(self, size_bytes: int) -> None:
        """Leave so much to others."""
        with self._lock:
            self._left_bytes += size_bytes


class CachingBody(Iterator[bytes]):
    """The blocks of an answer, handed to `keep` as one body if all of them came."""

    def __init__(
        self,
        blocks: Iterable[bytes],
        most_bytes: int,
        room: SpaceLimit,
        keep: Callable[[bytes], None],
    ) -> None:
        self._whole = blocks
        self._blocks = iter(blocks)
        self._most_bytes, self._room, self._keep = most_bytes, room, keep
        self._held: list[bytes] | None = []
        self._size_bytes = self._taken_bytes = 0

    def __next__(self) -> bytes:
        try:
            block = next(self._blocks)
        except StopIteration:
            if self._held is not None:
                self._keep(b"".join(self._held))
                self._let_go()
            raise
        if self._held is not None:
            self._held.append(block)
            self._size_bytes += len(block)
            if self._size_bytes > self._most_bytes or not self._finds_room():
                self._let_go()
        return block

    def close(self) -> None:
        """End the application's answer; what has not come whole by now is not kept."""
        self._let_go()
        close(self._whole)

    def _finds_room(self) -> bool:
        more_bytes = self._size_bytes - _SHORT_BYTES - self._taken_bytes
        if more_bytes > 0:
            if not self._room.take(more_bytes):
                return False
            self._taken_bytes += more_bytes
        return True

    def _let_go(self) -> None:
        self._held = None
        self._room.give_back(self._taken_bytes)
        self._taken_bytes = 0


def close(blocks: Iterable[bytes]) -> None:
    """End an answer of an application, as PEP 3333 wants it."""
    end = getattr(blocks, "close", None)
    if end is not None:
        end()
