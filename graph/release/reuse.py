"""Identifiers that a publication would give to another thing, and the findings that refuse it.

In: names and classes of changed things in two releases, and tombstones. Out: `OtherThing`s, and a
finding for the officer for each, which names its cell.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

import pyoxigraph as ox

from graph.findings import Finding, Place, find
from graph.rdf.facts import Facts, gather
from graph.rdf.vocab import compact, term
from graph.release.tombstones import Tombstone
from graph.text.normalise import read_normaliser

NAMING = {term("skos:prefLabel"), term("rdfs:label")}


NAMES = {*NAMING, term("skos:altLabel")}


_ALIKE = 0.6  # of a name, as difflib compares: a slip or another wording, not another name


_COMPARED = 200  # letters of a name


@dataclass(frozen=True)
class OtherThing:
    """An identifier that would be given to another thing.

    `before` and `after` are the classes, both empty where only the names differ; `label` is what
    the former thing was called, `now` what the new one is, where the former is still in use.
    """

    iri: str
    label: str
    before: str = ""
    after: str = ""
    now: str = ""


def find_reuse(
    old: Mapping[str, Iterable[ox.Triple]],
    new: Mapping[str, Iterable[ox.Triple]],
    kept: tuple[Container[str], Container[str]],
    known: Mapping[str, Tombstone],
) -> Iterator[OtherThing]:
    """Yield the identifiers that would be given to another thing.

    One that is in use may not change its class. A retired one may come back as the same thing: of
    the same class, with one of its names. One that stays may be renamed if it keeps a former name,
    in either language or among its other names, or if a new one is much like a former one and was
    no other thing's; a sheet without other names keeps the label of one language.

    Args:
        old: the names and classes of changed things in the release before, by IRI.
        new: the same in the new release.
        kept: the things that stand in a graph anew, and those that keep a name word for word.
        known: the tombstones by IRI.
    """
    gained, constant = kept
    names_before = _folded_names(old)
    bearers: dict[str, set[str]] = {}
    for iri, known_as in names_before.items():
        for name in known_as:
            bearers.setdefault(name, set()).add(iri)
    for iri, triples in new.items():
        after, before = gather(triples), gather(old.get(iri, ()))
        was, is_now = set(classes_of(before, iri)), set(classes_of(after, iri))
        stone = known.get(iri) if iri in gained else None
        if stone is not None:
            was |= {*stone.classes}
        label = label_of(before, iri) or (stone.label if stone else iri)
        if was and is_now and not was & is_now:
            yield OtherThing(iri, label, min(was), min(is_now))
        elif stone is not None and stone.names:
            names = after.names(ox.NamedNode(iri))
            if names and not set(stone.names.items()) & set(names.items()):
                yield OtherThing(iri, label)
        elif iri not in constant and (former := names_before.get(iri)):
            given = _folded_names({iri: triples}).get(iri, set())
            of_another = any(bearers.get(name, {iri}) != {iri} for name in given)
            if given and not former & given and (of_another or not _are_alike(former, given)):
                yield OtherThing(iri, label, now=label_of(after, iri))


def _folded_names(said: Mapping[str, Iterable[ox.Triple]]) -> dict[str, set[str]]:
    """Return the names in these statements as they are compared, by thing."""
    normalise = read_normaliser().normalise
    found = {
        iri: {normalise(t.object.value) for t in triples if isinstance(t.object, ox.Literal)}
        for iri, triples in said.items()
    }
    return {iri: names for iri, names in found.items() if names}


def _are_alike(former: Iterable[str], given: Collection[str]) -> bool:
    """Tell whether one of the new names could be a corrected or reworded former one."""
    return any(
        SequenceMatcher(None, old[:_COMPARED], new[:_COMPARED], autojunk=False).ratio() >= _ALIKE
        for old in former
        for new in given
    )


def classes_of(facts: Facts, iri: str) -> tuple[str, ...]:
    """Return the classes of a thing, sorted."""
    values = facts.values(ox.NamedNode(iri), "rdf:type")
    return tuple(sorted(v.value for v in values if isinstance(v, ox.NamedNode)))


def label_of(facts: Facts, iri: str) -> str:
    """Return the Thai name of a thing, else another one, else ""."""
    names = facts.names(ox.NamedNode(iri))
    return names.get("th") or next(iter(names.values()), "")


def refuse_reuse(
    others: Iterable[OtherThing], place_of: Callable[[str], Place]
) -> Iterator[Finding]:
    """Yield a finding for each identifier that would be given to another thing."""
    for other in others:
        place, value = place_of(other.iri), other.iri.rpartition("/id/")[2]
        if other.before:
            before, after = compact(other.before), compact(other.after)
            yield find("identifier-other-class", place, value=value, before=before, after=after)
        elif other.now:
            before, after = other.label, other.now
            yield find("identifier-renamed", place, value=value, before=before, after=after)
        else:
            yield find("identifier-reused", place, value=value, before=other.label)
