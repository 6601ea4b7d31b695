"""The data sets of a site as DCAT 3, as CKAN's harvester reads it (profile `euro_dcat_ap_3`).

In: the records of `graph.catalogue.records`. Out: triples. The harvester infers nothing: it takes
each subject that has the type dcat:Dataset, and no other. So the series, the versions and the
catalogue do not have that type. A page holds everything that is needed to read it alone.

Some values are written as CKAN needs them. `dct:format` is a plain word, since CKAN would show an
IRI instead of its name. `dcat:mediaType` is the IANA IRI. Nodes whose address matters
(`dcat:accessURL`, `dcat:landingPage`, the frequency) have no rdfs:label, since CKAN would show the
label in place of the address. A place has one label, since the harvester keeps only the last one it
reads.
"""

from collections.abc import Iterable

import pyoxigraph as ox

from graph.catalogue.records import Agent, Catalogue, CataloguePage, Contact, DataSet, Version
from graph.rdf.formats import FORMATS, GZIP, ZIP
from graph.rdf.triple_builder import TripleBuilder, moment, node, whole_number, words
from graph.rdf.vocab import ONTOLOGY_IRI, SHAPE, expand, term
from graph.release.manifest import DUMPS, ReleaseFile

IANA = "https://www.iana.org/assignments/media-types/"
_LANGUAGES = {
    "th": "http://publications.europa.eu/resource/authority/language/THA",
    "en": "http://publications.europa.eu/resource/authority/language/ENG",
}
_YEARLY = "http://publications.europa.eu/resource/authority/frequency/ANNUAL"
_GOVERNMENT = "http://publications.europa.eu/resource/authority/data-theme/GOVE"
_SPARQL_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
#: What CKAN's register of licences calls them; their addresses there are others than these.
_LICENCE_TITLES = {
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution",
    "https://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons CCZero",
}


def describe_catalogue(catalogue: Catalogue, page: CataloguePage) -> list[ox.Triple]:
    """Return one page of the catalogue (DCAT 3; Hydra Core for the paging)."""
    said = TripleBuilder()
    iri = f"{catalogue.base}/catalog"
    said.add(iri, "rdf:type", node(expand("dcat:Catalog")))
    said.add(iri, "dct:title", *words(catalogue.titles))
    said.add(iri, "dct:description", *words(catalogue.descriptions))
    said.add(iri, "dct:language", *(node(language) for language in _LANGUAGES.values()))
    said.add(iri, "dct:modified", moment(catalogue.publication.created))
    said.add(iri, "foaf:homepage", node(catalogue.homepage))
    said.add(iri, "dct:license", node(catalogue.licence))
    said.add(iri, "dcat:service", node(f"{catalogue.base}/sparql#service"))
    said.add(iri, "dcat:dataset", *(node(data.iri) for data in page.sets))
    said.add(iri, "hydra:totalItems", whole_number(page.total))
    if catalogue.publisher:
        _agent(said, iri, catalogue.publisher)
    _view(said, iri, page)
    _series(said, catalogue)
    _service(said, catalogue, page.sets)
    _publication(said, catalogue, with_sources=page.number == 1)
    for data in page.sets:
        _data_set(said, catalogue, data)
    _ranges(said, catalogue)
    return said.triples


def describe_data_set(catalogue: Catalogue, data: DataSet) -> list[ox.Triple]:
    """Return one data set alone."""
    said = TripleBuilder()
    _series(said, catalogue)
    _service(said, catalogue, (data,))
    _publication(said, catalogue, with_sources=True)
    _data_set(said, catalogue, data)
    _ranges(said, catalogue)
    return said.triples


def _view(said: TripleBuilder, iri: str, page: CataloguePage) -> None:
    """Say which page this is and where the others are; a short catalogue has no pages."""
    if page.pages == 1:
        return
    here = page.addresses["this"]
    said.add(iri, "hydra:view", node(here))
    said.add(here, "rdf:type", node(expand("hydra:PartialCollectionView")))
    for name in ("first", "previous", "next", "last"):
        if name in page.addresses:
            said.add(here, f"hydra:{name}", node(page.addresses[name]))


