"""The blocks of a response on their way, and the action at their end.

In: blocks of bytes, and a function. Out: the same blocks; the function is called once, when the
blocks are over, when reading them fails, or when the reader gives them up (PEP 3333, `close`).
"""

import threading
from collections.abc import Callable, Iterable, Iterator


class Stream(Iterator[bytes]):
    """Blocks to be read by one thread; `close` may come from another one, at any time."""

    def __init__(self, blocks: Iterable[bytes], end: Callable[[], object]) -> None:
        self._blocks = iter(blocks)
        self._end = end
        self._is_over = False
        self._lock = threading.Lock()

    def __next__(self) -> bytes:
        if self._is_over:
            raise StopIteration
        try:
            return next(self._blocks)
        except BaseException:  # StopIteration too
            self.close()
            raise

    def close(self) -> None:
        """End it; the blocks that are not read by now are dropped."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        self._end()

    def __del__(self) -> None:
        self.close()


def close_blocks(blocks: Iterable[bytes]) -> None:
    """Tell an iterable of blocks that nobody reads on, where it wants to know (PEP 3333)."""
    end = getattr(blocks, "close", None)
    if end is not None:
        end()
