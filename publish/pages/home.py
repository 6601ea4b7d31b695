"""The home page, which leads three kinds of reader to their goals.

In: the overview of a release. Out: a `Home`: services and leaflets for a citizen, plans and their
gaps for a KM officer, questions and data for an analyst; then the lists, the topics and the kinds
of thing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox
from flask import Blueprint, Response

from graph.describe.overview import Overview
from graph.rdf.iris import mint_iri
from graph.rdf.vocab import expand
from graph.text.thai import sort_key
from publish.drawings.charts import CountBar, draw_bars
from publish.things.lists import fiscal_year, kind_cards
from publish.things.sections import read_mottos
from publish.web.context import RequestContext, request_context
from publish.web.formats import send_page
from publish.web.labels import Namer
from publish.web.page_data import Card, Label, Link, Motto
from publish.web.schema_org import describe_site

_WAYS = ("queries", "sparql", "dumps", "catalog", "ontology", "shapes", "quality", "releases")
_FEW = 6
_MOST_TOPICS = 24


@dataclass(frozen=True)
class Path:
    """The way of one kind of reader: for whom it is, and its links."""

    name: str
    title: str
    text: str
    links: tuple[Link, ...]
    more: tuple[Link, ...]


@dataclass(frozen=True)
class Home:
    """The front page; `organisation` is set where the site has one alone."""

    organisation: Link | None
    mottos: tuple[Motto, ...]
    paths: tuple[Path, ...]
    lists: tuple[Card, ...]
    topics: tuple[CountBar, ...]
    kinds: tuple[CountBar, ...]
    ways: tuple[Card, ...]
    organisations: tuple[Link, ...] = ()
    all_organisations: Link | None = None


def create_blueprint() -> Blueprint:
    """Return the route of the home page."""
    blueprint = Blueprint("home", __name__)
    blueprint.add_url_rule("/", view_func=home)
    return blueprint


def home() -> Response:
    """Send the front page."""
    context = request_context()
    return send_page(context, "/", lambda: _home_page(context))


def _home_page(context: RequestContext) -> bytes:
    overview, texts = context.serving.overview, context.texts
    namer = context.namer(overview.facts)
    only = overview.organisations[0] if len(overview.organisations) == 1 else None
    total = texts.number(overview.counts.get(expand("km:Organization"), 0))
    page = Home(
        organisation=namer.link(only) if only else None,
        mottos=read_mottos(namer, only) if only else (),
        paths=tuple(_paths(context, overview, namer)),
        lists=tuple(_list_cards(context, overview)) if only else (),
        topics=_topics(context),
        kinds=draw_bars(
            [(c.link, int(c.count.replace(",", ""))) for c in kind_cards(context)], texts
        ),
        ways=tuple(Card(_to(context, way), Label(texts(f"home.way_{way}"))) for way in _WAYS),
        organisations=() if only else tuple(namer.link(o) for o in overview.organisations),
        all_organisations=Link(
            Label(texts("home.all_organisations", count=total)), context.links.to("/browse/org")
        ),
    )
    title = page.organisation.label.text if page.organisation else texts("site.name")
    about = [describe_site(context.links, texts, page.organisation)]
    return context.render("home.html", context.frame("/", title, about=about), page)


def _topics(context: RequestContext) -> tuple[CountBar, ...]:
    """Return the topics with how much is about each, the greatest first."""
    tally = context.serving.search.tally("topic")
    names = context.serving.search.names(
        mint_iri(context.links.base, "topic", slug) for slug in tally
    )
    namer = context.namer(context.serving.vocabulary.facts)
    rows = []
    for slug, count in [*tally.items()][:_MOST_TOPICS]:
        iri = mint_iri(context.links.base, "topic", slug)
        label = namer.pick(names.get(iri, {}))
        if label:
            rows.append((Link(label, context.links.to(context.links.path(iri) or "/")), count))
    return draw_bars(rows, context.texts)


def _paths(context: RequestContext, overview: Overview, namer: Namer) -> Iterator[Path]:
    """Yield the ways of the citizen, the officer and the analyst."""
    only = len(overview.organisations) == 1
    listed = tuple(found.iri for found in overview.lists if "/id/plan/" in found.iri.value)
    plans = listed or overview.plans
    organisations = overview.organisations[:_FEW]
    yield _path(
        context,
        "citizen",
        _by_name(namer, overview.services[:_FEW]),
        {"leaflets": "/browse/leaflet", "topics": "/browse/topic", "laws": "/browse/law"},
    )
    yield _path(
        context,
        "officer",
        tuple(_issue(namer, thing) for thing in (plans[:_FEW] if only else organisations)),
        {"missing": "/queries/evidence-missing", "faults": "/queries/corrections"},
        _newest_year(namer, plans),
    )
    yield _path(
        context,
        "analyst",
        tuple(_to(context, way) for way in ("queries", "sparql", "dumps", "ontology")),
        {"links": "/queries/leaflet-laws", "kinds": "/browse"},
    )


def _newest_year(namer: Namer, plans: Iterable[ox.NamedNode]) -> tuple[Link, ...]:
    """Return the way to all plans of the newest fiscal year, where a plan states one."""
    stated = {year for plan in plans for year in namer.facts.values(plan, "dct:temporal")}
    years = sorted((y for y in stated if isinstance(y, ox.NamedNode)), key=str)
    if not years:
        return ()
    link = namer.link(years[-1])
    words = namer.texts("home.to_plans", year=link.label.text)
    return (replace(link, label=replace(link.label, text=words)),)


def _path(
    context: RequestContext,
    name: str,
    links: tuple[Link, ...],
    more: dict[str, str],
    first: tuple[Link, ...] = (),
) -> Path:
    """Return one reader's block; `first` holds the links before the others."""
    texts = context.texts
    return Path(
        name,
        texts(f"home.{name}"),
        texts(f"home.{name}_text"),
        links,
        (
            *first,
            *(Link(Label(texts(f"home.to_{key}")), context.links.to(p)) for key, p in more.items()),
        ),
    )


def _to(context: RequestContext, way: str) -> Link:
    return Link(Label(context.texts(f"nav.{way}")), context.links.to(f"/{way}"))


def _issue(namer: Namer, thing: ox.NamedNode) -> Link:
    """Return a link to a plan by its issue, which is shorter than its name."""
    link = namer.link(thing)
    return replace(link, label=namer.words(thing, "km:issue") or link.label)


def _by_name(namer: Namer, things: tuple[ox.NamedNode, ...]) -> tuple[Link, ...]:
    links = (namer.link(thing) for thing in things)
    return tuple(sorted(links, key=lambda link: sort_key(link.label.text)))


def _list_cards(context: RequestContext, overview: Overview) -> list[Card]:
    namer = context.namer(overview.facts)
    cards = []
    for found in overview.lists:
        type = "plan" if "/id/plan/" in found.iri.value else "collection"
        kind = context.site.layout.kind(type)
        note = namer.pick(kind.names) if kind else None
        count = context.texts("home.entries", count=context.texts.number(found.entries))
        year = fiscal_year(namer, found.iri) if type == "plan" else None
        cards.append(Card(namer.link(found.iri, note=note), year, count))
    return cards
