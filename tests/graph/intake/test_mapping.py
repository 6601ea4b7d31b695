"""Rows to quads: graphs, inverse columns, references, headers, and what no row may do."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from openpyxl import Workbook
from support.cases import (
    BASE,
    ORG,
    Tables,
    check_paths,
    load_paths,
    read_site,
    row_of,
    shapes,
    small_site,
    thing,
    write_site,
)

from graph.check.check import bundled_site
from graph.intake import mapping
from graph.intake.load import Loaded
from graph.intake.mapping import map_sheets
from graph.intake.tables import Row, Sheet
from graph.rdf.vocab import term


def _sheet(name: str, header: str, *rows: str) -> Sheet:
    cells = tuple(Row(n, tuple(row.split(","))) for n, row in enumerate(rows, 2))
    return Sheet(name, f"{name}.csv", Path(), tuple(header.split(",")), cells)


def _map(*sheets: Sheet) -> tuple[set[str], list[str]]:
    """Return the quads, with short names, and the rules of the findings."""
    mapped = map_sheets(sheets, shapes(), BASE)
    return {_short(quad) for quad in mapped.quads}, [f.rule for f in mapped.findings]


def _short(quad: ox.Quad) -> str:
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    return " ".join(
        _local(term.value) if isinstance(term, ox.NamedNode) else str(term) for term in terms
    )


def _local(iri: str) -> str:
    return iri.removeprefix(f"{BASE}/").rpartition("#")[2]


def _book(tables: Tables, path: Path) -> Path:
    """Write one workbook with a sheet for each table."""
    book = Workbook(write_only=True)
    for name, rows in tables.items():
        page = book.create_sheet(name)
        page.append(list(rows[0]))
        for row in rows:
            page.append([cell or None for cell in row.values()])
    book.save(path)
    return path


def _site(tmp_path: Path) -> Loaded:
    return load_paths(write_site(small_site(), tmp_path / "site"))


@pytest.fixture(scope="module")
def bundled() -> Loaded:
    """The bundled site as it is read."""
    return load_paths(bundled_site())


# ---- graphs ----------------------------------------------------------------------------------


def test_graph_of_each_sheet(bundled: Loaded) -> None:
    """Rows that have an owner stand in its graph, all others in the shared one."""
    owned = {s.name for s in shapes().sheets if s.belongs_to}
    # A candidate link from a law belongs to nobody; there is none here.
    for quad in bundled.quads:
        assert isinstance(quad.subject, ox.NamedNode)
        origin = bundled.origins[quad.subject.value]
        inverse = quad.predicate == term("m8g:hasCompetentAuthority")
        name = ORG if origin.sheet.name in owned or inverse else "shared"
        assert quad.graph_name == ox.NamedNode(f"{BASE}/graph/{name}")


def test_inverse_column(tmp_path: Path) -> None:
    """A service's authority comes from the organisation's row and stands in its graph."""
    quads = _site(tmp_path).quads
    competent = [q for q in quads if q.predicate == term("m8g:hasCompetentAuthority")]
    assert {q.subject for q in competent} == {
        thing("service", key) for key in ("old-age-allowance", "local-tax", "building-permit")
    }
    assert {q.object for q in competent} == {thing("org", ORG)}
    assert {q.graph_name for q in competent} == {ox.NamedNode(f"{BASE}/graph/{ORG}")}


def test_two_organisations(tmp_path: Path) -> None:
    """Each organisation's rows stand in its own graph, also those two steps away."""
    tables = small_site()
    tables["organizations"].append(tables["organizations"][0] | {"key": "sao-2", "services": ""})
    tables["plans"].append(tables["plans"][0] | {"key": "plan-2", "owner": "sao-2"})
    entry = tables["entries"][0]
    tables["entries"].append(entry | {"key": "entry-2", "list": "plan-2"})
    correction = tables["corrections"][0]
    tables["corrections"].append(correction | {"key": "correction-2", "of": "entry-2"})
    loaded = load_paths(write_site(tables, tmp_path / "site"))
    assert loaded.findings == []
    for type, key in [("plan", "plan-2"), ("entry", "entry-2"), ("correction", "correction-2")]:
        found = {q.graph_name for q in loaded.quads if q.subject == thing(type, key)}
        assert found == {ox.NamedNode(f"{BASE}/graph/sao-2")}


