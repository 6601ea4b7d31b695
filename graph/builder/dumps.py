"""The files that a release offers for download.

In: the named graphs of a dataset, one at a time, and the folder of the release. Out, in `dumps/`:

    NAME.ttl .jsonld .rdf .nt .nq   each named graph (NAME: the organisation's key, shared, …);
                                    very large ones not as .jsonld and .rdf
    NAME.csv.zip                    its tables, as an officer opens them
    tables/SHEET.csv                the tables of the whole site
    all.nq .trig .csv.zip           the whole
    shapes.ttl .jsonld .rdf .nt     the rules of the check
    SHA256SUMS                      of all of them, for `sha256sum -c`

each gzipped too (`.gz`). The whole is put together from the graphs' own files, so that a release
costs what has changed: the files of a graph that stayed as it was are links to those of the release
before. Quads stand graph by graph, each sorted, so the same data gives the same bytes.
"""

import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox

from graph.builder.folder import ReleaseFolder, compress
from graph.builder.tables import TableWriter, sums_of_sheets
from graph.builder.turtle import ReadingOrder, comment, title, write_turtle
from graph.rdf.facts import gather
from graph.rdf.iris import INFERRED, ONTOLOGY, RETIRED, graph_iri
from graph.rdf.named_graphs import n_quads
from graph.rdf.serialize import serialize
from graph.rdf.vocab import read_package
from graph.release.manifest import DUMPS, SUMS, Release
from graph.schema.layout import Layout, read_layout

MOST_AS_TREE = 100_000
"""The most triples of a graph that is offered as JSON-LD and RDF/XML, which readers hold whole."""


@dataclass(frozen=True)
class DumpWriter:
    """Writes the dumps of a site into the folder of a release. Its methods raise OSError."""

    folder: ReleaseFolder
    base: str
    licence: str
    tables: TableWriter

    def write_graph(self, graph: str, triples: Sequence[ox.Triple]) -> None:
        """Write the files of one named graph; `triples` are sorted."""
        name = file_name(self.base, graph)
        ordered = self._order.sort(triples)
        head, body = write_turtle(ordered)
        top = comment(self._title(graph, triples), graph, self.base, self.licence)
        self.folder.write(f"{name}.ttl", [top + head, body], "ttl", graph)
        for format in ("jsonld", "rdf") if len(triples) <= MOST_AS_TREE else ():
            self.folder.write(f"{name}.{format}", [serialize(ordered, format)], format, graph)
        self.folder.write(f"{name}.nt", [serialize(triples, "nt")], "nt", graph)
        self.folder.write_gzip(f"{name}.nq", [n_quads(graph, triples)], "nq", graph)
        tables = self.tables.archive(triples) if _is_data(name) else b""
        if tables:
            self.folder.write_archive(f"{name}.csv.zip", tables, graph)

    def link_graph(self, graph: str, before: Release) -> None:
        """Take over the files of a graph that is the same in the release before."""
        for file in before.by_graph.get(graph, ()):
            self.folder.link(before, file)

    def write_whole(self, graphs: Sequence[str]) -> None:
        """Write the whole as N-Quads and TriG, from the files of all `graphs`."""
        self.folder.join("all.nq", (self._packed(graph, "nq") for graph in graphs), "nq")
        self.folder.join("all.trig", self._trig(graphs), "trig")

    def write_tables(
        self, graphs: Sequence[str], before: Release | None = None, changed: Collection[str] = ()
    ) -> None:
        """Write the tables of the whole site, from the archives of all `graphs`.

        Sheets of which no `changed` graph has other rows are those of the release `before`.
        """
        stay = self._sheets_as_before(before, changed) if before else set[str]()
        folder = self.folder.path / DUMPS / "tables"
        archives = [path for path in map(self._archive, graphs) if path is not None]
        sheets = self.tables.join(archives, folder, stay)
        for sheet in sheets:
            self.folder.pack(f"tables/{sheet}.csv", "csv")
        if before is not None and stay:
            for file in before.files:
                if file.name.removeprefix(f"{DUMPS}tables/").partition(".")[0] in stay:
                    self.folder.link(before, file)
        named = [f"tables/{s}.csv" for s in self.tables.sheets if s in stay or s in sheets]
        if named:
            self.folder.zip("all.csv.zip", named)

    def _sheets_as_before(self, before: Release, changed: Collection[str]) -> set[str]:
        """Return the sheets that have the same rows in the archives of all changed graphs."""
        known = {
            file.name.removeprefix(f"{DUMPS}tables/").partition(".")[0]
            for file in before.files
            if file.name.startswith(f"{DUMPS}tables/")
        }
        for graph in changed:
            name = f"{DUMPS}{file_name(self.base, graph)}.csv.zip"
            old = sums_of_sheets(before.folder / name) if name in before.by_name else {}
            path = self._archive(graph)
            new = sums_of_sheets(path) if path else {}
            known -= {sheet for sheet, _ in old.items() ^ new.items()}
        return known

    def _archive(self, graph: str) -> Path | None:
        """Return the archive of a graph's tables, None where it has none."""
        name = f"{DUMPS}{file_name(self.base, graph)}.csv.zip"
        return self.folder.path / name if name in self.folder.files else None

    def write_shapes(self) -> None:
        """Write the shapes: as Turtle just as they were written by hand, in one file."""
        texts = [
            file.read_bytes()
            for file in sorted(files("shapes").iterdir(), key=lambda f: f.name)
            if file.name.endswith(".ttl")
        ]
        self.folder.write("shapes.ttl", [b"\n".join(texts)], "ttl")
        triples = list(read_package("shapes"))
        for format in ("jsonld", "rdf", "nt"):
            self.folder.write(f"shapes.{format}", [serialize(triples, format)], format)

    def write_sums(self) -> None:
        """Write the SHA-256 of every dump, as `sha256sum -c` reads it."""
        lines = (
            f"{file.sha256}  {name.removeprefix(DUMPS)}\n"
            for name, file in sorted(self.folder.files.items())
            if name.startswith(DUMPS)
        )
        self.folder.add_text(SUMS, "".join(lines).encode())

    def _trig(self, graphs: Sequence[str]) -> Iterator[bytes]:
        """Yield the gzip members of the whole as TriG: each graph's Turtle, in braces."""
        for graph in graphs:
            packed = self._packed(graph, "ttl")
            first = zlib.decompressobj(zlib.MAX_WBITS | 16)
            first.decompress(packed)
            head = len(packed) - len(first.unused_data)
            yield packed[:head]
            yield compress(f"<{graph}> {{\n".encode())
            yield packed[head:]
            yield compress(b"}\n\n")

    def _packed(self, graph: str, format: str) -> bytes:
        name = f"{file_name(self.base, graph)}.{format}.gz"
        return (self.folder.path / DUMPS / name).read_bytes()

    def _title(self, graph: str, triples: Sequence[ox.Triple]) -> str:
        subject = f"{self.base}/id/org/{file_name(self.base, graph)}"
        named = title(triples, subject)
        return graph if named == subject else named

    @cached_property
    def _order(self) -> ReadingOrder:
        return ReadingOrder(self.base, self._layout)

    @cached_property
    def _layout(self) -> Layout:
        return read_layout(gather(read_package("shapes")))


def file_name(base: str, graph: str) -> str:
    """Return what the files of a named graph are called, without what says their format."""
    return graph.removeprefix(graph_iri(base, "")).replace("/", "-")


def _is_data(name: str) -> bool:
    """Tell whether a graph came from the sources, and not from the program."""
    return name not in (INFERRED, ONTOLOGY, RETIRED)
