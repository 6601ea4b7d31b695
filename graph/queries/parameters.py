"""The parameters of saved queries, and typed words turned into terms.

In: sh:Parameter nodes as facts, and values as a person types them. Out: `Parameter`s, and the terms
to bind. Things are given by key or IRI. Literals are read as the cells of a table are: a year may
be written in Thai digits, and a C.E. year is answered with the B.E. one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from graph.errors import QueryError
from graph.findings import Text, shorten
from graph.intake.cells import Problem, read_cell
from graph.rdf.facts import Facts
from graph.rdf.iris import SLUG
from graph.rdf.vocab import Term
from graph.schema.columns import Column

_NAME = re.compile(r"[^\W\d]\w*\Z")  # the end of an IRI that can name a variable
_SINGLE = ("sh:path", "sh:class", "dct:type", "sh:datatype", "sh:defaultValue")


@dataclass(frozen=True)
class Parameter:
    """What a query may be asked about.

    Attributes:
        name: the query's variable, without its sign.
        path: the IRI of sh:path, whose last part is the name.
        class_iri: the class of its values, None where they are literals.
        kind_iri: the dct:type of its values, None where every thing of the class will do.
        namespace: what the IRIs of its values begin with; a key follows. None for literals.
        datatype: the datatype of its values, None where they are things.
        default: the value taken where none is given, as a person types it.
        optional: whether the query runs without a value.
    """

    name: str
    path: str
    title: Text
    description: Text
    class_iri: str | None
    kind_iri: str | None
    namespace: str | None
    datatype: str | None
    default: str | None
    optional: bool

    def key(self, value: Term) -> str:
        """Return a value as a person types it: the key of a thing, the text of a literal."""
        text = value.value if isinstance(value, ox.NamedNode | ox.Literal) else str(value)
        return text.removeprefix(self.namespace or "")


def read_parameter(facts: Facts, node: Term, base: str, types: Mapping[str, str]) -> Parameter:
    """Return the parameter that `node` describes; `types` maps a class to its place in IRIs.

    Raises QueryError for one without sh:path, or of a class that no shape describes.
    """
    path, class_iri, kind_iri, datatype, default = (_value(facts, node, name) for name in _SINGLE)
    name = _NAME.search(path or "")
    if path is None or name is None or (class_iri is not None and class_iri not in types):
        raise QueryError("a parameter needs an sh:path, and an sh:class that the shapes know")
    namespace = f"{base}/id/{types[class_iri]}/" if class_iri else None
    return Parameter(
        name[0],
        path,
        read_text(facts, node, "sh:name"),
        read_text(facts, node, "sh:description"),
        class_iri,
        kind_iri,
        namespace,
        datatype,
        default.removeprefix(namespace or "") if default else None,
        facts.text(node, "sh:optional") == "true",
    )


def read_text(facts: Facts, node: Term, name: str) -> Text:
    """Return the Thai and English words of a property, empty where there are none."""
    words = facts.texts(node, name)
    return Text(words.get("th", ""), words.get("en", ""))


def read_value(parameter: Parameter, text: str) -> Term:
    """Return the term a person means: a thing by its key or IRI, else a literal.

    Raises QueryError, which says what to write instead.
    """
    if parameter.namespace is not None:
        key = text.removeprefix(parameter.namespace)
        if not SLUG.match(key):
            raise _refuse(parameter, text, parameter.description)
        return ox.NamedNode(parameter.namespace + key)
    value = read_cell(text, _column(parameter))
    if isinstance(value, Problem):
        raise _refuse(parameter, text, value.fix or parameter.description)
    return value


def _value(facts: Facts, node: Term, name: str) -> str | None:
    value = facts.one(node, name)
    return value.value if isinstance(value, ox.NamedNode | ox.Literal) else None


def _column(parameter: Parameter) -> Column:
    """Return the parameter as the column of a table, whose cells it is read like."""
    return Column(
        name=parameter.name,
        title=parameter.title,
        description=parameter.description,
        message=parameter.description,
        predicate=parameter.path,
        order=0,
        datatype=parameter.datatype,
    )


def _refuse(parameter: Parameter, text: str, fix: Text) -> QueryError:
    shown = shorten(text, 80)
    return QueryError(
        f"{parameter.name}: “{shown}” ใช้ไม่ได้ · {fix.th} / {shown!r} cannot be used: {fix.en}"
    )
