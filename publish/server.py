"""The production server that `km serve` runs: waitress, with a thread for each slow client.

waitress reads a request whole before a thread gets it and writes from its own loop, so half-sent
requests and slow readers hold no worker; gunicorn's threaded worker stopped answering after four
half-sent requests, and granian failed on slow bodies. Put nginx or Caddy in front for TLS.

It looks ahead by one request, so that it sees a client leave while its query still runs, and the
worker is freed. (A client that closes its sending half early is taken for one that left.)

Its loop leaves alone what a thread is sending (`Channel`). Of itself it turns without rest as long
as that client could take something, and so keeps the interpreter from the very thread that sends:
with 8 clients and answers of 10 KB, 840 requests a second were measured so, and 7,700 are.
"""

import logging
import signal
import time
from collections.abc import Callable

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from graph.errors import KmError, SettingError
from publish.app import create_app
from publish.config import Config
from publish.front import Application

# Each costs a file, of 1,024; with waitress's own 100, silent clients soon shut out all others.
_MOST_CONNECTIONS = 800
_LAST_BYTES_S = 3.0  # for answers to leave, after the longest query


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose waiting bytes the loop leaves alone while a thread is sending them."""

    def writable(self) -> bool:
        """Tell whether the loop should wait until this client can take something."""
        if self.total_outbufs_len:
            if not self.outbuf_lock.acquire(blocking=False):
                # That thread wakes the loop if it cannot send everything.
                return bool(self.will_close or self.close_when_flushed)
            self.outbuf_lock.release()
        return bool(super().writable())


class Server:
    """An application behind waitress. `run` it in one thread; stop it from any."""

    def __init__(self, application: Application, config: Config) -> None:
        """Listen. Raises OSError or ValueError where that cannot be."""
        self._sockets: dict[int, object] = {}
        self._waitress = create_server(
            application,
            map=self._sockets,
            host=config.host,
            port=config.port,
            threads=config.threads,
            ident=None,
            connection_limit=_MOST_CONNECTIONS,
            channel_timeout=60,
            channel_request_lookahead=1,
            max_request_header_size=64 * 1024,
            max_request_body_size=1024 * 1024,
            clear_untrusted_proxy_headers=True,
            **_believe(config.proxy),
        )
        self._listeners = [s for s in self._sockets.values() if isinstance(s, BaseWSGIServer)]
        for listener in self._listeners:
            listener.channel_class = Channel
        self._is_stopping = False
        self._grace_s = config.query_timeout_s + _LAST_BYTES_S

    def run(self) -> None:
        """Serve until `stop`; who has asked by then gets an answer, as long as a query may take."""
        while not self._is_stopping:
            self._turn(1.0)
        for listener in self._listeners:
            wasyncore.dispatcher.close(listener)  # its own would also cut the threads' wire to us
        gives_up_at = time.monotonic() + self._grace_s
        while self._is_busy() and time.monotonic() < gives_up_at:
            self._turn(0.1)
        self.close()

    def stop(self) -> None:
        """End soon and in order."""
        self._is_stopping = True

    def close(self) -> None:
        """End now."""
        self._is_stopping = True
        self._waitress.task_dispatcher.shutdown()
        for channel in self._channels():
            channel.handle_close()
        for listener in self._listeners:
            listener.close()
        wasyncore.close_all(self._sockets)

    def _turn(self, timeout_s: float) -> None:
        wasyncore.loop(timeout_s, use_poll=True, map=self._sockets, count=1)

    def _is_busy(self) -> bool:
        return any(c.request or c.requests or c.total_outbufs_len for c in self._channels())

    def _channels(self) -> list[HTTPChannel]:
        return [s for s in self._sockets.values() if isinstance(s, HTTPChannel)]


def _believe(proxy: str) -> dict[str, object]:
    """Return waitress's settings for a proxy that says who its clients are, if there is one."""
    if not proxy:
        return {}
    headers = {"x-forwarded-for"}
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": headers}


class Brief(logging.Filter):
    """Tells of an answer that was cut in one line: the reader was told, and nothing is broken."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of an exception of ours."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, KmError):
            record.msg, record.args = f"{record.getMessage()}: {error}", ()
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


def serve(config: Config, ready: Callable[[], None]) -> None:
    """Serve until told to end (SIGTERM) or interrupted; `ready` is called once the port listens.

    Raises NoRelease or ReleaseDamaged, and SettingError where the address cannot be listened on.
    """
    app = create_app(config)
    try:
        server = Server(app, config)
    except (OSError, ValueError) as error:
        where = f"{config.host}:{config.port}"
        raise SettingError(
            f"cannot listen on {where}: {error}; set KM_PORT or KM_HOST to a free address"
        ) from error
    logging.getLogger("waitress").addFilter(Brief())
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    ready()
    server.run()
