"""Signposts: links in the header of a page that say what the page is about, to programs.

In: a description. Out: the links of FAIR Signposting level 1 that only a thing has: what it is in
schema.org, whose it is, and the list it is in or the things in it. `publish.web.formats` says the
rest (cite-as, describedby, license) of everything.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from graph.describe.resource import Description
from graph.rdf.facts import Facts
from graph.rdf.vocab import term
from publish.http.response import WebLink
from publish.things.metadata import SCHEMA, schema_type

_MOST = 20  # things of a list that a header names
_RELATIONS = {
    "dct:publisher": "author",
    "prov:wasAttributedTo": "author",
    "dct:isPartOf": "collection",
}


def signposts(description: Description, vocabulary: Facts) -> Iterator[WebLink]:
    """Yield the links of one thing."""
    facts, thing = description.facts, description.iri
    classes = [t for t in facts.values(thing, "rdf:type") if isinstance(t, ox.NamedNode)]
    yield WebLink(SCHEMA + schema_type(classes, vocabulary), "type")
    for name, relation in _RELATIONS.items():
        for other in facts.values(thing, name):
            if isinstance(other, ox.NamedNode):
                yield WebLink(other.value, relation)
    inside = (of.subjects for of in description.incoming if of.predicate == term("dct:isPartOf"))
    for part in next(inside, ())[:_MOST]:
        yield WebLink(part.value, "item", "text/html")
