"""What the tests of graph.store.contract share."""

from pathlib import Path

import pyoxigraph as ox

from graph.store.embedded import EmbeddedStore

BASE = "http://localhost:8000"

EX = "http://example.org/"

XSD = "http://www.w3.org/2001/XMLSchema#"

TERMS: list[ox.NamedNode | ox.Literal] = [
    ox.Literal("ตำบลเมืองเกษตร", language="th"),
    ox.Literal('he said "no"', language="en-gb"),
    ox.Literal("two\nlines, a tab\t, a carriage return\r and a \\backslash"),
    ox.Literal("it's <not> &amp; ]]> markup, {0} %s $x ?y"),
    ox.Literal("🌾 ๑๒๓"),
    ox.Literal(""),
    ox.Literal("7", datatype=ox.NamedNode(XSD + "integer")),
    ox.Literal("1.5", datatype=ox.NamedNode(XSD + "decimal")),
    ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")),
    ox.Literal("2019-04-30", datatype=ox.NamedNode(XSD + "date")),
    ox.Literal("2562", datatype=ox.NamedNode(XSD + "gYear")),
    ox.Literal("x", datatype=ox.NamedNode(EX + "own")),
    ox.NamedNode(EX + "ตำบล"),
    ox.NamedNode(f"{BASE}/graph/g1"),
]


def graph(name: str) -> ox.NamedNode:
    """Return the name of a graph of the small release."""
    return ox.NamedNode(f"{BASE}/graph/{name}")


def small_release() -> list[ox.Quad]:
    """Return a release of three graphs; one triple stands in two of them."""
    a, b, c, p = (ox.NamedNode(EX + name) for name in "abcp")
    shared = ox.Quad(c, p, ox.Literal("both"), graph("g1"))
    quads = [ox.Quad(a, p, ox.Literal("one"), graph("g1")), shared]
    quads += [ox.Quad(c, p, shared.object, graph("g2")), ox.Quad(b, p, a, graph("g2"))]
    thing = ox.NamedNode(EX + "thing")
    terms = [ox.NamedNode(f"{EX}has{n}") for n in range(len(TERMS))]
    return quads + [ox.Quad(thing, p, t, graph("g3")) for p, t in zip(terms, TERMS, strict=True)]


def embed(folder: Path, quads: list[ox.Quad], prefixes: dict[str, str]) -> EmbeddedStore:
    """Return an embedded store of these quads."""
    writer = ox.Store(folder / "store")
    writer.bulk_extend(quads)
    writer.flush()
    del writer
    return EmbeddedStore(folder / "store", prefixes)
