"""Describes the site and the place of a page in schema.org.

In: links, crumbs and the words of the interface. Out: nodes of JSON-LD for one data block in the
page. `publish.things.metadata` describes things.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from publish.http.links import Links, encode_iri
from publish.web.page_data import Link
from publish.web.texts import Texts


def describe_site(links: Links, texts: Texts, publisher: Link | None) -> dict[str, object]:
    """Return the site as a node, with the address of its search."""
    target = links.absolute("/search") + "?q={search_term_string}"
    return {
        "@type": "WebSite",
        "@id": links.absolute("/") + "#site",
        "url": links.absolute("/"),
        "name": texts("site.name"),
        "description": texts("site.tagline"),
        "inLanguage": ["th", "en"],
        "about": {"name": publisher.label.text, "url": absolute(links, publisher.href)}
        if publisher
        else texts("site.tagline"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": target},
            "query-input": "required name=search_term_string",
        },
    }


def describe_crumbs(
    links: Links, crumbs: Sequence[Link], title: str, canonical: str
) -> dict[str, object]:
    """Return the crumbs of a page as a node; the page itself is the last."""
    steps = [(crumb.label.text, absolute(links, crumb.href)) for crumb in crumbs]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name, "item": address}
            for at, (name, address) in enumerate([*steps, (title, canonical)], 1)
        ],
    }


def as_document(nodes: Iterable[dict[str, object]]) -> dict[str, object]:
    """Return nodes as one JSON-LD document."""
    return {"@context": "https://schema.org", "@graph": list(nodes)}


def absolute(links: Links, href: str) -> str:
    """Return the whole address of a path of this site."""
    base = urlsplit(links.base)
    return f"{base.scheme}://{base.netloc}{href}" if href.startswith("/") else encode_iri(href)
