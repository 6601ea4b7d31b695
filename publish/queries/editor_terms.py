"""The completions of the query editor: our prefixes, and the terms of the vocabulary.

In: the vocabulary, as the release holds it. Out: JSON of prefixes and terms, each term with its
Thai and English label and its kind: class, property or code. No other host is asked, such as
prefix.cc.
"""

import json
from collections.abc import Iterator

import pyoxigraph as ox
from flask import Response, request

from graph.rdf.facts import Facts
from graph.rdf.vocab import PREFIXES, compact, term
from publish.http.response import Variant, answer
from publish.web.context import RequestContext, request_context
from publish.web.formats import etag

PATH = "/sparql/terms.json"


def query_terms() -> Response:
    """Send what the editor completes; it is the same for all of a release."""
    context = request_context()
    variant = Variant(
        media_type="application/json",
        etag=etag(context, PATH),
        make=lambda: _body(context),
    )
    return answer(request, variant)


def _body(context: RequestContext) -> bytes:
    terms = sorted(_terms(context.serving.vocabulary.facts), key=lambda found: found["name"])
    return json.dumps({"prefixes": PREFIXES, "terms": terms}, ensure_ascii=False).encode()


def _terms(facts: Facts) -> Iterator[dict[str, str]]:
    for subject in facts.by_subject:
        if isinstance(subject, ox.NamedNode) and facts.names(subject):
            name = compact(subject.value)
            if not name.startswith("<"):
                yield {"name": name, "kind": _kind(facts, subject, name), **facts.names(subject)}


def _kind(facts: Facts, subject: ox.NamedNode, name: str) -> str:
    """Return class, property or code; public terms are told apart by their first letter."""
    types = facts.values(subject, "rdf:type")
    if term("skos:Concept") in types or term("skos:ConceptScheme") in types:
        return "code"
    if term("owl:Class") in types:
        return "class"
    is_class = not types and name.partition(":")[2][:1].isupper()
    return "class" if is_class else "property"
