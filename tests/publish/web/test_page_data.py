"""Words on pages: the catalogue, languages, Thai order and dates, and what hostile data may do."""

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.rdf.facts import Facts, gather
from graph.rdf.serialize import serialize
from graph.rdf.vocab import PREFIXES, term
from graph.text.thai import sort_key
from publish.http.links import Links
from publish.things.lists import member_notes
from publish.web.dates import keep_together, write_date, write_year
from publish.web.labels import Namer
from publish.web.page_data import Label
from publish.web.texts import Texts, read_catalogue

BASE = "http://localhost:8000"
THING = ox.NamedNode(f"{BASE}/id/law/x")
CATALOGUE = read_catalogue()


def facts(turtle: str) -> Facts:
    """Return the facts of some Turtle with our prefixes."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    quads = ox.parse((prefixes + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return gather(quad.triple for quad in quads)


def namer(turtle: str, lang: str = "th") -> Namer:
    """Return what names things by this Turtle, for a reader of this language."""
    return Namer(facts(turtle), Texts(lang, CATALOGUE), Links(BASE))


def test_catalogue_speaks_both_languages() -> None:
    """Every phrase has Thai and English, with the same braces."""
    for key, words in CATALOGUE.items():
        assert set(words) == {"th", "en"}, key
        assert all(words.values()), key
        fields = [sorted(re.findall(r"\{(\w+)\}", text)) for text in words.values()]
        assert fields[0] == fields[1], key


def test_templates_and_catalogue_agree() -> None:
    """A key in a template is in the catalogue; no template holds words of its own."""
    for file in Path(str(files("publish") / "templates")).glob("*.html"):
        source = file.read_text(encoding="utf-8")
        for key in re.findall(r't\("([^"]+)"', source):
            assert key in CATALOGUE, (file.name, key)
        assert not re.search("[ก-๛]", source), file.name
        assert "|safe" not in source.replace(" ", ""), file.name


def test_no_phrase_is_unused() -> None:
    """What is in the catalogue is said somewhere."""
    folder = Path(str(files("publish")))
    sources = "".join(f.read_text(encoding="utf-8") for f in folder.rglob("*.py"))
    sources += "".join(f.read_text(encoding="utf-8") for f in folder.rglob("*.html"))
    made = (
        "group.",
        "incoming.",
        "constraint.",
        "severity.",
        "error.",
        "nav.",
        "home.",
        "key.",
        "sparql.example_",
        "quality.",
        "queries.",
        "column.",
        "set_row.",
        "search.filter_",
        "take.",
        "change.",
        "count.",
        "catalog.gdc_",
        "file.no_",
        "summary.",
        "releases.",
        "dumps.",
    )
    for key in CATALOGUE:
        assert key.startswith(made) or f'"{key}"' in sources, key


@pytest.mark.parametrize(
    ("lang", "turtle", "label"),
    [
        ("th", 'skos:prefLabel "กฎ"@th , "Law"@en', Label("กฎ")),
        ("en", 'skos:prefLabel "กฎ"@th , "Law"@en', Label("Law")),
        ("en", 'skos:prefLabel "กฎ"@th', Label("กฎ", "th")),
        ("th", 'skos:prefLabel "Law"@en', Label("Law", "en")),
        ("th", 'rdfs:label "กฎ"@th', Label("กฎ")),
        ("en", 'skos:prefLabel "กฎ"', Label("กฎ", "th")),
        ("th", 'skos:note "x"', Label(f"{BASE}/id/law/x")),
    ],
)
def test_names_in_the_readers_language(lang: str, turtle: str, label: Label) -> None:
    """A name in another language says which; a thing without a name shows its identifier."""
    assert namer(f"<{THING.value}> {turtle} .", lang).name(THING) == label


def test_external_terms_are_shown_short() -> None:
    """A public term without a label is a prefixed name, and leads to its own home."""
    link = namer("").link(term("foaf:Person"))
    assert (link.label.text, link.href, link.external) == (
        "foaf:Person",
        "http://xmlns.com/foaf/0.1/Person",
        True,
    )


@pytest.mark.parametrize(
    ("name", "literal", "thai", "english"),
    [
        ("dct:issued", '"2018-10-01"^^xsd:date', "1 ตุลาคม 2561", "1 October 2018"),
        ("dct:issued", '"soon"^^xsd:date', "soon", "soon"),
        ("km:yearBE", "2522", "พ.ศ. 2522 (ค.ศ. 1979)", "1979 (B.E. 2522)"),
        ("km:truncated", "true", "ใช่", "Yes"),
        ("schema:position", "3", "3", "3"),
    ],
)
def test_values_in_the_readers_era(name: str, literal: str, thai: str, english: str) -> None:
    """Thai readers get B.E., others C.E.; what is no date stays as it is."""
    for lang, words in (("th", thai), ("en", english)):
        speaking = namer(f"<{THING.value}> {name} {literal} .", lang)
        value = speaking.facts.one(THING, name)
        assert value is not None
        assert speaking.value(term(name).value, value).label.text == words


def test_a_list_of_one_kind_does_not_repeat_it() -> None:
    """Each of several kinds says its own; of one kind its owner, its service and its year."""
    one, other = (ox.NamedNode(f"{BASE}/id/leaflet/{key}") for key in ("a", "b"))
    said = """
        <http://localhost:8000/id/leaflet/a> dct:type kind:leaflet ;
            dct:publisher <http://o.example/> ; km:aboutService <http://s.example/> ;
            km:yearBE 2563 .
        <http://localhost:8000/id/leaflet/b> dct:type %s .
        <http://o.example/> skos:prefLabel "อบต. ก"@th .
        <http://s.example/> skos:prefLabel "ภาษี"@th .
        kind:leaflet skos:prefLabel "แผ่นพับ"@th . kind:act skos:prefLabel "พ.ร.บ."@th .
    """
    kind, act = Label("แผ่นพับ"), Label("พ.ร.บ.")
    assert member_notes(namer(said % "kind:act"), (one, other)) == {one: kind, other: act}
    told = Label("อบต. ก · ภาษี · พ.ศ. 2563 (ค.ศ. 2020)")
    assert member_notes(namer(said % "kind:leaflet"), (one, other)) == {one: told, other: kind}


def test_a_row_shows_all_words_of_one_language() -> None:
    """Two Thai names are both shown to a Thai reader, the English one is not."""
    speaking = namer(f'<{THING.value}> skos:altLabel "ก"@th , "ข"@th , "C"@en .')
    values = speaking.facts.values(THING, "skos:altLabel")
    links = speaking.values(term("skos:altLabel").value, values)
    assert [link.label.text for link in links] == ["ก", "ข"]


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_hostile_values_stay_text(iri: str) -> None:
    """A value that would run is shown, never linked."""
    link = namer("").link(ox.NamedNode(iri))
    assert (link.label.text, link.href) == (iri, "")


@pytest.mark.parametrize(
    "words",
    [
        ["กา", "แก", "ไก่", "ขา", "เขา"],
        ["ปา", "ป่า", "ป้า"],
        ["เก่ง", "เกม"],
        ["Act", "กฎ"],
        ["โรงเรียน", "วัด", "เวลา", "ใหญ่", "อำเภอ"],
    ],
)
def test_thai_order(words: list[str]) -> None:
    """Thai words stand as in the dictionary, leading vowels after their consonant."""
    mixed = set(words)
    assert sorted(mixed, key=sort_key) == words


def test_eras() -> None:
    """The Buddhist year is the Christian one and 543."""
    assert write_date(date(2020, 2, 29), "th") == "29 กุมภาพันธ์ 2563"
    assert write_year(2500, "en") == "1957 (B.E. 2500)"


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld"])
def test_same_triples_same_bytes(name: str) -> None:
    """Serialisation is stable, blank nodes and prefixes included, so that a tag can promise it."""
    turtle = f"<{THING.value}> dct:spatial [ rdfs:label 'ก'@th ] ; foaf:name 'x' ; a km:Law ."
    made = {serialize(list(facts(turtle).closure(THING)), name) for _ in range(5)}
    assert len(made) == 1


def test_json_ld_keeps_odd_iris_whole() -> None:
    """An IRI whose scheme looks like one of our prefixes is not expanded by our own context."""
    odd = ox.Triple(ox.NamedNode("km:thing"), term("km:confidence"), ox.NamedNode("dct:x"))
    read = list(ox.parse(serialize([odd], "jsonld"), format=ox.RdfFormat.JSON_LD))
    assert [quad.triple for quad in read] == [odd]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("(ฉบับที่ 2) พ.ศ. 2535 (ค.ศ. 1992)", "(ฉบับที่~2) พ.ศ.~2535 (ค.ศ.~1992)"),
        ("มาตรา ๑๑ บรรทัด 52 รายการที่ 5", "มาตรา~๑๑ บรรทัด~52 รายการที่~5"),
        ("(No. 2) 1979 (B.E. 2522), line 3", "(No.~2) 1979 (B.E.~2522), line~3"),
        ("ที่ ตั้ง มาตรา และ airline 3 <b>", "ที่ ตั้ง มาตรา และ airline 3 <b>"),
    ],
)
def test_numbers_stay_with_their_word(text: str, kept: str) -> None:
    """No line ends between an era, a section or a place in a row and its number."""
    assert keep_together(text) == kept.replace("~", "\u00a0")
