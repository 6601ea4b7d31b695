"""The production server that `km serve` runs: waitress, with a thread for each slow client.

waitress reads a request whole before a thread gets it and writes from its own loop, so half-sent
requests and slow readers hold no worker; gunicorn's threaded worker stopped answering after four
half-sent requests, and granian failed on slow bodies. Put nginx or Caddy in front for TLS.

It looks ahead by one request, so that it sees a client leave while its query still runs, and the
worker is freed. (A client that closes its sending half early is taken for one that left.)
"""

from collections.abc import Callable

from waitress.server import create_server

from graph.errors import SettingError
from publish.app import create_app
from publish.config import Config


def serve(config: Config, ready: Callable[[], None]) -> None:
    """Serve until interrupted; `ready` is called once the port listens.

    Raises NoRelease or ReleaseDamaged, and SettingError where the address cannot be listened on.
    """
    app = create_app(config)
    try:
        server = create_server(
            app,
            host=config.host,
            port=config.port,
            threads=config.threads,
            ident=None,
            channel_timeout=60,
            channel_request_lookahead=1,
            max_request_header_size=64 * 1024,
            max_request_body_size=1024 * 1024,
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, ValueError) as error:
        where = f"{config.host}:{config.port}"
        raise SettingError(
            f"cannot listen on {where}: {error}; set KM_PORT or KM_HOST to a free address"
        ) from error
    ready()
    server.run()
