"""What each server is asked for, measure by measure.

In: a `Site` and the running servers. Out: `Measure`s: for each server the requests that ask it for
the same as ours. What nginx is asked for is fetched from `km serve` and written as files first.
"""

import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from bench.generate import BASE
from bench.page_data import HUB, Site
from bench.page_servers import FRESH, NGINX, OXIGRAPH, RDFLIB, SHMARQL, TRIFID, VIRTUOSO, WARM, Peer
from bench.wrk import Load

HTML, TURTLE, JSON_LD = "text/html", "text/turtle", "application/ld+json"
BARE = "Oxigraph, thing alone"
PAGE = "km, page of results"
_DUMP = "/dumps/current/all.nq.gz"
_WARM_DOCUMENTS = 20

# The very triples of our Turtle, less the line that says of which data set they are.
_SAME = "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES (?s ?p) {{ {pairs} }} ?s ?p ?o }}"
_BARE = "CONSTRUCT {{ <{iri}> ?p ?o }} WHERE {{ <{iri}> ?p ?o }}"
_RESOURCE = """\
# shmarql-view: resource
# shmarql-editor: hide
SELECT ?p ?o ?pp ?oo WHERE {{ <{iri}> ?p ?o . OPTIONAL {{ ?o ?pp ?oo }} }}"""
_WORD = """\
SELECT ?thing ?name WHERE {{ ?thing ?by ?name . ?name bif:contains "'{word}*'" }} LIMIT 20"""


@dataclass(frozen=True)
class Measure:
    """One line of the table: what is measured, and what each server is asked for it."""

    name: str
    loads: tuple[Load, ...]


def measures(site: Site, peers: Mapping[str, Peer], files: Path) -> Iterator[Measure]:
    """Yield the measures; servers that are not there are left out of them."""
    asked = _Asked(site, peers, files)
    yield asked.of_things("HTML afresh", HTML, "html", site.things)
    packed = {"Accept": HTML, "Accept-Encoding": "gzip"}
    yield Measure("HTML afresh, gzipped", asked.to(FRESH, _documents(site.things), packed))
    yield asked.of_things("Turtle afresh", TURTLE, "ttl", site.things)
    yield asked.of_things("JSON-LD afresh", JSON_LD, "jsonld", site.things)
    yield asked.of_things("a law, HTML afresh", HTML, "html", site.laws)
    yield asked.of_things("the hub, HTML afresh", HTML, "html", [HUB])
    yield asked.warm()
    yield asked.search()
    yield asked.dump()
    yield asked.not_modified()


@dataclass(frozen=True)
class _Asked:
    site: Site
    peers: Mapping[str, Peer]
    files: Path

    def to(
        self,
        name: str,
        paths: Sequence[str],
        headers: Mapping[str, str],
        tags: Sequence[str] = (),
        bodies: Sequence[str] = (),
        label: str = "",
    ) -> tuple[Load, ...]:
        """Return the load of a server, or none where it does not run."""
        peer = self.peers.get(name)
        if peer is None:
            return ()
        load = Load(label or name, peer.origin, peer.process, paths, headers, tags, bodies)
        return (load,)

    def of_things(
        self, name: str, media_type: str, extension: str, things: Sequence[str]
    ) -> Measure:
        """Return the documents of things in one format, made afresh each time."""
        accept, iris = {"Accept": media_type}, [f"{BASE}/id/{thing}" for thing in things]
        loads = self.to(FRESH, _documents(things), accept)
        loads += self.to(NGINX, self._saved(_documents(things), media_type, extension), {})
        loads += self.to(TRIFID, [f"/id/{thing}" for thing in things], accept)
        if media_type == HTML:
            pages = [f"/shmarql/?query={_quoted(_RESOURCE, iri)}" for iri in iris]
            return Measure(name, loads + self.to(SHMARQL, pages, accept))
        same = [_SAME.format(pairs=self._pairs(thing)) for thing in things]
        posted = {**accept, "Content-Type": "application/sparql-query"}
        bare = [f"/query?query={_quoted(_BARE, iri)}" for iri in iris]
        loads += self.to(OXIGRAPH, ["/query"], posted, bodies=same)
        loads += self.to(OXIGRAPH, bare, accept, label=BARE)
        loads += self.to(RDFLIB, ["/"], posted, bodies=same)
        if media_type == TURTLE:
            loads += self.to(SHMARQL, ["/sparql"], posted, bodies=same)
        return Measure(name, loads)

    def warm(self) -> Measure:
        """Return a few pages, asked for again and again."""
        paths, accept = _documents(self.site.things[:_WARM_DOCUMENTS]), {"Accept": HTML}
        saved = self._saved(paths, HTML, "html")
        return Measure("HTML, warm", self.to(WARM, paths, accept) + self.to(NGINX, saved, {}))

    def search(self) -> Measure:
        """Return searches for Thai words; Virtuoso's index finds only what begins with them."""
        words = self.site.words
        pages = [f"/search?q={quote(word)}" for word in words]
        json = [f"/search.json?q={quote(word)}" for word in words]
        asked = [f"/sparql?query={quote(_WORD.format(word=word))}" for word in words]
        loads = self.to(FRESH, json, {}) + self.to(FRESH, pages, {"Accept": HTML}, label=PAGE)
        accept = {"Accept": "application/sparql-results+json"}
        return Measure("Thai search", loads + self.to(VIRTUOSO, asked, accept))

    def dump(self) -> Measure:
        """Return the whole dump."""
        saved = self._saved([_DUMP], "*/*", "gz")
        return Measure("whole dump", self.to(WARM, [_DUMP], {}) + self.to(NGINX, saved, {}))

    def not_modified(self) -> Measure:
        """Return pages that the client has already."""
        paths, accept = _documents(self.site.things[:_WARM_DOCUMENTS]), {"Accept": HTML}
        tags = [_fetch(self.peers[WARM].origin + path, HTML)[1] for path in paths]
        loads = self.to(WARM, paths, accept, tags)
        if NGINX in self.peers:
            saved = self._saved(paths, HTML, "html")
            theirs = [_fetch(self.peers[NGINX].origin + path, HTML)[1] for path in saved]
            loads += self.to(NGINX, saved, {}, theirs)
        return Measure("304", loads)

    def _pairs(self, thing: str) -> str:
        """Return the subjects and properties of a thing's document, as VALUES lists them."""
        turtle, _ = _fetch(f"{self.peers[WARM].origin}/doc/{thing}", TURTLE)
        found = ox.parse(turtle, ox.RdfFormat.TURTLE)
        named = dict.fromkeys(
            f"({t.subject} {t.predicate})" for t in found if isinstance(t.subject, ox.NamedNode)
        )
        return " ".join(named)

    def _saved(self, paths: Sequence[str], media_type: str, extension: str) -> list[str]:
        """Write what `km serve` answers as files for nginx, and return their paths there."""
        found = []
        for path in paths if NGINX in self.peers else ():
            name = f"{path}.{extension}"
            file = self.files / name.lstrip("/")
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(_fetch(self.peers[WARM].origin + path, media_type)[0])
            found.append(name)
        return found


def _documents(things: Sequence[str]) -> list[str]:
    return [f"/doc/{thing}" for thing in things]


def _quoted(query: str, iri: str) -> str:
    return quote(query.format(iri=iri))


def _fetch(address: str, media_type: str) -> tuple[bytes, str]:
    """Return a body and its entity tag."""
    request = urllib.request.Request(address, headers={"Accept": media_type})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read(), answer.headers.get("ETag", "")
