"""The data sets of a site as plain records, for every catalogue vocabulary.

In: the facts that `publish.portal.data_sets` finds in a release and in the settings. Out: frozen
records, from which `graph.catalogue.dcat` makes DCAT, and the CKAN API its packages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from graph.intake.sources import Source
from graph.release.manifest import ReleaseFile

Words = Mapping[str, str]
"""Words by language tag."""


@dataclass(frozen=True)
class Agent:
    """Who publishes: an IRI, names by language, a home page where one is known."""

    iri: str
    names: Words
    homepage: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to write to; both come from settings or tables and are never made up."""

    name: str
    email: str


@dataclass(frozen=True)
class NamedArea:
    """An area, with the one label it is given here; `level` is its code (`subdistrict`)."""

    iri: str
    label: str
    level: str = ""


@dataclass(frozen=True)
class Version:
    """A release in which a data set changed."""

    id: str
    issued: datetime


@dataclass(frozen=True)
class DataSet:
    """One data set of a catalogue.

    Attributes:
        name: of its page and files: an organisation's key, or `all`.
        token: Latin letters that tell it apart in any title (`km-sao-301107`).
        names: what people call it; `titles` are for portals, with the token, the Latin one short.
        page: the address of its page.
        keywords: by language, without commas.
        period: first and last day, C.E. (ISO 8601), where the data says so.
        versions: the releases that changed it, newest first, those that are kept.
        files: its dumps.
        triples: how many statements it holds.
    """

    name: str
    iri: str
    token: str
    names: Words
    titles: Words
    descriptions: Words
    page: str
    publisher: Agent | None
    contact: Contact | None
    place: NamedArea | None
    keywords: Mapping[str, tuple[str, ...]]
    period: tuple[str, str] | None
    versions: tuple[Version, ...]
    files: tuple[ReleaseFile, ...]
    triples: int


@dataclass(frozen=True)
class Publication:
    """How the release came to be (PROV): which program, from which files, when."""

    release_id: str
    created: datetime
    program: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Catalogue:
    """What all pages of a catalogue say alike."""

    base: str
    titles: Words
    descriptions: Words
    publisher: Agent | None
    homepage: str
    licence: str
    series_titles: Words
    provenance: Words
    publication: Publication


@dataclass(frozen=True)
class CataloguePage:
    """One page: `number` counts from 1; `address` gives the address of a page by its number."""

    number: int
    pages: int
    total: int
    addresses: Mapping[str, str]
    sets: tuple[DataSet, ...]
