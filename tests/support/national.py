"""Five organisations made by hand, for questions that one organisation cannot answer.

A and B are in one district. C is in the next district. D is the organisation of the province. Only
the district of E is known. The tables below have the form of a site's CSV files, and leave every
cell empty that may be empty.
"""

from pathlib import Path

A, B, C, D, E = "sao-990101", "sao-990102", "sao-990201", "pao-99", "sao-980101"

SHARED = "พัฒนาความรู้ในองค์กรอย่างสม่ำเสมอ"
"""What A and C publish letter for letter; B's words differ by one letter."""

LEVEL = "การจัดการความรู้ในองค์การ"
"""What A, B and C publish letter for letter."""

_TABLES = {
    "areas": """
key,label_th,label_en,level,code,part_of
province-99,จังหวัดสมมติ,,province,99,
district-9801,อำเภอไร้จังหวัด,,district,9801,
district-9901,อำเภอหนึ่ง,First District,district,9901,province-99
district-9902,อำเภอสอง,,district,9902,province-99
tambon-980101,ตำบลอี,,subdistrict,980101,district-9801
tambon-990101,ตำบลเอ,,subdistrict,990101,district-9901
tambon-990102,ตำบลบี,,subdistrict,990102,district-9901
tambon-990201,ตำบลซี,,subdistrict,990201,district-9902
""",
    "topics": """
key,label_th
building-control,การควบคุมอาคาร
ethics,จริยธรรม
""",
    "services": """
key,label_th,label_en,topic
building-permit,การขออนุญาตก่อสร้าง,Building permit,building-control
local-tax,ภาษีท้องถิ่น,,ethics
""",
    "indicators": """
key,scheme,notation,label_th
o1,oit,O1,ข้อหนึ่ง
o2,oit,O2,ข้อสอง
lpa-1,lpa,1,ตัวชี้วัดอื่น
""",
    "fiscal_years": """
key,label_th,year_be,start,end
2561,ปีงบประมาณ 2561,2561,2017-10-01,2018-09-30
2562,ปีงบประมาณ 2562,2562,2018-10-01,2019-09-30
""",
    # Until 1940 the Thai year began in April: 1 February 1940 was still in B.E. 2482.
    "laws": """
key,kind,label_th,number,year_be,date,amends,topic
act-2482-alpha,act,พระราชบัญญัติอัลฟา,,2482,1940-02-01,,building-control
act-2510-alpha-2,act,พระราชบัญญัติอัลฟา (ฉบับที่ 2),2,2510,,act-2482-alpha,building-control
act-2530-alpha,act,พระราชบัญญัติอัลฟา พ.ศ. 2530,,2530,,act-2482-alpha,
act-2520-beta,act,พระราชบัญญัติเบตา,,2520,,,
act-2562-gamma,act,พระราชบัญญัติแกมมา,,2562,2019-04-30,,ethics
decree-2546,royal-decree,พระราชกฤษฎีกา,,2546,,,ethics
""",
    "provisions": """
key,label_th,law,number
decree-2546-s11,มาตรา 11,decree-2546,11
""",
    "organizations": f"""
key,label_th,label_en,area,services
{A},อบต.เอ,,tambon-990101,building-permit
{B},อบต.บี,SAO B,tambon-990102,building-permit; local-tax
{C},อบต.ซี,,tambon-990201,
{D},อบจ.สมมติ,,province-99,
{E},อบต.อี,,tambon-980101,
""",
    "plans": f"""
key,owner,position,label_th,issue_th,topic
{A}-km-1,{A},1,แผนของเอ,ประเด็น,ethics
{B}-km-1,{B},1,แผนของบี,ประเด็น,ethics
{C}-km-1,{C},1,แผนของซี,ประเด็น,ethics
{D}-km-1,{D},1,แผนของดี,ประเด็น,ethics
""",
    "collections": f"""
key,owner,position,scope,label_th
{A}-inside,{A},1,inside,คลังของเอ
""",
    # A names alpha "as amended", in two lists; B without; C names an amendment, and beta "as
    # amended", of which none is on record. One title has 80 letters, another is known to be cut.
    "entries": f"""
key,list,position,label_th,names,as_amended,truncated,verbatim
{A}-p1-1,{A}-km-1,1,อัลฟาและที่แก้ไขเพิ่มเติม,act-2482-alpha,yes,,
{A}-p1-2,{A}-km-1,2,เบตา,act-2520-beta,,,
{A}-i-1,{A}-inside,1,อัลฟาและที่แก้ไขเพิ่มเติม,act-2482-alpha,yes,,
{B}-p1-1,{B}-km-1,1,อัลฟา,act-2482-alpha,,,พรบ.อัลฟา
{B}-p1-2,{B}-km-1,2,เบตา,act-2520-beta,no,,
{C}-p1-1,{C}-km-1,1,อัลฟา ฉบับที่ 2,act-2510-alpha-2,,,
{C}-p1-2,{C}-km-1,2,เบตา…,act-2520-beta,yes,yes,
{D}-p1-1,{D}-km-1,1,คู่มือ,{D}-manual,,,{"ก" * 80}
""",
    "documents": f"""
key,owner,kind,label_th,edition_of,references,evidence,fiscal_year,year_be,date
{A}-report,{A},report,รายงานของเอ,,,o1,,2561,2018-09-30
{A}-report-2,{A},report,รายงานของเออีกฉบับ,{A}-report,,,,2562,
{B}-report,{B},report,รายงานของบี,,,,,2561,2018-10-01
{C}-report,{C},report,รายงานของซี,,,lpa-1,,,
{D}-manual,{D},manual,คู่มือของดี,,decree-2546-s11,o1; o2,2562,,
{D}-manual-2,{D},manual,คู่มือของดีอีกฉบับ,{D}-manual,,,,,
""",
    # B's leaflet may be about the building permit, but that waits to be confirmed. A's two links
    # were confirmed since: the documents state them too.
    "leaflets": f"""
key,owner,label_th,service,explains,page
{A}-permit,{A},แผ่นพับก่อสร้างของเอ,building-permit,act-2482-alpha,https://a.go.th/permit.pdf
{B}-leaflet,{B},แผ่นพับของบี,,,
{C}-permit,{C},แผ่นพับก่อสร้างของซี,building-permit,,
""",
    "links": f"""
key,from,relation,to,confidence
{A}-link-1,{A}-permit,explains,act-2482-alpha,plausible
{A}-link-2,{A}-report,evidenceFor,o1,plausible
{B}-link-1,{B}-leaflet,aboutService,building-permit,plausible
{B}-link-2,{B}-report,evidenceFor,o2,plausible
{C}-link-1,{C}-report,references,decree-2546,plausible
{C}-link-2,{C}-report,references,o1,plausible
{C}-link-3,{C}-permit,explains,act-2520-beta,unverified
""",
    # B says its own words twice; headings never count as the same statement.
    "statements": f"""
key,owner,kind,label_th,text_th,legal_basis,footnote_mark,source,line,verbatim
{A}-principle,{A},principle,หลักการของเอ,{SHARED},,,{A}-page,2,{SHARED}
{A}-duty,{A},duty,หน้าที่ของเอ,หน้าที่ของเอ,decree-2546-s11,,{A}-page,3,หน้าที่ของเอ
{A}-heading,{A},heading,หัวเรื่องของเอ,การจัดการความรู้,,,{A}-page,1,การจัดการความรู้
{A}-level,{A},level,ระดับของเอ,{LEVEL},,,{A}-page,4,{LEVEL}
{B}-heading,{B},heading,หัวเรื่องของบี,การจัดการความรู้,,,{B}-page,1,การจัดการความรู้
{B}-heading-2,{B},heading,หัวเรื่องรองของบี,{SHARED},,,,,{SHARED}
{B}-principle-1,{B},principle,หลักการของบี,{SHARED},,,{B}-page,2,{SHARED}ๆ
{B}-principle-2,{B},principle,หลักการของบีอีกครั้ง,{SHARED},,,{B}-page,3,{SHARED}ๆ
{B}-level,{B},level,ระดับของบี,{LEVEL},,,,,{LEVEL}
{C}-principle,{C},component,องค์ประกอบของซี,{SHARED},,,{C}-page,1,{SHARED}
{C}-level,{C},level,ระดับของซี,{LEVEL},,,,,{LEVEL}
{C}-heading,{C},heading,หัวเรื่องของซี,หัวเรื่อง,,,,,{"ข" * 80}
{D}-heading,{D},heading,หัวเรื่องของดี,{SHARED},,,,,{SHARED}ๆ
{D}-component,{D},component,องค์ประกอบของดี,องค์ประกอบ,,1,,,
{D}-duty,{D},duty,หน้าที่ของดี,หน้าที่ของดี,decree-2546-s11,,,,
""",
    "sources": f"""
key,owner,label_th
{A}-page,{A},หน้าของเอ
{B}-page,{B},หน้าของบี
{C}-page,{C},หน้าของซี
""",
    "corrections": f"""
key,of,kind,published,corrected,reason_th,confidence
{A}-1,{A}-principle,typo,สม่ำเสมอ,สม่ำเสมอ ๆ,เหตุผล,sure
{B}-1,{B}-heading,typo,จัดการ,การจัดการ,เหตุผล,sure
{B}-2,{B}-principle-1,omission,องค์กร,ในองค์กร,เหตุผล,sure
{B}-3,{B}-principle-2,typo,องค์กร,องค์การ,เหตุผล,sure
{C}-1,{C}-p1-2,truncation,เบตา,,เหตุผล,
""",
}


def write_national(folder: Path) -> Path:
    """Write the five organisations as CSV files into `folder`, and return it."""
    folder.mkdir(exist_ok=True)
    for name, text in _TABLES.items():
        (folder / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")
    return folder
