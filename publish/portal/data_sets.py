"""The data sets of the release being served: one for the whole, one for each organisation.

In: a `ServedRelease`, the settings and the words of the interface. Out: the records of
`graph.catalogue.records`, for DCAT, for the pages and for the CKAN API. An organisation's data set
is its named graph; the whole is `{base}/catalog#all`. A fact that neither tables nor settings state
is None.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from graph.catalogue.records import (
    Agent,
    Catalogue,
    Contact,
    DataSet,
    NamedArea,
    Publication,
    Version,
)
from graph.history.read import GraphState
from graph.rdf.facts import Facts, gather
from graph.rdf.formats import DUMP_FORMATS
from graph.rdf.vocab import term
from graph.release.manifest import DUMPS, ReleaseFile
from publish.config import Config
from publish.portal.context import PortalContext
from publish.web.dates import moment_of
from publish.web.served_release import ServedRelease
from publish.web.texts import LANGUAGES, Texts

WHOLE = "all"
_MAX_TITLE = 70  # of a name in CKAN, which is made from the title
_MAX_TOPICS = 15
_SAID = (
    "skos:prefLabel",
    "dct:spatial",
    "dct:type",
    "foaf:homepage",
    "schema:email",
    "km:contactName",
    "dcat:startDate",
    "dcat:endDate",
)


def read_catalogue(portal: PortalContext) -> Catalogue:
    """Return what all pages of the catalogue say."""
    manifest = portal.serving.release.manifest
    return Catalogue(
        base=portal.base,
        titles=portal.text("catalog.title"),
        descriptions=portal.text("catalog.description"),
        publisher=_publisher(portal),
        homepage=portal.config.homepage or portal.base + "/",
        licence=portal.config.licence,
        series_titles=portal.text("catalog.series"),
        provenance=portal.text(
            "catalog.provenance", files=len(manifest.sources), program=manifest.program
        ),
        publication=Publication(manifest.id, manifest.created, manifest.program, manifest.sources),
    )


def read_whole(portal: PortalContext) -> DataSet:
    """Return the data set of everything."""
    serving = portal.serving
    states = serving.graphs.values()
    names = serving.data_set_names
    manifest = serving.release.manifest
    values = {"organisations": f"{len(names):,}", "triples": f"{manifest.triples:,}"}
    about = Counter(topic for state in states for topic in state.statistics.topics)
    topics = [iri for iri, _ in about.most_common(_MAX_TOPICS)]
    periods = {iri for state in states for iri in state.statistics.periods}
    facts = _facts(serving, [*topics, *periods])
    versions = sorted({v for state in states for v in state.versions}, reverse=True)
    return DataSet(
        name=WHOLE,
        iri=f"{portal.base}/catalog#{WHOLE}",
        token="km-all",
        names=portal.text("catalog.title"),
        titles=portal.text("catalog.whole", token="km-all"),
        descriptions=portal.text("catalog.whole_description", **values),
        page=f"{portal.base}/catalog",
        publisher=_publisher(portal),
        contact=_site_contact(portal.config),
        place=None,
        keywords=_keywords(portal, facts, topics),
        period=_period(facts, periods),
        versions=_versions(portal, versions),
        files=tuple(_ordered(f for f in manifest.files if f.format and _is_whole(f))),
        triples=manifest.triples,
    )


def read_organisations(portal: PortalContext, names: Sequence[str]) -> list[DataSet]:
    """Return the data sets of these organisations."""
    serving = portal.serving
    states = {name: serving.graphs.get(f"{portal.base}/graph/{name}") for name in names}
    facts = _facts(serving, [f"{portal.base}/id/org/{name}" for name in names])
    places = {p for name in names if (p := _org_one(portal, facts, name, "dct:spatial"))}
    mentioned = {
        iri for s in states.values() if s for iri in (*s.statistics.topics, *s.statistics.periods)
    }
    near = _facts(serving, [*mentioned, *(p.value for p in places if isinstance(p, ox.NamedNode))])
    return [_organisation(portal, name, states[name], facts, near) for name in names]


def _organisation(
    portal: PortalContext, name: str, state: GraphState | None, facts: Facts, near: Facts
) -> DataSet:
    iri, token = f"{portal.base}/graph/{name}", f"km-{name}"
    triples = portal.serving.release.manifest.graphs.get(iri, 0)
    agent = _organisation_agent(portal, facts, name)
    titles = _titles(portal, agent.names, token)
    things = state.statistics.subjects if state else 0
    called = {lang: agent.names.get(lang) or next(iter(agent.names.values())) for lang in LANGUAGES}
    topics = state.statistics.topics if state else ()
    return DataSet(
        name=name,
        iri=iri,
        token=token,
        names={
            lang: Texts(lang, portal.wording)("catalog.set_name", name=called[lang])
            for lang in LANGUAGES
        },
        titles=titles,
        descriptions={
            lang: Texts(lang, portal.wording)(
                "catalog.set_description",
                name=called[lang],
                triples=f"{triples:,}",
                things=f"{things:,}",
            )
            for lang in LANGUAGES
        },
        page=f"{portal.base}/catalog/{name}",
        publisher=agent,
        contact=_contact(portal, facts, name),
        place=_place(_org_one(portal, facts, name, "dct:spatial"), near),
        keywords=_keywords(portal, near, topics[:_MAX_TOPICS]),
        period=_period(near, state.statistics.periods if state else ()),
        versions=_versions(portal, state.versions if state else ()),
        files=tuple(_ordered(portal.serving.release.by_graph.get(iri, ()))),
        triples=triples,
    )


# ---- who -------------------------------------------------------------------------------------


def _publisher(portal: PortalContext) -> Agent | None:
    """Return the publisher of the settings, else the organisation where there is only one."""
    if portal.config.publisher:
        names = {"": portal.config.publisher}
        return Agent(f"{portal.base}/catalog#publisher", _untagged(names), portal.config.homepage)
    names_of_sets = portal.serving.data_set_names
    if len(names_of_sets) != 1:
        return None
    only = names_of_sets[0]
    facts = _facts(portal.serving, [f"{portal.base}/id/org/{only}"])
    return _organisation_agent(portal, facts, only)


def _untagged(names: Mapping[str, str]) -> dict[str, str]:
    """Return a name from the settings as Thai where it has Thai letters, else as English."""
    text = names[""]
    return {"th" if any("ก" <= c <= "๛" for c in text) else "en": text}


def _organisation_agent(portal: PortalContext, facts: Facts, name: str) -> Agent:
    org = ox.NamedNode(f"{portal.base}/id/org/{name}")
    homepage = facts.one(org, "foaf:homepage")
    address = homepage.value if isinstance(homepage, ox.NamedNode) else ""
    return Agent(org.value, {**facts.names(org)} or {"en": name}, address)


def _contact(portal: PortalContext, facts: Facts, name: str) -> Contact | None:
    """Return the organisation's own contact, else that of the settings."""
    org = ox.NamedNode(f"{portal.base}/id/org/{name}")
    email, person = facts.text(org, "schema:email"), facts.text(org, "km:contactName")
    return Contact(person, email) if email and person else _site_contact(portal.config)


