"""The saved questions: one SPARQL file each, with its own metadata, and their answers.

In: `graph/queries/NN-name.rq`, the store, and values as a person types them. Out: `SavedQuery`s,
rows, and the collection as RDF. The lines `#+` at the head of a file are Turtle about `<>`, the
query itself: an sh:SPARQLSelectExecutable with its words and sh:parameter (SHACL section 6.2.1).

A parameter is a variable that the query selects, written with `$`: a value is bound to it as a
term before the query runs, and without one it ranges over everything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from urllib.parse import quote

import pyoxigraph as ox

from graph.errors import QueryError, QuerySyntax
from graph.findings import Text, nearest
from graph.queries.choices import is_choice
from graph.queries.parameters import Parameter, read_parameter, read_text, read_value
from graph.rdf.facts import gather
from graph.rdf.vocab import Term, read_package, term
from graph.schema.layout import read_layout
from graph.sparql.tokens import tokens
from graph.store.embedded import Solution
from graph.store.interface import Store

HEAD = "#+"
_FOLDER = files("graph") / "queries"


@dataclass(frozen=True)
class SavedQuery:
    """One question. `iri` is its page, `{base}/queries/{name}`; `metadata` its head as triples.

    `number` is its place in the collection, 0 for a query of a person's own; `measures` are the
    columns that count something (schema:variableMeasured).
    """

    name: str
    number: int
    iri: str
    title: Text
    description: Text
    parameters: tuple[Parameter, ...]
    measures: tuple[str, ...]
    text: str
    metadata: tuple[ox.Triple, ...]


def saved_queries(base: str) -> tuple[SavedQuery, ...]:
    """Return the saved queries in order; `base` is the beginning of every IRI of the data."""
    shared = _load_shared(base)
    found = sorted((f for f in _FOLDER.iterdir() if f.name.endswith(".rq")), key=lambda f: f.name)
    return tuple(_read(file.read_text(encoding="utf-8"), file.name, shared) for file in found)


def find_query(queries: Iterable[SavedQuery], name: str) -> SavedQuery:
    """Return the query of that name. Raises QueryError, which names the nearest."""
    by_name = {query.name: query for query in queries}
    if name not in by_name:
        meant = nearest(name, list(by_name)) or ", ".join(by_name)
        raise QueryError(f"there is no saved query {name!r}; perhaps: {meant}")
    return by_name[name]


def read_query(text: str, file_name: str, base: str) -> SavedQuery:
    """Return a person's own query, whose head may be missing.

    Raises QuerySyntax, with the line, where the head is no Turtle.
    """
    return _read(text, file_name, _load_shared(base))


def bind(query: SavedQuery, values: Mapping[str, str]) -> dict[str, Term]:
    """Return the terms to bind, by variable; an empty value stands for "any".

    Raises QueryError for an unknown parameter, a value that cannot be one, and a missing one.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in values:
        if name not in known:
            takes = ", ".join(known) or "nothing"
            raise QueryError(f"{query.name} has no parameter {name!r}; it takes: {takes}")
    bound = {}
    for name, parameter in known.items():
        value = values.get(name, parameter.default or "").strip()
        if value:
            bound[name] = read_value(parameter, value)
        elif not parameter.optional:
            raise QueryError(f"{query.name} needs {name}: {parameter.description.en}")
    return bound


def check_bound(query: SavedQuery, store: Store, bound: Mapping[str, Term]) -> None:
    """Raise QueryError for a thing that the store lacks: no rows would pass for an answer.

    A default that is not in the data is no mistake of the reader's.
    """
    for parameter in query.parameters:
        thing = bound.get(parameter.name)
        if parameter.class_iri is None or not isinstance(thing, ox.NamedNode):
            continue
        key = parameter.key(thing)
        if key != parameter.default and not is_choice(store, parameter, thing):
            thai, english = parameter.title.th, parameter.title.en.lower()
            raise QueryError(
                f"{parameter.name}: ไม่มี{thai} “{key}” ในรุ่นนี้"
                f" / there is no {english} {key!r} in this release"
            )


