"""Public queries on a SPARQL server, with the interface of `pool.EnginePool`.

In: a query that passed the query guard. Out: an Answer whose blocks are the server's own bytes,
with the public names of graphs, or a QueryError. This process keeps the deadline for its reader;
only the server's own time limit stops the computation there. Each process has at most `workers`
queries at the server. More queries wait in a queue, then get 503, so that pages keep their threads.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import chain

from graph.errors import QueryError
from graph.store.embedded import BLOCK_BYTES, Answer, format_named, read_term
from graph.store.query_rewrite import rewrite
from graph.store.release_names import ReleaseGraphs
from graph.store.remote import check_form
from graph.store.sparql_http import Address, send
from publish.engine.scheduler import Scheduler
from publish.engine.worker import EngineQuery
from publish.http.stream import Stream

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
        """Answer a query that passed the query guard. It does not notice a reader who leaves early.

        Returns once the answer is whole or its first 64 KB are there; a later failure is raised
        from the iterator, whose `close()` ends the connection. Raises QuerySyntax, QueryTimeout,
        EngineBusy, StoreUnavailable, and QueryError for a query that the server cannot evaluate or
        write.
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
        began_at = time.monotonic()
        with ExitStack() as ends:  # in reverse order, where anything fails
            ends.callback(lambda: self._scheduler.leave(False, client, time.monotonic() - began_at))
            plain = media_type.partition(";")[0]
            reply = send(self._address, sent, plain, self._deadline_s, _DELIVERY_S)
            ends.callback(reply.close)
            if reply.media_type != plain:
                raise QueryError(f"the SPARQL server does not write {plain} for this query")
            stream = Stream(self._graphs.restore(reply), ends.pop_all().close)
        held, is_whole = _first(stream)
        if is_whole:
            return Answer(media_type, iter(held), sum(map(len, held)))
        return Answer(media_type, Stream(chain(held, stream), stream.close))

    async def begin(self, query: EngineQuery, client: str = "") -> None:
        """Leave it to `query`: waiting for another machine is for a thread."""

    def close(self, graceful: bool = True) -> None:
        """Let nobody in any more; answers on their way go on, as the server knows of no end."""
        if not graceful:
            self._scheduler.shut()


def _first(stream: Stream) -> tuple[list[bytes], bool]:
    """Return the first 64 KB, or all there is, and whether it is all."""
    held: list[bytes] = []
    while sum(map(len, held)) < BLOCK_BYTES:
        block = next(stream, None)
        if block is None:
            return held, True
        held.append(block)
    return held, False
