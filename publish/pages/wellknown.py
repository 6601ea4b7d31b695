"""The small addresses that programs expect: robots, favicon, liveness and readiness."""

from flask import Blueprint, Response, current_app

from publish.http.response import REVALIDATE
from publish.web.context import request_context, serving


def create_blueprint() -> Blueprint:
    """Return the routes of the small addresses."""
    blueprint = Blueprint("wellknown", __name__)
    blueprint.add_url_rule("/robots.txt", view_func=robots)
    blueprint.add_url_rule("/favicon.ico", view_func=favicon)
    blueprint.add_url_rule("/healthz", view_func=healthz)
    blueprint.add_url_rule("/readyz", view_func=readyz)
    return blueprint


def robots() -> Response:
    """Let robots read everything but the pages that cost a query each time (RFC 9309)."""
    links = request_context().links
    costly = ("queries/*?", "sparql?", "search?", "search.", "suggest?", "api/", "catalog/gdc.")
    text = "User-agent: *\n" + "".join(f"Disallow: {links.prefix}/{path}\n" for path in costly)
    text += f"Sitemap: {links.absolute('/sitemap.xml')}\n"
    return Response(text, content_type="text/plain; charset=utf-8")


def favicon() -> Response:
    """Send the mark, for clients that ask without having been told."""
    response = current_app.send_static_file("mark.svg")
    response.headers["Cache-Control"] = REVALIDATE
    return response


def healthz() -> Response:
    """Say that the process answers."""
    return _state("ok")


def readyz() -> Response:
    """Say that a release is being served, and which; 503 where its store does not answer."""
    serving().store.ask("ASK { }")
    return _state(serving().release.id)


def _state(text: str) -> Response:
    response = Response(f"{text}\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
