"""Triples as bytes, in the four syntaxes that this site offers.

In: triples, in the order they are to stand in. Out: Turtle, N-Triples and RDF/XML by pyoxigraph,
with our prefixes, and JSON-LD 1.1 with a context that holds only the prefixes in use. The same
triples give the same bytes, so that an ETag can promise it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import orjson
import pyoxigraph as ox

from graph.rdf.formats import RDF
from graph.rdf.vocab import PREFIXES, compact, expand

_JSON_NATIVE = {expand("xsd:string"), expand("rdf:langString")}
_TYPE = ox.NamedNode(expand("rdf:type"))
#: An IRI up to its last mark, in N-Triples; every prefix stands for one that ends so.
_SPACE = re.compile(rb"<([^<>\s]*[/#])")


def serialize(triples: Sequence[ox.Triple], name: str) -> bytes:
    """Return the triples in the syntax called ttl, nt, rdf or jsonld. Raises KeyError for others.

    Blank nodes are renamed by order of appearance: pyoxigraph names them afresh at each parse.
    """
    stable = _relabel(triples)
    if name == "jsonld":
        return _json_ld(stable)
    prefixes = _prefixes_in_use(stable) if name != "nt" else None
    written = ox.serialize(stable, format=RDF[name].rdf, prefixes=prefixes)
    assert isinstance(written, bytes)
    return _sort_prefixes(written) if prefixes is not None else written


def _sort_prefixes(written: bytes) -> bytes:
    """Return Turtle or RDF/XML with its prefixes sorted: pyoxigraph's order is random."""
    lines = written.split(b"\n")
    if lines[0].startswith(b"<?xml"):
        head, *declared = lines[1].removesuffix(b">").split(b" ")
        lines[1] = b" ".join([head, *sorted(declared)]) + b">"
        return b"\n".join(lines)
    count = next(i for i, line in enumerate(lines) if not line.startswith(b"@prefix "))
    return b"\n".join([*sorted(lines[:count]), *lines[count:]])


def _relabel(triples: Sequence[ox.Triple]) -> Sequence[ox.Triple]:
    names: dict[object, ox.BlankNode] = {}
    for t in triples:
        for node in (t.subject, t.object):
            if isinstance(node, ox.BlankNode):
                names.setdefault(node, ox.BlankNode(f"b{len(names)}"))
    if not names:
        return triples
    return [
        ox.Triple(names.get(t.subject, t.subject), t.predicate, names.get(t.object, t.object))
        for t in triples
    ]


def _prefixes_in_use(triples: Iterable[ox.Triple]) -> dict[str, str]:
    """Return the prefixes of IRIs in angle brackets; brackets in a text may add one more."""
    written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(written, bytes)
    used = {compact(space.decode()).partition(":")[0] for space in set(_SPACE.findall(written))}
    return {prefix: PREFIXES[prefix] for prefix in sorted(used) if prefix in PREFIXES}


def _json_ld(triples: Sequence[ox.Triple]) -> bytes:
    """Return flattened JSON-LD: one node object a subject, properties as prefixed names."""
    prefixes = _json_prefixes(triples)
    nodes: dict[str, dict[str, object]] = {}
    for t in triples:
        node = nodes.setdefault(_id(t.subject), {"@id": _id(t.subject)})
        typed = t.predicate == _TYPE and not isinstance(t.object, ox.Literal)
        key = "@type" if typed else _json_key(t.predicate.value, prefixes)
        values = node.setdefault(key, [])
        assert isinstance(values, list)
        values.append(_id(t.object) if typed else _json_value(t.object))
    document = {"@context": prefixes, "@graph": list(nodes.values())}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _json_prefixes(triples: Sequence[ox.Triple]) -> dict[str, str]:
    """Return the prefixes of the properties, less any that a whole IRI begins with as a scheme."""
    used = {compact(t.predicate.value).partition(":")[0] for t in triples}
    schemes = {
        _id(x).partition(":")[0] for t in triples for x in (t.subject, t.predicate, t.object)
    }
    return {prefix: PREFIXES[prefix] for prefix in sorted(used - schemes) if prefix in PREFIXES}


def _json_key(iri: str, prefixes: Mapping[str, str]) -> str:
    name = compact(iri)
    return name if name.partition(":")[0] in prefixes else iri


def _id(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)


def _json_value(term: object) -> object:
    if not isinstance(term, ox.Literal):
        return {"@id": _id(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value in _JSON_NATIVE:
        return {"@value": term.value}
    return {"@value": term.value, "@type": term.datatype.value}
