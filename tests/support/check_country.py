"""What the tests of graph.check.country share."""

from collections.abc import Callable
from pathlib import Path

from support.cases import ORG, Tables, row_of, small_site, write_csv

SHARED = [
    "agencies",
    "areas",
    "topics",
    "services",
    "indicators",
    "fiscal_years",
    "laws",
    "provisions",
]  # the sheets whose rows belong to nobody

Fault = Callable[[Tables, str], None]


def make_organisation(slug: str) -> Tables:
    """Return the organisation of the small site under another key."""
    return {
        name: [{k: cell.replace(ORG, slug) for k, cell in row.items()} for row in rows]
        for name, rows in small_site().items()
        if name not in SHARED
    }


def write_shared(folder: Path) -> None:
    """Write the rows that belong to nobody into the folder `shared`."""
    (folder / "shared").mkdir()
    for name, rows in small_site().items():
        if name in SHARED:
            write_csv(folder / "shared" / f"{name}.csv", rows)


def edit(sheet: str, of: str, **cells: str) -> Fault:
    """Return a fault that sets cells of one row."""

    def fault(tables: Tables, slug: str) -> None:
        row_of(tables, sheet, of.replace("ORG", slug)).update(cells)

    return fault


def drop(sheet: str, key: str) -> Fault:
    """Return a fault that removes one row."""

    def fault(tables: Tables, slug: str) -> None:
        tables[sheet].remove(row_of(tables, sheet, key.replace("ORG", slug)))
        if not tables[sheet]:
            del tables[sheet]

    return fault


def rename(sheet: str, column: str, name: str) -> Fault:
    """Return a fault that gives a column another name."""

    def fault(tables: Tables, slug: str) -> None:
        tables[sheet] = [
            {name if k == column else k: cell for k, cell in row.items()} for row in tables[sheet]
        ]

    return fault


def repeat_row(sheet: str, key: str) -> Fault:
    """Return a fault that repeats one row."""

    def fault(tables: Tables, slug: str) -> None:
        tables[sheet].append(dict(row_of(tables, sheet, key.replace("ORG", slug))))

    return fault


def retire(was: str, instead: str = "") -> Fault:
    """Return a fault that retires the address `was`."""

    def fault(tables: Tables, slug: str) -> None:
        row = {"key": f"{slug}-gone", "owner": slug, "was": was, "replaced_by": instead}
        tables["retired"] = [{k: cell.replace("ORG", slug) for k, cell in row.items()}]

    return fault


PLAN, ENTRY, LEAFLET = "ORG-km-1", "ORG-p1-1", "ORG-building-permit"

FAULTS: dict[str, Fault] = {
    "label missing": edit("plans", PLAN, label_th=""),
    "issue missing": edit("plans", PLAN, issue_th=""),
    "topic missing": edit("plans", PLAN, topic=""),
    "year missing": edit("plans", PLAN, fiscal_year=""),
    "plan without entries": edit("entries", ENTRY, list="ORG-inside"),
    "position twice": edit("entries", "ORG-p1-2", position="1"),
    "position far": edit("entries", "ORG-p1-2", position="7"),
    "no list": edit("entries", ENTRY, list=""),
    "names nothing": edit("entries", ENTRY, names=""),
    "names a topic": edit("entries", ENTRY, names="older-people"),
    "names a misspelt law": edit("entries", ENTRY, names="act-2542-local-personel"),
    "names another's document": edit("entries", ENTRY, names="sao-500001-operations-manual"),
    "of another's plan": edit("entries", ENTRY, list="sao-500001-km-1"),
    "names nobody": edit("entries", ENTRY, names="nowhere"),
    "owner of another": edit("documents", "ORG-operations-manual", owner="sao-500001"),
    "owner unknown": edit("documents", "ORG-operations-manual", owner="sao-999999"),
    "owner missing": edit("documents", "ORG-operations-manual", owner=""),
    "unknown code": edit("documents", "ORG-operations-manual", kind="manuel"),
    "C.E. year": edit("leaflets", LEAFLET, year_be="2019"),
    "short year": edit("leaflets", LEAFLET, year_be="62"),
    "B.E. date": edit("leaflets", LEAFLET, date="2562-04-30"),
    "year and date differ": edit("leaflets", LEAFLET, year_be="2561", date="2019-04-30"),
    "explains nothing": edit("leaflets", LEAFLET, explains=""),
    "not a number": edit("entries", ENTRY, line="x"),
    "line zero": edit("entries", ENTRY, line="0"),
    "eighty characters": edit("entries", ENTRY, verbatim="ก" * 80),
    "invisible": edit("entries", ENTRY, label_th="ก\u200bข"),
    "line break": edit("entries", ENTRY, label_th="ก\nข"),
    "captured page differs": edit("sources", "ORG-km-page", sha256="0" * 64),
    "captured page absent": edit("sources", "ORG-km-page", file="other.txt"),
    "key bad": edit("statements", "ORG-level-2", key="ORG_level_2"),
    "key missing": edit("statements", "ORG-level-2", key=""),
    "key twice": repeat_row("statements", "ORG-level-2"),
    "column misspelt": rename("entries", "label_th", "labl_th"),
    "column unknown": rename("entries", "note_en", "remark"),
    "row gone": drop("documents", "ORG-operations-manual"),
    "organisation gone": drop("organizations", "ORG"),
    "same key as another": edit("corrections", "ORG-levels-1", key="sao-500002-levels-1"),
    "key of a law": edit("links", "ORG-link-1", key="act-2522-building-control"),
    "link from a law": edit("links", "ORG-link-1", **{"from": "act-2522-building-control"}),
    "retired": retire("plan/ORG-km-9", "topic/older-people"),
    "retired and there": retire("plan/ORG-km-1"),
    "retired and there at another's": retire("plan/sao-500003-km-1"),
    "retired and shared": retire("topic/older-people"),
    "replaced by another's": retire("plan/ORG-km-9", "plan/sao-500004-km-1"),
    "replaced by nothing": retire("plan/ORG-km-9", "plan/ORG-km-8"),
    "loop": edit("statements", "ORG-level-1", part_of="ORG-level-1"),
}
