"""The page of each kind of thing in its own form: what a reader finds on it, and where."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.national import B, write_national
from support.sites import publish_once

from graph.release.manifest import Release
from publish.config import Config
from publish.server.stack import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(config: Config, site: Release) -> Iterator[FlaskClient]:
    """A client of the application on the bundled site."""
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the application on five made-up organisations."""
    folder = tmp_path_factory.mktemp("national")
    config = Config(data=folder / "var", workers=1)
    tables = write_national(folder / "tables")
    organisations = tables / "organizations.csv"
    head, *rows = organisations.read_text(encoding="utf-8").splitlines()
    known = {B: ",https://b.go.th/,สำนักปลัด,km@b.go.th"}
    rows = [row + known.get(row.partition(",")[0], ",,,") for row in rows]
    head += ",homepage,contact_name,contact_email"
    organisations.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    publish_once(config, tables)
    app = create_app(config)
    yield app.test_client()
    app.extensions["km"].current.close()


def visible(page: str) -> str:
    """Return the text of a page without its tags, white space as one space."""
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    return re.sub(r"\s+", " ", text)


def section(page: str, id: str) -> str:
    """Return the section that the heading `id` begins, as HTML."""
    found = re.search(rf'<section[^>]*aria-labelledby="{id}".*?</section>', page, re.DOTALL)
    assert found is not None, f"no section {id}"
    return found[0]


