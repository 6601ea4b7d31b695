"""A job: one query in one worker, and the blocks of an answer that is still being written.

In: the frames of a worker (`publish.engine.worker`). Out: blocks, or the exception that explains
their end. At its end a job tells the pool (`publish.engine.pool`) whether the worker is sound.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Protocol

from graph.errors import (
    EngineBusy,
    QueryError,
    QueryTimeout,
    QueryTooLarge,
    ReaderLeft,
)
from graph.store.embedded import BLOCK_BYTES
from publish.engine.process import Worker
from publish.engine.worker import DATA, END, revive
from publish.http.stream import Stream

log = logging.getLogger(__name__)


class Pool(Protocol):
    """The pool as a job sees it; publish.engine.pool.EnginePool is one."""

    quick_s: float
    is_closing: bool

    @property
    def longest_s(self) -> float: ...

    def move_over(self, job: "Job") -> bool: ...

    def is_wanted(self) -> bool: ...

    def take_back(self, job: "Job", is_sound: bool) -> None: ...


class Job:
    """A worker while it answers one query. The pool may change the attributes without an
    underscore."""

    def __init__(self, pool: Pool, worker: Worker, client: str) -> None:
        self.worker = worker
        self.client = client
        self.began_at = time.monotonic()
        self.is_slow = False
        self.holds_slot = True
        self.is_streaming = False
        self.is_over = False
        self.has_left: Callable[[], bool] | None = None
        self._is_low = False
        self._is_cut = False
        self._pool = pool

    async def arrives(self, patience_s: float) -> bool:
        """Wait on the running loop; True where the whole answer has come, and nothing else.

        Then `first_blocks` returns at once, and the worker is sound.
        """
        loop = asyncio.get_running_loop()
        arrived: asyncio.Future[bool] = loop.create_future()

        def take() -> None:
            kind = self.worker.fetch()
            if kind and not arrived.done():
                arrived.set_result(kind == END)

        descriptor = self.worker.descriptor
        loop.add_reader(descriptor, take)
        try:
            async with asyncio.timeout(patience_s):
                return await arrived
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(descriptor)

    def first_blocks(self) -> tuple[list[bytes], bool]:
        """Return the first 64 KB, or all there is, and whether it is all."""
        blocks: list[bytes] = []
        while sum(map(len, blocks)) < BLOCK_BYTES:
            block = self._next(self._make_room)
            if block is None:
                return blocks, True
            blocks.append(block)
        self.is_streaming = True
        return blocks, False

    def next_block(self) -> bytes | None:
        """Return the next block, or None at the end."""
        if not self.is_slow and self.age_s() > self._pool.quick_s:
            self._pool.move_over(self)
        return self._next(lambda: None)

    def stream(self, held: list[bytes]) -> Stream:
        """Return a long answer, of which `held` is read; closing it early kills the worker."""
        blocks = chain(held, iter(self.next_block, None))
        return Stream(blocks, partial(self.end, is_sound=False))

    def end(self, is_sound: bool) -> None:
        """Give the worker back; a lower priority cannot be taken from it, so it is not reused."""
        self._pool.take_back(self, is_sound and not self._is_low)

    def age_s(self) -> float:
        return time.monotonic() - self.began_at

    def cut(self) -> None:
        """Stop a long answer in the middle, from another thread; its reader is told."""
        self._is_cut = True
        self.worker.kill()

    def _next(self, on_wait: Callable[[], None]) -> bytes | None:
        while True:
            try:
                kind, payload = self.worker.read()
            except TimeoutError:
                if self.age_s() > self._pool.longest_s:
                    raise QueryTimeout(_TOO_LONG) from None
                if self.has_left is not None and self.has_left():
                    raise ReaderLeft("whoever asked has gone") from None
                on_wait()
            except EOFError:
                raise self._death() from None
            else:
                return self._take(kind, payload)

    def _take(self, kind: bytes, payload: bytes) -> bytes | None:
        if kind == DATA:
            return payload
        if kind == END:
            self.end(is_sound=payload != b"retire")
            return None
        error = revive(payload)
        self.end(is_sound=not isinstance(error, QueryTooLarge))
        raise error

    def _make_room(self) -> None:
        """This query is not a quick one: move it to a slow slot, or give it up for others."""
        if self.is_slow or self.age_s() < self._pool.quick_s:
            return
        if self._pool.move_over(self):
            self._is_low = True
            self.worker.slow_down()
        elif self._pool.is_wanted():
            raise EngineBusy("too many long queries at once; try again later, or ask for less")

    def _death(self) -> QueryError:
        """Return what to say of a worker that has ended in the middle."""
        ended = self.worker.kill()
        self.end(is_sound=False)
        if ended == -signal.SIGALRM:
            return QueryTimeout(_TOO_LONG)
        if self._is_cut:
            return EngineBusy("a long answer was stopped so that others get theirs")
        if self._pool.is_closing and ended == -signal.SIGKILL:
            return EngineBusy("the server is stopping")
        log.warning("a query worker ended with exit code %d", ended)
        if ended == -signal.SIGSEGV:
            return QueryTooLarge("the query is too complex for the engine; write it simpler")
        return QueryTooLarge("the query needs more memory than it may have; ask for less")


_TOO_LONG = "the query took longer than it may; ask for less, or use LIMIT"
