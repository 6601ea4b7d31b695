"""Test clients that need no server and read each response to its end."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from publish.config import Config
from publish.server.stack import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Reader(FlaskClient):
    """A client that reads each response to its end and closes it, as a server does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request."""
        return super().open(*args, **{"buffered": True, **kwargs})


def make_app(config: Config) -> Flask:
    """Return an application whose test clients are readers."""
    app = create_app(config)
    app.test_client_class = Reader
    return app