def _series(said: TripleBuilder, catalogue: Catalogue) -> None:
    iri = f"{catalogue.base}/catalog#series"
    said.add(iri, "rdf:type", node(expand("dcat:DatasetSeries")))
    said.add(iri, "dct:title", *words(catalogue.series_titles))
    said.add(iri, "dct:description", *words(catalogue.descriptions))
    said.add(iri, "dct:accrualPeriodicity", node(_YEARLY))
    if catalogue.publisher:
        _agent(said, iri, catalogue.publisher)


def _service(said: TripleBuilder, catalogue: Catalogue, sets: Iterable[DataSet]) -> None:
    """Describe the SPARQL endpoint, which serves every data set."""
    iri = f"{catalogue.base}/sparql#service"
    said.add(iri, "rdf:type", node(expand("dcat:DataService")))
    said.add(iri, "dct:title", ox.Literal("SPARQL endpoint", language="en"))
    said.add(iri, "dcat:endpointURL", node(f"{catalogue.base}/sparql"))
    said.add(iri, "dcat:endpointDescription", node(f"{catalogue.base}/sparql"))
    said.add(iri, "dct:conformsTo", node(_SPARQL_PROTOCOL))
    said.add(iri, "dct:license", node(catalogue.licence))
    said.add(iri, "dcat:servesDataset", *(node(data.iri) for data in sets))


def _publication(said: TripleBuilder, catalogue: Catalogue, *, with_sources: bool) -> None:
    made = catalogue.publication
    iri, program = _activity(catalogue), f"{catalogue.base}/catalog#program"
    said.add(iri, "rdf:type", node(expand("prov:Activity")))
    said.add(iri, "rdfs:label", *words(catalogue.provenance))
    said.add(iri, "prov:endedAtTime", moment(made.created))
    said.add(iri, "prov:wasAssociatedWith", node(program))
    said.add(program, "rdf:type", node(expand("prov:SoftwareAgent")), node(expand("foaf:Agent")))
    said.add(program, "foaf:name", ox.Literal(made.program))
    statement = f"{catalogue.base}/catalog#provenance"
    said.add(statement, "rdf:type", node(expand("dct:ProvenanceStatement")))
    said.add(statement, "rdfs:label", *words(catalogue.provenance))
    for number, source in enumerate(made.sources if with_sources else (), 1):
        file = f"{catalogue.base}/releases/{made.release_id}#source-{number}"
        said.add(iri, "prov:used", node(file))
        said.add(file, "rdf:type", node(expand("prov:Entity")))
        said.add(file, "rdfs:label", ox.Literal(source.path))
        said.add(file, "dcat:byteSize", whole_number(source.size_bytes))
        _checksum(said, file, source.sha256)


def _activity(catalogue: Catalogue) -> str:
    return f"{catalogue.base}/releases/{catalogue.publication.release_id}#publication"