def test_order_of_sheets_and_rows_is_nothing(tmp_path: Path) -> None:
    """Rows may refer to rows and sheets that come later."""
    tables = read_site()
    turned = {name: rows[::-1] for name, rows in reversed(tables.items())}
    straight = load_paths(_book(tables, tmp_path / "a.xlsx"))
    backwards = load_paths(_book(turned, tmp_path / "b.xlsx"))
    assert set(straight.quads) == set(backwards.quads)


def test_workbook_gives_the_same_quads(tmp_path: Path, bundled: Loaded) -> None:
    """The whole site as one workbook says exactly what its CSV files say."""
    (tmp_path / "page.txt").write_bytes((bundled_site() / "page.txt").read_bytes())
    loaded = load_paths(_book(read_site(), tmp_path / "site.xlsx"))
    assert loaded.findings == bundled.findings == []
    assert set(loaded.quads) == set(bundled.quads)
    assert len(loaded.quads) == len(bundled.quads) > 1000
    assert {o.sheet.file for o in loaded.origins.values()} == {"site.xlsx"}


def test_thai_headers_give_the_same_quads(tmp_path: Path, bundled: Loaded) -> None:
    """A site whose headers are the Thai titles says the same."""
    tables: Tables = {}
    for name, rows in read_site().items():
        shape = shapes().sheet(name)
        assert shape is not None
        titles = {c.name: c.title.th for c in shape.columns} | {"key": "รหัส"}
        assert len(set(titles.values())) == len(titles)
        tables[name] = [{titles[column]: cell for column, cell in row.items()} for row in rows]
    loaded = load_paths(write_site(tables, tmp_path / "site"))
    assert loaded.findings == []
    assert set(loaded.quads) == set(bundled.quads)


# ---- columns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("key,label_th", "label_th"),
        ("KEY,Label_TH", "Label_TH"),
        ("รหัส,ชื่อ (ไทย)", "ชื่อ (ไทย)"),
        ("key,Name (Thai)", "Name (Thai)"),
        ("key,name (thai)", "name (thai)"),
    ],
)
def test_headers(header: str, label: str) -> None:
    """A column may be headed by its name or its title in either language, in any case."""
    mapped = map_sheets([_sheet("topics", header, "x,ก")], shapes(), BASE)
    assert mapped.findings == []
    origin = mapped.origins[f"{BASE}/id/topic/x"]
    assert origin.place("label_th").column == label
    assert origin.text("label_th") == "ก"
    assert ox.Literal("ก", language="th") in {q.object for q in mapped.quads}


def test_values_of_a_row() -> None:
    """A row has its class and constants, one triple a value, and none for an empty cell."""
    quads, rules = _map(
        _sheet("topics", "key,label_th,label_en,alt_th,broader", "a,ก,A,ข; ค ;;ง,", "b,ข,,,a")
    )
    assert rules == []
    scheme = "inScheme https://w3id.org/tambon-km/topic graph/shared"
    assert quads == {
        "id/topic/a type Topic graph/shared",
        f"id/topic/a {scheme}",
        'id/topic/a prefLabel "ก"@th graph/shared',
        'id/topic/a prefLabel "A"@en graph/shared',
        'id/topic/a altLabel "ข"@th graph/shared',
        'id/topic/a altLabel "ค"@th graph/shared',
        'id/topic/a altLabel "ง"@th graph/shared',
        "id/topic/b type Topic graph/shared",
        f"id/topic/b {scheme}",
        'id/topic/b prefLabel "ข"@th graph/shared',
        "id/topic/b broader id/topic/a graph/shared",
    }


def test_constants(bundled: Loaded) -> None:
    """A leaflet is of the kind leaflet and a topic in its scheme, without a column for it."""
    kinds = {
        q.object
        for q in bundled.quads
        if q.predicate == term("dct:type") and "/leaflet/" in str(q.subject)
    }
    assert kinds == {term("kind:leaflet")}


def test_short_row() -> None:
    """A row that ends early has empty cells at its end."""
    _, rules = _map(_sheet("topics", "key,label_th,label_en,broader", "x,ก"))
    assert rules == []


