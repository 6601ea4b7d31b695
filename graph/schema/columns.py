"""One column of a sheet: its description by the shapes, as a cell or a parameter is read by it."""

import re
from dataclasses import dataclass

from graph.findings import Text


@dataclass(frozen=True)
class Column:
    """One column. Exactly one of `codes`, `classes`, `datatype`, `lang`, `is_iri` says its values.

    Attributes:
        name: the header, small Latin letters; the Thai and English titles are understood too.
        predicate: the property's IRI; `inverse` when the row is its object.
        codes: code to IRI, for a closed list.
        code_names: what people call the codes, to code; understood like it.
        classes: IRIs of the classes whose keys may stand here.
        separator: what separates several values, None where there is one.
        required: whether the column itself may not be missing.
        is_address: whether a cell holds the end of an identifier, such as plan/sao-301107-km-1.
    """

    name: str
    title: Text
    description: Text
    message: Text
    predicate: str
    order: float
    inverse: bool = False
    codes: tuple[tuple[str, str], ...] = ()
    code_names: tuple[tuple[str, str], ...] = ()
    classes: tuple[str, ...] = ()
    datatype: str | None = None
    lang: str | None = None
    is_iri: bool = False
    separator: str | None = None
    required: bool = False
    is_address: bool = False

    @property
    def called(self) -> Text:
        """The title as messages name it, with the code in brackets."""
        return call(self.title, self.name)

    @property
    def choices(self) -> tuple[str, ...]:
        """What to offer for each code: its Thai name, or the code itself."""
        thai = {c: n for n, c in reversed(self.code_names) if re.search("[ก-ฮ]", n)}
        return tuple(thai.get(code, code) for code, _ in self.codes)


def call(title: Text, code: str) -> Text:
    """Return how messages name a column: by its header, the code after it.

    >>> call(Text("ชื่อ (ไทย)", "Name (Thai)"), "label_th").th
    '“ชื่อ (ไทย)” [label_th]'
    """
    after = Text(f" [{code}]", "" if title.en == code else f" [{code}]")
    return Text(f"“{title.th}”{after.th}", f'"{title.en}"{after.en}')
