"""Public queries on a SPARQL server, as `pool.EnginePool` answers them from a release.

In: a query that passed the gate. Out: an Answer whose blocks are the server's own bytes, with the
public names of graphs, or a QueryError. The deadline is kept here, whatever the server does; what
it goes on computing afterwards only its own time limit ends. Each process has as many queries as
`workers` at the server at once, more wait in a queue, and then 503: pages keep their threads.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from graph.errors import QueryError
from graph.store.embedded import BLOCK_BYTES, Answer, format_named, read_term
from graph.store.query_rewrite import rewrite
from graph.store.release_names import ReleaseGraphs
from graph.store.remote import check_form
from graph.store.sparql_http import Address, Reply, send
from publish.engine.scheduler import Scheduler
from publish.engine.worker import EngineQuery

_DELIVERY_S = 60.0  # for the whole of an answer, however slow its reader
_QUEUE = 16


class RemoteEngine:
    """Public queries on one release at a server. Thread-safe; it holds no connection."""

    def __init__(
        self,
        address: Address,
        graphs: ReleaseGraphs,
        prefixes: Mapping[str, str],
        *,
        workers: int,
        deadline_s: float,
    ) -> None:
        """Take the server's query address; the server is asked nothing yet."""
        self._address = address
        self._graphs = graphs
        self._prefixes = dict(prefixes)
        self._deadline_s = deadline_s
        self._scheduler = Scheduler(workers, 0, _QUEUE)

    def query(
        self,
        query: EngineQuery,
        has_left: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Answer:
        """Answer a query that passed the gate. Whoever leaves early is not noticed here.

        Returns once the answer is whole or its first 64 KB are there; what fails later is raised
        from the iterator, whose `close()` ends the connection. Raises QuerySyntax, QueryTimeout,
        EngineBusy, StoreUnavailable, and QueryError for what the server cannot evaluate or write.
        """
        check_form(query.text, query.format)
        media_type = format_named(query.format).content_type
        sent = rewrite(
            query.text,
            self._graphs,
            self._prefixes,
            query.default_graphs,
            query.named_graphs,
            {name: read_term(text) for name, text in query.bindings},
        )
        self._scheduler.enter(self._deadline_s, lambda: None, client)
        stream = RemoteStream(self._scheduler, client)
        try:
            plain = media_type.partition(";")[0]
            reply = send(self._address, sent, plain, self._deadline_s, _DELIVERY_S)
            stream.begin(reply, self._graphs.restore(reply))
            if reply.media_type != plain:
                raise QueryError(f"the SPARQL server does not write {plain} for this query")
            held, is_whole = _first(stream)
        except BaseException:
            stream.close()
            raise
        if is_whole:
            return Answer(media_type, iter(held), sum(map(len, held)))
        stream.hold(held)
        return Answer(media_type, stream)

    async def begin(self, query: EngineQuery, client: str = "") -> None:
        """Leave it to `query`: waiting for another machine is for a thread."""

    def close(self, graceful: bool = True) -> None:
        """Let nobody in any more; answers on their way go on, as the server knows of no end."""
        if not graceful:
            self._scheduler.shut()


def _first(stream: "RemoteStream") -> tuple[list[bytes], bool]:
    """Return the first 64 KB, or all there is, and whether it is all."""
    held: list[bytes] = []
    while sum(map(len, held)) < BLOCK_BYTES:
        block = next(stream, None)
        if block is None:
            return held, True
        held.append(block)
    return held, False


class RemoteStream(Iterator[bytes]):
    """The blocks of an answer and its slot, given back once: at the end, at an error, or early."""

    def __init__(self, scheduler: Scheduler, client: str) -> None:
        self._scheduler = scheduler
        self._client = client
        self._began_at = time.monotonic()
        self._blocks: Iterator[bytes] = iter(())
        self._reply: Reply | None = None
        self._lock = threading.Lock()
        self._is_over = False

    def begin(self, reply: Reply, blocks: Iterator[bytes]) -> None:
        """Take what is to be read."""
        self._reply, self._blocks = reply, blocks

    def hold(self, blocks: list[bytes]) -> None:
        """Take back what has been read of it."""
        self._blocks = chain(blocks, self._blocks)

    def __next__(self) -> bytes:
        try:
            return next(self._blocks)
        except BaseException:  # its end, too
            self.close()
            raise

    def close(self) -> None:
        """Stop reading and give the slot back."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        self._blocks = iter(())
        if self._reply is not None:
            self._reply.close()
        self._scheduler.leave(False, self._client, time.monotonic() - self._began_at)

    def __del__(self) -> None:
        self.close()
