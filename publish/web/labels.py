"""Turns terms into labels and links in the reader's language.

In: terms, and the facts that name them. Out: `Label` and `Link`. Where a name has no English, an
English page shows the Thai one with its language tag. The text of a link is never a bare IRI of
ours.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pyoxigraph as ox

from graph.rdf.facts import Facts
from graph.rdf.vocab import Term, compact, expand
from graph.text.thai import sort_key
from publish.http.links import Links
from publish.web.page_data import Label, Link
from publish.web.texts import LANGUAGES, Texts

_THAI = re.compile("[ก-๛]")
_LETTER = re.compile("(?s:.)[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*")  # with marks above and below
_DATE = expand("xsd:date")
_BOOLEAN = expand("xsd:boolean")
_YEAR = expand("km:yearBE")


@dataclass(frozen=True)
class Namer:
    """Names terms for one reader: from these facts, in this language, with these addresses."""

    facts: Facts
    texts: Texts
    links: Links
    _linked: dict[Term, Link] = field(default_factory=dict, init=False, repr=False, compare=False)

    def pick(self, words: Mapping[str, str]) -> Label | None:
        """Return the words in the reader's language, else in Thai, English or any other."""
        for language in (self.texts.lang, *LANGUAGES, *words):
            if language in words:
                return self.label(words[language], language)
        return None

    def label(self, text: str, language: str = "") -> Label:
        """Return words with their language; without one, Thai letters mean Thai."""
        known = language or ("th" if _THAI.search(text) else "")
        return Label(text, "" if known == self.texts.lang else known)

    def name(self, term: Term) -> Label:
        """Return the name of a thing: its label, else its prefixed name, else its IRI."""
        found = self.pick(self.facts.names(term))
        if found is not None:
            return found
        if isinstance(term, ox.NamedNode):
            return Label(_short(term.value))
        return Label(self.texts("value.nameless"))

    def name_of(self, iri: str) -> Label:
        """Return the name of the thing with this IRI."""
        return self.name(ox.NamedNode(iri)) if iri else Label("")

    def link(self, term: Term, note: Label | None = None) -> Link:
        """Return a link to a thing; with an empty address if the IRI must not become a link (see
        `Links.href`)."""
        if note is None and term in self._linked:  # the lines of a list share owners and kinds
            return self._linked[term]
        href = self.links.href(term.value) if isinstance(term, ox.NamedNode) else None
        url, external = (href.url, href.external) if href else ("", False)
        link = Link(self.name(term), url, external, note)
        if note is None:
            self._linked[term] = link
        return link

    def value(self, predicate: str, term: Term) -> Link:
        """Return a value of a row; dates and years are in the reader's era."""
        if not isinstance(term, ox.Literal):
            return self.link(term)
        text, datatype = term.value, term.datatype.value
        if predicate == _YEAR and text.isdigit():
            return Link(Label(self.texts.year(int(text))))
        if datatype == _BOOLEAN:
            return Link(Label(self.texts("value.yes" if text in ("true", "1") else "value.no")))
        if datatype == _DATE:
            return self._day(text)
        return Link(self.label(text, term.language or ""))

    def values(self, predicate: str, terms: Iterable[Term]) -> tuple[Link, ...]:
        """Return the values of a row: texts in one language, then things by their names."""
        literals = [t for t in terms if isinstance(t, ox.Literal)]
        spoken = {t.language for t in literals if t.language}
        best = next((x for x in (self.texts.lang, *LANGUAGES, *sorted(spoken)) if x in spoken), "")
        words = [self.label(t.value, best) for t in literals if t.language and t.language == best]
        things = [self.link(t) for t in terms if not isinstance(t, ox.Literal)]
        return (
            *(Link(w) for w in words),
            *(self.value(predicate, t) for t in literals if not t.language),
            *sorted(things, key=lambda link: sort_key(link.label.text)),
        )

    def words(self, term: Term, name: str) -> Label | None:
        """Return the text of a property, in the reader's language if it has that."""
        texts = self.facts.texts(term, name)
        plain = texts.pop("", None)
        return self.pick(texts) or (self.label(plain) if plain is not None else None)

    def linked(self, term: Term, name: str) -> Link | None:
        """Return a link to the first value of a property, if there is one."""
        found = self.facts.one(term, name)
        return None if found is None else self.link(found)

    def _day(self, text: str) -> Link:
        try:
            return Link(Label(self.texts.date(date.fromisoformat(text))), datetime=text)
        except ValueError:
            return Link(Label(text))


def _short(iri: str) -> str:
    name = compact(iri)
    return iri if name.startswith("<") else name


def split_letters(text: str) -> list[str]:
    """Return the letters of a text, each with the marks above and below it."""
    return _LETTER.findall(text)


def cut(text: str, most: int) -> str:
    """Return a text cut to so many letters; marks above and below a letter do not count.

    >>> cut("ที่นี่ความรู้", 3), cut("ที่นี่", 4)
    ('ที่นี่…', 'ที่นี่')
    """
    letters = split_letters(text)
    return text if len(letters) <= most else "".join(letters[: most - 1]) + "…"