def _data_set(said: TripleBuilder, catalogue: Catalogue, data: DataSet) -> None:
    iri, about = data.iri, data.page if "#" not in data.iri else f"{catalogue.base}/catalog"
    said.add(iri, "rdf:type", node(expand("dcat:Dataset")))
    said.add(iri, "dct:title", *words(data.titles))
    said.add(iri, "dct:description", *words(data.descriptions))
    said.add(iri, "dct:identifier", ox.Literal(iri))
    said.add(iri, "dcat:landingPage", node(data.page))
    said.add(iri, "dcat:theme", node(_GOVERNMENT))
    said.add(iri, "dct:language", *(node(language) for language in _LANGUAGES.values()))
    said.add(iri, "dct:accrualPeriodicity", node(_YEARLY))
    said.add(iri, "dct:conformsTo", node(ONTOLOGY_IRI), node(SHAPE.rstrip("#")))
    said.add(iri, "dct:provenance", node(f"{catalogue.base}/catalog#provenance"))
    said.add(iri, "prov:wasGeneratedBy", node(_activity(catalogue)))
    said.add(iri, "dcat:inSeries", node(f"{catalogue.base}/catalog#series"))
    for keyword in data.keywords.get("en", ()):
        said.add(iri, "dcat:keyword", ox.Literal(keyword))
    if data.publisher:
        _agent(said, iri, data.publisher)
    if data.contact:
        _contact(said, iri, f"{about}#contact-{data.name}", data.contact)
    if data.place:
        said.add(iri, "dct:spatial", node(data.place.iri))
        said.add(data.place.iri, "rdf:type", node(expand("dct:Location")))
        said.add(data.place.iri, "skos:prefLabel", ox.Literal(data.place.label))
    if data.period:
        _period(said, iri, f"{about}#period-{data.name}", data.period)
    _versions(said, catalogue, data)
    for file in data.files:
        _distribution(said, catalogue, data, file)
    _endpoint(said, catalogue, data)


def _agent(said: TripleBuilder, subject: str, agent: Agent) -> None:
    said.add(subject, "dct:publisher", node(agent.iri))
    said.add(agent.iri, "rdf:type", node(expand("foaf:Agent")))
    said.add(agent.iri, "foaf:name", *words(agent.names))
    if agent.homepage:
        said.add(agent.iri, "foaf:homepage", node(agent.homepage))


def _contact(said: TripleBuilder, subject: str, iri: str, contact: Contact) -> None:
    said.add(subject, "dcat:contactPoint", node(iri))
    said.add(iri, "rdf:type", node(expand("vcard:Organization")), node(expand("vcard:Kind")))
    said.add(iri, "vcard:fn", ox.Literal(contact.name))
    said.add(iri, "vcard:hasEmail", node(f"mailto:{contact.email}"))


def _period(said: TripleBuilder, subject: str, iri: str, period: tuple[str, str]) -> None:
    said.add(subject, "dct:temporal", node(iri))
    said.add(iri, "rdf:type", node(expand("dct:PeriodOfTime")))
    for name, day in zip(("dcat:startDate", "dcat:endDate"), period, strict=True):
        said.add(iri, name, ox.Literal(day, datatype=term("xsd:date")))


def _versions(said: TripleBuilder, catalogue: Catalogue, data: DataSet) -> None:
    """Say which releases changed the data set (DCAT 3 section 11); they are no data sets here."""

    def address(version: Version) -> ox.NamedNode:
        return node(f"{catalogue.base}/releases/{version.id}#{data.name}")

    for newer, older in zip(data.versions, (*data.versions[1:], None), strict=True):
        iri = address(newer).value
        said.add(data.iri, "dcat:hasVersion", node(iri))
        said.add(iri, "dcat:isVersionOf", node(data.iri))
        said.add(iri, "dcat:version", ox.Literal(newer.id))
        said.add(iri, "dct:issued", moment(newer.issued))
        if older:
            said.add(iri, "dcat:previousVersion", address(older))
    if data.versions:
        said.add(data.iri, "dcat:version", ox.Literal(data.versions[0].id))
        said.add(data.iri, "dcat:hasCurrentVersion", address(data.versions[0]))
        said.add(data.iri, "dct:modified", moment(data.versions[0].issued))
        said.add(data.iri, "dct:issued", moment(data.versions[-1].issued))
    if data.versions[1:]:
        said.add(data.iri, "dcat:previousVersion", address(data.versions[1]))


