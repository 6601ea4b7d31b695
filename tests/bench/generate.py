"""A province of organisations that never were, in the shape of the bundled one, as N-Quads.

In: the bundled site's quads, a seed and a number of triples. Out: lines of N-Quads. Each made-up
organisation repeats the graph of the real one under a code and a name of its own, in labels too,
and names other topics and laws; vocabulary and shared things stand once, as they are. The same
arguments give the same bytes.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import pyoxigraph as ox

from graph.check import bundled_site
from graph.iris import graph_iri
from graph.load import load, ontology_quads
from graph.rules import infer
from graph.sheets import load_shapes

BASE = "http://localhost:8000"
_CODE = "301107"
_FIRST_CODE = 400_001
_FIRST = ("บ้าน", "หนอง", "โนน", "ดอน", "โคก", "ท่า", "ห้วย", "นา", "วัง", "ป่า", "คลอง", "บึง")
_SECOND = ("ใหญ่", "สูง", "แดง", "ขาว", "พลวง", "ไผ่", "บัว", "ม่วง", "แค", "สะแก", "ยาง", "ตาล")
_THIRD = ("", "เหนือ", "ใต้", "กลาง", "พัฒนา", "สามัคคี")
_LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
_TARGET = re.compile(rf"(?<=> )<{BASE}/id/(topic|law)/[a-z0-9-]+>(?= <)")


@dataclass(frozen=True)
class Template:
    """The bundled site as N-Quads: what stands once, the organisation, and what it can name."""

    shared: Sequence[str]
    organisation: Sequence[str]
    targets: dict[str, Sequence[str]]


def read_template() -> Template:
    """Return the bundled site, loaded but not validated."""
    loaded = load([bundled_site()], load_shapes(), BASE)
    quads = [*loaded.quads, *infer(loaded.quads, BASE), *ontology_quads(BASE)]
    own = ox.NamedNode(graph_iri(BASE, f"sao-{_CODE}"))
    lines = sorted(f"{quad} .\n" for quad in quads)
    theirs = [line for line in lines if f"sao-{_CODE}" in line or str(own) in line]
    standing = sorted(set(lines) - set(theirs))
    subjects = {line.partition(" ")[0] for line in standing}
    targets = {t: sorted(s for s in subjects if f"/id/{t}/" in s) for t in ("topic", "law")}
    return Template(standing, theirs, targets)


def write_lines(template: Template, seed: int, triples: int) -> Iterator[str]:
    """Yield lines of N-Quads, at least `triples`, up to the end of an organisation."""
    yield from template.shared
    written = len(template.shared)
    for number in count():
        if written >= triples:
            return
        yield from organisation(template, seed, number)
        written += len(template.organisation)


def organisation(template: Template, seed: int, number: int) -> Iterator[str]:
    """Yield the lines of one organisation, the same whoever comes before it."""
    chance = random.Random(seed * 1_000_003 + number)
    place = place_name(seed, number)
    for line in template.organisation:
        line = _TARGET.sub(lambda m: chance.choice(template.targets[m[1]]), line)
        line = line.replace(f"sao-{_CODE}", slug(number))
        if _LABEL in line:
            line = line.replace('"@th', f' {place}"@th').replace('"@en', f' {slug(number)}"@en')
        yield line.replace("เมืองเกษตร", place)


def slug(number: int) -> str:
    """Return the key of an organisation."""
    return f"sao-{_FIRST_CODE + number}"


def place_name(seed: int, number: int) -> str:
    """Return the name of an organisation's place; some places share one, as they do."""
    chance = random.Random(f"{seed} {number}")
    return "".join(chance.choice(part) for part in (_FIRST, _SECOND, _THIRD))
