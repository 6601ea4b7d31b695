"""The kinds of query that are measured, with constants that change from one query to the next.

In: a seed and the keys of organisations. Out: texts in plain SPARQL 1.1 with all prefixes, so
that every server reads the same. A fresh text is never sent twice: where the constants run out a
comment at its end sets it apart, so no cache of answers can know it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from bench.generate import BASE

_PROLOGUE = """\
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX km: <https://w3id.org/tambon-km/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_TOPICS = ("ethics", "pensions", "local-tax", "work-procedures", "good-governance", "newsletters")
_CLASSES = ("Entry", "Document", "Statement", "Leaflet", "Correction", "Plan", "CandidateLink")
_WORDS = ("ธรรมาภิบาล", "เบี้ยยังชีพ", "คู่มือ", "จริยธรรม", "ภาษี", "มาตรฐาน", "แผ่นพับ")


@dataclass(frozen=True)
class Kind:
    """A kind of query: its name, the group its target belongs to, and its text with holes."""

    name: str
    group: str
    text: str
    accept: str = "application/sparql-results+json"


KINDS = (
    Kind("point", "point", "SELECT ?p ?o WHERE { <$base/id/plan/$org-km-1> ?p ?o }"),
    Kind("ask", "point", "ASK { <$base/id/entry/$org-ext-$one> dct:isPartOf ?list }"),
    Kind(
        "describe",
        "point",
        "DESCRIBE <$base/id/document/$org-policy-statement>",
        "application/n-triples",
    ),
    Kind(
        "2 hops",
        "join",
        """SELECT ?entry ?label WHERE {
  ?list dct:publisher <$base/id/org/$org> . ?entry dct:isPartOf ?list ; skos:prefLabel ?label }""",
    ),
    Kind(
        "3 hops",
        "join",
        """SELECT ?entry ?document ?kind WHERE {
  ?list dct:publisher <$base/id/org/$org> . ?entry dct:isPartOf ?list ; schema:item ?document .
  ?document dct:type ?kind }""",
    ),
    Kind(
        "Thai label",
        "join",
        """SELECT ?thing ?label WHERE { GRAPH <$base/graph/$org> {
  ?thing skos:prefLabel ?label FILTER(LANG(?label) = "th" && STRSTARTS(?label, "$word")) } }""",
    ),
    Kind(
        "optional, order",
        "join",
        """SELECT ?correction ?published ?corrected WHERE {
  ?source dct:publisher <$base/id/org/$org> . ?thing prov:wasQuotedFrom ?source .
  ?correction km:corrects ?thing ; km:publishedWords ?published .
  OPTIONAL { ?correction km:correctedWords ?corrected } } ORDER BY ?published LIMIT 20""",
    ),
    Kind(
        "path",
        "join",
        """SELECT ?above ?label WHERE {
  <$base/id/entry/$org-p1-$one> (dct:isPartOf|dct:publisher|dct:spatial)+ ?above .
  ?above skos:prefLabel ?label }""",
    ),
    Kind(
        "count by type",
        "aggregate",
        """SELECT ?type (COUNT(?thing) AS ?things) WHERE {
  ?thing dct:subject <$base/id/topic/$topic> ; a ?type } GROUP BY ?type ORDER BY DESC(?things)""",
    ),
    Kind(
        "count by organisation",
        "aggregate",
        """SELECT ?organisation (COUNT(?document) AS ?documents) WHERE {
  ?document a km:$class ; dct:publisher|prov:wasAttributedTo ?organisation }
GROUP BY ?organisation ORDER BY DESC(?documents) ?organisation LIMIT 20""",
    ),
    Kind(
        "text contains",
        "scan",
        """SELECT ?document ?label WHERE { ?document a km:Document ; skos:prefLabel ?label
  FILTER(CONTAINS(?label, "$word") && CONTAINS(?label, "$place")) } LIMIT 50""",
    ),
    Kind(
        "10,000 rows",
        "rows",
        "SELECT ?thing ?label WHERE { ?thing a km:$class ; skos:prefLabel ?label } LIMIT 10000",
    ),
)


def fresh(kind: Kind, seed: int, organisations: Sequence[str]) -> Iterator[str]:
    """Yield queries of one kind without end, no two the same."""
    chance = random.Random(f"{seed} {kind.name}")
    for number in count():
        holes = {
            "$base": BASE,
            "$org": chance.choice(organisations),
            "$one": str(chance.randint(1, 4)),
            "$topic": chance.choice(_TOPICS),
            "$class": chance.choice(_CLASSES),
            "$word": chance.choice(_WORDS),
            "$place": chance.choice(("ป่า", "บ้าน", "หนอง", "วัง", "คลอง")),
        }
        text = kind.text
        for hole, value in holes.items():
            text = text.replace(hole, value)
        yield f"{_PROLOGUE}{text}\n# {seed} {number}\n"
