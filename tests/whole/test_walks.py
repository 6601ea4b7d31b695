"""Three people walk from the home page to their answer, in a browser, by what they can read."""

import re

from playwright.sync_api import Page, expect
from support.programs import needs_chromium

pytestmark = needs_chromium


def step(page: Page, name: str, within: str = "main") -> None:
    """Follow the link of that name."""
    page.locator(within).get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def test_a_citizen_finds_the_leaflet_and_the_law_behind_it(page: Page, server: str) -> None:
    """From the home page by the service to the leaflet on the old-age allowance, and to its law."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server)
    for_citizens = page.get_by_role("region", name="ประชาชน")
    for_citizens.get_by_role("link", name="เบี้ยยังชีพผู้สูงอายุ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("เบี้ยยังชีพผู้สูงอายุ")
    page.get_by_role("region", name="แผ่นพับ").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("แผ่นพับเบี้ยยังชีพผู้สูงอายุ")
    behind = page.get_by_role("region", name="กฎหมายที่อยู่เบื้องหลัง")
    expect(behind).to_contain_text("ยังรอการยืนยัน")
    behind.get_by_role("link", name="พ.ศ. 2566").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ระเบียบกระทรวงมหาดไทย")
    expect(page.locator(".keys")).to_contain_text("พ.ศ. 2566 (ค.ศ. 2023)")


def test_a_citizen_reads_about_a_topic(page: Page, server: str) -> None:
    """By the topic: the leaflet, the law and its amendments on one page."""
    page.goto(server)
    page.get_by_role("region", name="เลือกตามเรื่อง").get_by_role("link", name="การควบคุมอาคาร").click()
    expect(page.get_by_role("region", name="กฎหมาย").get_by_role("listitem")).to_have_count(4)
    step(page, "แผ่นพับการขออนุญาตก่อสร้าง")
    step(page, "พระราชบัญญัติควบคุมอาคาร พ.ศ. 2522")
    expect(page.get_by_role("region", name="ฉบับแก้ไขเพิ่มเติม")).to_contain_text("(ฉบับที่ 4)")


def test_an_officer_finds_the_plan_and_what_is_missing(page: Page, server: str) -> None:
    """From the home page to a plan, to what it lacks, and on to the items without evidence."""
    page.goto(server)
    for_officers = page.get_by_role("region", name="เจ้าหน้าที่ KM")
    for_officers.get_by_role("link", name="การส่งเสริมจิตสำนึก").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ประเด็นที่ 1")
    expect(page.locator(".entries > li")).to_have_count(5)
    lacks = page.get_by_role("region", name="สิ่งที่ยังขาด")
    expect(lacks).to_contain_text("ไม่ได้ระบุปีงบประมาณ")
    lacks.get_by_role("listitem").filter(has_text="OIT").get_by_role("link").click()
    page.wait_for_load_state()
    assert "/queries/evidence-missing" in page.url
    assert "organisation=sao-301107" in page.url
    expect(page.locator("tbody tr")).to_have_count(2)


def test_an_officer_finds_the_fault_on_the_page(page: Page, server: str) -> None:
    """From an entry to its words as published, why they are wrong, and the line they stand on."""
    page.goto(server)
    step(page, "องค์ความรู้ภายนอกองค์กร")
    page.locator(".entries > li").nth(3).get_by_role("link", name="ถ้อยคำตามต้นฉบับ").click()
    expect(page.locator(".published mark")).to_have_text("อนุยาต")
    expect(page.locator(".corrections")).to_contain_text("อนุญาต")
    step(page, "บรรทัด 59")
    line = page.locator("#line-59")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("สะกดผิด")


def test_an_analyst_follows_links_to_the_data(page: Page, server: str) -> None:
    """In English, from a law to what explains it, to the triples, and to a query that runs."""
    page.goto(f"{server}?lang=en")
    for_analysts = page.get_by_role("region", name="For analysts")
    for_analysts.get_by_role("link", name="Which leaflet explains which law").click()
    page.locator("tbody").get_by_role(
        "link", name=re.compile("Building Control|ควบคุมอาคาร")
    ).first.click()
    page.wait_for_load_state()
    assert "/doc/law/act-2522-building-control" in page.url
    data = page.locator("details.as-data")
    expect(data.get_by_text("Permanent identifier")).to_be_hidden()
    data.get_by_text("This page as data").first.click()
    expect(data.locator(".iri")).to_have_text(f"{server}/id/law/act-2522-building-control")
    turtle = data.get_by_role("link", name="Turtle").get_attribute("href")
    answer = page.request.get(f"{server}{turtle}")
    assert answer.headers["content-type"].startswith("text/turtle")
    data.get_by_role("link", name="Open it on the query page").click()
    page.wait_for_load_state()
    expect(page.locator("#answer tbody tr").first).to_be_visible()
