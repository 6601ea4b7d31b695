"""Cases for every rule of the shapes: data that breaks it, and data at the edge that does not.

The small site breaks no rule. Each case is a copy of one of its things with some properties
replaced. `test_shapes_cases` checks the cases.
"""

from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.rdf.vocab import PREFIXES, term
from support.cases import BASE, ORG

PREFIX = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


@dataclass(frozen=True)
class Case:
    """A copy of `focus` with `edits` (property to new values in Turtle; empty for none).

    `:me` is the copy and `:list` a name of its own. `also` are rules broken besides; `kind` is
    another type in the copy's address; `more` is Turtle beside it.
    """

    rule: str
    focus: str
    edits: dict[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    kind: str = ""
    more: str = ""


DOCUMENT = f"document/{ORG}-operations-manual"
LEAFLET = f"leaflet/{ORG}-building-permit"
LAW = "law/act-2522-building-control"
PROVISION = "provision/decree-2546-good-governance-s11"
ORGANIZATION = f"org/{ORG}"
AREA = "area/tambon-301107"
PLAN = f"plan/{ORG}-km-1"
COLLECTION = f"collection/{ORG}-inside"
ENTRY = f"entry/{ORG}-p1-1"
STATEMENT = f"statement/{ORG}-level-1"
SOURCE = f"source/{ORG}-km-page"
CORRECTION = f"correction/{ORG}-section-11-1"
LINK = f"link/{ORG}-link-1"
RETIREMENT = f"retirement/{ORG}-retired-1"
TOPIC = "topic/older-people"
SERVICE = "service/building-permit"
INDICATOR = "indicator/o40-ethics"
YEAR = "fiscal-year/2562"

OTHER = f"<{BASE}/id/topic/local-tax>"  # of the wrong class wherever it is used
NOWHERE = f"<{BASE}/id/nowhere/x>"


def _texts(rule: str, focus: str, path: str, also: tuple[str, ...] = ()) -> list[Case]:
    """Return cases for a text that stands at most once and has no language."""
    return [
        Case(rule, focus, {path: '"a", "b"'}, also),
        Case(rule, focus, {path: '"ก"@th'}, also),
        Case(rule, focus, {path: "7"}, also),
    ]


def _references(rule: str, focus: str, path: str, one: str = "") -> list[Case]:
    """Return cases for a reference to another class, to nothing, to a text.

    With `one`, a class, also for two things of that class where one may stand.
    """
    cases = [Case(rule, focus, {path: wrong}) for wrong in (OTHER, NOWHERE, '"text"')]
    if one:
        cases.append(Case(rule, focus, {path: ":a, :b"}, more=f":a a {one} . :b a {one} ."))
    return cases


def _languages(rules: str, focus: str, path: str, required: bool) -> list[Case]:
    """Return cases for a text in Thai and English, one a language."""
    cases = [
        Case(rules, focus, {path: '"ก"@th, "x"@fr'}),
        Case(rules, focus, {path: '"ก"@th, "x"'}),
        Case(f"{rules}-th", focus, {path: '"ก"@th, "ข"@th'}),
        Case(f"{rules}-th", focus, {path: '"ก"@th, "ข"@th-TH, "x"@en'}),
        Case(f"{rules}-en", focus, {path: '"ก"@th, "x"@en, "y"@en'}),
    ]
    if required:
        cases += [Case(f"{rules}-th", focus, {path: wrong}) for wrong in ("", '"x"@en')]
    return cases


def _codes(
    rule: str, focus: str, path: str, scheme: str, two: str, required: bool = True
) -> list[Case]:
    """Return cases for one code from a closed list; `two` are codes that are right, but two."""
    wrongs = (f"{scheme}:nope", '"text"', "owl:Thing", two)
    cases = [Case(rule, focus, {path: wrong}) for wrong in wrongs]
    return cases + ([Case(rule, focus, {path: ""})] if required else [])


def _dates(rule: str, focus: str, path: str, also: tuple[str, ...] = ()) -> list[Case]:
    """Return cases for a C.E. date that stands at most once."""
    wrong = [
        '"2019-04-30"',
        '"1799-12-31"^^xsd:date',
        '"2101-01-01"^^xsd:date',
        '"2019-04-30T00:00:00"^^xsd:dateTime',
        _TWO_DATES,
    ]
    return [Case(rule, focus, {path: value}, also) for value in wrong]


def _counts(rule: str, focus: str, path: str) -> list[Case]:
    """Return cases for a whole number from 1 that stands at most once."""
    return [Case(rule, focus, {path: wrong}) for wrong in ("0", "-1", '"1"', "1.5", "1, 2")]


_DATED = ((DOCUMENT, "dct:issued"), (LEAFLET, "dct:issued"), (LAW, "eli:date_document"))
_TWO_DATES = '"2019-04-30"^^xsd:date, "2019-05-01"^^xsd:date'
_FLAGS = (("entry-as-amended", "km:asAmended"), ("entry-truncated", "km:truncated"))
_ALL = f"{DOCUMENT} {LEAFLET} {LAW} {PROVISION} {ORGANIZATION} {AREA} {PLAN} {COLLECTION}"
_REST = f"{ENTRY} {STATEMENT} {SOURCE} {CORRECTION} {LINK} {RETIREMENT} {TOPIC} {SERVICE}"

BROKEN: list[Case] = [
    # addresses
    Case("Organization", ORGANIZATION, kind="agency"),
    Case("Agency", "agency/dla", kind="wrong"),
    Case("Area", AREA, kind="wrong"),
    Case("Topic", TOPIC, kind="wrong"),
    Case("PublicService", SERVICE, kind="wrong"),
    Case("Indicator", INDICATOR, kind="wrong"),
    Case("FiscalYear", YEAR, kind="wrong"),
    Case("Law", LAW, kind="document"),
    Case("Provision", PROVISION, kind="wrong"),
    Case("Plan", PLAN, kind="wrong"),
    Case("Collection", COLLECTION, kind="wrong"),
    Case("Entry", ENTRY, kind="wrong"),
    Case("Document", DOCUMENT, kind="wrong"),
    Case("Leaflet", LEAFLET, kind="document"),
    Case("Statement", STATEMENT, kind="wrong"),
    Case("SourcePage", SOURCE, kind="wrong"),
    Case("Correction", CORRECTION, kind="wrong"),
    Case("CandidateLink", LINK, kind="wrong"),
    Case("Retirement", RETIREMENT, kind="wrong"),
    Case("Topic", TOPIC, kind="id/topic/x_y"),
    # names and notes
    *_languages("label", TOPIC, "skos:prefLabel", required=True),
    Case("label", TOPIC, {"skos:prefLabel": '"ก"@th, ""@en'}, also=("label-letters",)),
    *[
        Case("label-letters", TOPIC, {"skos:prefLabel": f'"{mark}"@th'})
        for mark in ("-", "–", "…", "?!", "ฯฯ", "\u0e48")
    ],
    Case("label-letters", TOPIC, {"skos:prefLabel": '"ก"@th, "-"@en'}),
    Case("label", TOPIC, {"skos:prefLabel": f'"{"ก" * 401}"@th'}),
    Case("label", TOPIC, {"skos:prefLabel": '"ก\\nข"@th'}),
    Case("label", TOPIC, {"skos:prefLabel": '"ก\\u200Bข"@th'}),
    Case("label", TOPIC, {"skos:prefLabel": '"ก\\u2060ข"@th'}),
    Case("label-th", TOPIC, {"skos:prefLabel": '"ก"'}, also=("label",)),
    Case("alt-th", TOPIC, {"skos:altLabel": '"x"@fr'}),
    Case("alt-th", TOPIC, {"skos:altLabel": '"x"'}),
    Case("alt-th", TOPIC, {"skos:altLabel": f'"{"ก" * 201}"@th'}),
    Case("alt-th", TOPIC, {"skos:altLabel": '"ก\\u202Eข"@th'}),
    *_languages("note", DOCUMENT, "skos:note", required=False),
    # what many kinds of thing share
    *_references("topic", DOCUMENT, "dct:subject")[1:],
    Case("topic", DOCUMENT, {"dct:subject": f"<{BASE}/id/{DOCUMENT}>"}),
    Case("topic-missing", LEAFLET, {"dct:subject": ""}),
    Case("topic-missing", PLAN, {"dct:subject": ""}),
    Case("topic-missing", SERVICE, {"dct:subject": ""}),
    *_codes(
        "confidence",
        DOCUMENT,
        "km:confidence",
        "confidence",
        "confidence:sure, confidence:plausible",
        required=False,
    ),
    Case("confidence", ENTRY, {"km:confidence": "confidence:sure, confidence:plausible"}),
    Case("year-be", DOCUMENT, {"km:yearBE": "2399"}),
    Case("year-be", DOCUMENT, {"km:yearBE": "2644"}),
    Case("year-be", DOCUMENT, {"km:yearBE": "2562, 2563"}),
    Case("year-be", DOCUMENT, {"km:yearBE": '"2562"'}),
    Case("year-be", LAW, {"km:yearBE": '"2562"^^xsd:gYear'}),
    Case("year-missing", LAW, {"km:yearBE": ""}),
    *[
        Case("year-agrees", focus, {"km:yearBE": year, path: f'"{date}"^^xsd:date'})
        for focus, path in _DATED
        for year, date in (
            ("2561", "2019-04-30"),
            ("2563", "2019-04-30"),
            ("2483", "1940-02-01"),
            ("2482", "1940-04-01"),
            ("2483", "1941-01-01"),
        )
    ],
    *_dates("date", DOCUMENT, "dct:issued"),
    *_references("fiscal-year", DOCUMENT, "dct:temporal", "km:FiscalYear"),
    Case("fiscal-year", PLAN, {"dct:temporal": f"<{BASE}/id/{YEAR}>, {OTHER}"}),
    *_references("owner", SOURCE, "dct:publisher", "km:Organization"),
    Case("owner", LEAFLET, {"dct:publisher": ""}),
    Case("owner", SOURCE, {"dct:publisher": f"<{BASE}/id/agency/dla>"}),
    *_references("owner-if-any", DOCUMENT, "dct:publisher", "km:Organization"),
    # documents and leaflets
    *_codes("document-kind", DOCUMENT, "dct:type", "kind", "kind:manual, kind:report"),
    Case("document-kind", DOCUMENT, {"dct:type": "kind:manual, kind:report"}),
    *_references("document-issuer", DOCUMENT, "dct:creator", "org:FormalOrganization"),
    *_references("document-explains", DOCUMENT, "km:explains"),
    Case("document-explains", DOCUMENT, {"km:explains": f"<{BASE}/id/{LEAFLET}>"}),
    *_references("document-service", DOCUMENT, "km:aboutService"),
    *_references("document-edition-of", DOCUMENT, "dct:isVersionOf", "km:Document"),
    *_references("document-references", DOCUMENT, "dct:references"),
    *_references("document-related", DOCUMENT, "dct:relation"),
    *_references("document-evidence", DOCUMENT, "km:evidenceFor"),
    Case("leaflet-kind", LEAFLET, {"dct:type": "kind:manual"}),
    Case("leaflet-kind", LEAFLET, {"dct:type": ""}, also=("document-kind",)),
    Case("leaflet-law-missing", LEAFLET, {"km:explains": ""}),
    # laws
    Case("law-kind", LAW, {"dct:type": "kind:manual"}),
    Case("law-kind", LAW, {"dct:type": "kind:act, kind:regulation"}, also=("document-kind",)),
    Case("law-kind", LAW, {"dct:type": ""}, also=("document-kind",)),
    *_texts("law-number", LAW, "eli:number"),
    *_dates("law-date", LAW, "eli:date_document", also=("year-agrees",))[1:3],
    Case("law-date", LAW, {"km:yearBE": "2562", "eli:date_document": '"2019-04-30"'}),
    Case("law-date", LAW, {"km:yearBE": "2562", "eli:date_document": _TWO_DATES}),
    *_references("law-amends", LAW, "eli:amends"),
    *_references("provision-law", PROVISION, "eli:is_part_of", "km:Law"),
    Case("provision-law", PROVISION, {"eli:is_part_of": ""}),
    *_texts("provision-number", PROVISION, "eli:number"),
    Case("provision-number", PROVISION, {"eli:number": ""}),
    # organisations and areas
    *_references("organization-area", ORGANIZATION, "dct:spatial", "km:Area"),
    Case("organization-area", ORGANIZATION, {"dct:spatial": ""}),
    Case("organization-services", ORGANIZATION, more=f"{OTHER} m8g:hasCompetentAuthority :me ."),
    Case("organization-homepage", ORGANIZATION, {"foaf:homepage": '"https://x.go.th/"'}),
    Case("organization-homepage", ORGANIZATION, {"foaf:homepage": "<ftp://x.go.th/>"}),
    Case("organization-homepage", ORGANIZATION, {"foaf:homepage": "<http://x/>, <http://y/>"}),
    Case("document-page", LEAFLET, {"foaf:page": '"https://x.go.th/a.pdf"'}),
    Case("document-page", DOCUMENT, {"foaf:page": "<ftp://x.go.th/a.pdf>"}),
    Case("document-page", LAW, {"foaf:page": "<http://x/>, <http://y/>"}),
    Case("organization-contact-name", ORGANIZATION, {"km:contactName": '"a", "b"'}),
    Case("organization-contact-name", ORGANIZATION, {"km:contactName": '"a"@en'}),
    Case("organization-contact-email", ORGANIZATION, {"schema:email": '"a@b.go.th", "c@d.go.th"'}),
    Case("organization-contact-email", ORGANIZATION, {"schema:email": '"a@b"'}),
    Case("organization-contact-email", ORGANIZATION, {"schema:email": '"mailto:a@b.go.th"'}),
    Case("organization-contact-email", ORGANIZATION, {"schema:email": "<mailto:a@b.go.th>"}),
    *_codes(
        "area-level", AREA, "dct:type", "area-level", "area-level:district, area-level:province"
    ),
    *_texts("area-code", AREA, "dct:identifier"),
    Case("area-code", AREA, {"dct:identifier": ""}),
    Case("area-code", AREA, {"dct:identifier": '"30", "3011"'}),
    *[
        Case("area-code", AREA, {"dct:identifier": f'"{code}"'})
        for code in ("3", "301", "30110", "3011070", "๓๐", "30 ")
    ],
    *_references("area-part-of", AREA, "dct:isPartOf", "km:Area"),
    Case("area-cycle", AREA, {"dct:isPartOf": ":me"}),
    Case("area-cycle", AREA, {"dct:isPartOf": ":b"}, more=":b a km:Area ; dct:isPartOf :me ."),
    # plans, collections, entries
    *_languages("plan-issue", PLAN, "km:issue", required=True),
    Case("plan-fiscal-year-missing", PLAN, {"dct:temporal": ""}),
    Case("plan-entries", PLAN),
    Case("plan-entries", COLLECTION),
    *_codes("collection-scope", COLLECTION, "km:scope", "scope", "scope:inside, scope:outside"),
    *_references("entry-list", ENTRY, "dct:isPartOf", "km:Plan"),
    Case("entry-list", ENTRY, {"dct:isPartOf": ""}),
    Case("entry-list", ENTRY, {"dct:isPartOf": f"<{BASE}/id/{STATEMENT}>"}),
    *_references("entry-names", ENTRY, "schema:item", "km:Document"),
    Case("entry-names", ENTRY, {"schema:item": ""}),
    *[
        Case(rule, ENTRY, {path: wrong})
        for rule, path in (
            ("entry-as-amended", "km:asAmended"),
            ("entry-truncated", "km:truncated"),
        )
        for wrong in ('"true"', "1", "true, false")
    ],
    *_counts("position", ENTRY, "schema:position"),
    Case("position", ENTRY, {"schema:position": ""}),
    Case("position", PLAN, {"schema:position": ""}),
    *_counts("position-if-any", STATEMENT, "schema:position"),
    Case(
        "position-sequence",
        ENTRY,
        {"dct:isPartOf": ":list", "schema:position": "2"},
        more=":list a km:Plan .",
    ),
    Case(
        "position-sequence",
        ENTRY,
        {"dct:isPartOf": ":list", "schema:position": "1"},
        more=":list a km:Plan . :b dct:isPartOf :list ; schema:position 1 .",
    ),
    # quotations
    *_references("quote-source", ENTRY, "prov:wasQuotedFrom", "km:SourcePage"),
    *_counts("quote-line", ENTRY, "km:sourceLine"),
    *_counts("quote-order", ENTRY, "km:lineOrder"),
    *_texts("quote-before", ENTRY, "km:textBefore"),
    *_texts("quote-after", ENTRY, "km:textAfter"),
    *_texts("verbatim", ENTRY, "km:verbatim"),
    Case("verbatim", ENTRY, {"km:verbatim": '"ก\\u200Bข"'}),
    Case("verbatim-cut", ENTRY, {"km:verbatim": f'"{"ก" * 80}"'}),
    Case("verbatim-cut", PLAN, {"km:verbatim": f'"{"😀" * 80}"'}),
    # statements
    *_references("statement-owner", STATEMENT, "prov:wasAttributedTo", "km:Organization"),
    Case("statement-owner", STATEMENT, {"prov:wasAttributedTo": ""}),
    *_codes(
        "statement-kind", STATEMENT, "dct:type", "statement", "statement:level, statement:duty"
    ),
    *_references("statement-part-of", STATEMENT, "dct:isPartOf", "km:Statement"),
    *_languages("statement-text", STATEMENT, "schema:text", required=True),
    *_references("statement-legal-basis", STATEMENT, "km:legalBasis"),
    *_texts("statement-footnote", STATEMENT, "km:footnoteMark"),
    *[
        Case("statement-footnote", STATEMENT, {"km:footnoteMark": f'"{mark}"'})
        for mark in ("x", "1234", "๓๐", "")
    ],
    # source pages
    Case("source-sha256", SOURCE, {"km:sha256": f'"{"a" * 64}", "{"b" * 64}"'}),
    Case("statement-footnote", STATEMENT, {"km:footnoteMark": '"1", "2"'}),
    Case("source-url", SOURCE, {"schema:url": '"https://x.go.th/"'}),
    Case("source-url", SOURCE, {"schema:url": "<ftp://x.go.th/>"}),
    Case("source-url", SOURCE, {"schema:url": "<http://x/>, <http://y/>"}),
    *_texts("source-file", SOURCE, "km:fileName"),
    *[
        Case("source-file", SOURCE, {"km:fileName": f'"{name}"'})
        for name in ("../page.txt", "a/b", ".hidden", "หน้า.txt", "a b", "")
    ],
    *_texts("source-sha256", SOURCE, "km:sha256"),
    *[
        Case("source-sha256", SOURCE, {"km:sha256": f'"{digest}"'})
        for digest in ("a" * 63, "a" * 65, "A" * 64, "g" * 64)
    ],
    # corrections and links
    *_references("correction-of", CORRECTION, "km:corrects", "km:Entry"),
    Case("correction-of", CORRECTION, {"km:corrects": ""}),
    *_codes("correction-kind", CORRECTION, "dct:type", "fault", "fault:typo, fault:omission"),
    *_texts("correction-published", CORRECTION, "km:publishedWords"),
    Case("correction-published", CORRECTION, {"km:publishedWords": ""}),
    Case("correction-published", CORRECTION, {"km:publishedWords": '""'}),
    Case("correction-published", CORRECTION, {"km:publishedWords": '"ก\\nข"'}),
    *_texts("correction-corrected", CORRECTION, "km:correctedWords"),
    Case("correction-corrected", CORRECTION, {"km:correctedWords": '""'}),
    Case("correction-corrected", CORRECTION, {"km:correctedWords": '"ก\\u00ADข"'}),
    *_languages("correction-reason", CORRECTION, "dct:description", required=True),
    *_references("link-from", LINK, "rdf:subject", "km:Document"),
    Case("link-from", LINK, {"rdf:subject": ""}),
    *_codes("link-relation", LINK, "rdf:predicate", "km", "km:explains, dct:creator"),
    Case("link-relation", LINK, {"rdf:predicate": "dct:title"}),
    *_references("link-to", LINK, "rdf:object", "km:Document"),
    Case("link-to", LINK, {"rdf:object": ""}),
    *_codes(
        "link-confidence",
        LINK,
        "km:confidence",
        "confidence",
        "confidence:plausible, confidence:unverified",
    ),
    Case("link-confidence", LINK, {"km:confidence": "confidence:sure"}),
    # topics, services, indicators, fiscal years
    *_references("topic-broader", TOPIC, "skos:broader")[1:],
    Case("topic-broader", TOPIC, {"skos:broader": f"<{BASE}/id/{AREA}>"}),
    Case("topic-cycle", TOPIC, {"skos:broader": ":me"}),
    Case("topic-cycle", TOPIC, {"skos:broader": ":b"}, more=":b a km:Topic ; skos:broader :me ."),
    Case(
        "topic-cycle",
        TOPIC,
        {"skos:broader": ":b"},
        more=":b a km:Topic ; skos:broader :c . :c a km:Topic ; skos:broader :me .",
    ),
    Case("topic-scheme", TOPIC, {"skos:inScheme": ""}),
    Case("topic-scheme", TOPIC, {"skos:inScheme": "indicator:oit"}),
    *_references("service-law", SERVICE, "m8g:hasLegalResource"),
    *_codes(
        "indicator-scheme", INDICATOR, "skos:inScheme", "indicator", "indicator:oit, indicator:lpa"
    ),
    *_texts("indicator-notation", INDICATOR, "skos:notation"),
    Case("fiscal-year-be", YEAR, {"km:yearBE": ""}),
    Case(
        "fiscal-year-be",
        YEAR,
        {"km:yearBE": "2562, 2563"},
        also=("fiscal-year-start-agrees", "fiscal-year-end-agrees"),
    ),
    Case(
        "fiscal-year-start",
        YEAR,
        {"dcat:startDate": _TWO_DATES},
        also=("fiscal-year-start-agrees",),
    ),
    Case("fiscal-year-end", YEAR, {"dcat:endDate": _TWO_DATES}, also=("fiscal-year-end-agrees",)),
    Case(
        "fiscal-year-be",
        YEAR,
        {
            "km:yearBE": "2644",
            "dcat:startDate": '"2100-10-01"^^xsd:date',
            "dcat:endDate": '"2100-09-30"^^xsd:date',
        },
        also=("fiscal-year-end-agrees",),
    ),
    Case("fiscal-year-start", YEAR, {"dcat:startDate": ""}, also=("fiscal-year-start-agrees",)),
    *_dates("fiscal-year-start", YEAR, "dcat:startDate", also=("fiscal-year-start-agrees",))[:-1],
    Case("fiscal-year-end", YEAR, {"dcat:endDate": ""}, also=("fiscal-year-end-agrees",)),
    *_dates("fiscal-year-end", YEAR, "dcat:endDate", also=("fiscal-year-end-agrees",))[:-1],
    *[
        Case("retired-was", RETIREMENT, {"prov:invalidated": wrong})
        for wrong in ("", '"text"', "<http://x.go.th/plan>", ":a, :b")
    ],
    *_references("retired-replaced-by", RETIREMENT, "schema:replacer")[1:],
    Case("fiscal-year-start-agrees", YEAR, {"dcat:startDate": '"2019-10-01"^^xsd:date'}),
    Case("fiscal-year-end-agrees", YEAR, {"dcat:endDate": '"2019-10-30"^^xsd:date'}),
]

KEPT: list[Case] = [
    *[Case("", focus) for focus in f"{_ALL} {_REST} {INDICATOR} {YEAR} agency/dla".split()],
    Case("label", TOPIC, {"skos:prefLabel": f'"{"ก" * 400}"@th, "x"@en-GB'}),
    *[Case("label-letters", TOPIC, {"skos:prefLabel": f'"{n}"@th'}) for n in ("๗", "- 7", "É")],
    Case("alt-th", TOPIC, {"skos:altLabel": '"ก"@th, "ข"@th, "x"@en'}),
    Case("note", DOCUMENT, {"skos:note": '"ก"@th, "x"@en'}),
    *[
        Case("year-agrees", DOCUMENT, {"km:yearBE": year, "dct:issued": f'"{date}"^^xsd:date'})
        for year, date in (
            ("2562", "2019-04-30"),
            ("2562", "2019-01-01"),
            ("2482", "1940-02-01"),
            ("2483", "1940-04-01"),
            ("2484", "1941-01-01"),
        )
    ],
    Case("year-be", DOCUMENT, {"km:yearBE": "2400"}),
    Case("year-be", DOCUMENT, {"km:yearBE": "2643"}),
    Case("date", DOCUMENT, {"dct:issued": '"1800-01-01"^^xsd:date'}),
    Case("date", DOCUMENT, {"dct:issued": '"2100-12-31"^^xsd:date'}),
    Case("verbatim-cut", ENTRY, {"km:verbatim": f'"{"ก" * 79}"'}),
    Case("verbatim-cut", ENTRY, {"km:verbatim": f'"{"ก" * 81}"'}),
    Case("verbatim-cut", ENTRY, {"km:verbatim": f'"{"😀" * 40}"'}),
    Case("area-code", AREA, {"dct:identifier": '"30"'}),
    Case("area-code", AREA, {"dct:identifier": '"3011"'}),
    Case("statement-footnote", STATEMENT, {"km:footnoteMark": '"30"'}),
    Case("source-url", SOURCE, {"schema:url": "<https://x.go.th/ก>"}),
    Case("organization-homepage", ORGANIZATION, {"foaf:homepage": "<http://x.go.th/>"}),
    Case("document-page", LEAFLET, {"foaf:page": "<https://x.go.th/แผ่นพับ.pdf>"}),
    Case("organization-contact-name", ORGANIZATION, {"km:contactName": '"สำนักปลัด"'}),
    Case("organization-contact-email", ORGANIZATION, {"schema:email": '"a.b-c+d@e-f.go.th"'}),
    Case("owner-if-any", DOCUMENT, {"dct:publisher": ""}),
    Case("document-issuer", DOCUMENT, {"dct:creator": f"<{BASE}/id/{ORGANIZATION}>"}),
    Case("document-related", DOCUMENT, {"dct:relation": f"<{BASE}/id/{LAW}>"}),
    Case("link-to", LINK, {"rdf:object": f"<{BASE}/id/agency/dla>"}),
    Case("topic-cycle", TOPIC, {"skos:broader": ":b"}, more=":b a km:Topic ."),
    Case("position-if-any", STATEMENT, {"schema:position": "", "dct:isPartOf": ""}),
    Case(
        "position-sequence",
        ENTRY,
        {"dct:isPartOf": ":list", "schema:position": "1"},
        more=":list a km:Plan . :b dct:isPartOf :list ; schema:position 2 .",
    ),
]


def copy_iri(case: Case, number: int) -> str:
    """Return the address of a case's copy."""
    if "/" in case.kind:
        return f"{BASE}/{case.kind}-{number}"
    return f"{BASE}/id/{case.kind or case.focus.partition('/')[0]}/case-{number}"


def copy_case(case: Case, number: int, data: list[ox.Quad]) -> list[ox.Quad]:
    """Return the triples of a case."""
    me, original = ox.NamedNode(copy_iri(case, number)), ox.NamedNode(f"{BASE}/id/{case.focus}")
    replaced = {term(path) for path in case.edits}
    kept = [
        ox.Quad(me, quad.predicate, quad.object)
        for quad in data
        if quad.subject == original and quad.predicate not in replaced
    ]
    assert kept, case.focus
    names = f"@prefix : <{BASE}/case/{number}/> .\n"
    turtle = "".join(f":me {path} {text} .\n" for path, text in case.edits.items() if text)
    text = PREFIX + names + turtle + case.more
    written = text.replace(":me ", f"<{me.value}> ").encode()
    return kept + list(ox.parse(written, ox.RdfFormat.TURTLE))
