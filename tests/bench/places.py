"""Which organisations there are: real provinces, districts and tambons, with their official codes.

In: a number and a seed. Out: `Place`s, each an organisation that could be: the administrative
organisation of a tambon, the municipality of a district's town, or that of a province. A larger
number under the same seed holds the smaller ones. The names come from the package `geothai`.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import geothai

BANGKOK = "10"
"""Has no local governments of this kind."""

_KINDS = {
    "sao": ("องค์การบริหารส่วนตำบล", "อบต.", "Subdistrict Administrative Organisation (SAO)"),
    "municipality": ("เทศบาลตำบล", "ทต.", "Subdistrict Municipality"),
    "pao": ("องค์การบริหารส่วนจังหวัด", "อบจ.", "Provincial Administrative Organisation (PAO)"),
}


@dataclass(frozen=True)
class Area:
    """A province, district or tambon: its level, code, names and the key of what it is part of."""

    level: str
    code: str
    name_th: str
    name_en: str
    part_of: str

    @property
    def key(self) -> str:
        """The key of its row."""
        return f"{'tambon' if self.level == 'subdistrict' else self.level}-{self.code}"


@dataclass(frozen=True)
class Place:
    """One organisation: its kind and the areas it belongs to, the smallest last."""

    kind: str
    areas: tuple[Area, ...]

    @property
    def slug(self) -> str:
        """The key of the organisation."""
        return f"{self.kind}-{self.areas[-1].code}"

    @property
    def name(self) -> str:
        """What the place is called in Thai."""
        return self.areas[-1].name_th

    @property
    def title_th(self) -> str:
        """The organisation's full name."""
        return _KINDS[self.kind][0] + self.name

    @property
    def short_th(self) -> str:
        """The organisation's name as people write it."""
        return _KINDS[self.kind][1] + self.name

    @property
    def title_en(self) -> str:
        """The organisation's full name in English."""
        return f"{self.areas[-1].name_en} {_KINDS[self.kind][2]}"


def choose_places(number: int, seed: int) -> list[Place]:
    """Return so many organisations in the order of their slugs. Raises ValueError for too many."""
    places = sorted(_all_places(), key=lambda p: p.slug)
    if number > len(places):
        raise ValueError(f"there are only {len(places):,} places")
    random.Random(seed).shuffle(places)
    return sorted(places[:number], key=lambda p: p.slug)


def areas_of(places: Iterable[Place]) -> list[Area]:
    """Return every area of these places once, provinces before what is part of them."""
    found = {area.key: area for place in places for area in place.areas}
    return sorted(found.values(), key=lambda a: (len(a.code), a.code))


def _all_places() -> Iterator[Place]:
    for p in geothai.provinces():
        if p.code == BANGKOK:
            continue
        province = Area("province", p.code, p.name_th, p.name_en, "")
        yield Place("pao", (province,))
        for d in geothai.districts(p.code):
            district = Area("district", d.code, d.name_th, d.name_en, province.key)
            yield Place("municipality", (province, district))
            for s in geothai.subdistricts(d.code):
                tambon = Area("subdistrict", s.code, s.name_th, s.name_en, district.key)
                yield Place("sao", (province, district, tambon))
