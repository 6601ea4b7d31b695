"""The counts of one named graph, for VoID and for the description of a data set.

In: the graph's N-Quads lines. Out: `GraphStatistics`, which depend on nothing but the lines. Where
a graph has not changed, the next release takes its counts over (`graph.history.record`).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from graph.rdf.vocab import VOCABULARY, expand

_TYPE = f"<{expand('rdf:type')}>"
_SUBJECT = f"<{expand('dct:subject')}>"
_TEMPORAL = f"<{expand('dct:temporal')}>"


@dataclass(frozen=True)
class GraphStatistics:
    """Counts of one graph.

    Attributes:
        classes: how many subjects have each class, by IRI.
        properties: how many triples have each property, by IRI.
        examples: one subject of each class, the first in order.
        links: how many triples lead by a property to another data set, by property and what that
            set's IRIs begin with: `{base}/id/`, the vocabulary, or the root of another host.
        topics: IRIs of what the graph is about (dct:subject).
        periods: IRIs of the periods it speaks of (dct:temporal).
    """

    triples: int
    subjects: int
    objects: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    examples: Mapping[str, str]
    links: tuple[tuple[str, str, int], ...]
    topics: tuple[str, ...]
    periods: tuple[str, ...]

    def to_json(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> GraphStatistics:
    """Return what `to_json` wrote. Raises ValueError or TypeError for anything else."""
    raw = json.loads(text)
    raw["links"] = tuple((p, target, count) for p, target, count in raw["links"])
    return GraphStatistics(**raw | {name: tuple(raw[name]) for name in ("topics", "periods")})


def measure(lines: Iterable[bytes], graph: str, base: str) -> GraphStatistics:
    """Return the counts of the N-Quads `lines` of `graph`; `base` tells our things from others'."""
    end = f" <{graph}> .\n"
    subjects = set[str]()
    objects = set[int]()
    classes, properties = Counter[str](), Counter[str]()
    links = Counter[tuple[str, str]]()
    examples: dict[str, str] = {}
    about: dict[str, set[str]] = {_SUBJECT: set(), _TEMPORAL: set()}
    for line in lines:
        subject, predicate, object = line.decode().removesuffix(end).split(" ", 2)
        subjects.add(subject)
        objects.add(hash(object))
        properties[predicate] += 1
        if predicate == _TYPE:
            classes[object] += 1
            examples.setdefault(object, subject)
        elif object.startswith("<"):
            links[predicate, object] += 1
            if predicate in about:
                about[predicate].add(object[1:-1])
    return GraphStatistics(
        triples=properties.total(),
        subjects=len(subjects),
        objects=len(objects),
        classes=_by_iri(classes),
        properties=_by_iri(properties),
        examples={c[1:-1]: s[1:-1] for c, s in sorted(examples.items()) if s.startswith("<")},
        links=_outward(links, subjects, base),
        topics=tuple(sorted(about[_SUBJECT])),
        periods=tuple(sorted(about[_TEMPORAL])),
    )


def _by_iri(counts: Mapping[str, int]) -> dict[str, int]:
    return {iri[1:-1]: count for iri, count in sorted(counts.items())}


def _outward(
    links: Mapping[tuple[str, str], int], subjects: set[str], base: str
) -> tuple[tuple[str, str, int], ...]:
    """Return the links that leave the graph, by property and by where they lead."""
    found = Counter[tuple[str, str]]()
    for (predicate, object), count in links.items():
        if object not in subjects:
            found[predicate[1:-1], _target(object[1:-1], base)] += count
    return tuple((p, target, count) for (p, target), count in sorted(found.items()))


def _target(iri: str, base: str) -> str:
    for known in (f"{base}/id/", f"{base}/", VOCABULARY):
        if iri.startswith(known):
            return known
    parts = urlsplit(iri)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else f"{parts.scheme}:"
