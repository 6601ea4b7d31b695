"""What the page benchmark asks for: a real release, documents of all kinds, words to search for.

In: a folder, a seed and a number of organisations. Out: a `Site`, published once by the program's
own steps, since pages need the index of words and the list of hubs.
"""

import csv
import gzip
import random
import re
import shutil
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from bench.generate import BASE, write_country
from bench.runs import Steps, run_publish
from graph.rdf.vocab import PREFIXES, term
from graph.release.manifest import FORMAT
from graph.search.find import Query, SearchIndex
from graph.store.embedded import EmbeddedStore

HUB = "law/decree-2546-good-governance"
"""A law that every organisation names."""

_THING = re.compile(re.escape(BASE) + r"/id/([a-z]+/[a-z0-9-]+)\Z")
_THAI_WORD = re.compile("[\u0e01-\u0e4e]{3,}\\Z")
_DOCUMENTS, _PAGE = 1000, 20


@dataclass(frozen=True)
class Site:
    """A published country. Things are named by type and key, as in their addresses."""

    folder: Path
    seed: int

    @property
    def release(self) -> Path:
        """The folder of its release."""
        return (self.folder / "current").resolve()

    @property
    def quads(self) -> Path:
        """The whole as N-Quads, for servers that read files."""
        return self.folder / "all.nq"

    @cached_property
    def store(self) -> EmbeddedStore:
        """The store of its release."""
        return EmbeddedStore(self.release / "store", PREFIXES)

    @cached_property
    def things(self) -> list[str]:
        """Things of all kinds as they come in the data, in an order of chance."""
        found = self._of_class(None)
        return random.Random(self.seed).sample(found, min(_DOCUMENTS, len(found)))

    @cached_property
    def laws(self) -> list[str]:
        """The laws but the hub."""
        return [law for law in self._of_class(term("km:Law")) if law != HUB]

    @cached_property
    def words(self) -> list[str]:
        """What people search for in Thai letters, each one word, where a page of hits is found."""
        table = Path(__file__).parent.parent / "data" / "search_queries.csv"
        rows = csv.DictReader(table.read_text("utf-8").splitlines())
        asked = dict.fromkeys(row["query"] for row in rows if _THAI_WORD.match(row["query"]))
        with closing(SearchIndex(self.release)) as index:
            return [word for word in asked if index.find(Query(word)).total >= _PAGE]

    def _of_class(self, wanted: ox.NamedNode | None) -> list[str]:
        typed = self.store.quads_for(predicate=term("rdf:type"), object=wanted)
        named = {
            _THING.match(q.subject.value) for q in typed if isinstance(q.subject, ox.NamedNode)
        }
        return sorted(match[1] for match in named if match)


def make_site(folder: Path, seed: int, organisations: int) -> Site:
    """Return a published country, made now where it is not there whole."""
    site = Site(folder / f"pages-{organisations}-{seed}-{FORMAT}", seed)
    done = site.folder / "done"
    if not done.exists():
        shutil.rmtree(site.folder, ignore_errors=True)
        tables = write_country(site.folder / "tables", organisations, seed)
        run_publish(site.folder, tables, Steps())
        with (
            gzip.open(site.release / "dumps" / "all.nq.gz") as packed,
            site.quads.open("wb") as out,
        ):
            shutil.copyfileobj(packed, out)
        done.touch()
    return site
