"""Thai and English words made comparable for search: one form for the many ways to type them.

In: words as published or as typed. Out: `normalise` gives the form that is indexed and looked up,
`split` the words of a query in that form, `trace` the form with the place in the original that each
of its characters came from, for highlighting.

The order of marks is Unicode's NFC (never NFKC, which takes ำ apart); tone marks typed before their
vowel change places, เเ is แ, nikhahit with า is ำ. Thai digits become 0-9, abbreviations what they
stand for (`abbreviations.toml`, and skos:altLabel in the concept schemes). Spaces next to a Thai
letter are removed, since Thai is written with or without them.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from graph.rdf.facts import gather
from graph.rdf.vocab import read_package, term
from graph.text.thai import arabic_digits

_THAI = "\u0e01-\u0e5b"
_MARK = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # written above or below a letter
_TONE = "\u0e48-\u0e4c"
_VOWEL = "\u0e31\u0e34-\u0e3a"  # above or below, typed before its tone mark
_FOLLOWING = "\u0e30-\u0e3a\u0e47-\u0e4e"  # what cannot begin a word
# Where an abbreviation may begin: at a word's beginning, or before letters with a dot near by.
_START = rf"(?:(?<![a-z{_THAI}])|(?=[ก-ฮ]{{1,4}}\.))"
_CUT = re.compile(rf"[{_THAI}]+|[0-9]+|[^\W\d{_THAI}]+")
# A group that readers see as one letter (UAX #29) ends so.
_CLUSTER_END = re.compile(f"[{_MARK}]*ำ?")
_CLUSTER_PART = re.compile(f"[{_MARK}ำ]")

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Replace:
    """One replacement, made everywhere in the text."""

    pattern: re.Pattern[str]
    replacement: Replacement


@dataclass(frozen=True)
class Traced:
    """A normalised text; `spans` are where each of its characters stood in `source`."""

    source: str
    text: str
    spans: tuple[tuple[int, int], ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the source behind text[start:end], no letter parted from its marks."""
        first, last = self.spans[start][0], max(e for _, e in self.spans[start:end])
        while first and _CLUSTER_PART.match(self.source, first):
            first -= 1
        marks = _CLUSTER_END.match(self.source, last)
        return first, marks.end() if marks else last


@dataclass(frozen=True)
class Normaliser:
    """Normalises text by its steps; `join`, the last, removes spaces beside Thai letters."""

    steps: tuple[Replace, ...]
    join: Replace

    def normalise(self, text: str) -> str:
        """Return the text as it is compared.

        >>> read_normaliser().normalise("พ.ร.บ. ควบคุมอาคาร พ.ศ. ๒๕๒๒")
        'พระราชบัญญัติควบคุมอาคาร2522'
        """
        return self.join.pattern.sub(self.join.replacement, self._apart(text)).strip()

    def split(self, text: str) -> tuple[str, ...]:
        """Return the words of a query, cut at spaces and where digits or another script begin.

        >>> read_normaliser().split("แผ่นพับภาษี63  Tax")
        ('แผ่นพับภาษี', '63', 'tax')
        """
        return tuple(_CUT.findall(self._apart(text)))

    def trace(self, text: str) -> Traced:
        """Return the normalised text with the place that each character came from."""
        source = unicodedata.normalize("NFC", text)
        normalised, spans = source, [(at, at + 1) for at in range(len(source))]
        for step in (*self.steps, self.join):
            normalised, spans = _follow(step, normalised, spans)
        return Traced(source, normalised, tuple(spans))

    def _apart(self, text: str) -> str:
        normalised = unicodedata.normalize("NFC", text)
        for step in self.steps:
            normalised = step.pattern.sub(step.replacement, normalised)
        return normalised


@cache
def read_normaliser() -> Normaliser:
    """Return the normaliser with the abbreviations that ship with the program."""
    return make_normaliser(read_abbreviations())


def read_abbreviations() -> dict[str, str]:
    """Return what each short form stands for, from the table and from the concept schemes."""
    table = (files("graph.text") / "abbreviations.toml").read_text(encoding="utf-8")
    found: dict[str, str] = tomllib.loads(table)
    facts = gather(read_package("ontology"))
    for concept in facts.subjects("rdf:type", term("skos:Concept")):
        name = facts.names(concept).get("th")
        for short in facts.values(concept, "skos:altLabel"):
            if name and isinstance(short, ox.Literal) and short.value.endswith("."):
                found[short.value] = name
    return found


