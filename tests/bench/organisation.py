"""The tables of one organisation that never was, in the shape of the bundled one.

In: a place, the bundled tables, what is shared, and a seed. Out: its tables and the text of its
source page, as an officer would hand them in: statements, 2 to 10 yearly plans, two collections,
documents in editions, manuals, leaflets, candidate links, and the faults of the page with their
corrections. The same arguments give the same rows, whoever comes before.
"""

import hashlib
import random
from dataclasses import dataclass, field
from itertools import chain

from support.cases import ORG, Tables

from bench.places import Place
from bench.shared import FIRST_YEAR, LAST_YEAR, Shared

_BUNDLED = "เมืองเกษตร"
_BUNDLED_EN = "Mueang Kaset"
_KEPT_LINES = 27
"""The lines of the bundled page before its plans: every organisation says much the same there."""

_KINDS = (
    ("manual", "คู่มือการปฏิบัติงาน", "Work manual"),
    ("guideline", "แนวทางการดำเนินงาน", "Guideline"),
    ("standard", "มาตรฐานการดำเนินงาน", "Standard"),
    ("report", "รายงานผลการดำเนินงาน", "Report"),
    ("criteria", "หลักเกณฑ์", "Criteria"),
)
_EVERYBODY_NAMES = ("decree-2546-good-governance", "act-2537-tambon", "act-2542-local-personnel")
_CUT = 80
"""Where the page system of many organisations cuts a title."""


@dataclass
class _Maker:
    """Gathers the rows and the page of one organisation."""

    place: Place
    shared: Shared
    bundled: Tables
    chance: random.Random
    tables: Tables = field(default_factory=dict)
    page: list[str] = field(default_factory=list)
    works: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.place.slug

    def row(self, table: str, key: str, **cells: object) -> dict[str, str]:
        """Add a row with the bundled table's columns; what is not given is empty."""
        row = dict.fromkeys(self.bundled[table][0], "")
        row |= {"key": f"{self.slug}-{key}"} | {name: str(cell) for name, cell in cells.items()}
        self.tables.setdefault(table, []).append(row)
        return row

    def quote(self, words: str, before: str = "") -> dict[str, object]:
        """Print words on the page; return the cells that say where they stand."""
        self.page.append(f"{before}{words}")
        return {"source": f"{self.slug}-km-page", "line": len(self.page), "verbatim": words}


def make_organisation(
    place: Place, bundled: Tables, shared: Shared, seed: int
) -> tuple[Tables, str]:
    """Return the tables of one organisation and the text of its page."""
    maker = _Maker(place, shared, bundled, random.Random(f"{seed} {place.slug}"))
    _statements(maker)
    for number in range(1, maker.chance.randint(2, 10) + 1):
        _plan(maker, number)
    _collections(maker)
    _links(maker)
    page = "\n".join(maker.page) + "\n"
    services = maker.chance.sample(shared.tables["services"], 2)
    org = dict.fromkeys(bundled["organizations"][0], "") | {
        "key": place.slug,
        "label_th": place.title_th,
        "label_en": place.title_en,
        "alt_th": place.short_th,
        "area": place.areas[-1].key,
        "services": "; ".join(s["key"] for s in services),
    }
    source = dict.fromkeys(bundled["sources"][0], "") | {
        "key": f"{place.slug}-km-page",
        "owner": place.slug,
        "label_th": f"หน้าเว็บการจัดการความรู้ {place.short_th}",
        "label_en": f"Knowledge-management page of {place.title_en}",
        "file": "page.txt",
        "sha256": hashlib.sha256(page.encode()).hexdigest(),
    }
    return maker.tables | {"organizations": [org], "sources": [source]}, page


