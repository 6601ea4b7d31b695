"""The page of downloads: the files of a release, with their uses and sizes.

In: the manifest of a release. Out: tables of files: the whole, each organisation, the sheets, and
the shared parts. A release of thousands of organisations is shown a page at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.describe.overview import name_things
from graph.rdf.iris import INFERRED, ONTOLOGY, RETIRED, SHARED, graph_iri, mint_iri
from graph.release.manifest import DUMPS, REPORT, Release, ReleaseFile
from publish.web.context import RequestContext, licence_link
from publish.web.page_data import ONE_PAGE, Label, Link, Pager
from publish.web.pager import count_pages, make_pager, page_query

PAGE_SIZE = 50
_SUMS = "SHA256SUMS"
_FORMATS = ("nq", "trig", "ttl", "jsonld", "rdf", "nt", "csv", "zip")
_OURS = (SHARED, INFERRED, ONTOLOGY, RETIRED)


@dataclass(frozen=True)
class Download:
    """One format of something: the plain file and the gzipped one, where there are both."""

    format: str
    use: str
    plain: Link | None
    plain_size: str
    packed: Link | None
    packed_size: str


@dataclass(frozen=True)
class DownloadRow:
    """Something to download, in its formats."""

    title: Link
    note: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True)
class DownloadTable:
    """A group of rows with its heading."""

    title: str
    rows: tuple[DownloadRow, ...]


@dataclass(frozen=True)
class Downloads:
    """The page of downloads."""

    release: str
    tables: tuple[DownloadTable, ...]
    sums: Link
    current_example: str
    licence: Link
    pager: Pager = ONE_PAGE


def pages_of(release: Release) -> int:
    """Return how many pages the organisations of a release take."""
    return count_pages(len(_organisations(release)), PAGE_SIZE)


def compose_downloads(
    context: RequestContext, release: Release, path: str, number: int
) -> Downloads:
    """Return one page of a release's files; `number` counts from 1."""
    writer, pages = _Writer(context, release), pages_of(release)
    organisations = _organisations(release)[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    tables = [
        DownloadTable(
            context.texts("dumps.organisations"), tuple(writer.organisations(organisations))
        )
    ]
    if number == 1:
        tables = [
            DownloadTable(context.texts("dumps.all"), tuple(writer.whole())),
            *tables,
            DownloadTable(context.texts("dumps.sheets"), tuple(writer.sheets())),
            DownloadTable(context.texts("dumps.shared"), tuple(writer.parts())),
        ]
    return Downloads(
        release=release.id,
        tables=tuple(table for table in tables if table.rows),
        sums=Link(Label(_SUMS), writer.href(_SUMS)),
        current_example=context.links.absolute("/dumps/current/all.nq.gz"),
        licence=licence_link(context.site.config.licence),
        pager=make_pager(
            context.texts, number, pages, lambda n: context.links.to(path, **page_query(n))
        ),
    )


def _organisations(release: Release) -> list[str]:
    """Return the keys of the organisations that have a graph."""
    start = graph_iri(release.manifest.base, "")
    names = sorted(graph.removeprefix(start) for graph in release.manifest.graphs)
    return [name for name in names if name not in _OURS]


class _Writer:
    """Writes the rows of one release for one reader."""

    def __init__(self, context: RequestContext, release: Release) -> None:
        self._here = context
        self._release = release

    def href(self, name: str) -> str:
        """Return the address of a dump."""
        return f"{self._here.links.prefix}/dumps/{self._release.id}/{name}"

    def whole(self) -> Iterator[DownloadRow]:
        """Yield the row of the whole."""
        count = self._release.manifest.triples
        yield from self._row("all", Link(Label(self._here.texts("dumps.whole"))), count)

    def organisations(self, names: Sequence[str]) -> Iterator[DownloadRow]:
        """Yield a row for each organisation."""
        base = self._release.manifest.base
        things = {name: ox.NamedNode(mint_iri(base, "org", name)) for name in names}
        namer = self._here.namer(name_things(self._here.serving.store, things.values()))
        for name in names:
            yield from self._row(name, namer.link(things[name]), self._count(name))

    def sheets(self) -> Iterator[DownloadRow]:
        """Yield a row for each sheet of the tables, as the workbook has them."""
        namer = self._here.namer(self._here.site.shapes)
        for kind in self._here.site.layout.kinds:
            shape = ox.NamedNode(kind.shape_iri)
            sheet = self._here.site.shapes.text(shape, "csvw:name")
            label = namer.pick(kind.names) or Label(sheet)
            yield from self._row(f"tables/{sheet}", Link(label))

    def parts(self) -> Iterator[DownloadRow]:
        """Yield the rows of graphs that belong to no organisation, and of the check."""
        texts = self._here.texts
        for name in _OURS:
            yield from self._row(name, Link(Label(texts(f"dumps.{name}"))), self._count(name))
        yield from self._row("shapes", Link(Label(texts("dumps.shapes")), self._to("/shapes")))
        report = self._release.file(REPORT)
        if report is not None:
            title = Link(Label(texts("dumps.report")), self._to("/quality"))
            link = Link(Label(REPORT), self.href(REPORT))
            size = texts.size(report.size_bytes)
            yield DownloadRow(title, "", (Download("JSON", "", link, size, None, ""),))

    def _row(self, name: str, title: Link, count: int | None = None) -> Iterator[DownloadRow]:
        """Yield the row of the files whose names begin so, if there are any."""
        downloads = tuple(self._downloads(name))
        if downloads:
            texts = self._here.texts
            note = "" if count is None else texts("dumps.triples", count=texts.number(count))
            yield DownloadRow(title, note, downloads)

    def _downloads(self, name: str) -> Iterator[Download]:
        for format in _FORMATS:
            extension = "csv.zip" if format == "zip" else format
            plain = self._file(f"{name}.{extension}")
            packed = self._file(f"{name}.{extension}.gz")
            if plain or packed:
                yield Download(
                    self._here.texts(f"dumps.format_{format}"),
                    self._here.texts(f"dumps.use_{format}"),
                    self._link(plain),
                    self._size(plain),
                    self._link(packed),
                    self._size(packed),
                )

    def _file(self, name: str) -> ReleaseFile | None:
        return self._release.file(f"{DUMPS}{name}")

    def _link(self, file: ReleaseFile | None) -> Link | None:
        if file is None:
            return None
        name = file.name.removeprefix(DUMPS)
        return Link(Label(name), self.href(name))

    def _size(self, file: ReleaseFile | None) -> str:
        return self._here.texts.size(file.size_bytes) if file else ""

    def _count(self, name: str) -> int:
        manifest = self._release.manifest
        return manifest.graphs.get(graph_iri(manifest.base, name), 0)

    def _to(self, path: str) -> str:
        return self._here.links.to(path)


def public_file(release: Release, name: str) -> ReleaseFile | None:
    """Return the file that is offered under this name, None for any other."""
    return release.file(name if name == REPORT else f"{DUMPS}{name}")