def make_normaliser(abbreviations: Mapping[str, str]) -> Normaliser:
    """Return a normaliser with these abbreviations."""
    steps = (
        Replace(re.compile(f"[A-Z]|[^\\x00-\\xbf{_THAI}]"), lambda m: m[0].casefold()),
        Replace(re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]"), ""),
        Replace(re.compile("[๐-๙]"), lambda m: arabic_digits(m[0])),
        Replace(re.compile("เเ"), "แ"),
        Replace(re.compile(f"([{_TONE}\u0e47])([{_VOWEL}]+)"), r"\2\1"),
        Replace(re.compile("\u0e4d([\u0e48-\u0e4b]?)า"), "\\1ำ"),
        Replace(re.compile("([\u0e48-\u0e4b])\u0e4dา"), "\\1ำ"),
        Replace(re.compile("([าำ])([\u0e48-\u0e4b])"), r"\2\1"),
        Replace(re.compile(f"([{_MARK}])\\1+"), r"\1"),
        *_abbreviation_steps(abbreviations),
        Replace(re.compile(rf"(?<=[{_THAI}])\."), ""),
        Replace(re.compile("isation"), "ization"),
        Replace(re.compile("['’]"), ""),
        Replace(re.compile(rf"(?:[^\w{_THAI}]|[_ฯ])+"), " "),
    )
    beside_thai = f"(?<=[{_THAI}]) | (?=[{_THAI}])|^ +| +$"
    return Normaliser(steps, Replace(re.compile(beside_thai), ""))


def _abbreviation_steps(abbreviations: Mapping[str, str]) -> Iterator[Replace]:
    """Yield one step for the Thai short forms and one for the Latin ones, longest first."""
    shorts = sorted(abbreviations, key=lambda short: (-len(short), short))
    for is_thai in (True, False):
        chosen = [s for s in shorts if bool(re.match(f"[{_THAI}]", s)) is is_thai]
        if chosen:
            meanings = [abbreviations[short] for short in chosen]
            spelt = _spell_thai if is_thai else _spell_latin
            begins = "".join(sorted({short[0].lower() for short in chosen}))
            forms = "|".join(f"({spelt(short)})" for short in chosen)
            yield Replace(
                re.compile(f"{_START}(?=[{begins}])(?:{forms})"), _Meaning(tuple(meanings))
            )


@dataclass(frozen=True)
class _Meaning:
    """Writes what the abbreviation that was found stands for."""

    meanings: tuple[str, ...]

    def __call__(self, match: re.Match[str]) -> str:
        assert match.lastindex is not None  # each alternative is a group
        return self.meanings[match.lastindex - 1]


def _spell_thai(short: str) -> str:
    """Return a pattern of its spellings: with dots, or without them at the start of a word.

    A bare form of two letters must be a word of its own: สถ also begins สถานที่.
    """
    letters = [re.escape(c) for c in short if c != "."]
    dotted = r"\.\s?".join(letters)
    closed = "".join(letters) + r"\."
    after = f"(?![{_FOLLOWING}])" if len(letters) > 2 else f"(?![{_THAI}])"
    bare = f"(?<![{_THAI}]){''.join(letters)}{after}"
    return rf"{dotted}\.?|{closed}|{bare}" if len(letters) > 1 else rf"{dotted}\."


def _spell_latin(short: str) -> str:
    letters = [re.escape(c) for c in short.lower() if c != "."]
    dotted = r"\.".join(letters) + r"\b\.?"
    return rf"(?<![a-z0-9])(?:{''.join(letters)}(?![a-z])|{dotted})"


def _follow(
    step: Replace, text: str, spans: list[tuple[int, int]]
) -> tuple[str, list[tuple[int, int]]]:
    """Apply one step and update the spans."""
    if step.pattern.search(text) is None:
        return text, spans
    made, kept, at = list[str](), list[tuple[int, int]](), 0
    for match in step.pattern.finditer(text):
        start, end = match.span()
        written = (
            match.expand(step.replacement)
            if isinstance(step.replacement, str)
            else (step.replacement(match))
        )
        made += (text[at:start], written)
        kept += spans[at:start]
        if len(written) == end - start:
            kept += spans[start:end]
        elif start < end:
            kept += [(spans[start][0], spans[end - 1][1])] * len(written)
        at = end
    return "".join((*made, text[at:])), kept + spans[at:]
