"""The SPARQL page for people: a form that works without JavaScript, and the answer below it.

In: the query of a browser, or none. Out: the page, with a table for SELECT, a word for ASK, Turtle
for a graph, and an error where it stands. The endpoint proper is `publish.sparql`; the page asks
the same workers through the same gate.
"""

from dataclasses import replace
from importlib.resources import files

import pyoxigraph as ox
from flask import Response, request

from graph.errors import KmError, QuerySyntax
from graph.gate import admit
from graph.store import Term
from publish.answer import name_terms, read_rows, read_text
from publish.engine_worker import EngineQuery
from publish.labels import Namer
from publish.negotiate import HTML, RESULT_OFFERS, NotAcceptable, negotiate
from publish.pages import Example, Label, Link, QueryPage
from publish.site import Visit, visit
from publish.sparql import status_of
from publish.variants import send_page

EXAMPLES = ("plans", "laws", "faults", "topics")
_FORMATS = ("html", "json", "csv", "tsv", "xml")
_FORMAT_NAMES = {"json": "JSON", "csv": "CSV", "tsv": "TSV", "xml": "XML"}


def query_page(query: str | None) -> Response:
    """Return the page: with an example to start from, or with the answer to a query."""
    here = visit()
    if query is None:
        empty = replace(_form(here), query=_example("plans"))
        return send_page(here, "/sparql", lambda: _render(here, empty))
    status, page = _answer(here, query)
    response = Response(_render(here, page), status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = here.lang
    response.vary.update(("Accept", "Accept-Language"))
    return response


def meet_browser() -> Response | None:
    """Answer a browser's query with the page, so that its errors stand there too.

    Runs before the endpoint and leaves to it whoever named a format or prefers another.
    """
    asked = request.args.get("query")
    wanted = request.args.get("format", "html")
    if request.method not in ("GET", "HEAD") or asked is None or wanted not in ("html", ""):
        return None
    try:
        offer = negotiate(request.headers.get("Accept"), (*RESULT_OFFERS, HTML))
    except NotAcceptable:
        return None
    return query_page(asked) if offer is HTML else None


def _render(here: Visit, page: QueryPage) -> bytes:
    query = {"query": page.query} if page.summary or page.error else {}
    frame = here.frame(
        "/sparql", here.texts("sparql.title"), "sparql", is_indexed=not query, query=query
    )
    return here.render("sparql.html", frame, page)


def _form(here: Visit) -> QueryPage:
    texts = here.texts
    names = {"html": texts("sparql.on_page"), **_FORMAT_NAMES}
    return QueryPage(
        action=f"{here.links.prefix}/sparql",
        query="",
        formats=tuple((name, names[name]) for name in _FORMATS),
        lang=here.links.lang,
        examples=tuple(
            Example(texts(f"sparql.example_{n}"), here.links.to("/sparql", query=_example(n)))
            for n in EXAMPLES
        ),
    )


def _example(name: str) -> str:
    path = files("graph") / "queries" / "examples" / f"{name}.rq"
    return path.read_text(encoding="utf-8")


def _answer(here: Visit, query: str) -> tuple[int, QueryPage]:
    """Return the status and the page of a query: every error is shown on it."""
    form = replace(_form(here), query=query)
    try:
        shape = admit(query)
        if shape.form in ("SELECT", "ASK"):
            return 200, _table(here, form, query)
        text, is_cut = read_text(here.serving.engine, EngineQuery(query, "ttl"))
        shown = text.decode(errors="replace")
        note = here.texts("sparql.cut_text") if is_cut else ""
        return 200, replace(form, text=shown, note=note, summary=here.texts("sparql.result"))
    except KmError as error:
        at = ""
        if isinstance(error, QuerySyntax) and error.line:
            at = here.texts("sparql.at", line=error.line, column=error.column)
        return status_of(error), replace(form, error=str(error), error_at=at)


def _table(here: Visit, form: QueryPage, query: str) -> QueryPage:
    texts = here.texts
    answer = read_rows(here.serving.engine, EngineQuery(query, "json"))
    if isinstance(answer, bool):
        return replace(form, summary=texts("sparql.true" if answer else "sparql.false"))
    namer = here.namer(name_terms(here.serving.store, answer.rows))
    rows = tuple(tuple(_cell(namer, value) for value in row) for row in answer.rows)
    summary = texts("sparql.rows", count=texts.number(len(rows))) if rows else texts("sparql.none")
    note = texts("sparql.cut", shown=texts.number(len(rows))) if answer.is_cut else ""
    return replace(form, columns=answer.columns, rows=rows, summary=summary, note=note)


def _cell(namer: Namer, value: Term | None) -> Link:
    if value is None:
        return Link(Label(""))
    if isinstance(value, ox.Literal):
        return Link(namer.label(value.value, value.language or ""))
    if isinstance(value, ox.NamedNode | ox.BlankNode):
        return namer.link(value)
    return Link(Label(str(value)))
