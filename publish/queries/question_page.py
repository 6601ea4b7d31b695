"""The page of one saved question: its form, its answer as a table, charts, and links on.

In: a `SavedQuery`, the values that a reader gave, and the rows of the answer. Out: the dataclasses
of `templates/question.html`. Columns that name the thing of another column (`?lawTh`, `?lawEn`
beside `?law`) become the words of its link, in the reader's language. A parameter that has the same
value in every row is shown once, above the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.findings import Text
from graph.queries.choices import list_choices
from graph.queries.parameters import Parameter
from graph.queries.saved import SavedQuery, fill
from graph.rdf.vocab import Term, expand
from publish.drawings.charts import MOST_BARS, Chart, draw, is_worth_drawing
from publish.queries.rows import Rows, name_terms
from publish.web.context import RequestContext
from publish.web.labels import Namer
from publish.web.page_data import Label, Link

_INTEGER = ox.NamedNode(expand("xsd:integer"))
_LANGUAGES = {"Th": "th", "En": "en"}


@dataclass(frozen=True)
class FieldOption:
    """A value that a field offers."""

    value: str
    label: Label
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """One parameter in the form; without choices its value is typed."""

    name: str
    title: Label
    hint: Label
    value: str
    choices: tuple[FieldOption, ...]
    any: str


@dataclass(frozen=True)
class Head:
    """A column: its words, the variable's name, and whether numbers stand in it."""

    words: str
    name: str
    is_number: bool


@dataclass(frozen=True)
class Table:
    """An answer for people; `scope` has the values that are the same in every row."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Link, ...], ...]
    scope: tuple[tuple[str, Link], ...]
    charts: tuple[Chart, ...]
    summary: str
    note: str


@dataclass(frozen=True)
class QuestionPage:
    """A question and its result: `table`, or `error` where it could not be answered."""

    iri: str
    title: Label
    subtitle: Label | None
    description: Label
    action: str
    lang: str
    fields: tuple[Field, ...]
    text: str
    editor: str
    downloads: tuple[Link, ...]
    table: Table | None = None
    error: str = ""


def compose_question(
    context: RequestContext, query: SavedQuery, values: Mapping[str, str], bound: Mapping[str, Term]
) -> QuestionPage:
    """Return the page of a question as it is asked, without an answer yet."""
    namer, other = (
        context.namer(context.serving.vocabulary.facts),
        "en" if context.lang == "th" else "th",
    )
    path = f"/queries/{query.name}"
    text = fill(query, bound)
    return QuestionPage(
        iri=query.iri,
        title=say(namer, query.title),
        subtitle=Label(getattr(query.title, other), other),
        description=say(namer, query.description),
        action=context.links.prefix + path,
        lang=context.links.lang,
        fields=tuple(_field(context, parameter, values) for parameter in query.parameters),
        text=text,
        editor=context.links.to("/sparql", query=text),
        downloads=tuple(
            Link(
                Label(context.texts(f"queries.{name}")),
                context.links.to(f"{path}.{ending}", **values),
            )
            for name, ending in (("csv", "csv"), ("excel", "excel.csv"), ("json", "json"))
        ),
    )


def with_answer(
    context: RequestContext, page: QuestionPage, query: SavedQuery, answer: Rows
) -> QuestionPage:
    """Return the page with its answer."""
    return replace(page, table=_table(context, query, answer))


def say(namer: Namer, text: Text) -> Label:
    """Return a text in the reader's language."""
    return namer.pick({"th": text.th, "en": text.en}) or Label("")


# ---- the form --------------------------------------------------------------------------------


def _field(context: RequestContext, parameter: Parameter, values: Mapping[str, str]) -> Field:
    value = values.get(parameter.name, parameter.default or "").strip()
    namer = context.namer(context.serving.vocabulary.facts)
    return Field(
        name=parameter.name,
        title=say(namer, parameter.title),
        hint=say(namer, parameter.description),
        value=value,
        choices=_choices(context, parameter, value),
        any=context.texts("queries.any"),
    )


def _choices(context: RequestContext, parameter: Parameter, value: str) -> tuple[FieldOption, ...]:
    """Return what the release offers; a value from elsewhere stays in sight, as the first."""
    found = list_choices(context.serving.store, parameter)
    if found is None:
        return ()
    key = value.removeprefix(parameter.namespace or "")
    namer = context.namer(found.facts)
    offered = [
        FieldOption(parameter.key(v), _name(namer, v), parameter.key(v) == key)
        for v in found.values
    ]
    if key and not any(choice.is_chosen for choice in offered):
        offered.insert(0, FieldOption(value, Label(value), True))
    return tuple(offered)


def _name(namer: Namer, value: Term) -> Label:
    return Label(value.value) if isinstance(value, ox.Literal) else namer.name(value)