@pytest.mark.parametrize(
    ("path", "id", "words"),
    [
        ("plan/sao-301107-km-1", "entries", ["หลักเกณฑ์การพัฒนาบุคลากร", "ชื่อถูกตัดท้าย", "บรรทัด 31"]),
        ("plan/sao-301107-km-2", "entries", ["และที่แก้ไขเพิ่มเติม", "เอ่ยถึง พระราชบัญญัติควบคุมอาคาร"]),
        ("plan/sao-301107-km-1", "lacks", ["ไม่ได้ระบุปีงบประมาณ", "รายการที่ 3 และ 4", "4 จุด"]),
        ("plan/sao-301107-km-1?lang=en", "lacks", ["fiscal year", "no. 3 and 4", "OIT items"]),
        ("collection/sao-301107-outside", "entries", ["แผ่นพับภาษี", "กฎหมายที่เกี่ยวข้อง พระราชบัญญัติ"]),
        ("topic/building-control", "leaflet", ["แผ่นพับการขออนุญาตก่อสร้าง", "องค์การบริหารส่วนตำบล"]),
        ("topic/building-control", "law", ["(ฉบับที่ 2)", "กฎหมาย 4"]),
        ("topic/older-people", "document-standard", ["มาตรฐานการสงเคราะห์ผู้สูงอายุ"]),
        ("topic/personnel-administration", "around", ["เรื่องที่แคบกว่า", "บำเหน็จบำนาญ"]),
        ("law/act-2522-building-control", "history", ["พ.ศ. 2535 (ค.ศ. 1992)", "(ฉบับที่ 4)"]),
        ("law/act-2522-building-control?lang=en", "history", ["1992 (B.E. 2535)", "(No. 4)"]),
        ("law/act-2535-building-control-2", "history", ["พ.ศ. 2522 (ค.ศ. 1979)"]),
        ("law/act-2522-building-control", "cited", ["อ้างถึง 1 แห่ง", "รายการที่ 5", "แก้ไขเพิ่มเติม"]),
        ("law/act-2522-building-control", "explained", ["แผ่นพับการขออนุญาตก่อสร้าง"]),
        ("law/act-2522-building-control", "services", ["การขออนุญาตก่อสร้าง"]),
        ("law/decree-2546-good-governance", "sections", ["มาตรา 11"]),
        ("law/decree-2546-good-governance", "cited", ["อ้างถึง 1 แห่ง"]),
        ("leaflet/sao-301107-old-age-allowance", "laws", ["พ.ศ. 2566", "รอการยืนยัน"]),
        ("leaflet/sao-301107-building-permit", "laws", ["พ.ศ. 2522", "อธิบายกฎหมายฉบับนี้"]),
        ("leaflet/sao-301107-tax", "editions", ["ไม่ระบุปีแผ่นพับภาษี พ.ศ. 2563"]),
        ("leaflet/sao-301107-tax", "found-in", ["องค์ความรู้ภายนอกองค์กร", "รายการที่ 3"]),
        ("leaflet/sao-301107-tax", "laws", ["ยังไม่มีกฎหมาย"]),
        ("service/building-permit", "leaflet", ["แผ่นพับการขออนุญาตก่อสร้าง"]),
        ("service/building-permit", "providers", ["เมืองเกษตร"]),
        ("service/old-age-allowance", "laws", ["พ.ศ. 2566", "รอการยืนยัน", "ดูบันทึก"]),
        ("service/local-tax", "laws", ["พ.ศ. 2562", "อธิบายกฎหมายฉบับนี้"]),
        ("org/sao-301107", "lists", ["ประเด็นที่ 2", "5 รายการ", "องค์ความรู้ภายใน"]),
        ("org/sao-301107", "statements", ["องค์ประกอบที่ 4", "ระดับที่ 3", "หน้าที่ที่ 3", "บรรทัด 25"]),
        ("org/sao-301107", "documents", ["คู่มือ", "เอกสาร 12"]),
        ("entry/sao-301107-ext-4", "words", ["อนุยาต → อนุญาต", "สะกดผิด", "บรรทัด 59"]),
        ("entry/sao-301107-ext-4", "names", ["แผ่นพับการขออนุญาตก่อสร้าง", "พ.ศ. 2522"]),
        ("entry/sao-301107-p1-4", "words", ["ไม่ทราบ จึงไม่เดา"]),
        ("source/sao-301107-km-page", "lines", ["จุดบกพร่อง 25 จุด", "อนุยาต → อนุญาต", "บรรทัด"]),
    ],
)
def test_sections(client: FlaskClient, path: str, id: str, words: list[str]) -> None:
    """Each kind says what its readers come for, under a heading of its own."""
    text = visible(section(client.get(f"/doc/{path}").text, id))
    for word in words:
        assert word in text, word


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("law/act-2522-building-control", ["พ.ศ. 2522 (ค.ศ. 1979)", "การควบคุมอาคาร"]),
        ("law/act-2522-building-control?lang=en", ["1979 (B.E. 2522)", "Building control"]),
        ("plan/sao-301107-km-1", ["องค์การบริหารส่วนตำบลเมืองเกษตร", "ธรรมาภิบาล"]),
        ("leaflet/sao-301107-tax-2563", ["ภาษีท้องถิ่น", "พ.ศ. 2563"]),
        ("collection/sao-301107-inside", ["ภายใน"]),
    ],
)
def test_line_below_the_title(client: FlaskClient, path: str, words: list[str]) -> None:
    """Whose it is, what about and of which year stands below the title, in the reader's era."""
    page = client.get(f"/doc/{path}").text
    keys = re.search(r'<dl class="keys">.*?</dl>', page, re.DOTALL)
    assert keys is not None
    for word in words:
        assert word in visible(keys[0])


def test_an_entry_leads_to_what_it_names(client: FlaskClient) -> None:
    """The title of an entry leads to the law or leaflet itself, and beside it to the line."""
    entries = section(client.get("/doc/plan/sao-301107-km-2").text, "entries")
    titles = re.findall(r'entry-title"><a href="([^"]+)"', entries)
    assert titles[-1] == "/doc/law/act-2522-building-control"
    assert 'href="/doc/entry/sao-301107-p2-5"' in entries


def test_a_collection_lacks_nothing(client: FlaskClient) -> None:
    """What is missing is asked of plans only."""
    assert "lacks" not in client.get("/doc/collection/sao-301107-inside").text


def test_a_plan_with_its_year_and_laws_lacks_less(national: FlaskClient) -> None:
    """A plan whose every entry names a law is not told that entries are tied to none."""
    text = visible(section(national.get("/doc/plan/sao-990101-km-1").text, "lacks"))
    assert "ยังไม่ผูกกับกฎหมาย" not in text
    assert "ยังไม่มีหลักฐานยืนยัน 1 ข้อ" in text