def _statements(maker: _Maker) -> None:
    """Say what the bundled page says, of this place, with its faults."""
    for table in ("statements", "corrections"):
        of = {f"{ORG}-{n}" for n in ("km-1", "p1", "p2", "inside", "outside", "int", "ext")}
        maker.tables[table] = [
            {name: _of_place(cell, maker.place) for name, cell in row.items()}
            for row in maker.bundled[table]
            if not any(row.get("of", "").startswith(key) for key in of)
            and int(row.get("line") or 0) <= _KEPT_LINES
        ]
    maker.page += [""] * _KEPT_LINES
    for row in maker.tables["statements"]:
        line = int(row["line"]) - 1
        words = row["verbatim"]
        printed = f"{row['before']} {words}{row['after']}".strip()
        maker.page[line] = f"{maker.page[line]} {printed}".strip()


def _of_place(cell: str, place: Place) -> str:
    cell = cell.replace(f"องค์การบริหารส่วนตำบล{_BUNDLED}", place.title_th)
    return (
        cell.replace(_BUNDLED, place.name)
        .replace(f"{_BUNDLED_EN} Subdistrict Administrative Organisation (SAO)", place.title_en)
        .replace(ORG, place.slug)
    )


def _plan(maker: _Maker, number: int) -> None:
    topic = maker.shared.pick_topic(maker.chance)
    year = LAST_YEAR + 1 - number
    issue, issue_en = f"การจัดการความรู้เรื่อง{topic['label_th']}", f"KM on {topic['label_en']}"
    title = f"แผนการจัดการองค์ความรู้ประเด็นที่ {number} {issue}"
    maker.row(
        "plans",
        f"km-{number}",
        owner=maker.slug,
        position=number,
        label_th=title,
        label_en=f"KM plan, issue {number}: {issue_en}",
        issue_th=issue,
        issue_en=issue_en,
        topic=topic["key"],
        fiscal_year=year,
        confidence="sure",
        **maker.quote(title, f"{number}. "),
    )
    for position in range(1, maker.chance.randint(5, 7) + 1):
        key = f"p{number}-{position}"
        law = maker.chance.random() < 0.4
        named = maker.shared.pick_law(maker.chance) if law else _document(maker, topic, year)
        _entry(maker, key, f"{maker.slug}-km-{number}", position, named)


def _document(maker: _Maker, topic: dict[str, str], year: int) -> dict[str, str]:
    """Return a document on a topic: a new work, or this year's edition of one."""
    kind, thai, english = maker.chance.choice(_KINDS)
    work = maker.works.get((kind, topic["key"]), "")
    number = len(maker.tables.get("documents", ())) + 1
    of_year = maker.chance.random() < 0.5
    document = maker.row(
        "documents",
        f"{kind}-{topic['key']}-{number}",
        owner=maker.slug,
        kind=kind,
        label_th=f"{thai}เรื่อง{topic['label_th']} ปีงบประมาณ พ.ศ. {year} ของ{maker.place.title_th}",
        label_en=f"{english} on {topic['label_en']}, fiscal year B.E. {year}",
        topic=topic["key"],
        references=maker.shared.pick_law(maker.chance)["key"] if of_year else "",
        edition_of=work,
        fiscal_year=year,
        year_be=year if of_year else "",
        confidence=maker.chance.choice(("sure", "near-sure", "plausible")),
    )
    maker.works.setdefault((kind, topic["key"]), document["key"])
    return document


