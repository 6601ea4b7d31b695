"""The saved questions: answers checked by hand on the page and on five made organisations."""

import csv
from collections import Counter

import pytest
from support.paths import DATA
from support.queries_saved import QUERIES, Rows, answer

from graph.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

INVENTORY = DATA / "inventory.csv"


def inventory(part: str = "") -> list[dict[str, str]]:
    """Return the rows of the inventory, of one part of the page if it is named."""
    with INVENTORY.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if part in ("", row["part"])]


def test_plan_entries(page: EmbeddedStore) -> None:
    """Both plans list their five entries in the inventory's order and corrected words."""
    rows = answer(page, "plan-entries", "planPosition position entryTh entryEn")
    assert rows == [
        (plan, row["position"], row["corrected"], row["en"])
        for plan in ("1", "2")
        for row in inventory(f"plan-{plan}")
    ]
    kinds = [kind for (kind,) in answer(page, "plan-entries", "kindTh")]
    assert kinds[5:] == ["ประกาศผลดีเด่น"] + ["พระราชบัญญัติ"] * 4
    assert kinds[:5] == ["หลักเกณฑ์", "มาตรฐาน", "แนวทาง", "ข้อสั่งการ", "มาตรฐาน"]


@pytest.mark.parametrize(
    ("name", "part"), [("learning-components", "components"), ("km-levels", "levels")]
)
def test_statements_in_order(page: EmbeddedStore, name: str, part: str) -> None:
    """The components and levels come in the page's order, with their line and words."""
    expected = [(r["position"], r["line"], r["corrected"], r["en"]) for r in inventory(part)]
    assert len(expected) == {"components": 4, "levels": 3}[part]
    assert answer(page, name, "position sourceLine textTh textEn") == expected


def test_duties(page: EmbeddedStore) -> None:
    """Section 11 lays down three duties, all on line 25."""
    duties = [row for row in inventory("duties") if row["id"].startswith("duty-")]
    expected = [(row["position"], "25", row["corrected"]) for row in duties]
    assert answer(page, "section-duties", "position sourceLine textTh") == expected


def test_corrections(page: EmbeddedStore) -> None:
    """The corrections turn the published words into the right ones, and none is left out."""
    rows = answer(page, "corrections", "sourceLine published corrected faultTh")
    counts, words = Counter[str](), {row["id"]: row["verbatim"] for row in inventory()}
    for line, published, corrected, fault in rows:
        at_line = [row for row in inventory() if row["line"] == line]
        (found,) = [row["id"] for row in at_line if published in row["verbatim"]]
        counts[found] += 1
        if corrected and fault != "ต่างจากถ้อยคำทางการ":  # the official text is not the page's
            words[found] = words[found].replace(published, corrected)
    assert dict(counts) == FAULTS
    cut = "p1-4"  # nobody knows its right words: the inventory only adds the sign of a cut
    assert {k: w for k, w in words.items() if k != cut} == {
        row["id"]: row["corrected"] for row in inventory() if row["id"] != cut
    }


