"""What the shapes say about tables, as the reader and the template see it."""

import pytest
from support.cases import read_site, shapes

from graph.findings import Severity
from graph.rdf.vocab import SHAPE, expand
from graph.schema.columns import Column
from graph.schema.sheets import SheetShape


def _sheet(name: str) -> SheetShape:
    found = shapes().sheet(name)
    assert found is not None
    return found


def _column(sheet: str, name: str) -> Column:
    found = _sheet(sheet).column(name)
    assert found is not None
    return found


def test_sheets_and_columns_of_the_bundled_site() -> None:
    """The site that ships has every sheet but that of things gone, with every column."""
    site = read_site()
    sheets = [sheet for sheet in shapes().sheets if sheet.name != "retired"]
    assert set(site) == {sheet.name for sheet in sheets}
    for sheet in sheets:
        columns = list(site[sheet.name][0])
        assert set(columns) == {"key", *(column.name for column in sheet.columns)}
        assert columns[0] == "key"


@pytest.mark.parametrize(
    ("sheet", "class_iri", "id_type", "belongs_to"),
    [
        ("organizations", "km:Organization", "org", "key"),
        ("agencies", "org:FormalOrganization", "agency", None),
        ("areas", "km:Area", "area", None),
        ("topics", "km:Topic", "topic", None),
        ("services", "cpsv:PublicService", "service", None),
        ("indicators", "km:Indicator", "indicator", None),
        ("fiscal_years", "km:FiscalYear", "fiscal-year", None),
        ("laws", "km:Law", "law", None),
        ("provisions", "km:Provision", "provision", None),
        ("plans", "km:Plan", "plan", "owner"),
        ("collections", "km:Collection", "collection", "owner"),
        ("entries", "km:Entry", "entry", "list"),
        ("documents", "km:Document", "document", "owner"),
        ("leaflets", "km:Leaflet", "leaflet", "owner"),
        ("statements", "km:Statement", "statement", "owner"),
        ("sources", "km:SourcePage", "source", "owner"),
        ("corrections", "km:Correction", "correction", "of"),
        ("links", "km:CandidateLink", "link", "from"),
    ],
)
def test_sheet(sheet: str, class_iri: str, id_type: str, belongs_to: str | None) -> None:
    """Each sheet holds things of one class, minted under one type, and leads to its owner."""
    found = _sheet(sheet)
    assert (found.class_iri, found.id_type) == (expand(class_iri), id_type)
    assert found.belongs_to == belongs_to


def test_order() -> None:
    """Sheets and columns come in the order that the shapes give them."""
    orders = [sheet.order for sheet in shapes().sheets]
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)
    for sheet in shapes().sheets:
        assert [c.order for c in sheet.columns] == sorted(c.order for c in sheet.columns)


def test_one_reading_a_column() -> None:
    """Each column takes codes, keys, a datatype, a language or web addresses, and only one."""
    for sheet in shapes().sheets:
        for column in sheet.columns:
            ways = [column.codes, column.classes, column.datatype, column.lang, column.is_iri]
            assert sum(bool(way) for way in ways) == 1, (sheet.name, column.name)


def test_headers_are_unambiguous() -> None:
    """No name or title of a column is that of another column of the sheet."""
    for sheet in shapes().sheets:
        headers = [
            header
            for column in sheet.columns
            for header in {h.lower() for h in (column.name, column.title.th, column.title.en)}
        ]
        assert len(set(headers)) == len(headers), sheet.name
        assert not {"key", "รหัส"} & set(headers)


def test_words() -> None:
    """Every sheet, column and rule has its words in Thai and English."""
    texts = [text for s in shapes().sheets for text in (s.title, s.message)]
    for sheet in shapes().sheets:
        for column in sheet.columns:
            texts += [column.title, column.description, column.message]
    for rule in shapes().rules.values():
        texts += [rule.title, rule.message]
    assert all(text.th and text.en for text in texts)


@pytest.mark.parametrize(
    ("sheet", "required"),
    [
        ("topics", ["key", "label_th"]),
        ("documents", ["key", "owner", "kind", "label_th"]),
        ("entries", ["key", "names", "list", "position", "label_th"]),
        ("links", ["key", "from", "relation", "to", "confidence"]),
    ],
)
def test_required(sheet: str, required: list[str]) -> None:
    """No sheet may lack its key, what must have a value, and what leads to its owner."""
    assert sorted(_sheet(sheet).required) == sorted(required)


def test_columns() -> None:
    """Columns know their inverse, separator, codes and classes."""
    assert _column("organizations", "services").inverse
    assert _column("organizations", "services").separator == ";"
    assert _column("entries", "names").separator is None
    assert dict(_column("collections", "scope").codes) == {
        "inside": expand("scope:inside"),
        "outside": expand("scope:outside"),
    }
    assert dict(_column("links", "relation").codes)["explains"] == expand("km:explains")
    assert ("พระราชบัญญัติ", "act") in _column("laws", "kind").code_names
    assert _column("entries", "list").classes == (expand("km:Plan"), expand("km:Collection"))
    assert _column("documents", "label_th").lang == "th"
    assert _column("documents", "label_th").datatype is None
    assert _column("sources", "url").is_iri
    assert not _column("documents", "references").is_iri


def test_constants() -> None:
    """What every row of a sheet has without a column for it."""
    constants = {s.name: s.constants for s in shapes().sheets if s.constants}
    assert constants == {
        "topics": ((expand("skos:inScheme"), "https://w3id.org/tambon-km/topic"),),
        "leaflets": ((expand("dct:type"), expand("kind:leaflet")),),
    }


@pytest.mark.parametrize(
    ("rule", "column", "path", "severity"),
    [
        ("label", None, "skos:prefLabel", Severity.VIOLATION),
        ("label-th", "label_th", "skos:prefLabel", Severity.VIOLATION),
        ("Plan", "key", None, Severity.VIOLATION),
        ("plan-entries", "key", "^dct:isPartOf", Severity.VIOLATION),
        ("topic-cycle", "broader", None, Severity.VIOLATION),
        ("topic-missing", "topic", "dct:subject", Severity.WARNING),
        ("leaflet-law-missing", "explains", "km:explains", Severity.INFO),
    ],
)
def test_rules(rule: str, column: str | None, path: str | None, severity: Severity) -> None:
    """A rule knows its column, its property and how bad it is to break it."""
    found = shapes().rules[SHAPE + rule]
    assert (found.column, found.path, found.severity) == (column, path, severity)


def test_unknown_names() -> None:
    """There is no sheet or column for a name nobody gave."""
    assert shapes().sheet("x") is None
    assert _sheet("topics").column("x") is None
    assert _sheet("topics").column("key") is None
