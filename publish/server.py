"""The production server that `km serve` runs: waitress, with a thread for each slow client.

waitress reads a request whole before a thread gets it and writes from its own loop, so half-sent
requests and slow readers hold no worker; gunicorn's threaded worker stopped answering after four
half-sent requests, and granian failed on slow bodies. Put nginx or Caddy in front for TLS.
"""

from waitress import serve as run_waitress

from publish.app import create_app
from publish.config import Config


def serve(config: Config) -> None:
    """Serve until interrupted. Raises NoRelease or ReleaseDamaged before listening."""
    run_waitress(
        create_app(config),
        host=config.host,
        port=config.port,
        threads=config.threads,
        ident=None,
        channel_timeout=60,
        max_request_header_size=64 * 1024,
        max_request_body_size=1024 * 1024,
        clear_untrusted_proxy_headers=True,
    )
