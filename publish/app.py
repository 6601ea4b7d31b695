"""The Flask application: `create_flask_app(config)` alone puts its parts together.

In: the settings. Out: a WSGI application that keeps no state of a reader. It answers on any host:
absolute addresses come from the base in the settings, never from the Host header, so a list of
trusted hosts would only break it behind a proxy.
"""

import atexit
from functools import partial

from flask import Flask, request
from jinja2 import StrictUndefined

from publish.config import Config
from publish.http.response import secure
from publish.pages import home, quality, wellknown
from publish.pages import ontology as terms
from publish.pages import shapes as rules
from publish.portal import catalogue as catalog
from publish.portal import ckan
from publish.portal import government_catalogue as government_catalog
from publish.queries import query_page
from publish.queries import routes as saved
from publish.releases import dumps, feeds, memento
from publish.releases import routes as history
from publish.search import routes as search
from publish.things import routes as resources
from publish.web import errors
from publish.web.context import install, make_site
from publish.web.markup import link, together, words

MAX_REQUEST_BYTES = 1024 * 1024
_A_YEAR_S = 31_536_000


def create_flask_app(config: Config) -> Flask:
    """Return the pages of the site, on the current release; it has no endpoint and no cache.

    Raises ReleaseError where there is no release, or a damaged one.
    """
    app = Flask("publish", static_url_path="/static")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=_A_YEAR_S,
    )
    app.url_map.merge_slashes = False
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    app.jinja_env.filters["together"] = together
    app.jinja_env.globals.update(link=link, words=words)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    site = make_site(config)
    atexit.register(site.current.close)
    install(app, site)
    errors.register(app)
    for blueprint in (
        home.create_blueprint(),
        resources.create_blueprint(),
        terms.create_blueprint(),
        rules.create_blueprint(),
        saved.create_blueprint(),
        search.create_blueprint(),
        dumps.create_blueprint(),
        quality.create_blueprint(),
        catalog.create_blueprint(),
        government_catalog.create_blueprint(),
        ckan.create_blueprint(),
        history.create_blueprint(),
        feeds.create_blueprint(),
        memento.create_blueprint(),
        wellknown.create_blueprint(),
        query_page.create_blueprint(),
    ):
        app.register_blueprint(blueprint)
    app.after_request(partial(secure, request))
    return app
