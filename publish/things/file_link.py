"""The link to the document itself: its file or web page, or else its owner to ask.

In: a view of a leaflet, a document or a law. Out: a `PageFile`. The address comes from the data and
may be hostile, so only http and https become a link.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from publish.http.links import encode_iri
from publish.things.view import View
from publish.web.page_data import Label, Link

#: The property of the link; the rows of a page leave it out where the link is shown.
PROPERTY = "foaf:page"
_MISSED = ("leaflet", "document")


@dataclass(frozen=True)
class PageFile:
    """The link to the file or web page.

    Without one, `missing` says so and `ask` leads to the owner.
    """

    link: Link | None
    missing: str = ""
    ask: tuple[Link, ...] = ()


def find_file(view: View) -> PageFile | None:
    """Return where the thing can be read; None for a kind of thing that needs no file."""
    for value in view.values(PROPERTY):
        if _is_web(value.value):
            label = Label(view.namer.texts("file.open"))
            return PageFile(Link(label, encode_iri(value.value), external=True))
    if view.type not in _MISSED:
        return None
    missing = view.namer.texts(f"file.no_{view.type}")
    return PageFile(None, missing, tuple(_ask(view)))


def _is_web(iri: str) -> bool:
    return urlsplit(iri).scheme.lower() in ("http", "https")


def _ask(view: View) -> list[Link]:
    """Return the owner, its web site and its e-mail address, as far as they are known."""
    owners = view.values("dct:publisher")[:1]
    seen = view.with_facts_of(owners, "foaf:homepage", "schema:email", "km:contactName")
    found = []
    for owner in owners:
        found.append(seen.namer.link(owner))
        site = seen.facts.one(owner, "foaf:homepage")
        if isinstance(site, ox.NamedNode) and _is_web(site.value):
            found.append(Link(Label(site.value), encode_iri(site.value), external=True))
        email = seen.facts.text(owner, "schema:email")
        if email:
            person = seen.facts.text(owner, "km:contactName")
            label = seen.namer.label(f"{person} {email}".strip())
            found.append(Link(label, f"mailto:{encode_iri(email)}"))
    return found
