"""Words made comparable: what officers and citizens type for one and the same name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.text.normalise import read_abbreviations, read_normaliser

SAME = [
    ("พ.ร.บ.ควบคุมอาคาร", "พระราชบัญญัติควบคุมอาคาร"),
    ("พรบ ควบคุมอาคาร", "พระราชบัญญัติควบคุมอาคาร"),
    ("พรบ.ควบคุมอาคาร", "พระราชบัญญัติควบคุมอาคาร"),
    ("พ. ร. บ. ควบคุมอาคาร", "พระราชบัญญัติควบคุมอาคาร"),
    ("พ.ร.ฎ.", "พระราชกฤษฎีกา"),
    ("อบต.เมืองเกษตร", "องค์การบริหารส่วนตำบลเมืองเกษตร"),
    ("นายกอบต.เมืองเกษตร", "นายกองค์การบริหารส่วนตำบลเมืองเกษตร"),
    ("พ.ศ. ๒๕๒๒", "2522"),
    ("พ.ศ๒๕๔๖", "2546"),
    ("B.E. 2522", "2522"),
    ("เเผ่นพับ", "แผ่นพับ"),
    ("น\u0e4dาใจ", "นำใจ"),
    ("น\u0e49\u0e4dา", "น้ำ"),
    ("น\u0e4d\u0e49า", "น้ำ"),
    ("น\u0e33\u0e49", "น้ำ"),
    ("ท\u0e48\u0e35", "ที่"),
    ("ด\u0e32\u0e49น", "ด้าน"),
    ("ที่\u0e48", "ที่"),
    ("ประเมิน\u200bผล", "ประเมินผล"),
    ("ประเมิน\u00a0ผล", "ประเมินผล"),
    ("ปี ที่ ๑", "ปีที่1"),
    ("“การเรียนรู้”", "การเรียนรู้"),
    ("Building-Control ACT", "building control act"),
    ("learning organisation", "learning organization"),
    ("Don’ts", "don'ts"),
    ("Mueang Kaset SAO", "mueang kaset subdistrict administrative organisation"),
]
DIFFERENT = [
    ("สถานที่", "กรมส่งเสริมการปกครองท้องถิ่นานที่"),  # สถ. is a word of its own only
    ("พศิน", "ิน"),  # a name, no era
    ("building control", "buildingcontrol"),
    ("ข่าว", "ขาว"),
]


@pytest.mark.parametrize(("typed", "meant"), SAME)
def test_ways_to_type_it_are_one(typed: str, meant: str) -> None:
    """Both are the same when they are compared."""
    assert read_normaliser().normalise(typed) == read_normaliser().normalise(meant)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_words_stay_other(one: str, other: str) -> None:
    """What means something else is not the same."""
    assert read_normaliser().normalise(one) != read_normaliser().normalise(other)


def test_kinds_keep_their_short_forms_in_the_ontology() -> None:
    """The table does not repeat what skos:altLabel says of a kind of document."""
    assert read_abbreviations()["พ.ร.บ."] == "พระราชบัญญัติ"
    normalised = read_normaliser().normalise("พ.ร.ฎ. พรบ.")
    assert normalised == "พระราชกฤษฎีกาพระราชบัญญัติ"


WORDS = st.text(alphabet=st.sampled_from("กขคบพรตอ .ัิ่้ำาเแํ๐๑abBE'-(5"), max_size=30)


@given(WORDS | st.text(max_size=30))
def test_a_trace_is_the_fold_with_its_places(text: str) -> None:
    """Highlighting sees what the index sees, and every place is within the source."""
    traced = read_normaliser().trace(text)
    assert traced.text == read_normaliser().normalise(text)
    assert len(traced.spans) == len(traced.text)
    assert all(0 <= start <= end <= len(traced.source) for start, end in traced.spans)


def test_a_place_takes_whole_letters() -> None:
    """A highlight ends after the marks of its last letter, and covers a whole abbreviation."""
    traced = read_normaliser().trace("ที่ พ.ร.บ. นี้")
    at = traced.text.index("พระราช")
    start, end = traced.place(at, at + 3)
    assert traced.source[start:end] == "พ.ร.บ."
    start, end = traced.place(0, 1)
    assert traced.source[start:end] == "ที่"
