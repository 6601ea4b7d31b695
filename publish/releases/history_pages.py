"""The dataclasses of the history's templates."""

from dataclasses import dataclass

from publish.web.page_data import Card, DumpFile, Label, Link, Pager


@dataclass(frozen=True)
class ReleaseRow:
    """A release in the list: `changes` says in words how much is different."""

    id: str
    published: str
    changes: str
    size: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class ReleaseList:
    """The list of releases, newest first, and the address of its feed."""

    feed: str
    rows: tuple[ReleaseRow, ...]


@dataclass(frozen=True)
class PropertyChange:
    """The values of one property that went and came."""

    property: Link
    removed: tuple[Link, ...]
    added: tuple[Link, ...]


@dataclass(frozen=True)
class ThingChange:
    """What became of one thing; `more` says how many statements are not shown."""

    sign: str
    sign_name: str
    thing: Link
    kind: Label | None
    rows: tuple[PropertyChange, ...]
    more: str


@dataclass(frozen=True)
class SetChanges:
    """The changes in one named graph."""

    title: str
    things: tuple[ThingChange, ...]


@dataclass(frozen=True)
class ReleasePage:
    """A release: its time, its files and its changes, a page of changes at a time."""

    id: str
    title: str
    is_current: bool
    lead: str
    counts: tuple[Card, ...]
    sets: tuple[SetChanges, ...]
    pager: Pager
    before: Link | None
    files: tuple[DumpFile, ...]
    program: str
    sources: tuple[tuple[str, str, str], ...]
    sources_count: str
    downloads: str