def _entry(
    maker: _Maker, key: str, of_list: str, position: int, named: dict[str, str]
) -> dict[str, str]:
    """Add the line that names a thing, with what the page made of its title."""
    title, faults = named["label_th"], []
    words = title
    if title.startswith("พระราชบัญญัติ") and maker.chance.random() < 0.6:
        words = title.replace("พระราชบัญญัติ", "พรบ.")
        faults.append(("abbreviation", "พรบ.", "พระราชบัญญัติ"))
    if maker.chance.random() < 0.15:
        at = maker.chance.randrange(3, 12)
        words = words[:at] + words[at] + words[at:]
        faults.append(("typo", words[:15].strip(), title[:14].strip()))
    is_cut = len(words) > _CUT and maker.chance.random() < 0.15
    if is_cut:
        words = words[:_CUT].strip()
        faults.append(("truncation", words[-12:].strip(), ""))
    entry = maker.row(
        "entries",
        key,
        list=of_list,
        position=position,
        label_th=title,
        label_en=named["label_en"],
        names=named["key"],
        as_amended="yes" if maker.chance.random() < 0.05 else "",
        truncated="yes" if is_cut else "",
        confidence="sure",
        **maker.quote(words, f"  {position}. "),
    )
    for number, (kind, published, corrected) in enumerate(faults, 1):
        maker.row(
            "corrections",
            f"{key}-{number}",
            of=entry["key"],
            kind=kind,
            published=published,
            corrected=corrected,
            reason_th="พบเมื่อเทียบกับชื่อเต็ม",
            reason_en="Found beside the full title.",
            confidence="near-sure",
        )
    return entry


def _collections(maker: _Maker) -> None:
    for number, (key, scope) in enumerate((("int", "inside"), ("ext", "outside")), 1):
        thai, english = _SCOPES[scope]
        maker.row(
            "collections",
            scope,
            owner=maker.slug,
            position=number,
            scope=scope,
            label_th=thai,
            label_en=english,
            confidence="sure",
            **maker.quote(thai, f"{number}. "),
        )
        things = _manuals(maker) if scope == "inside" else _outside(maker)
        for position, thing in enumerate(things, 1):
            _entry(maker, f"{key}-{position}", f"{maker.slug}-{scope}", position, thing)


_SCOPES = {
    "inside": ("องค์ความรู้ภายในองค์กร", "Knowledge inside the organisation"),
    "outside": ("องค์ความรู้ภายนอกองค์กร", "Knowledge outside the organisation"),
}


def _manuals(maker: _Maker) -> list[dict[str, str]]:
    year = maker.chance.randint(FIRST_YEAR, LAST_YEAR)
    topics = [maker.shared.pick_topic(maker.chance) for _ in range(maker.chance.randint(4, 6))]
    return [_document(maker, topic, year) for topic in topics]


def _outside(maker: _Maker) -> list[dict[str, str]]:
    """Return the policy statement, leaflets in editions, and the laws that everybody names."""
    statement = maker.row(
        "documents",
        "policy-statement",
        owner=maker.slug,
        kind="policy-statement",
        label_th=f"คำแถลงนโยบายของผู้บริหาร{maker.place.title_th}",
        label_en=f"Policy statement of {maker.place.title_en}",
        topic="policy-and-planning",
        confidence="sure",
    )
    laws = {law["key"]: law for law in maker.shared.laws}
    leaflets = [_leaflets(maker, service) for service in maker.shared.tables["services"]]
    return [statement, *chain(*leaflets), *(laws[key] for key in _EVERYBODY_NAMES)]


def _leaflets(maker: _Maker, service: dict[str, str]) -> list[dict[str, str]]:
    first = ""
    found = []
    for year in maker.chance.sample(range(FIRST_YEAR, LAST_YEAR), maker.chance.randint(1, 2)):
        leaf = maker.row(
            "leaflets",
            f"{service['key']}-{year}",
            owner=maker.slug,
            label_th=f"แผ่นพับ{service['label_th']} ปี พ.ศ. {year}",
            label_en=f"Leaflet: {service['label_en']}, B.E. {year}",
            topic=service["topic"],
            service=service["key"],
            explains=maker.shared.pick_law(maker.chance)["key"],
            edition_of=first,
            year_be=year,
            confidence="sure",
        )
        first = first or leaf["key"]
        found.append(leaf)
    return found


def _links(maker: _Maker) -> None:
    documents = maker.chance.sample(maker.tables["documents"], 4)
    for number, document in enumerate(documents, 1):
        law = maker.shared.pick_law(maker.chance)["key"]
        maker.row(
            "links",
            f"link-{number}",
            **{"from": document["key"], "relation": "references", "to": law},
            confidence="plausible",
        )