FAULTS = {
    "slogan": 1,
    "vision": 2,
    "page-sub": 1,
    "st-lo": 1,
    "lv-head": 1,
    "decree": 2,
    "duty-1": 1,
    "duty-2": 1,
    "plan-1": 2,
    "p1-3": 1,
    "p1-4": 1,
    "p2-2": 2,
    "p2-3": 1,
    "p2-4": 1,
    "p2-5": 2,
    "col-int": 1,
    "int-5": 1,
    "col-ext": 1,
    "ext-4": 1,
    "ext-5": 1,
}
"""How many faults the inventory tells of, row by row."""


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        (
            "collection-kinds",
            "scope kind entries",
            [
                ("inside", "manual", "2"),
                ("inside", "dos-and-donts", "1"),
                ("inside", "guideline", "1"),
                ("inside", "report", "1"),
                ("outside", "leaflet", "4"),
                ("outside", "policy-statement", "1"),
            ],
        ),
        (
            "laws-named",
            "law yearBE yearCE",
            [
                ("act-2500-local-pension", "2500", "1957"),
                ("act-2522-building-control", "2522", "1979"),
                ("act-2539-tort-liability", "2539", "1996"),
                ("act-2542-local-personnel", "2542", "1999"),
                ("decree-2546-good-governance", "2546", "2003"),
            ],
        ),
        (
            "leaflet-laws",
            "leaflet law asserted confidenceTh",
            [
                ("sao-301107-building-permit", "act-2522-building-control", "true", "ค่อนข้างแน่ใจ"),
                ("sao-301107-tax-2563", "act-2562-land-building-tax", "true", "ค่อนข้างแน่ใจ"),
                *(
                    ("sao-301107-old-age-allowance", law, "false", "น่าจะใช่")
                    for law in (
                        "regulation-2552-old-age-allowance",
                        "regulation-2566-old-age-allowance",
                    )
                ),
            ],
        ),
        (
            "leaflets-without-law",
            "leafletTh candidates",
            [("แผ่นพับเบี้ยยังชีพผู้สูงอายุ", "2"), ("แผ่นพับภาษี", "0")],
        ),
        (
            "service-leaflets",
            "service leafletTh",
            [
                ("building-permit", "แผ่นพับการขออนุญาตก่อสร้าง"),
                ("local-tax", "แผ่นพับภาษี"),
                ("local-tax", "แผ่นพับภาษี 63 (ปี พ.ศ. 2563)"),
                ("old-age-allowance", "แผ่นพับเบี้ยยังชีพผู้สูงอายุ"),
            ],
        ),
        ("footnotes-without-notes", "mark sourceLine", [("30", "13"), ("31", "23")]),
        ("cut-titles", "sourceLine characters", [("33", "80"), ("34", "80")]),
        ("eighty-characters", "sourceLine cut", [("33", "true"), ("34", "true")]),
        (
            "fiscal-year",
            "fiscalYear thingTh stated",
            [("2562", "องค์กรปกครองส่วนท้องถิ่นที่มีผลปฏิบัติงานดีเด่น ประจำปีงบประมาณ พ.ศ.2562", "true")],
        ),
        (
            "amendments-behind",
            "verbatim number yearBE yearCE",
            [
                ("พรบ.ควบคุมอาคาร พ.ศ. 2522 และที่แก้ไขเพิ่มเติม", number, year_be, year_ce)
                for number, year_be, year_ce in (
                    ("2", "2535", "1992"),
                    ("3", "2543", "2000"),
                    ("4", "2550", "2007"),
                )
            ],
        ),
        (
            "evidence",
            "asserted confidenceTh indicator documentTh",
            [
                ("true", "ค่อนข้างแน่ใจ", "o40-ethics", "ข้อควรทำและไม่ควรทำ (Dos & Don'ts)"),
                ("true", "ค่อนข้างแน่ใจ", "o40-ethics", "แนวทางในการประพฤติตนทางจริยธรรม"),
                ("false", "น่าจะใช่", "o10-manual", "คู่มือการปฏิบัติงานของเจ้าหน้าที่องค์กรปกครองส่วนท้องถิ่น"),
                ("false", "น่าจะใช่", "o10-manual", "คู่มือปฏิบัติงานของเจ้าหน้าที่วิเคราะห์นโยบายและแผน"),
                ("false", "น่าจะใช่", "personnel-development", "หลักเกณฑ์การพัฒนาบุคลากร"),
                ("false", "น่าจะใช่", "personnel-development", "รายงานผลการเข้ารับการฝึกอบรม"),
            ],
        ),
        (
            "evidence-missing",
            "indicator notation candidates",
            [("o10-manual", "O10", "2"), ("personnel-development", "", "2")],
        ),
        ("editions", "workTh edition yearBE", [("แผ่นพับภาษี", "sao-301107-tax-2563", "2563")]),
        (
            "most-named-laws",
            "law organisations",
            [
                ("act-2500-local-pension", "1"),
                ("act-2522-building-control", "1"),
                ("act-2539-tort-liability", "1"),
                ("act-2542-local-personnel", "1"),
                ("decree-2546-good-governance", "1"),
            ],
        ),
        ("same-statements", "statement", []),
        ("without-leaflet", "organisation", []),
        (
            "entry-counts",
            "kind entries",
            [
                *((kind, "4") for kind in ("act", "leaflet")),
                *((kind, "2") for kind in ("guideline", "manual", "standard")),
                *((kind, "1") for kind in ("award-list", "criteria", "directive")),
                *((kind, "1") for kind in ("dos-and-donts", "policy-statement", "report")),
            ],
        ),
        ("amendment-unsaid", "entry", []),
        ("fault-league", "source misspellings faults", [("sao-301107-km-page", "8", "25")]),
    ],
)
def test_page(page: EmbeddedStore, name: str, columns: str, expected: Rows) -> None:
    """The page of อบต.เมืองเกษตร answers as its inventory, read by hand, says."""
    assert answer(page, name, columns) == expected


def test_every_question_is_asked_of_the_page() -> None:
    """The inventory's twenty entries and 25 faults are what the counts above add up to."""
    entries = [
        row for part in ("plan-1", "plan-2", "col-int", "col-ext") for row in inventory(part)
    ]
    assert (len(entries), sum(FAULTS.values()), len(QUERIES)) == (20, 25, 24)
    assert {row["id"] for row in inventory() if row["issue"]} == set(FAULTS)
