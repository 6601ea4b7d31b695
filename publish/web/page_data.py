"""The data that templates show: frozen dataclasses that hold all words and addresses.

In: descriptions, overviews, manifests. Out: words with their language, links with their address.
A `Label` with an empty `lang` is in the language of the page; a `Link` with an empty `href` is text
only.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """Some words, and their language where it is not the page's."""

    text: str
    lang: str = ""


@dataclass(frozen=True)
class Link:
    """A label with an address, or without one; `note` says what the thing is.

    `datetime` is a date for programs; `whose` is the owner, in a list where that tells things
    apart.
    """

    label: Label
    href: str = ""
    external: bool = False
    note: Label | None = None
    datetime: str = ""
    whose: Label | None = None


@dataclass(frozen=True)
class Alternate:
    """The same in another format: its media type, its address and its short name."""

    name: str
    media_type: str
    href: str


@dataclass(frozen=True)
class NavItem:
    """One link of a menu."""

    label: str
    href: str
    current: bool
    lang: str = ""


@dataclass(frozen=True)
class ReleaseNote:
    """The release of a page, for its foot."""

    id: str
    published: str
    href: str


@dataclass(frozen=True)
class SearchBox:
    """The search form: the addresses of search, suggestions and script, and the chosen language."""

    action: str
    suggest: str
    description: str
    script: str
    lang: str


@dataclass(frozen=True)
class Frame:
    """The frame of a page. `canonical`, `translations` and `picture` are absolute addresses.

    `canonical` has the language if the reader's address has it; `negotiated` never has it.
    `structured` is the JSON-LD for search engines.
    """

    lang: str
    site_name: str
    title: str
    canonical: str
    negotiated: str
    translations: tuple[tuple[str, str], ...]
    switch: tuple[NavItem, ...]
    home: str
    nav: tuple[NavItem, ...]
    licence: Link
    stylesheet: str
    assets: str
    search: SearchBox
    release: ReleaseNote | None = None
    alternates: tuple[Alternate, ...] = ()
    crumbs: tuple[Link, ...] = ()
    is_indexed: bool = True
    as_of: Link | None = None
    description: str = ""
    picture: str = ""
    structured: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Row:
    """One property and its values."""

    label: Link
    values: tuple[Link, ...]


@dataclass(frozen=True)
class Flag:
    """A word of caution in a list; `tone` is "warn" or empty."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Item:
    """A thing in a list, with what tells it apart."""

    link: Link
    notes: tuple[Link, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Group:
    """Things of one kind under a heading; `more` leads to all of them where not all are shown."""

    id: str
    title: str
    total: int
    items: tuple[Item, ...]
    more: str = ""


@dataclass(frozen=True)
class LinkedSection:
    """The things that point to the page's thing by one property, in a group for each kind."""

    title: str
    total: int
    groups: tuple[Group, ...]
    more: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of the published words; `fault` where a correction is about it."""

    text: str
    fault: bool = False


@dataclass(frozen=True)
class Quote:
    """Words as published, whole and in pieces with the faults apart; and the corrected words."""

    words: str
    published: tuple[Piece, ...]
    corrected: Label | None
    has_faults: bool
    source: Link | None
    line: str


@dataclass(frozen=True)
class Correction:
    """A fault in published words."""

    link: Link
    published: Label
    corrected: Label | None
    kind: Link | None
    reason: Label | None
    confidence: Link | None


@dataclass(frozen=True)
class Candidate:
    """A link that is recorded but not asserted."""

    relation: Link
    other: Link
    confidence: Link | None
    record: Link


@dataclass(frozen=True)
class Standing:
    """The place of a thing in a list: words such as "No. 3 in", and the list."""

    position: str
    list: Link


@dataclass(frozen=True)
class Motto:
    """A slogan or a vision, shown in large letters."""

    name: Link
    words: Label


@dataclass(frozen=True)
class Card:
    """A link with a line of text and a number."""

    link: Link
    text: Label | None = None
    count: str = ""


@dataclass(frozen=True)
class AsData:
    """The thing as RDF: its identifier, its triples and the query that asks for it.

    `turtle` has the triples of the thing itself; the files also have those of its neighbours.
    """

    iri: str
    turtle: str
    query: str
    query_href: str
    types: tuple[Link, ...]
    datasets: tuple[Link, ...]
    confidence: Link | None = None


@dataclass(frozen=True)
class QrCode:
    """An address as a QR code: the path of an SVG on a square of `size` modules."""

    size: int
    path: str
    address: str


@dataclass(frozen=True)
class Document:
    """The page of one thing; `own` is the data of its form, which `template` shows.

    `template` is a template of macros that `thing.html` calls.
    """

    template: str
    title: Label
    data: AsData
    kind: Link | None = None
    subtitle: Label | None = None
    other_names: tuple[Label, ...] = ()
    lead: Label | None = None
    standing: Standing | None = None
    keys: tuple[Row, ...] = ()
    mottos: tuple[Motto, ...] = ()
    quote: Quote | None = None
    corrections: tuple[Correction, ...] = ()
    facts: tuple[Row, ...] = ()
    notes: tuple[Label, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    all_candidates: str = ""
    linked: tuple[LinkedSection, ...] = ()
    rules: tuple[Card, ...] = ()
    own: object = None
    qr: QrCode | None = None
    neighbours: object = None
    file: object = None


@dataclass(frozen=True)
class Pager:
    """The place of a page in its list; `previous` and `next` are hrefs, empty where there is none.

    `text` is empty where one page holds the whole list.
    """

    text: str = ""
    previous: str = ""
    next: str = ""


ONE_PAGE = Pager()


@dataclass(frozen=True)
class Listing:
    """A page of a list."""

    title: str
    intro: Label | None
    count: str
    items: tuple[Link, ...]
    pager: Pager = ONE_PAGE
    note: str = ""
    lists: tuple[Link, ...] = ()
    timeline: object = None


@dataclass(frozen=True)
class Kinds:
    """The list of the kinds of thing."""

    title: str
    intro: Label
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class TermGroup:
    """A section of the vocabulary page: terms with their definitions."""

    id: str
    title: str
    terms: tuple[Card, ...]


@dataclass(frozen=True)
class TermsPage:
    """The page of the whole vocabulary, or of all rules."""

    title: Label
    lead: Label | None
    version: str
    iri: str
    groups: tuple[TermGroup, ...]
    note: str = ""


@dataclass(frozen=True)
class RulePage:
    """The help page of one rule of the shapes."""

    iri: str
    title: Label
    subtitle: Label | None
    description: Label | None
    messages: tuple[Label, ...]
    severity: str
    severity_level: str
    columns: tuple[str, ...]
    property: Link | None
    is_backwards: bool
    applies: tuple[Link, ...]
    constraints: tuple[str, ...]
    rules: tuple[Card, ...] = ()


@dataclass(frozen=True)
class DumpFile:
    """A file to download."""

    name: str
    href: str
    holds: str
    size: str
    sha256: str


@dataclass(frozen=True)
class Problem:
    """The page of an error.

    `offers` are the formats there are, `words` the suggested search, `near` the suggested things.
    """

    status: int
    title: str
    text: str
    detail: str = ""
    offers: tuple[Alternate, ...] = ()
    words: str = ""
    near: tuple[Link, ...] = ()