def _distribution(
    said: TripleBuilder, catalogue: Catalogue, data: DataSet, file: ReleaseFile
) -> None:
    name, release = file.name.removeprefix(DUMPS), catalogue.publication.release_id
    format, iri = FORMATS[file.format], f"{data.page}#file-{file.name.removeprefix(DUMPS)}"
    title = f"{format.title}, gzip" if file.is_gzipped else format.title
    said.add(data.iri, "dcat:distribution", node(iri))
    said.add(iri, "rdf:type", node(expand("dcat:Distribution")))
    said.add(iri, "dct:title", ox.Literal(f"{title} ({data.token})", language="en"))
    said.add(iri, "dcat:accessURL", node(f"{catalogue.base}/dumps/current/{name}"))
    said.add(iri, "dcat:downloadURL", node(f"{catalogue.base}/dumps/{release}/{name}"))
    said.add(iri, "dcat:mediaType", node(IANA + format.media_type))
    said.add(iri, "dct:format", ox.Literal(format.label))
    if file.is_gzipped:
        said.add(iri, "dcat:compressFormat", node(IANA + GZIP))
    if file.format == "zip":
        said.add(iri, "dcat:packageFormat", node(IANA + ZIP))
    said.add(iri, "dcat:byteSize", whole_number(file.size_bytes))
    said.add(iri, "dct:license", node(catalogue.licence))
    said.add(iri, "dct:conformsTo", node(ONTOLOGY_IRI), node(SHAPE.rstrip("#")))
    said.add(iri, "dct:issued", moment(catalogue.publication.created))
    _checksum(said, iri, file.sha256)


def _checksum(said: TripleBuilder, subject: str, sha256: str) -> None:
    iri = f"{subject}-sha256"
    said.add(subject, "spdx:checksum", node(iri))
    said.add(iri, "rdf:type", node(expand("spdx:Checksum")))
    said.add(iri, "spdx:algorithm", node(expand("spdx:checksumAlgorithm_sha256")))
    said.add(iri, "spdx:checksumValue", ox.Literal(sha256, datatype=term("xsd:hexBinary")))


def _endpoint(said: TripleBuilder, catalogue: Catalogue, data: DataSet) -> None:
    """Offer the endpoint as a distribution: a harvester reads a service nowhere else."""
    iri = f"{data.page}#sparql"
    said.add(data.iri, "dcat:distribution", node(iri))
    said.add(iri, "rdf:type", node(expand("dcat:Distribution")))
    said.add(iri, "dct:title", ox.Literal(f"SPARQL ({data.token})", language="en"))
    said.add(iri, "dcat:accessURL", node(f"{catalogue.base}/sparql"))
    said.add(iri, "dcat:accessService", node(f"{catalogue.base}/sparql#service"))
    said.add(iri, "dcat:mediaType", node(IANA + FORMATS["json"].media_type))
    said.add(iri, "dct:format", ox.Literal("SPARQL"))
    said.add(iri, "dct:license", node(catalogue.licence))
    said.add(iri, "dct:conformsTo", node(ONTOLOGY_IRI), node(SHAPE.rstrip("#")))


def _ranges(said: TripleBuilder, catalogue: Catalogue) -> None:
    """State the class of each value, as DCAT-AP's shapes of ranges ask."""
    classes = {
        "dct:conformsTo": "dct:Standard",
        "dct:language": "dct:LinguisticSystem",
        "dct:accrualPeriodicity": "dct:Frequency",
        "dcat:mediaType": "dct:MediaType",
        "dcat:compressFormat": "dct:MediaType",
        "dcat:packageFormat": "dct:MediaType",
        "dct:license": "dct:LicenseDocument",
        "dcat:landingPage": "foaf:Document",
        "foaf:homepage": "foaf:Document",
        "spdx:algorithm": "spdx:ChecksumAlgorithm",
    }
    by_predicate = {term(name): node(expand(type)) for name, type in classes.items()}
    for triple in said.triples:
        if triple.predicate in by_predicate and isinstance(triple.object, ox.NamedNode):
            said.add(triple.object.value, "rdf:type", by_predicate[triple.predicate])
    title = _LICENCE_TITLES.get(catalogue.licence)
    if title:
        said.add(catalogue.licence, "dct:title", ox.Literal(title))