# ---- the answer ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    """A column as people see it: of a thing or value, of words by language, or of both."""

    name: str
    place: int | None
    words: Mapping[str, int]

    def link(self, namer: Namer, row: Sequence[Term | None]) -> Link:
        """Return the cell of a row."""
        said = {lang: row[place] for lang, place in self.words.items()}
        words = {lang: t.value for lang, t in said.items() if isinstance(t, ox.Literal)}
        value = row[self.place] if self.place is not None else None
        if isinstance(value, ox.NamedNode):
            label = namer.pick({**namer.facts.names(value), **words}) or namer.name(value)
            return replace(namer.link(value), label=label)
        if value is not None:
            return namer.value("", value)
        return Link(namer.pick(words) or Label(""))

    def is_number(self, rows: Sequence[Sequence[Term | None]]) -> bool:
        """Tell whether nothing but numbers stands in this column."""
        if self.place is None:
            return False
        values = [row[self.place] for row in rows if row[self.place] is not None]
        return bool(values) and all(_is_integer(value) for value in values)


def _columns(names: Sequence[str]) -> list[_Column]:
    """Return the columns with their words beside them, in the order of the query."""
    places = {name: place for place, name in enumerate(names)}
    stems = {name: name[:-2] if name[-2:] in _LANGUAGES else name for name in names}
    return [
        _Column(
            stem,
            places.get(stem),
            {lang: places[stem + end] for end, lang in _LANGUAGES.items() if stem + end in places},
        )
        for stem in dict.fromkeys(stems.values())
    ]


def _table(context: RequestContext, query: SavedQuery, answer: Rows) -> Table:
    texts = context.texts
    namer = context.namer(name_terms(context.serving.store, answer.rows))
    columns, scope = [], []
    for column in _columns(answer.columns):
        if answer.rows and _is_said_once(query, column, answer.rows):
            scope.append((_head(context, column.name), column.link(namer, answer.rows[0])))
        else:
            columns.append(column)
    count = texts.number(len(answer.rows))
    return Table(
        heads=tuple(
            Head(_head(context, c.name), c.name, c.is_number(answer.rows)) for c in columns
        ),
        rows=tuple(tuple(c.link(namer, row) for c in columns) for row in answer.rows),
        scope=tuple(scope),
        charts=tuple(_charts(context, namer, query, columns, answer)),
        summary=texts("sparql.rows", count=count) if answer.rows else texts("queries.none"),
        note=texts("queries.cut", shown=count) if answer.is_cut else "",
    )


def _is_said_once(
    query: SavedQuery, column: _Column, rows: Sequence[Sequence[Term | None]]
) -> bool:
    """Tell whether a column is a parameter's, with one value in every row."""
    if column.place is None or column.name not in {p.name for p in query.parameters}:
        return False
    values = {row[column.place] for row in rows}
    return len(values) == 1 and None not in values


def _head(context: RequestContext, name: str) -> str:
    key = f"column.{name}"
    return context.texts(key) if context.texts.has(key) else name


def _charts(
    context: RequestContext,
    namer: Namer,
    query: SavedQuery,
    columns: Sequence[_Column],
    answer: Rows,
) -> list[Chart]:
    """Return a chart for each column that counts something, where there is much to compare."""
    named = [c for c in columns if c.name not in query.measures and not c.is_number(answer.rows)]
    words = [
        " · ".join(dict.fromkeys(c.link(namer, row).label.text for c in named))
        for row in answer.rows
    ]
    charts = []
    for column in columns:
        if column.name not in query.measures or column.place is None:
            continue
        numbers = [_number(row[column.place]) for row in answer.rows]
        if is_worth_drawing(numbers):
            rows = list(zip(words, numbers, strict=True))
            title = context.texts("chart.title", what=_head(context, column.name))
            charts.append(draw(f"chart-{column.name}", title, _tell(context, rows), rows))
    return charts


def _tell(context: RequestContext, rows: Sequence[tuple[str, int]]) -> str:
    """Return the chart in words: how many bars, the longest and the shortest."""
    shown = rows[:MOST_BARS]
    most, least = max(shown, key=_second), min(shown, key=_second)
    text = context.texts(
        "chart.description",
        count=len(shown),
        most=most[0],
        most_number=context.texts.number(most[1]),
        least=least[0],
        least_number=context.texts.number(least[1]),
    )
    return text + (context.texts("chart.cut", count=MOST_BARS) if len(rows) > MOST_BARS else "")


def _second(row: tuple[str, int]) -> int:
    return row[1]


def _number(value: Term | None) -> int:
    return int(value.value) if isinstance(value, ox.Literal) and _is_integer(value) else 0


def _is_integer(value: Term | None) -> bool:
    return isinstance(value, ox.Literal) and value.datatype == _INTEGER
