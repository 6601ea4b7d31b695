"""What the tests of publish.things.relation share."""

from pathlib import Path

import pyoxigraph as ox

from graph.rdf.vocab import PREFIXES, expand
from graph.store.embedded import EmbeddedStore

BASE = "http://localhost:8000"

TOPIC, LAW, SERVICE = (f"{BASE}/id/{type}/x" for type in ("topic", "law", "service"))

SUBJECT, ITEM = expand("dct:subject"), expand("schema:item")

LEAFLETS, MANUALS, ENTRIES = 70, 9, 60


def make_store(folder: Path) -> EmbeddedStore:
    """Return a store with a topic of many leaflets and few manuals, a law and a wide service."""
    lines = [f"<{TOPIC}> a km:Topic . <{LAW}> a km:Law . <{SERVICE}> a cpsv:PublicService ."]
    for n in range(LEAFLETS):
        name = f'skos:prefLabel "แผ่นพับ {LEAFLETS - n:03}"@th'
        lines.append(f"<{BASE}/id/leaflet/l{n}> dct:subject <{TOPIC}> ; {name} .")
    for n in range(MANUALS):
        thing = f"<{BASE}/id/document/d{n}>"
        lines.append(f"{thing} dct:subject <{TOPIC}> ; dct:type kind:manual .")
    for n in range(ENTRIES):
        list, owner = f"<{BASE}/id/plan/p{n}>", f"<{BASE}/id/org/o{n % 7}>"
        lines.append(f"<{BASE}/id/entry/e{n}> schema:item <{LAW}> ; dct:isPartOf {list} .")
        lines.append(f"{list} dct:publisher {owner} .")
        lines.append(f"<{SERVICE}> m8g:hasCompetentAuthority <{BASE}/id/org/s{n}> .")
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    store = ox.Store(str(folder))
    for quad in ox.parse((prefixes + "\n".join(lines)).encode(), format=ox.RdfFormat.TURTLE):
        for graph in ("org", "inferred"):
            name = ox.NamedNode(f"{BASE}/graph/{graph}")
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, name))
    store.flush()
    del store
    return EmbeddedStore(folder, PREFIXES)
