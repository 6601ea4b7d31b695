"""A copy of a response on its way, kept until it is whole and can be cached.

In: the blocks of an application's response. Out: the same blocks, and the whole of them for the
cache. Readers may take as long as they like, so the copies of all responses together have an upper
bound; a response that finds no room is passed on and not cached.
"""

import threading
from collections.abc import Callable, Iterable, Iterator

from publish.http.stream import Stream, close_blocks

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


class CachingBody:
    """A copy of a body that is on its way, handed to `keep` if all of it came."""

    def __init__(self, most_bytes: int, room: SpaceLimit, keep: Callable[[bytes], None]) -> None:
        self._most_bytes, self._room, self._keep = most_bytes, room, keep
        self._held: list[bytes] | None = []
        self._size_bytes = self._taken_bytes = 0

    def pass_on(self, blocks: Iterable[bytes]) -> Stream:
        """Return the blocks of an application; a response that ends early is not cached."""

        def end() -> None:
            self._let_go()
            close_blocks(blocks)

        return Stream(self._copy(blocks), end)

    def _copy(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            if self._held is not None:
                self._held.append(block)
                self._size_bytes += len(block)
                if self._size_bytes > self._most_bytes or not self._finds_room():
                    self._let_go()
            yield block
        if self._held is not None:
            self._keep(b"".join(self._held))

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