def test_organisations_count_once(national: FlaskClient) -> None:
    """A law that one organisation names in two lists and another in one is cited by two."""
    cited = visible(section(national.get("/doc/law/act-2482-alpha").text, "cited"))
    assert "อ้างถึง 2 แห่ง" in cited
    assert cited.count("รายการที่ 1") == 3


def test_a_service_without_a_law_leads_to_its_topic(national: FlaskClient) -> None:
    """Where neither the service nor its leaflets name a law, the laws of its topic are near."""
    laws = section(national.get("/doc/service/local-tax").text, "laws")
    assert "ยังไม่มีกฎหมาย" in laws
    assert 'href="/doc/topic/ethics#law"' in laws


def test_a_leaflet_opens_or_says_whom_to_ask(national: FlaskClient) -> None:
    """The first button opens the file; where there is none, the owner and its contact stand."""
    opened = national.get("/doc/leaflet/sao-990101-permit").text
    assert '<a href="https://a.go.th/permit.pdf" class="button" rel="external noopener"' in opened
    assert "ยังไม่มีไฟล์" not in opened
    assert "foaf:page" in opened[opened.index('class="as-data"') :]
    asked = national.get("/doc/leaflet/sao-990102-leaflet").text
    assert "คลังนี้ยังไม่มีไฟล์ของแผ่นพับ" in asked
    for href in ("/doc/org/sao-990102", "https://b.go.th/", "mailto:km@b.go.th"):
        assert f'href="{href}"' in asked
    assert "ยังไม่มีไฟล์" not in national.get("/doc/law/act-2482-alpha").text


def test_how_sure_a_record_is_stands_above_only_where_it_is_not(client: FlaskClient) -> None:
    """That a record is sure is for readers of the data; that it is less than sure, for everyone."""
    for path, is_above in (
        ("law/decree-2546-good-governance", False),
        ("leaflet/sao-301107-old-age-allowance", True),
    ):
        page = client.get(f"/doc/{path}").text
        above, _, data = page.partition('class="as-data"')
        assert ("ความมั่นใจ" in visible(above)) == is_above
        assert "ความมั่นใจ" in visible(data)


def test_amendments_follow_the_law_they_amend(client: FlaskClient) -> None:
    """In the list of laws an amendment stands after its principal act, the oldest first."""
    page = client.get("/browse/law").text
    found = re.findall(r'href="/doc/law/(act-\d{4}-building-control[^"]*)"', page)
    assert found[0] == "act-2522-building-control"
    assert found[1:] == sorted(found[1:])
    assert len(found) > 2


def test_plans_say_their_year_and_owner(client: FlaskClient) -> None:
    """A plan in a list says of which fiscal year it is, or that it states none, and whose."""
    plans = visible(client.get("/browse/plan").text)
    assert "ไม่ระบุปีงบประมาณ · องค์การบริหารส่วนตำบลเมืองเกษตร" in plans
    assert "ไม่ระบุปีงบประมาณ" in visible(section(client.get("/").text, "lists"))
    assert "no fiscal year stated" in client.get("/browse/plan?lang=en").text


@pytest.mark.slow
def test_officers_are_led_to_the_newest_year(tmp_path: Path) -> None:
    """Where plans state fiscal years, the officer's way leads to the newest."""
    tables = write_national(tmp_path / "tables")
    plans = tables / "plans.csv"
    head, first, second, *rest = plans.read_text(encoding="utf-8").splitlines()
    lines = [f"{head},fiscal_year", f"{first},2561", f"{second},2562", *(f"{r}," for r in rest)]
    plans.write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = Config(data=tmp_path / "var", workers=1)
    publish_once(config, tables)
    app = create_app(config)
    officer = section(app.test_client().get("/").text, "for-officer")
    listed = visible(app.test_client().get("/browse/plan").text)
    app.extensions["km"].current.close()
    assert 'href="/doc/fiscal-year/2562"' in officer
    assert 'href="/doc/fiscal-year/2561"' not in officer
    assert "2562 · อบต.บี" in listed