@pytest.mark.parametrize(
    ("header", "row", "rules"),
    [
        ("key,label_th", "x,ก,more", ["cell-beyond"]),
        ("key,label_th,", "x,ก,more", ["cell-beyond"]),
        ("key,label_th,", "x,ก,", []),
        ("key,label_th,_mine", "x,ก,more", []),
        ("key,label_th,mine", "x,ก,more", ["column-unknown"]),
        ("key,label_th,label_th", "x,ก,ข", ["column-twice"]),
        ("key,label_th,ชื่อ (ไทย)", "x,ก,ข", ["column-twice"]),
        ("key,key,label_th", "x,y,ก", ["column-twice"]),
        ("label_th", "ก", ["column-missing"]),
        ("key", "x", ["column-missing"]),
        ("key,labelth", "x,ก", ["column-unknown"]),
        ("kye,label_th", "x,ก", ["column-unknown"]),
        ("", "x", ["sheet-empty"]),
        ("_a,_b", "x,y", ["column-missing", "column-missing"]),
    ],
)
def test_header_problems(header: str, row: str, rules: list[str]) -> None:
    """Each way a header can be wrong is one finding, whatever stands below it."""
    assert _map(_sheet("topics", header, row))[1] == rules


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
    mapped = map_sheets([_sheet("topics", "key,label_th", f"{key},ก")], shapes(), BASE)
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
    sheet = _sheet("organizations", ",".join(row), ",".join(cells))
    mapped = map_sheets([sheet], shapes(), BASE)
    assert [f.rule for f in mapped.findings] == rules
    assert not any("/graph/all" in str(quad) for quad in mapped.quads)


@pytest.mark.parametrize("key", ["", "ผู้สูงอายุ", "a/b"])
def test_rows_without_a_key_are_left_out(key: str) -> None:
    """A row whose key nobody can guess makes nothing."""
    assert not map_sheets([_sheet("topics", "key,label_th", f"{key},ก")], shapes(), BASE).quads


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
    quads, rules = _map(_sheet("topics", "key,label_th", "Waste,ก", "waste,ข"))
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
    mapped = map_sheets([_sheet("topics", "key,label_th", f"{key},ก")], shapes(), BASE)
    fix = mapped.findings[0].fix
    assert fix.en == (f"write {write}" if write else shapes().sheet("topics").message.en)
    assert write is None or fix.th == f"เขียน {write}"


def test_key_twice() -> None:
    """The second row of a key is left out and names the first, also in another file."""
    first = _sheet("topics", "key,label_th", "x,ก", "x,ข")
    second = Sheet("topics", "more.csv", Path(), ("key", "label_th"), (Row(2, ("x", "ค")),))
    mapped = map_sheets([first, second], shapes(), BASE)
    assert [f.rule for f in mapped.findings] == ["key-twice", "key-twice"]
    assert "A2" in mapped.findings[0].problem.en
    assert "topics.csv A2" in mapped.findings[1].problem.en
    labels = [q.object for q in mapped.quads if q.predicate == term("skos:prefLabel")]
    assert labels == [ox.Literal("ก", language="th")]


def test_same_key_in_two_sheets_is_fine() -> None:
    """A service and a topic may share a key: their IRIs differ."""
    _, rules = _map(
        _sheet("topics", "key,label_th", "local-tax,ก"),
        _sheet("services", "key,label_th,topic", "local-tax,ก,local-tax"),
    )
    assert rules == []


# ---- references ------------------------------------------------------------------------------


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
    sheet = _sheet("topics", "key,label_th,broader", *known, f"care,ข,{text}")
    findings = map_sheets([sheet], shapes(), BASE).findings
    assert [f.rule for f in findings] == ["reference-unknown"]
    assert findings[0].fix.en.startswith(fix)


def test_guesses_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a whole column is wrong, only the first cells are told what was meant."""
    monkeypatch.setattr(mapping, "MAX_GUESSES", 30)
    rows = [f"topic-{n},ก,topic-{n}x" for n in range(10)]
    sheet = _sheet("topics", "key,label_th,broader", *rows)
    findings = map_sheets([sheet], shapes(), BASE).findings
    assert len(findings) == 10
    assert ["perhaps" in finding.fix.en for finding in findings] == [True] * 2 + [False] * 8


@pytest.mark.parametrize("name", ["topic", "Topics2", "topics-1"])
def test_misspelt_sheet(name: str) -> None:
    """A sheet whose name is nearly right is one finding; what refers to its rows is not blamed."""
    _, rules = _map(
        _sheet(name, "key,label_th", "local-tax,ก"),
        _sheet("services", "key,label_th,topic", "local-tax,ก,local-tax"),
    )
    assert rules == ["sheet-unknown"]


def test_unknown_sheet_that_is_like_none() -> None:
    """A sheet that is like none is told all the names there are."""
    findings = map_sheets([_sheet("xyzzy", "a", "1")], shapes(), BASE).findings
    assert all(sheet.name in findings[0].fix.en for sheet in shapes().sheets)
    assert map_sheets([_sheet("_xyzzy", "a", "1")], shapes(), BASE).findings == []


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