def run(query: SavedQuery, store: Store, values: Mapping[str, str] | None = None) -> list[Solution]:
    """Return the rows of a query. Raises QueryError as `bind` and `check_bound` do."""
    bound = bind(query, values or {})
    check_bound(query, store, bound)
    return store.select(query.text, **bound)


def fill(query: SavedQuery, bound: Mapping[str, Term]) -> str:
    """Return the text of a query with these values written into it as VALUES.

    It is for a person to go on with; this program runs the original text with the terms bound.
    """
    return write_values(query.text, bound)


def write_values(text: str, bound: Mapping[str, Term]) -> str:
    """Return the text of a SELECT with a VALUES for each of these variables."""
    start = _start_of_pattern(text)
    values = "".join(f"\n  VALUES ${name} {{ {value} }}" for name, value in bound.items())
    return text[:start] + values + text[start:]


@lru_cache(maxsize=256)
def _start_of_pattern(text: str) -> int:
    """Return where the first group of a query begins, after its brace."""
    return next(token for token in tokens(text) if token.text == "{").offset + 1


def as_rdf(queries: Iterable[SavedQuery], base: str) -> tuple[ox.Triple, ...]:
    """Return the queries with their words, texts and the parameters they take as triples."""
    triples: list[ox.Triple] = []
    for query in queries:
        triples += query.metadata
        text = ox.Literal(query.text)
        triples.append(ox.Triple(ox.NamedNode(query.iri), term("sh:select"), text))
    taken = {t.object for t in triples if t.predicate == term("sh:parameter")}
    triples += (t for t in _load_shared(base).parameters if t.subject in taken)
    return tuple(triples)


# ---- reading the files -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Shared:
    """What all queries share: the parameters, and the type in the identifiers of each class."""

    base: str
    parameters: tuple[ox.Triple, ...]
    types: Mapping[str, str]


def _load_shared(base: str) -> _Shared:
    text = (_FOLDER / "parameters.ttl").read_text(encoding="utf-8")
    triples = _parse(text, f"{base}/queries/parameters", "parameters.ttl")
    kinds = read_layout(gather(read_package("shapes"))).kinds
    return _Shared(base, triples, {kind.class_iri: kind.type for kind in kinds})


def _read(text: str, file_name: str, shared: _Shared) -> SavedQuery:
    number, _, name = file_name.removesuffix(".rq").partition("-")
    if not number.isdecimal():
        number, name = "0", file_name.removesuffix(".rq")
    head, body = _split(text)
    iri = f"{shared.base}/queries/{quote(name)}"
    metadata = _parse(head, iri, file_name)
    facts, node = gather([*metadata, *shared.parameters]), ox.NamedNode(iri)
    return SavedQuery(
        name,
        int(number),
        iri,
        read_text(facts, node, "rdfs:label"),
        read_text(facts, node, "dct:description"),
        tuple(
            read_parameter(facts, parameter, shared.base, shared.types)
            for parameter in facts.values(node, "sh:parameter")
        ),
        tuple(
            measure.value
            for measure in facts.values(node, "schema:variableMeasured")
            if isinstance(measure, ox.Literal)
        ),
        body,
        metadata,
    )


def _split(text: str) -> tuple[str, str]:
    """Return the Turtle of the head, each line where it stands in the file, and the query."""
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith(HEAD)), len(lines))
    head = (line.removeprefix(HEAD) for line in lines[:end])
    return "\n".join(head), "\n".join(lines[end:]).strip("\n") + "\n"


def _parse(turtle: str, iri: str, file_name: str) -> tuple[ox.Triple, ...]:
    try:
        quads = ox.parse(turtle, ox.RdfFormat.TURTLE, base_iri=iri, rename_blank_nodes=True)
        return tuple(quad.triple for quad in quads)
    except SyntaxError as error:
        message = f"{file_name}, line {error.lineno}: {error.msg}"
        raise QuerySyntax(message, error.lineno, error.offset) from error
