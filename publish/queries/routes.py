"""The saved questions: /queries, a page for each, their answers as files.

In: a question's name and the values of its parameters, in the address, so that an answer can be
passed on. Out: the page, the question as RDF, its answer as CSV, CSV for Excel or SPARQL JSON, and
its text. The query workers answer, with the deadline of any public query and the values bound as
terms. A page ignores unknown parameters, since mail programs and social networks add some to every
address; a file refuses them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, Response, abort, request

from graph.errors import QueryError
from graph.queries.saved import SavedQuery, bind, check_bound, fill
from graph.rdf.vocab import Term
from publish.engine.worker import EngineQuery
from publish.http.excel_csv import for_excel
from publish.http.response import REVALIDATE
from publish.http.status import status_of
from publish.queries.question_page import compose_question, say, with_answer
from publish.queries.rows import read_rows
from publish.web.context import RequestContext, engine, request_context
from publish.web.formats import Resource, alternates, etag, send, split_extension
from publish.web.page_data import Alternate, Card, Label, Link, TermGroup, TermsPage

_PATH = "/queries"
_FILES = (".excel.csv", ".csv", ".json", ".rq")  # the longest first
_NOT_PARAMETERS = frozenset(["lang"])


@dataclass(frozen=True)
class _Asked:
    """A question with the values as typed, and the terms they mean."""

    query: SavedQuery
    values: Mapping[str, str]
    bound: Mapping[str, Term]

    def for_engine(self, format: str) -> EngineQuery:
        """Return what the workers are asked."""
        bindings = tuple((name, str(term)) for name, term in self.bound.items())
        return EngineQuery(self.query.text, format, bindings=bindings)


def create_blueprint() -> Blueprint:
    """Return the routes of the saved questions."""
    blueprint = Blueprint("saved", __name__)
    blueprint.add_url_rule(_PATH, view_func=questions)
    blueprint.add_url_rule(f"{_PATH}.<extension>", view_func=questions)
    blueprint.add_url_rule(f"{_PATH}/<name>", view_func=question)
    return blueprint


def questions(extension: str = "") -> Response:
    """Send the collection."""
    if extension and split_extension(f"x.{extension}")[1] != extension:
        abort(404)
    context = request_context()
    collection = context.site.collection
    resource = Resource(_PATH, collection.iri, lambda: collection.triples, _list_page)
    return send(context, resource, extension)


def question(name: str) -> Response:
    """Send one question: its page, its RDF, its answer as a file, or its text."""
    context = request_context()
    ending = next((end for end in _FILES if name.endswith(end)), "")
    stem, extension = (name.removesuffix(ending), "") if ending else split_extension(name)
    query = context.site.collection.find(stem)
    if query is None:
        abort(404)
    if ending:
        return _send_file(context, _ask(context, query, _values(query, is_strict=True)), ending)
    return _send_page(context, query, extension)


# ---- pages and RDF ---------------------------------------------------------------------------


def _send_page(context: RequestContext, query: SavedQuery, extension: str) -> Response:
    resource = Resource(
        path=f"{_PATH}/{query.name}",
        iri=query.iri,
        triples=lambda: context.site.collection.about(query),
        page=lambda seen, formats: _answer_page(seen, query, formats),
        state=request.query_string.decode("latin-1"),
    )
    try:
        return send(context, resource, extension)
    except QueryError as error:
        return _send_refusal(context, query, error)


def _answer_page(
    context: RequestContext, query: SavedQuery, formats: tuple[Alternate, ...]
) -> bytes:
    asked = _ask(context, query, _values(query, is_strict=False))
    answer = read_rows(engine(), asked.for_engine("json"))
    assert not isinstance(answer, bool), "a saved question is a SELECT"
    page = compose_question(context, query, asked.values, asked.bound)
    return _render(context, query, with_answer(context, page, query, answer), asked.values, formats)


def _send_refusal(context: RequestContext, query: SavedQuery, error: QueryError) -> Response:
    """Say on the question's own page why it is not answered, beside the form to mend it in."""
    values = {p.name: request.args.get(p.name, p.default or "") for p in query.parameters}
    page = replace(compose_question(context, query, values, {}), error=str(error))
    body = _render(context, query, page, values, alternates(context, f"{_PATH}/{query.name}"))
    response = Response(body, status_of(error), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = context.lang
    if response.status_code == 503:
        response.headers["Retry-After"] = "5"
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _render(
    context: RequestContext,
    query: SavedQuery,
    page: object,
    values: Mapping[str, str],
    formats: tuple[Alternate, ...],
) -> bytes:
    crumbs = (Link(Label(context.texts("nav.queries")), context.links.to(_PATH)),)
    title = say(context.namer(context.serving.vocabulary.facts), query.title).text
    frame = context.frame(
        f"{_PATH}/{query.name}", title, "queries", crumbs, formats, not values, dict(values)
    )
    return context.render("question.html", frame, page)


def _list_page(context: RequestContext, formats: tuple[Alternate, ...]) -> bytes:
    namer, collection = context.namer(context.serving.vocabulary.facts), context.site.collection
    groups = tuple(
        TermGroup(
            group.id,
            say(namer, group.title).text,
            tuple(_card(context, query) for query in group.queries),
        )
        for group in collection.groups
    )
    page = TermsPage(
        title=say(namer, collection.title),
        lead=say(namer, collection.description),
        version="",
        iri=collection.iri,
        groups=groups,
    )
    frame = context.frame(_PATH, page.title.text, "queries", (), formats)
    return context.render("queries.html", frame, page)


def _card(context: RequestContext, query: SavedQuery) -> Card:
    """Return a question in the list; its note says what it can be narrowed to."""
    namer = context.namer(context.serving.vocabulary.facts)
    takes = [say(namer, parameter.title).text for parameter in query.parameters]
    note = Label(context.texts("queries.takes", names=" · ".join(takes))) if takes else None
    href = context.links.to(f"{_PATH}/{query.name}")
    return Card(Link(say(namer, query.title), href, note=note), say(namer, query.description))


# ---- files -----------------------------------------------------------------------------------


def _send_file(context: RequestContext, asked: _Asked, ending: str) -> Response:
    """Send an answer as it comes from the worker, or the question's text."""
    name, format = asked.query.name, "json" if ending == ".json" else "csv"
    tag = etag(context, "file", ending, name, repr(sorted(asked.bound.items(), key=str)))
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    elif ending == ".rq":
        text = fill(asked.query, asked.bound)
        response = Response(text, content_type="application/sparql-query; charset=utf-8")
    else:
        answer = engine().query(asked.for_engine(format))
        answer = for_excel(answer) if ending == ".excel.csv" else answer
        response = Response(answer.chunks, content_type=answer.media_type, direct_passthrough=True)
        if answer.size_bytes is not None:
            response.content_length = answer.size_bytes
    if format == "csv" and ending != ".rq":
        file_name = f"{name}{ending.replace('.excel', '-excel')}"
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = REVALIDATE
    return response


# ---- what was asked --------------------------------------------------------------------------


def _values(query: SavedQuery, is_strict: bool) -> dict[str, str]:
    """Return the values in the address, as typed. Raises QueryError for one given twice."""
    known = {parameter.name for parameter in query.parameters}
    values = {}
    for name, given in request.args.lists():
        if name in _NOT_PARAMETERS or (name not in known and not is_strict):
            continue
        if len(given) > 1:
            raise QueryError(f"{name}: ใส่ได้ค่าเดียว / one value only, not {len(given)}")
        values[name] = given[0]
    return values


def _ask(context: RequestContext, query: SavedQuery, values: Mapping[str, str]) -> _Asked:
    """Return the question with its terms. Raises QueryError for wrong values."""
    bound = bind(query, values)
    check_bound(query, context.serving.store, bound)
    return _Asked(query, values, bound)
