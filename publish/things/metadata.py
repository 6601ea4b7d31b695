"""Describes the thing of a page to programs: as schema.org in JSON-LD, and as links in headers.

In: a thing and its namer, or its description. Out: the JSON-LD node of the page's data block; and
the links of FAIR Signposting level 1 that only a thing has: its class in schema.org, its owner, and
the list it is in or the things in it (`publish.web.formats` gives the other links). The ontology
maps classes to schema.org; a table here maps properties. Names and links come from the same
description as the page and its RDF.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from graph.describe.resource import Description
from graph.rdf.facts import Facts, literals_of, nodes_of
from graph.rdf.vocab import Term, term
from graph.text.thai import ERA
from publish.http.response import WebLink
from publish.web.labels import Namer, cut
from publish.web.page_data import Document

SCHEMA = "https://schema.org/"
_LETTERS = 200  # of a page's description
_MOST = 20  # values of a property
_APRIL_YEARS_END = 2483  # until then the Thai year began in April
# For classes that the ontology puts below no class of schema.org; the first match counts.
_PUBLIC_CLASSES = {
    "cpsv:PublicService": "GovernmentService",
    "skos:Concept": "DefinedTerm",
    "dct:Location": "Place",
    "eli:LegalResourceSubdivision": "Legislation",
    "org:FormalOrganization": "GovernmentOrganization",
    "foaf:Document": "WebPage",
    "prov:Entity": "CreativeWork",
}
_LINKS = {
    "dct:subject": "about",
    "km:explains": "about",
    "km:aboutService": "about",
    "dct:isPartOf": "isPartOf",
    "eli:is_part_of": "isPartOf",
    "dct:publisher": "publisher",
    "prov:wasAttributedTo": "publisher",
    "dct:creator": "creator",
    "dct:references": "citation",
    "dct:isVersionOf": "isBasedOn",
    "prov:wasQuotedFrom": "isBasedOn",
    "eli:amends": "legislationChanges",
    "schema:item": "item",
    "dct:spatial": "location",
}
_TEXTS = {
    "schema:slogan": "slogan",
    "schema:position": "position",
    "dct:issued": "datePublished",
    "eli:date_document": "legislationDate",
    "eli:number": "legislationIdentifier",
    "skos:notation": "termCode",
}
_MOST_ITEMS = 20  # things of a list that a header names
_RELATIONS = {
    "dct:publisher": "author",
    "prov:wasAttributedTo": "author",
    "dct:isPartOf": "collection",
}


def describe_thing(
    thing: ox.NamedNode, namer: Namer, vocabulary: Facts, description: str
) -> dict[str, object]:
    """Return the thing of a page as a node of schema.org."""
    said, links = namer.facts.about(thing), namer.links
    shown = namer.name(thing).text
    other = [*namer.facts.names(thing).values(), *literals_of(said, "skos:altLabel")]
    node: dict[str, object] = {
        "@type": schema_type(nodes_of(said, "rdf:type"), vocabulary),
        "@id": thing.value,
        "url": links.absolute(links.path(thing.value) or "/"),
        "name": shown,
        "alternateName": [text for text in dict.fromkeys(other) if text != shown],
        "description": description,
    }
    for name, property in _TEXTS.items():
        node[property] = next(iter(literals_of(said, name)), None)
    if node["@type"] == "Legislation" and not node["legislationDate"]:
        node["legislationDate"] = _year(next(iter(literals_of(said, "km:yearBE")), ""))
    linked: dict[str, list[ox.NamedNode]] = {}
    for name, property in _LINKS.items():
        linked.setdefault(property, []).extend(nodes_of(said, name))
    for property, others in linked.items():
        node[property] = [{"@id": x.value, "name": namer.name(x).text} for x in others[:_MOST]]
    return {key: value for key, value in node.items() if value}


def summarise(type: str, owners: Iterable[ox.NamedNode], namer: Namer, page: Document) -> str:
    """Return one sentence about a page in the reader's language: its lead, or what it shows.

    `type` is the one in the thing's identifier. An owner without a name in the language is left
    out.
    """
    if page.lead and not page.lead.lang:
        return cut(page.lead.text, _LETTERS)
    texts, title = namer.texts, page.title.text
    kind = page.kind.label.text if page.kind and not page.kind.label.lang else ""
    key = f"summary.{type}" if texts.has(f"summary.{type}") else "summary.thing"
    names = (namer.name(owner) for owner in owners)
    owner = next((label.text for label in names if not label.lang), "")
    named = texts("summary.of", title=title, owner=owner) if owner else title
    if key == "summary.thing":
        is_said = not kind or title.startswith(kind)
        return cut(named if is_said else texts(key, kind=kind, title=named), _LETTERS)
    return cut(texts(key, title=named), _LETTERS)


def schema_type(classes: Iterable[ox.NamedNode], vocabulary: Facts) -> str:
    """Return the schema.org type of the first of these classes that has one, else "Thing"."""
    waiting, seen = list(classes), set[ox.NamedNode]()
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        if current.value.startswith(SCHEMA):
            return current.value.removeprefix(SCHEMA)
        above = vocabulary.values(current, "rdfs:subClassOf")
        waiting.extend(c for c in sorted(above, key=_nearest) if isinstance(c, ox.NamedNode))
    known = (found for name, found in _PUBLIC_CLASSES.items() if term(name) in seen)
    return next(known, "Thing")


def _nearest(value: Term) -> tuple[bool, str]:
    """Sort classes of schema.org before others."""
    iri = value.value if isinstance(value, ox.NamedNode) else ""
    return not iri.startswith(SCHEMA), iri


def _year(text: str) -> str | None:
    """Return a Buddhist year as a year of the common era.

    None for an early year, which began in April and so lies in two years of the common era.
    """
    is_plain = text.isdigit() and int(text) > _APRIL_YEARS_END
    return f"{int(text) - ERA:04}" if is_plain else None


# ---- headers ---------------------------------------------------------------------------------


def signposts(description: Description, vocabulary: Facts) -> Iterator[WebLink]:
    """Yield the header links of one thing."""
    said = description.facts.about(description.iri)
    yield WebLink(SCHEMA + schema_type(nodes_of(said, "rdf:type"), vocabulary), "type")
    for name, relation in _RELATIONS.items():
        for other in nodes_of(said, name):
            yield WebLink(other.value, relation)
    inside = (of.subjects for of in description.incoming if of.predicate == term("dct:isPartOf"))
    for part in next(inside, ())[:_MOST_ITEMS]:
        yield WebLink(part.value, "item", "text/html")
