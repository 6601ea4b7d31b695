"""Addresses: from an IRI of the data to a path on this site, and to the outside.

In: IRIs, which come from data and may be hostile. Out: hrefs. A page links with paths only, so that
the site answers on any host; absolute addresses are made from the base in the settings. Nothing but
http, https and mailto becomes a link: `javascript:` and `data:` stay text.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import quote, urlsplit

from graph.rdf.iris import parse_iri
from graph.rdf.vocab import KM, ONTOLOGY_IRI, SHAPE, VOCABULARY

_SCHEMES = ("http", "https", "mailto")
_SHAPES_IRI = SHAPE.rstrip("#")
_SAFE = "/:?#[]@!$&'()*+,;=%~"


@lru_cache(maxsize=4096)
def encode_iri(iri: str) -> str:
    """Return the URI of an IRI (RFC 3987 section 3.1): ASCII, and no control characters.

    >>> encode_iri("http://a/ก\\r\\nX: y")
    'http://a/%E0%B8%81%0D%0AX:%20y'
    """
    return quote(iri, safe=_SAFE)


@dataclass(frozen=True)
class Href:
    """Where a link leads; `external` when it leaves the site."""

    url: str
    external: bool = False


@dataclass(frozen=True)
class Links:
    """The addresses of one site. `lang` is carried along where the reader chose a language."""

    base: str
    lang: str = ""

    @cached_property
    def prefix(self) -> str:
        """The path under which the site lives, empty at the root of a host."""
        return urlsplit(self.base).path.rstrip("/")

    def to(self, path: str, **query: str) -> str:
        """Return the href of a path of this site, with the chosen language."""
        values = {**query, **({"lang": self.lang} if self.lang else {})}
        pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
        return self.prefix + encode_iri(path) + (f"?{pairs}" if pairs else "")

    def absolute(self, path: str, **query: str) -> str:
        """Return the address of a path under the base of the settings."""
        pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        return self.base + encode_iri(path) + (f"?{pairs}" if pairs else "")

    def to_relation(self, iri: str, of: str, kind: str = "") -> str:
        """Return the href of the page that lists all things linked by a property.

        `of` is the property as a prefixed name, or its IRI in angle brackets.
        """
        only = {"kind": kind} if kind else {}
        return self.to(self.path(iri) or "/", of=of, **only)

    def path(self, iri: str) -> str | None:
        """Return the path of the page about an IRI of ours, or None where it is not ours.

        >>> Links("http://localhost:8000").path("https://w3id.org/tambon-km/kind/act")
        '/ontology/kind/act'
        """
        thing = parse_iri(self.base, iri)
        if thing is not None:
            return f"/doc/{thing.type}/{thing.slug}"
        if iri.startswith(f"{self.base}/graph/"):
            return iri.removeprefix(self.base)
        if iri == ONTOLOGY_IRI or iri.startswith(ONTOLOGY_IRI + "/"):
            return "/ontology"
        if iri == _SHAPES_IRI:
            return "/shapes"
        for start, path in ((KM, "/ontology/"), (SHAPE, "/shapes/"), (VOCABULARY, "/ontology/")):
            if iri.startswith(start) and len(iri) > len(start):
                return path + iri.removeprefix(start)
        return None

    def href(self, iri: str) -> Href | None:
        """Return where a link to this IRI leads, or None where it must stay text."""
        path = self.path(iri)
        if path is not None:
            return Href(self.to(path))
        try:
            scheme = urlsplit(iri).scheme.lower()
        except ValueError:
            return None
        return Href(encode_iri(iri), external=True) if scheme in _SCHEMES else None
