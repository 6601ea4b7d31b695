"""The dataclasses of the catalogue's templates."""

from dataclasses import dataclass

from publish.web.page_data import Card, DumpFile, Link, Pager, Row

Structured = dict[str, object]
"""JSON-LD in the words of schema.org, for search engines."""


@dataclass(frozen=True)
class FilesOfSet:
    """The files of a data set, and the other ways to it."""

    files: tuple[DumpFile, ...]
    ways: tuple[Link, ...]


@dataclass(frozen=True)
class SetPage:
    """The page of a data set; `missing` says which settings a portal will not find."""

    title: str
    description: str
    iri: str
    facts: tuple[Row, ...]
    files: FilesOfSet
    structured: Structured
    missing: str


@dataclass(frozen=True)
class CatalogPage(SetPage):
    """The page of the catalogue: the whole, then the organisations' data sets, a page at a time."""

    lead: str
    count: str
    sets: tuple[Card, ...]
    pager: Pager