def _site_contact(config: Config) -> Contact | None:
    if config.contact_name and config.contact_email:
        return Contact(config.contact_name, config.contact_email)
    return None


# ---- what about, where, when -------------------------------------------------------------------


def _titles(portal: PortalContext, names: Mapping[str, str], token: str) -> dict[str, str]:
    """Return titles that hold the token; the Latin one is short enough for a name in CKAN."""
    found = {}
    for lang in LANGUAGES:
        texts = Texts(lang, portal.wording)
        name = names.get(lang) or next(iter(names.values()))
        if lang != "th":
            room = _MAX_TITLE - len(texts("catalog.set_title", name="", token=token))
            name = _shorten(name, room)
        found[lang] = texts("catalog.set_title", name=name, token=token)
    return found


def _shorten(text: str, length: int) -> str:
    """Return the first whole words of a text that fit."""
    while len(text) > length and " " in text:
        text = text.rpartition(" ")[0]
    return text[:length]


def _keywords(
    portal: PortalContext, facts: Facts, topics: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Return what the data is about, by language: English in ASCII, Thai as it is."""
    found: dict[str, dict[str, None]] = {
        lang: dict.fromkeys(Texts(lang, portal.wording)("catalog.keywords").split(","))
        for lang in LANGUAGES
    }
    for topic in topics:
        names = facts.names(ox.NamedNode(topic))
        english = names.get("en", "")
        if not english.isascii() or not english:
            english = topic.rpartition("/")[2]
        found["en"][_tag(english)] = None
        if "th" in names:
            found["th"][names["th"].replace(",", " ")] = None
    return {lang: tuple(words) for lang, words in found.items()}


def _tag(text: str) -> str:
    """Return a tag as CKAN takes it: letters, digits, spaces, hyphens, dots and underscores."""
    kept = "".join(c if c.isalnum() or c in " -._" else " " for c in text)
    return " ".join(kept.split())[:100]


def _place(area: object, facts: Facts) -> NamedArea | None:
    if not isinstance(area, ox.NamedNode):
        return None
    names = facts.names(area)
    label = names.get("th") or next(iter(names.values()), "")
    level = facts.one(area, "dct:type")
    code = level.value.rpartition("/")[2] if isinstance(level, ox.NamedNode) else ""
    return NamedArea(area.value, label, code) if label else None


def _period(facts: Facts, periods: Iterable[str]) -> tuple[str, str] | None:
    nodes = [ox.NamedNode(iri) for iri in periods]
    starts = sorted(filter(None, (facts.text(n, "dcat:startDate") for n in nodes)))
    ends = sorted(filter(None, (facts.text(n, "dcat:endDate") for n in nodes)))
    return (starts[0], ends[-1]) if starts and ends else None


def _versions(portal: PortalContext, ids: Iterable[str]) -> tuple[Version, ...]:
    """Return the versions that can still be had; always the newest, since it is served."""
    found = [i for i in ids if i in portal.kept]
    return tuple(Version(i, moment_of(i)) for i in found or [portal.serving.release.id])


# ---- files and facts ---------------------------------------------------------------------------


def _is_whole(file: ReleaseFile) -> bool:
    return not file.graph and file.name.startswith(f"{DUMPS}all.")


def _ordered(files: Iterable[ReleaseFile]) -> list[ReleaseFile]:
    """Return the files that a catalogue offers, plain ones first, by format."""
    known = [file for file in files if file.format in DUMP_FORMATS]
    order = DUMP_FORMATS
    return sorted(known, key=lambda f: (f.is_gzipped, order.index(f.format), f.name))


def _org_one(portal: PortalContext, facts: Facts, name: str, property: str) -> object:
    return facts.one(ox.NamedNode(f"{portal.base}/id/org/{name}"), property)


def _facts(serving: ServedRelease, iris: Iterable[str]) -> Facts:
    nodes = [ox.NamedNode(iri) for iri in sorted(set(iris))]
    said = serving.store.triples_about(nodes, [term(name) for name in _SAID])
    return gather(sorted(said, key=str))
