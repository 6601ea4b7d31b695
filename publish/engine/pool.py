"""The pool of query workers: public queries run in processes of their own, never in this one.

In: a query and a format. Out: an Answer whose blocks come from the worker, or a QueryError.
Pebble's ProcessPool was measured first: 0.33 ms a call, and the whole answer is pickled into this
process before its first byte. So the pool is our own, on socket pairs (`publish.engine.worker`).

There are quick slots and slow slots. A query begins in a quick one. After `quick_s` it moves to a
slow one, at a lower priority, and a fresh worker takes its place. If every slow slot is taken and
another client waits, the query is refused. So short queries are answered while long ones run. An
answer that is already being sent moves too, but is cut only after it kept others waiting for half a
deadline. A worker is killed and replaced if it died, passed a limit, or lost its reader.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from graph.errors import EngineBusy, KmError, ReleaseDamaged
from graph.store.embedded import Answer, format_named
from publish.engine.job import Job
from publish.engine.process import Worker
from publish.engine.scheduler import LOOK_S, Scheduler, Slot
from publish.engine.worker import EngineQuery, WorkerSettings

__all__ = ["EnginePool", "EngineQuery", "PoolState"]

QUEUE = 16  # requests that may wait for a worker
_MOST_DEAD = 10  # workers found dead, or dying as they start, before a query is given up
_GRACE_S = 2.0  # workers end themselves; this long after it, it is done for them

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PoolState:
    """How busy the pool is, for the metrics; `killed` counts from the start."""

    idle: int
    quick: int
    slow: int
    waiting: int
    killed: int


Aside: TypeAlias = Callable[[], AbstractContextManager[None]]


@dataclass
class StartedQuery:
    """A query that a worker has; `is_whole` where its whole answer is here.

    `aside` is the context in which a thread waits for the rest.
    """

    job: Job
    media_type: str
    is_whole: bool = False
    aside: Aside = nullcontext

    def finish(self) -> Answer:
        """Return the answer once it is whole or its first 64 KB are there; raises as `query`."""
        try:
            with nullcontext() if self.is_whole else self.aside():
                blocks, is_whole = self.job.first_blocks()
        except BaseException:
            self.job.end(is_sound=False)
            raise
        if is_whole:
            return Answer(self.media_type, iter(blocks), sum(map(len, blocks)))
        return Answer(self.media_type, self.job.stream(blocks))


class EnginePool:
    """Query workers on one release's store. Thread-safe; close it, or use it in a `with`."""

    def __init__(
        self,
        store_path: Path,
        prefixes: Mapping[str, str],
        *,
        workers: int = 3,
        slow: int | None = None,
        queue: int = QUEUE,
        deadline_s: float = 10.0,
        delivery_s: float = 60.0,
        quick_s: float = 0.5,
        memory_bytes: int = 512 * 1024**2,
        output_bytes: int = 1024**3,
    ) -> None:
        """Start the workers; raises ReleaseDamaged where the store cannot be opened.

        `workers` quick slots and `slow` slow ones (as many); `queue` more requests may
        wait, each as long as `deadline_s`. A server needs more threads than all three together.
        `deadline_s` is the engine's time for a query; a reader may keep it waiting as long each
        time; `delivery_s` bounds the whole, however slow the reader. `memory_bytes` is for each
        worker above its idle size, `output_bytes` for each answer.
        """
        self._workers = workers
        self._scheduler = Scheduler(self._workers, self._workers if slow is None else slow, queue)
        self._settings = WorkerSettings(
            str(store_path), dict(prefixes), deadline_s, delivery_s, memory_bytes, output_bytes
        )
        self.quick_s = quick_s
        self._lock = threading.RLock()
        self._idle: list[Worker] = []
        self._jobs: set[Job] = set()
        self.is_closing = False
        self._killed = 0
        self._start()

    def query(
        self,
        query: EngineQuery,
        has_left: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Answer:
        """Answer a query that passed the query guard.

        Returns once the answer is whole or its first 64 KB are there; a later failure is raised
        from the iterator, whose `close()` frees the worker. `has_left` is asked now and then
        whether the reader is still there; `client` is who asks, so that the queue can be fair.
        Raises QuerySyntax, QueryTimeout, QueryTooLarge, EngineBusy, ReaderLeft, and QueryError for
        what cannot be evaluated.
        """
        media_type = format_named(query.format).content_type
        job = self._start_job(query, client)
        job.has_left = has_left
        return StartedQuery(job, media_type).finish()

    async def begin(self, query: EngineQuery, client: str = "") -> "StartedQuery | None":
        """Do on the running loop what `query` does, as far as that takes no more than `quick_s`.

        Returns None where there is no slot or no worker at once: then `query` should wait for them
        in a thread. Raises EngineBusy, and QueryError for a format that does not exist.
        """
        media_type = format_named(query.format).content_type
        slot = self._scheduler.line_up(client)
        try:
            if not slot.done():
                await _comes(slot)
            job = self._start_job_now(query, client) if slot.done() and slot.result() else None
            if job is None:
                return None
        except BaseException:
            job = None
            raise
        finally:
            if job is None:
                self._scheduler.give_up(slot, client)
        begun = StartedQuery(job, media_type)
        try:
            begun.is_whole = await job.arrives(self.quick_s)
        except BaseException:
            job.cut()
            job.end(is_sound=False)
            raise
        return begun

    def close(self, graceful: bool = True) -> None:
        """End the idle workers; the busy ones after their answer, or now if not graceful.

        Gracefully, queries that come late are still answered, each by a worker of its own, so that
        a request can finish on the release it began with.
        """
        with self._lock:
            self.is_closing = True
            idle, self._idle = self._idle, []
            jobs = [] if graceful else list(self._jobs)
        if not graceful:
            self._scheduler.shut()
        for worker in idle:
            worker.leave()
        for job in jobs:
            job.worker.kill()

    def state(self) -> PoolState:
        """Return how busy the pool is."""
        scheduler = self._scheduler.state()
        return PoolState(
            len(self._idle), scheduler.quick, scheduler.slow, scheduler.waiting, self._killed
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close(graceful=False)

    @property
    def longest_s(self) -> float:
        """After so long the worker must have ended by itself."""
        return self._settings.delivery_s + _GRACE_S

    def move_over(self, job: Job) -> bool:
        """Move a job to a slow slot where there is one; a fresh worker takes its place."""
        with self._lock:
            if not job.holds_slot or not self._scheduler.move_over():
                return False
            job.is_slow = True
            self._refill()
            return True

    def is_wanted(self) -> bool:
        """Tell whether somebody waits for a slot."""
        return self._scheduler.state().waiting > 0

    def take_back(self, job: Job, is_sound: bool) -> None:
        """End a job once; a sound worker is kept, any other killed and replaced."""
        with self._lock:
            if job.is_over:
                return
            job.is_over = True
            # Seen from outside, it goes from busy to idle in one step: in between, it would look
            # as if a worker were missing, and one too many would be started.
            if is_sound and not self.is_closing and len(self._idle) < self._workers:
                self._idle.append(job.worker)
                self._settle(job)
                return
            self._killed += not is_sound
        job.worker.kill()
        with self._lock:
            self._settle(job)
            self._refill()

    def _settle(self, job: Job) -> None:
        self._jobs.discard(job)
        self._free_slot(job)

    def _start(self) -> None:
        """Wait for one worker, which is there sooner alone; the others come up while it works."""
        try:
            first = Worker(self._settings)
        except OSError as error:
            raise EngineBusy(f"no query worker can be started: {error}") from error
        self._idle.append(first)
        try:
            if not first.make_ready():
                raise ReleaseDamaged("a query worker did not start; the log says why")
        except KmError:
            self.close(graceful=False)
            raise
        self._refill()

    def _start_job(self, query: EngineQuery, client: str) -> Job:
        """Take a slot and a worker that has been given the query; raises EngineBusy."""
        self._scheduler.enter(self._settings.deadline_s, self._reclaim, client)
        for _ in range(_MOST_DEAD):
            job = self._take_worker(client)
            try:
                is_alive = job.worker.make_ready() and job.worker.ask(query)
            except KmError:
                self.take_back(job, is_sound=False)
                raise
            if is_alive:
                job.began_at = time.monotonic()
                return job
            self._forget(job)
        self._scheduler.leave(is_slow=False, client=client)
        raise EngineBusy("the query workers die as they start; the log says why")

    def _start_job_now(self, query: EngineQuery, client: str) -> Job | None:
        """Give a query to a worker that is ready, for a slot that is held; None where none is."""
        with self._lock:
            if not self._idle or not self._idle[-1].is_ready:
                return None
            job = Job(self, self._idle.pop(), client)
            self._jobs.add(job)
        if job.worker.ask(query):
            return job
        self._forget(job)
        return None

    def _take_worker(self, client: str) -> Job:
        with self._lock:
            try:
                worker = self._idle.pop() if self._idle else Worker(self._settings)
            except OSError as error:
                self._scheduler.leave(is_slow=False, client=client)
                raise EngineBusy(f"no query worker can be started: {error}") from error
            job = Job(self, worker, client)
            self._jobs.add(job)
            return job

    def _forget(self, job: Job) -> None:
        """Drop a worker that had died while idle, keeping the slot for the next one."""
        with self._lock:
            self._jobs.discard(job)
        job.worker.kill()

    def _reclaim(self) -> None:
        """Free slots for those who wait: of workers that ended unseen, while their readers slept,
        and of the oldest long answer that has held a quick slot for half a deadline.
        """
        with self._lock:
            for job in self._jobs:
                if job.worker.has_died():
                    self._free_slot(job)
            longest = max(filter(self._is_overlong, self._jobs), key=Job.age_s, default=None)
        if longest is not None:
            longest.cut()
        with self._lock:
            if longest is not None:
                self._free_slot(longest)
            self._refill()

    def _is_overlong(self, job: Job) -> bool:
        is_here = job.is_streaming and job.holds_slot and not job.is_slow
        return is_here and job.age_s() > self._settings.deadline_s / 2

    def _free_slot(self, job: Job) -> None:
        if job.holds_slot:
            job.holds_slot = False
            self._scheduler.leave(job.is_slow, job.client, job.age_s())

    def _refill(self) -> None:
        """Start workers until each quick slot has one; they come up while others work."""
        with self._lock:
            if self.is_closing:
                return
            busy = sum(job.holds_slot and not job.is_slow for job in self._jobs)
            try:
                for _ in range(self._workers - len(self._idle) - busy):
                    self._idle.insert(0, Worker(self._settings))
            except OSError as error:
                log.error("no query worker can be started: %s", error)


async def _comes(slot: Slot) -> None:
    """Wait on the running loop for a slot, a moment; another thread may free it."""
    loop, context = asyncio.get_running_loop(), threading.get_ident()
    came: asyncio.Future[None] = loop.create_future()

    def note() -> None:
        if not came.done():
            came.set_result(None)

    def tell(_: Slot) -> None:
        note() if threading.get_ident() == context else loop.call_soon_threadsafe(note)

    slot.add_done_callback(tell)
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_S):
            await came
