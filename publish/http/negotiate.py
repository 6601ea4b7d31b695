"""Content negotiation: the formats that a client reads, against those that a resource offers.

In: the `Accept` header and the offers of one resource, in our order of preference. Out: the one
offer to send. RFC 9110 section 12.5.1, with two rules that libraries lack: media types have aliases
(`text/n3` and `application/x-turtle` mean Turtle), and parameters in a range (`;charset=utf-8`,
`;profile="…"`) do not stop it from matching.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from graph.errors import KmError
from graph.rdf.formats import FORMATS

# A quoted string that never closes runs to the end: each character is looked at once.
_QUOTED = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_RANGES = re.compile(rf'(?:[^,"]|{_QUOTED})+', re.DOTALL)
_PARTS = re.compile(rf'(?:[^;"]|{_QUOTED})+', re.DOTALL)
_MEDIA_RANGE = re.compile(r"\*/\*|[\w!#$%&'+.^`|~-]+/(?:\*|[\w!#$%&'+.^`|~-]+)", re.ASCII)
_NEVER_OFFERED = ("image/", "audio/", "video/", "application/signed-exchange")
_WEIGHT = re.compile(r"\d*(?:\.\d*)?", re.ASCII)


@dataclass(frozen=True)
class Offer:
    """One way to write a resource: our short name for it, its media type, other names it has."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()


class NotAcceptable(KmError):
    """None of the offers is acceptable to the client; `offers` are what there was (406)."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.offers = tuple(offers)
        listed = ", ".join(offer.media_type for offer in self.offers)
        super().__init__(f"none of the media types you accept is offered here; offered: {listed}")


HTML = Offer("html", "text/html", ("application/xhtml+xml",))


def _offer(name: str, *aliases: str) -> Offer:
    return Offer(name, FORMATS[name].media_type, aliases)


TURTLE = _offer(
    *("ttl", "text/n3", "application/x-turtle", "application/turtle"),
    *("text/rdf+n3", "application/n3"),
)
JSONLD = _offer("jsonld", "application/json", "application/x-json+ld")
RDFXML = _offer("rdf", "application/xml", "text/xml", "text/rdf")
NTRIPLES = _offer("nt", "text/plain")

#: A graph in every syntax, for CONSTRUCT, DESCRIBE and descriptions without a page.
RDF_OFFERS = (TURTLE, JSONLD, RDFXML, NTRIPLES)
#: A document about a thing: the page first, so that a client without wishes gets it.
DOCUMENT_OFFERS = (HTML, *RDF_OFFERS)
#: SELECT and ASK (SPARQL 1.1 Protocol section 2.1.6); SPARQLWrapper sends `text/javascript`.
RESULT_OFFERS = (
    _offer("json", "application/json", "text/javascript", "application/javascript"),
    _offer("xml", "application/xml", "text/xml"),
    _offer("csv"),
    _offer("tsv"),
)


def negotiate(accept: str | None, offers: Sequence[Offer]) -> Offer:
    """Return the offer the client prefers; ties go to the first. RFC 9110 section 12.5.1.

    A header that is missing, empty or without one readable range counts as no wish at all.
    Raises NotAcceptable, which lists the offers.

    >>> negotiate("application/rdf+xml;q=0.5, text/n3", DOCUMENT_OFFERS).name
    'ttl'
    """
    ranges = _read(accept or "")
    if not ranges:
        return offers[0]
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    if _quality(best, ranges) <= 0:
        raise NotAcceptable(offers)
    return best


def refuses(accept: str | None, offer: Offer) -> bool:
    """Tell whether the client says by name that it does not want this offer (`q=0`).

    >>> refuses("text/turtle, text/html;q=0", HTML), refuses("image/png", HTML)
    (True, False)
    """
    return _read(accept or "").get(offer.media_type) == 0


def essence(accept: str) -> str:
    """Return one text for all spellings of an `Accept` header that mean the same here.

    Nothing is offered by negotiation as a picture, a sound or a film, so those ranges go.

    >>> essence("text/html,image/avif,*/*;q=0.8") == essence("*/*; q=.8, Text/HTML")
    True
    """
    ranges = sorted(_read(accept).items())
    told = [f"{name};q={q:g}" for name, q in ranges if not name.startswith(_NEVER_OFFERED)]
    return ",".join(told) or ("none of ours" if ranges else "")


def prefer_language(header: str, languages: Sequence[str]) -> str:
    """Return the language the reader prefers, else the first. RFC 9110 section 12.5.4."""
    return parse_accept_header(header, LanguageAccept).best_match(languages) or languages[0]


def _quality(offer: Offer, ranges: dict[str, float]) -> float:
    """Return how much the client wants the offer, 0 to 1, by the most specific range it named.

    The type itself counts before its aliases, and those before `type/*` and `*/*`, which never
    reach an alias: `application/*` is no wish for Turtle though `application/x-turtle` is one.
    """
    own = ranges.get(offer.media_type)
    if own is not None:
        return own
    by_alias = [ranges[alias] for alias in offer.aliases if alias in ranges]
    if by_alias:
        return max(by_alias)
    family = offer.media_type.partition("/")[0]
    return ranges.get(f"{family}/*", ranges.get("*/*", 0.0))


def _read(accept: str) -> dict[str, float]:
    """Return the quality of each media range, parameters dropped.

    A bare range counts before the same range with parameters (`text/html;level=1`), which means a
    variant only: it can ask for our type, but never exclude it.
    """
    bare: dict[str, float] = {}
    variants: dict[str, float] = {}
    for media_range, has_parameters, quality in _ranges(accept):
        if not has_parameters:
            bare[media_range] = max(quality, bare.get(media_range, 0.0))
        elif quality > 0:
            variants[media_range] = max(quality, variants.get(media_range, 0.0))
    return variants | bare


def _ranges(accept: str) -> Iterator[tuple[str, bool, float]]:
    """Yield (media range, has parameters, quality); unreadable items are passed over."""
    for item in _RANGES.findall(accept):
        head, *parameters = [part.strip() for part in _PARTS.findall(item)] or [""]
        media_range = "*/*" if head == "*" else head.lower()
        weight = next((p for p in parameters if _name(p) == "q"), "q=1")
        quality = _weight(weight.partition("=")[2].strip())
        if quality is not None and _MEDIA_RANGE.fullmatch(media_range):
            named = any(p and _name(p) not in ("q", "charset") for p in parameters)
            yield media_range, named, quality


def _name(parameter: str) -> str:
    return parameter.partition("=")[0].strip().lower()


def _weight(text: str) -> float | None:
    """Read a q value; `.2` and more digits than RFC 9110 allows are read too, as rapper sends."""
    if not _WEIGHT.fullmatch(text) or not text.strip("."):
        return None
    return min(float(text), 1.0)
