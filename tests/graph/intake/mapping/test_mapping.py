"""Rows to quads: graphs, inverse columns, references, headers, and what no row may do."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from openpyxl import Workbook
from support.cases import (
    BASE,
    ORG,
    Tables,
    load_paths,
    read_site,
    shapes,
    small_site,
    thing,
    write_site,
)
from support.intake_mapping import make_sheet, map

from graph.check.check import bundled_site
from graph.intake.load import Loaded
from graph.intake.mapping import map_sheets
from graph.rdf.vocab import term


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
    mapped = map_sheets([make_sheet("topics", header, "x,ก")], shapes(), BASE)
    assert mapped.findings == []
    origin = mapped.origins[f"{BASE}/id/topic/x"]
    assert origin.place("label_th").column == label
    assert origin.text("label_th") == "ก"
    assert ox.Literal("ก", language="th") in {q.object for q in mapped.quads}


def test_values_of_a_row() -> None:
    """A row has its class and constants, one triple a value, and none for an empty cell."""
    quads, rules = map(
        make_sheet("topics", "key,label_th,label_en,alt_th,broader", "a,ก,A,ข; ค ;;ง,", "b,ข,,,a")
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
    _, rules = map(make_sheet("topics", "key,label_th,label_en,broader", "x,ก"))
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
    assert map(make_sheet("topics", header, row))[1] == rules
