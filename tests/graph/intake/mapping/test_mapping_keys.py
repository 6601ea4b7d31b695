"""Rows to quads: graphs, inverse columns, references, headers, and what no row may do."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import BASE, ORG, check_paths, load_paths, row_of, shapes, small_site, write_site
from support.intake_mapping import make_sheet, map

from graph.intake import mapping
from graph.intake.load import Loaded
from graph.intake.mapping import map_sheets
from graph.intake.tables import Row, Sheet
from graph.rdf.vocab import term


@pytest.mark.parametrize(
    ("key", "rules"),
    [
        ("older-people", []),
        ("2562", []),
        ("a", []),
        ("", ["key-missing"]),
        ("Older", ["key-bad"]),
        ("older_people", ["key-bad"]),
        ("older people", ["key-bad"]),
        ("older--people", ["key-bad"]),
        ("-older", ["key-bad"]),
        ("older-", ["key-bad"]),
        ("ผู้สูงอายุ", ["key-bad"]),
        ("older/people", ["key-bad"]),
        ("older\npeople", ["cell-line-break"]),
        ("older-people\u200b", ["cell-invisible"]),
    ],
)
def test_keys(key: str, rules: list[str]) -> None:
    """A key is small Latin letters, digits and single hyphens."""
    mapped = map_sheets([make_sheet("topics", "key,label_th", f"{key},ก")], shapes(), BASE)
    assert [f.rule for f in mapped.findings] == rules


@pytest.mark.parametrize(
    ("key", "rules"),
    [("all", ["key-reserved"]), ("All", ["key-bad"]), ("ALL ", ["key-bad"]), ("a ll", ["key-bad"])],
)
def test_reserved_keys(key: str, rules: list[str]) -> None:
    """An organisation may not be called like a file; another spelling of such a key is one fault.

    Its row is not looked at under the reserved name, which would find faults that are not there.
    """
    row = {**small_site()["organizations"][0], "key": key, "services": "", "area": ""}
    cells = (cell.replace(",", " ") for cell in row.values())
    sheet = make_sheet("organizations", ",".join(row), ",".join(cells))
    mapped = map_sheets([sheet], shapes(), BASE)
    assert [f.rule for f in mapped.findings] == rules
    assert not any("/graph/all" in str(quad) for quad in mapped.quads)


@pytest.mark.parametrize("key", ["", "ผู้สูงอายุ", "a/b"])
def test_rows_without_a_key_are_left_out(key: str) -> None:
    """A row whose key nobody can guess makes nothing."""
    assert not map_sheets([make_sheet("topics", "key,label_th", f"{key},ก")], shapes(), BASE).quads


def test_a_misspelt_key_hides_nothing(tmp_path: Path) -> None:
    """The row's own faults are told, those who name it what to write, and nobody anything else."""
    tables = small_site()
    tables["organizations"][0] |= {"key": "SAO 301107", "homepage": "www"}
    report = check_paths(write_site(tables, tmp_path / "site"))
    told = {(f.rule, f.value) for f in report.findings}
    assert told == {
        ("key-bad", "SAO 301107"),
        ("iri-bad", "www"),
    }
    for row in tables["plans"]:
        row["owner"] = "SAO 301107"
    report = check_paths(write_site(tables, tmp_path / "named"))
    named = [f for f in report.findings if f.value == "SAO 301107" and f.place.sheet == "plans"]
    assert [f.fix.en for f in named] == ["write sao-301107"] * len(tables["plans"])
    assert len(report.findings) == len(told) + len(named)


def test_a_misspelt_key_does_not_take_another() -> None:
    """Where the right spelling is another row's key, that row stays as it is."""
    quads, rules = map(make_sheet("topics", "key,label_th", "Waste,ก", "waste,ข"))
    assert rules == ["key-bad"]
    assert not [quad for quad in quads if "ก" in quad]


@pytest.mark.parametrize(
    ("key", "write"),
    [
        ("Older_People", "older-people"),
        ("Local Tax", "local-tax"),
        ("a--b", "a-b"),
        ("-a.", "a"),
        ("ภาษี", None),
    ],
)
def test_key_suggestion(key: str, write: str | None) -> None:
    """Where only case, spaces or underscores are wrong, the key to write is told."""
    mapped = map_sheets([make_sheet("topics", "key,label_th", f"{key},ก")], shapes(), BASE)
    fix = mapped.findings[0].fix
    assert fix.en == (f"write {write}" if write else shapes().sheet("topics").message.en)
    assert write is None or fix.th == f"เขียน {write}"


def test_key_twice() -> None:
    """The second row of a key is left out and names the first, also in another file."""
    first = make_sheet("topics", "key,label_th", "x,ก", "x,ข")
    second = Sheet("topics", "more.csv", Path(), ("key", "label_th"), (Row(2, ("x", "ค")),))
    mapped = map_sheets([first, second], shapes(), BASE)
    assert [f.rule for f in mapped.findings] == ["key-twice", "key-twice"]
    assert "A2" in mapped.findings[0].problem.en
    assert "topics.csv A2" in mapped.findings[1].problem.en
    labels = [q.object for q in mapped.quads if q.predicate == term("skos:prefLabel")]
    assert labels == [ox.Literal("ก", language="th")]