def test_a_topic_gathers_organisations(national: FlaskClient) -> None:
    """The plans of four organisations stand on one topic's page, each with whose it is."""
    plans = visible(section(national.get("/doc/topic/ethics").text, "plan"))
    for name in ("อบต.เอ", "อบต.บี", "อบต.ซี", "อบจ.สมมติ"):
        assert name in plans


def test_newest_leaflets_come_first_and_laws_by_year(client: FlaskClient) -> None:
    """The leaflet of 2563 stands before the one without a year; the base act before amendments."""
    leaflets = visible(section(client.get("/doc/topic/local-tax").text, "leaflet"))
    assert leaflets.index("ภาษี 63") < leaflets.rindex("แผ่นพับภาษี")
    laws = visible(section(client.get("/doc/topic/building-control").text, "law"))
    assert laws.index("พ.ศ. 2522") < laws.index("พ.ศ. 2535") < laws.index("พ.ศ. 2550")


def test_entries_know_their_neighbours(client: FlaskClient) -> None:
    """The third entry leads to the second and the fourth, the first only on."""
    third = client.get("/doc/entry/sao-301107-ext-3").text
    assert "/doc/entry/sao-301107-ext-2" in third
    assert "/doc/entry/sao-301107-ext-4" in third
    nav = re.search(
        r'class="neighbours".*?</nav>', client.get("/doc/entry/sao-301107-ext-1").text, re.S
    )
    assert nav is not None
    assert nav[0].count("<a ") == 1


def test_lines_of_the_source_can_be_led_to(client: FlaskClient) -> None:
    """A statement's line number leads to that very line of the source page."""
    organisation = client.get("/doc/org/sao-301107").text
    found = set(re.findall(r'href="(/doc/source/[^"#]+)#(line-\d+)"', organisation))
    assert len(found) > 5
    for path, line in found:
        assert f'id="{line}"' in client.get(path).text


@pytest.mark.parametrize(
    "path", ["plan/sao-301107-km-1", "area/tambon-301107", "law/act-2537-tambon"]
)
def test_every_page_is_data_too(client: FlaskClient, path: str) -> None:
    """Collapsed at the end: the identifier, the triples, the files and a query that runs."""
    page = client.get(f"/doc/{path}").text
    data = re.search(r'<details class="as-data">.*?</details>', page, re.DOTALL)
    assert data is not None
    text = html.unescape(data[0])
    assert f"/id/{path}</code>" in text
    assert f"/id/{path}> a km:" in text
    for name in ("ttl", "jsonld", "rdf", "nt"):
        assert f'href="/doc/{path}.{name}"' in text
    href = re.search(r'href="(/sparql\?query=[^"]+)"', data[0])
    assert href is not None
    answer = client.get(html.unescape(href[1]), headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "<tbody>" in answer.text


def test_words_of_another_language_say_so(client: FlaskClient) -> None:
    """On an English page the verbatim words and Thai-only names are marked as Thai."""
    page = client.get("/doc/law/act-2522-building-control?lang=en").text
    assert '<span lang="th">พรบ.ควบคุมอาคาร</span>' in page
    source = client.get("/doc/source/sao-301107-km-page?lang=en").text
    assert source.count('class="line-words" lang="th"') == 46
    assert 'class="line-words" lang' not in client.get("/doc/source/sao-301107-km-page").text


def test_no_break_spaces_are_for_people_alone(client: FlaskClient) -> None:
    """Words on the page keep their number beside them; the data block and the files do not."""
    path = "/doc/law/act-2535-building-control-2"
    page = client.get(path).text
    assert "(ฉบับที่\u00a02) พ.ศ.\u00a02535</h1>" in page
    assert "\u00a0" not in "".join(re.findall(r"<script.*?</script>", page, re.DOTALL))
    assert "\u00a0" not in client.get(f"{path}.jsonld").text
