"""A data set in the words of schema.org, for search engines that read pages.

In: a `graph.catalogue.records.DataSet`. Out: JSON-LD to embed (schema.org `Dataset`).
"""

from graph.catalogue.records import DataSet
from graph.rdf.formats import FORMATS, GZIP
from graph.release.manifest import DUMPS


def as_schema_org(data: DataSet, base: str, licence: str, lang: str) -> dict[str, object]:
    """Return a data set as a schema.org `Dataset` in one language."""
    found: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": data.iri,
        "name": data.titles[lang],
        "description": data.descriptions[lang],
        "url": data.page,
        "identifier": data.iri,
        "license": licence,
        "inLanguage": ["th", "en"],
        "isAccessibleForFree": True,
        "keywords": list(data.keywords[lang]),
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{base}/catalog"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": GZIP if file.is_gzipped else FORMATS[file.format].media_type,
                "contentUrl": f"{base}/dumps/current/{file.name.removeprefix(DUMPS)}",
                "contentSize": f"{file.size_bytes} B",
            }
            for file in data.files
        ],
    }
    if data.versions:
        found["version"] = data.versions[0].id
        found["dateModified"] = data.versions[0].issued.isoformat()
    if data.publisher:
        name = data.publisher.names.get(lang) or next(iter(data.publisher.names.values()))
        found["creator"] = {"@type": "Organization", "@id": data.publisher.iri, "name": name}
    if data.place:
        found["spatialCoverage"] = {"@type": "Place", "name": data.place.label}
    if data.period:
        found["temporalCoverage"] = "/".join(data.period)
    return found
