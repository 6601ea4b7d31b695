"""The SPARQL page for people: a form that works without JavaScript, and the answer below it.

In: the query of a browser, the name of a saved question, or neither. Out: the page, with a table
for SELECT, a word for ASK, Turtle for a graph, and an error beside its place in the query. The page
asks the same workers through the same query guard as `publish.sparql.endpoint`.

With JavaScript the form becomes an editor (`static/query.js`, Yasgui's Yasqe), which fetches this
same page and replaces the old answer by the new one. So answers are made here only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from urllib.parse import quote

import pyoxigraph as ox
from flask import Blueprint, Response, abort, request

from graph.errors import KmError, QuerySyntax
from graph.rdf.vocab import Term
from graph.sparql.guard import check_query
from publish.engine.worker import EngineQuery
from publish.http.status import status_of
from publish.queries import editor_terms as query_terms
from publish.queries.question_page import say
from publish.queries.rows import name_terms, read_rows, read_text
from publish.sparql.endpoint import PATH, QUERY
from publish.web.context import RequestContext, engine, request_context
from publish.web.formats import send_page
from publish.web.labels import Namer
from publish.web.page_data import Card, Label, Link, TermGroup

EXAMPLES = ("plans", "laws", "faults", "topics")
_FORMATS = {"json": "JSON", "csv": "CSV", "tsv": "TSV", "xml": "XML"}
_DATASET = ("default-graph-uri", "named-graph-uri")
_STYLES = ("yasgui/yasqe.min.css", "query.css")
_SCRIPTS = ("yasgui/yasqe.min.js", "query.js")


@dataclass(frozen=True)
class Mistake:
    """Why there is no answer, and where in the query; `line` is 0 where that is not known."""

    text: str
    place: str
    line: int
    column: int


@dataclass(frozen=True)
class PageAnswer:
    """What a query gave; `address` leads to it again, `downloads` to the whole of it."""

    summary: str
    address: str
    downloads: tuple[Link, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Link, ...], ...] = ()
    note: str = ""
    text: str = ""


@dataclass(frozen=True)
class QueryPage:
    """The query form, examples to start from, and an answer or a mistake."""

    action: str
    query: str
    lang: str
    terms: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    formats: tuple[tuple[str, str], ...]
    groups: tuple[TermGroup, ...]
    answer: PageAnswer | None = None
    mistake: Mistake | None = None


def create_blueprint() -> Blueprint:
    """Return the routes of the page and of the completions of its editor."""
    blueprint = Blueprint("sparql", __name__)
    blueprint.add_url_rule(PATH, view_func=query_page, methods=["GET", "POST"])
    blueprint.add_url_rule(query_terms.PATH, view_func=query_terms.query_terms)
    return blueprint


def query_page() -> Response:
    """Send the page: with an example to start from, or with the answer to the query it is given."""
    context = request_context()
    query = request.environ.get(QUERY)
    query = query if query is not None else _saved(context, request.args.get("question", ""))
    if query is None:
        empty = replace(_form(context), query=_example("plans"))
        response = send_page(context, PATH, lambda: _render(context, empty))
    else:
        status, page = _answer(context, query)
        response = Response(_render(context, page), status, content_type="text/html; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Language"] = context.lang
        response.vary.update(("Accept", "Accept-Language"))
    return response


# ---- the form --------------------------------------------------------------------------------


def _render(context: RequestContext, page: QueryPage) -> bytes:
    query = {"query": page.query} if page.answer or page.mistake else {}
    title = context.texts("sparql.title")
    frame = context.frame(PATH, title, "sparql", is_indexed=not query, query=query)
    return context.render("sparql.html", frame, page)


def _form(context: RequestContext) -> QueryPage:
    static, version = f"{context.links.prefix}/static", context.site.version
    return QueryPage(
        action=f"{context.links.prefix}{PATH}",
        query="",
        lang=context.links.lang,
        terms=f"{context.links.prefix}{query_terms.PATH}",
        styles=tuple(f"{static}/{name}?v={version}" for name in _STYLES),
        scripts=tuple(f"{static}/{name}?v={version}" for name in _SCRIPTS),
        formats=(
            ("html", context.texts("sparql.on_page")),
            ("excel", context.texts("queries.excel")),
            *_FORMATS.items(),
        ),
        groups=(_examples(context), *_saved_groups(context)),
    )


def _examples(context: RequestContext) -> TermGroup:
    texts, links = context.texts, context.links
    cards = tuple(
        Card(Link(Label(texts(f"sparql.example_{n}")), links.to(PATH, question=f"example-{n}")))
        for n in EXAMPLES
    )
    return TermGroup("examples", texts("sparql.examples"), cards)


def _saved_groups(context: RequestContext) -> tuple[TermGroup, ...]:
    """Return the saved questions, each one click from the editor."""
    namer = context.namer(context.serving.vocabulary.facts)
    return tuple(
        TermGroup(
            group.id,
            say(namer, group.title).text,
            tuple(
                Card(Link(say(namer, query.title), context.links.to(PATH, question=query.name)))
                for query in group.queries
            ),
        )
        for group in context.site.collection.groups
    )


def _saved(context: RequestContext, name: str) -> str | None:
    """Return the text of a saved question or an example; 404 for a name that is none."""
    if not name:
        return None
    example = name.removeprefix("example-")
    if name != example and example in EXAMPLES:
        return _example(example)
    query = context.site.collection.find(name)
    if query is None:
        abort(404)
    return query.text


def _example(name: str) -> str:
    path = files("graph") / "queries" / "examples" / f"{name}.rq"
    return path.read_text(encoding="utf-8")


# ---- the answer ------------------------------------------------------------------------------


def _answer(context: RequestContext, query: str) -> tuple[int, QueryPage]:
    """Return the status and the page of a query: every error is shown on it."""
    form = replace(_form(context), query=query)
    try:
        shape = check_query(query)
        if shape.form in ("SELECT", "ASK"):
            return 200, replace(form, answer=_table(context, query))
        return 200, replace(form, answer=_graph(context, query))
    except KmError as error:
        return status_of(error), replace(form, mistake=_mistake(context, error))


def _mistake(context: RequestContext, error: KmError) -> Mistake:
    if not isinstance(error, QuerySyntax) or not error.line:
        return Mistake(str(error), "", 0, 0)
    place = context.texts("sparql.at", line=error.line, column=error.column)
    return Mistake(str(error), place, error.line, error.column or 0)


def _table(context: RequestContext, query: str) -> PageAnswer:
    texts = context.texts
    names = {"csv": texts("queries.csv"), "excel": texts("queries.excel"), "json": "JSON"}
    empty = _empty_answer(context, query, names)
    answer = read_rows(engine(), _as_asked(query, "json"))
    if isinstance(answer, bool):
        return replace(empty, summary=texts("sparql.true" if answer else "sparql.false"))
    namer = context.namer(name_terms(context.serving.store, answer.rows))
    rows = tuple(tuple(_cell(namer, value) for value in row) for row in answer.rows)
    count = texts.number(len(rows))
    return replace(
        empty,
        columns=answer.columns,
        rows=rows,
        summary=texts("sparql.rows", count=count) if rows else texts("sparql.none"),
        note=texts("sparql.cut", shown=count) if answer.is_cut else "",
    )


def _graph(context: RequestContext, query: str) -> PageAnswer:
    names = {"ttl": "Turtle", "jsonld": "JSON-LD", "rdf": "RDF/XML", "nt": "N-Triples"}
    text, is_cut = read_text(engine(), _as_asked(query, "ttl"))
    return replace(
        _empty_answer(context, query, names),
        text=text.decode(errors="replace"),
        note=context.texts("sparql.cut_text") if is_cut else "",
    )


def _empty_answer(context: RequestContext, query: str, names: Mapping[str, str]) -> PageAnswer:
    graphs = {name: request.args.getlist(name) for name in _DATASET}
    pairs = [(name, graph) for name, found in graphs.items() for graph in found]
    more = "".join(f"&{name}={quote(graph, safe='')}" for name, graph in pairs)
    plain = replace(context.links, lang="")
    return PageAnswer(
        summary="",
        address=context.links.to(PATH, query=query) + more,
        downloads=tuple(
            Link(Label(words), plain.to(PATH, query=query, format=name, download="1") + more)
            for name, words in names.items()
        ),
    )


def _as_asked(query: str, format: str) -> EngineQuery:
    """Return the query with the dataset that the address names, as the endpoint reads it."""
    default, named = (tuple(request.args.getlist(name)) for name in _DATASET)
    if not default and not named:
        return EngineQuery(query, format)
    return EngineQuery(query, format, default, named)


def _cell(namer: Namer, value: Term | None) -> Link:
    if value is None:
        return Link(Label(""))
    if isinstance(value, ox.Literal):
        return Link(namer.label(value.value, value.language or ""))
    if isinstance(value, ox.NamedNode | ox.BlankNode):
        return namer.link(value)
    return Link(Label(str(value)))