def test_same_key_in_two_sheets_is_fine() -> None:
    """A service and a topic may share a key: their IRIs differ."""
    _, rules = map(
        make_sheet("topics", "key,label_th", "local-tax,ก"),
        make_sheet("services", "key,label_th,topic", "local-tax,ก,local-tax"),
    )
    assert rules == []


def test_ambiguous_reference(tmp_path: Path) -> None:
    """A key that two allowed sheets have is refused, and the remedy speaks of the keys."""
    tables = small_site()
    twin = row_of(tables, "leaflets", f"{ORG}-building-permit")
    key = f"{ORG}-operations-manual"
    tables["leaflets"].append(twin | {"key": key})
    findings = load_paths(write_site(tables, tmp_path / "site")).findings
    assert [f.rule for f in findings] == ["reference-ambiguous"]
    assert findings[0].value == key
    assert "documents, leaflets" in findings[0].problem.en
    assert findings[0].fix.en == "give the two things different keys"


def test_reference_to_a_subclass(tmp_path: Path) -> None:
    """Where a document may stand, a law or a leaflet may; where a law may, no other document."""
    tables = small_site()
    manual = row_of(tables, "documents", f"{ORG}-operations-manual")
    manual["related"] = f"act-2522-building-control; {ORG}-building-permit"
    site = write_site(tables, tmp_path / "site")
    assert load_paths(site).findings == []
    manual["explains"] = f"{ORG}-building-permit"
    assert [f.rule for f in load_paths(write_site(tables, site)).findings] == ["reference-unknown"]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("older-peple", "perhaps older-people;"),
        ("Older-People", "perhaps older-people;"),
        ("older_people", "perhaps older-people;"),
        ("ผู้สูงอายุ", "use a key from the sheet topics"),
        ("older", "use a key from the sheet topics"),
        ("people-in-old-age", "use a key from the sheet topics"),
        ("sao-301107-work-manual", "use a key from the sheet topics"),
    ],
)
def test_near_misses(text: str, fix: str) -> None:
    """A reference that is nearly a key is told that key, and no far-fetched one."""
    known = ("older-people,ก,", "sao-301107-older-people-manual,ค,")
    sheet = make_sheet("topics", "key,label_th,broader", *known, f"care,ข,{text}")
    findings = map_sheets([sheet], shapes(), BASE).findings
    assert [f.rule for f in findings] == ["reference-unknown"]
    assert findings[0].fix.en.startswith(fix)


def test_guesses_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a whole column is wrong, only the first cells are told what was meant."""
    monkeypatch.setattr(mapping, "MAX_GUESSES", 30)
    rows = [f"topic-{n},ก,topic-{n}x" for n in range(10)]
    sheet = make_sheet("topics", "key,label_th,broader", *rows)
    findings = map_sheets([sheet], shapes(), BASE).findings
    assert len(findings) == 10
    assert ["perhaps" in finding.fix.en for finding in findings] == [True] * 2 + [False] * 8


@pytest.mark.parametrize("name", ["topic", "Topics2", "topics-1"])
def test_misspelt_sheet(name: str) -> None:
    """A sheet whose name is nearly right is one finding; what refers to its rows is not blamed."""
    _, rules = map(
        make_sheet(name, "key,label_th", "local-tax,ก"),
        make_sheet("services", "key,label_th,topic", "local-tax,ก,local-tax"),
    )
    assert rules == ["sheet-unknown"]


def test_unknown_sheet_that_is_like_none() -> None:
    """A sheet that is like none is told all the names there are."""
    findings = map_sheets([make_sheet("xyzzy", "a", "1")], shapes(), BASE).findings
    assert all(sheet.name in findings[0].fix.en for sheet in shapes().sheets)
    assert map_sheets([make_sheet("_xyzzy", "a", "1")], shapes(), BASE).findings == []


def test_empty_required_owner_is_for_the_shapes(tmp_path: Path) -> None:
    """A row without an owner stands in the shared graph; only an optional owner is told here."""
    tables = small_site()
    tables["entries"][0]["list"] = ""
    tables["documents"][0]["owner"] = ""
    findings = load_paths(write_site(tables, tmp_path / "site")).findings
    assert [(f.rule, f.place.sheet) for f in findings] == [("owner-missing", "documents")]


def test_origins(bundled: Loaded) -> None:
    """Every subject knows its row, and every cell its place."""
    assert {q.subject.value for q in bundled.quads if isinstance(q.subject, ox.NamedNode)} == set(
        bundled.origins
    )
    origin = bundled.origins[f"{BASE}/id/entry/{ORG}-p1-3"]
    assert origin.place("position").cell == "C4"
    assert origin.place().row == 4
    assert origin.place().cell is None
    assert origin.place("no such column").cell is None
    assert origin.text("no such column") is None
    assert origin.text("position") == "3"
