"""What the page benchmark asks for: a real release, documents of all kinds, words in mid-word.

In: a folder, a seed and a number of organisations. Out: a `Site`, published once by the program's
own steps, since pages need the index of words and the list of hubs.
"""

import gzip
import random
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from bench.generate import BASE, write_country
from bench.runs import Steps, run_publish
from graph.release import FORMAT
from graph.store import EmbeddedStore
from graph.vocab import PREFIXES, term

HUB = "law/decree-2546-good-governance"
"""A law that every organisation names."""

_THING = re.compile(re.escape(BASE) + r"/id/([a-z]+/[a-z0-9-]+)\Z")
_DOCUMENTS, _WORDS = 600, 600


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
        """Pieces of five to eight letters out of the middle of Thai names, each of one word."""
        chance = random.Random(self.seed)
        names = {
            quad.object.value
            for quad in self.store.quads_for(predicate=term("skos:prefLabel"))
            if isinstance(quad.object, ox.Literal) and quad.object.language == "th"
        }
        long = [word for name in sorted(names) for word in name.split() if len(word) > 14]
        pieces = dict.fromkeys(_piece(word, chance) for word in chance.sample(long, len(long)))
        return list(pieces)[:_WORDS]

    def _of_class(self, wanted: ox.NamedNode | None) -> list[str]:
        typed = self.store.quads_for(predicate=term("rdf:type"), object=wanted)
        named = {
            _THING.match(q.subject.value) for q in typed if isinstance(q.subject, ox.NamedNode)
        }
        return sorted(match[1] for match in named if match)


def _piece(word: str, chance: random.Random) -> str:
    """Return letters from the middle of a word; none begins with a mark above or below another."""
    starts = [at for at in range(2, len(word) - 8) if "\u0e01" <= word[at] <= "\u0e2e"]
    at = chance.choice(starts or [2])
    return word[at : at + chance.randint(5, 8)]


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
