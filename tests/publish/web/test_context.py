"""What a request needs is made once, and hangs on the request."""

from publish.config import Config
from publish.server.stack import create_app
from publish.web.context import request_context


def test_a_request_has_one_context(site: object, config: Config) -> None:
    """All that a request asks of the site comes from one context."""
    app = create_app(config)
    with app.test_request_context("/?lang=en"):
        app.preprocess_request()
        first = request_context()
        assert request_context() is first
        assert (first.lang, first.is_lang_chosen) == ("en", True)
    app.extensions["km"].current.close()
