"""What is gone and may never be used for another thing: the graph `retired` of a release.

In: the tombstones of the releases before, the things that have gone since, the retirements that the
tables tell of. Out: the triples of `{base}/graph/retired`, carried from release to release, so that
they outlive every release that held the things themselves:

    <…/id/plan/old> a prov:Entity ; rdfs:label "…"@th ;   what it was called
        km:formerClass km:Plan ; km:lastRelease <…/releases/ID> ;
        skos:note "…"@th ;                                why it went, also when its row is gone
        prov:wasInvalidatedBy <…/id/retirement/…> ; dct:isReplacedBy <…/id/plan/new> .

Together with the things of the current release they are the register of every identifier ever used.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.rdf.facts import Facts, gather
from graph.rdf.vocab import term


@dataclass(frozen=True)
class Tombstone:
    """What is known of a thing that is gone.

    `names` and `notes` (why it went) are by language, the rest are IRIs or empty.
    """

    iri: str
    names: Mapping[str, str] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    last_release: str = ""
    retirement: str = ""
    replaced_by: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What it was called, in one line."""
        return self.names.get("th") or next(iter(self.names.values()), self.iri)

    def triples(self) -> Iterator[ox.Triple]:
        """Yield it as RDF."""
        node = ox.NamedNode(self.iri)
        yield ox.Triple(node, term("rdf:type"), term("prov:Entity"))
        for name, texts in (("rdfs:label", self.names), ("skos:note", self.notes)):
            for language, text in texts.items():
                words = ox.Literal(text, language=language) if language else ox.Literal(text)
                yield ox.Triple(node, term(name), words)
        for name, values in (
            ("km:formerClass", self.classes),
            ("km:lastRelease", (self.last_release,)),
            ("prov:wasInvalidatedBy", (self.retirement,)),
            ("dct:isReplacedBy", self.replaced_by),
        ):
            for value in filter(None, values):
                yield ox.Triple(node, term(name), ox.NamedNode(value))


def release_iri(base: str, release_id: str) -> str:
    """Return the address of a release, as data calls it."""
    return f"{base}/releases/{release_id}"


def read_tombstones(triples: Iterable[ox.Triple]) -> dict[str, Tombstone]:
    """Return the tombstones in the triples of their graph, by IRI."""
    facts = gather(triples)
    return {
        node.value: read_tombstone(facts, node)
        for node in facts.by_subject
        if isinstance(node, ox.NamedNode)
    }


def read_tombstone(facts: Facts, node: ox.NamedNode) -> Tombstone:
    """Return one tombstone."""
    return Tombstone(
        iri=node.value,
        names=facts.texts(node, "rdfs:label"),
        classes=_iris(facts, node, "km:formerClass"),
        last_release=next(iter(_iris(facts, node, "km:lastRelease")), ""),
        retirement=next(iter(_iris(facts, node, "prov:wasInvalidatedBy")), ""),
        replaced_by=_iris(facts, node, "dct:isReplacedBy"),
        notes=facts.texts(node, "skos:note"),
    )


def read_retirements(triples: Iterable[ox.Triple]) -> dict[str, Tombstone]:
    """Return what the rows of the sheet `retired` say, by the IRI that is gone.

    Only the row, the replacement and the reason are known of it here.
    """
    telling = {term(name) for name in ("prov:invalidated", "schema:replacer", "skos:note")}
    facts = gather(t for t in triples if t.predicate in telling)
    found = {}
    for row in facts.subjects("prov:invalidated"):
        for gone in facts.values(row, "prov:invalidated"):
            if isinstance(row, ox.NamedNode) and isinstance(gone, ox.NamedNode):
                found[gone.value] = Tombstone(
                    gone.value,
                    retirement=row.value,
                    replaced_by=_iris(facts, row, "schema:replacer"),
                    notes=facts.texts(row, "skos:note"),
                )
    return found


def _iris(facts: Facts, node: ox.NamedNode, name: str) -> tuple[str, ...]:
    values = facts.values(node, name)
    return tuple(sorted(v.value for v in values if isinstance(v, ox.NamedNode)))
