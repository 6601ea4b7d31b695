"""What all organisations of the made-up country share: areas, topics, laws and their popularity.

In: the tables of the bundled site, places and a seed. Out: the tables of the shared folder, and
`Shared`, from which an organisation picks what it names: few laws are named by all, most by few.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from support.cases import Tables

from bench.places import Place, areas_of

LAST_YEAR = 2568
FIRST_YEAR = LAST_YEAR - 11
LAWS_MADE_UP = 300
_SHARED = ("agencies", "topics", "services", "indicators", "laws", "provisions")
_TOPICS = """
solid-waste|การจัดการขยะมูลฝอย|Solid waste management
water-supply|ประปาหมู่บ้าน|Village water supply
roads|ถนนและทางเดินเท้า|Roads and footways
public-health|สาธารณสุข|Public health
early-childhood|ศูนย์พัฒนาเด็กเล็ก|Child development centres
disabled-people|คนพิการ|Disabled people
organic-farming|เกษตรอินทรีย์|Organic farming
community-forest|ป่าชุมชน|Community forests
local-culture|ศิลปวัฒนธรรมท้องถิ่น|Local arts and culture
local-wisdom|ภูมิปัญญาท้องถิ่น|Local wisdom
tourism|การท่องเที่ยวชุมชน|Community tourism
sport|กีฬาและนันทนาการ|Sport and recreation
procurement|การจัดซื้อจัดจ้าง|Procurement
budgeting|การจัดทำงบประมาณ|Budgeting
accounting|การบัญชี|Accounting
internal-audit|การตรวจสอบภายใน|Internal audit
public-participation|การมีส่วนร่วมของประชาชน|Public participation
information-disclosure|การเปิดเผยข้อมูลข่าวสาร|Disclosure of information
digital-services|บริการดิจิทัล|Digital services
personal-data|การคุ้มครองข้อมูลส่วนบุคคล|Protection of personal data
food-sanitation|สุขาภิบาลอาหาร|Food sanitation
rabies|โรคพิษสุนัขบ้า|Rabies
dengue|โรคไข้เลือดออก|Dengue fever
wastewater|การบำบัดน้ำเสีย|Wastewater treatment
occupations|การส่งเสริมอาชีพ|Promotion of occupations
savings-groups|กลุ่มออมทรัพย์|Savings groups
town-planning|การวางผังเมือง|Town planning
street-lighting|ไฟฟ้าสาธารณะ|Street lighting
markets|ตลาด|Markets
cemeteries|สุสานและฌาปนสถาน|Cemeteries
"""


@dataclass(frozen=True)
class Shared:
    """The shared tables, and the order in which laws and topics are liked."""

    tables: Tables
    laws: Sequence[dict[str, str]]
    topics: Sequence[dict[str, str]]

    def pick_law(self, chance: random.Random) -> dict[str, str]:
        """Return a law: the nth is named a nth as often as the first."""
        return chance.choices(self.laws, cum_weights=self._law_weights)[0]

    def pick_topic(self, chance: random.Random) -> dict[str, str]:
        """Return a topic, with the same long tail."""
        return chance.choices(self.topics, cum_weights=self._topic_weights)[0]

    @cached_property
    def _law_weights(self) -> list[float]:
        return list(accumulate(1 / n for n in range(1, len(self.laws) + 1)))

    @cached_property
    def _topic_weights(self) -> list[float]:
        return list(accumulate(1 / n for n in range(1, len(self.topics) + 1)))


def make_shared(bundled: Tables, places: Iterable[Place], seed: int) -> Shared:
    """Return what the organisations of these places share."""
    tables = {name: [dict(row) for row in bundled[name]] for name in _SHARED}
    tables["topics"] += _topics(tables["topics"][0])
    tables["laws"] += _laws(tables, random.Random(f"laws {seed}"))
    tables["fiscal_years"] = [_fiscal_year(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    tables["areas"] = [
        {
            "key": area.key,
            "label_th": area.name_th,
            "label_en": area.name_en,
            "level": area.level,
            "code": area.code,
            "part_of": area.part_of,
        }
        for area in areas_of(places)
    ]
    return Shared(tables, tables["laws"], tables["topics"])


def _topics(like: dict[str, str]) -> Iterable[dict[str, str]]:
    for line in _TOPICS.strip().splitlines():
        key, thai, english = line.split("|")
        yield dict.fromkeys(like, "") | {"key": key, "label_th": thai, "label_en": english}


def _laws(tables: Tables, chance: random.Random) -> Iterable[dict[str, str]]:
    """Yield regulations that never were, on topics that are."""
    for number in range(1, LAWS_MADE_UP + 1):
        topic, year = chance.choice(tables["topics"]), chance.randint(2530, 2567)
        about, about_en = topic["label_th"], topic["label_en"]
        yield dict.fromkeys(tables["laws"][0], "") | {
            "key": f"regulation-{year}-made-up-{number}",
            "kind": "regulation",
            "label_th": f"ระเบียบสมมติ (ฉบับที่ {number}) ว่าด้วย{about} พ.ศ. {year}",
            "label_en": f"Made-up Regulation (No. {number}) on {about_en}, B.E. {year}",
            "number": str(number),
            "year_be": str(year),
            "topic": topic["key"],
            "confidence": "sure",
        }


def _fiscal_year(year: int) -> dict[str, str]:
    return {
        "key": str(year),
        "label_th": f"ปีงบประมาณ พ.ศ. {year}",
        "label_en": f"Fiscal year B.E. {year} ({year - 543})",
        "year_be": str(year),
        "start": f"{year - 544}-10-01",
        "end": f"{year - 543}-09-30",
    }
