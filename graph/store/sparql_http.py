"""One query over HTTP to a SPARQL 1.1 server: the request, the response, the errors.

In: a query with its dataset, and the media type wanted. Out: the response's bytes as the server
wrote them, in blocks; or one of our exceptions. SPARQLWrapper makes the request, with a fresh
instance for each (an instance holds the state of one) and always with a timeout; its conversions
are not used. A query goes as a form by POST (SPARQL 1.1 Protocol section 2.1.2), since a dataset
may be longer than an address.
"""

import re
import time
from ast import literal_eval
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit

from graph.errors import (
    KmError,
    QueryError,
    QuerySyntax,
    QueryTimeout,
    QueryTooComplex,
    StoreUnavailable,
)
from graph.store.embedded import BLOCK_BYTES
from graph.store.query_rewrite import Rewritten

if TYPE_CHECKING:
    from SPARQLWrapper import SPARQLWrapper

DOWN = "the SPARQL server behind this site does not answer; try again later"
_TOO_LONG = "the query took longer than it may; ask for less, or use LIMIT"
_CUT = "the answer of the SPARQL server ended in the middle"
#: How Oxigraph ends an answer that its own time limit cuts; no format ends like this.
_CANCELLED = b"The SPARQL operation has been cancelled"
_PLACE = re.compile(r"\b(?:line:? |error at )(\d+)(?::|,? col(?:umn)?:? )(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """An http(s) address, and the user and password to send there; `url` holds no password."""

    url: str
    user: str = ""
    password: str = ""


def read_address(text: str) -> Address:
    """Return the address in a text such as `http://user:password@host:8890/sparql`.

    >>> read_address("http://dba:s%40fe@localhost:8890/sparql")
    Address(url='http://localhost:8890/sparql', user='dba', password='s@fe')
    """
    parts = urlsplit(text)
    user, host = parts.netloc.rpartition("@")[::2]
    name, _, password = user.partition(":")
    url = urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
    return Address(url, unquote(name), unquote(password))


class Reply:
    """The bytes of an answer. Read it once and in one thread; `close` ends it early."""

    def __init__(self, response: HTTPResponse, ends_at: float) -> None:
        self._response = response
        self._ends_at = ends_at
        self.media_type = response.headers.get_content_type()

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks. Raises QueryTimeout past the end, StoreUnavailable where it is cut."""
        tail = b""
        while True:
            if time.monotonic() > self._ends_at:
                raise QueryTimeout(_TOO_LONG)
            try:
                block = self._response.read1(BLOCK_BYTES)
            except TimeoutError as error:
                raise QueryTimeout(_TOO_LONG) from error
            except (OSError, HTTPException, ValueError) as error:
                raise StoreUnavailable(_CUT) from error
            if not block:
                break
            tail = (tail + block)[-len(_CANCELLED) :]
            yield block
        if tail == _CANCELLED:
            raise QueryTimeout(_TOO_LONG)
        if self._response.length:  # fewer bytes came than Content-Length said
            raise StoreUnavailable(_CUT)

    def close(self) -> None:
        """Close the connection; a server that notices may stop working on the query."""
        with suppress(OSError):
            self._response.close()


def send(
    address: Address, query: Rewritten, media_type: str, timeout_s: float, whole_s: float
) -> Reply:
    """Send a query and return its reply once the server has begun to answer.

    Each wait for the server is at most `timeout_s` long, the whole answer at most `whole_s`.
    Raises QuerySyntax for a query that the server refuses, QueryTimeout, QueryTooComplex,
    StoreUnavailable, and QueryError for a query that it cannot evaluate.
    """
    # Imported here: it brings rdflib, which a site with a store of its own starts without.
    from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

    ends_at = time.monotonic() + whole_s
    wrapper = _request(address, query, media_type, timeout_s)
    try:
        response = wrapper.query().response
    except (SPARQLWrapperException, HTTPError) as error:
        raise _refused(error, query) from error
    except TimeoutError as error:
        raise QueryTimeout(_TOO_LONG) from error
    except (OSError, HTTPException) as error:
        is_late = isinstance(error, URLError) and isinstance(error.reason, TimeoutError)
        raise (QueryTimeout(_TOO_LONG) if is_late else StoreUnavailable(DOWN)) from error
    return Reply(response, ends_at)


def _request(
    address: Address, query: Rewritten, media_type: str, timeout_s: float
) -> "SPARQLWrapper":
    from SPARQLWrapper import POST, SELECT, SPARQLWrapper

    wrapper = SPARQLWrapper(address.url)
    # Not by setQuery: it would guess by regular expressions whether this is an update, and send it
    # as one. Here it is a query, even if a stranger made it look like an update.
    wrapper.queryString, wrapper.queryType = query.text, SELECT
    wrapper.timeout = timeout_s  # type: ignore[assignment]  # its own setter takes whole seconds
    wrapper.setMethod(POST)
    wrapper.setOnlyConneg(True)
    wrapper.addCustomHttpHeader("Accept", media_type)
    if address.user:
        wrapper.setCredentials(address.user, address.password)
    for name in query.default_graphs:
        wrapper.addParameter("default-graph-uri", name)
    for name in query.named_graphs:
        wrapper.addParameter("named-graph-uri", name)
    return wrapper


def _refused(error: Exception, query: Rewritten) -> KmError:
    """Return the exception for a status that is no success."""
    status, words = _read_refusal(error)
    if status == 400:
        return _syntax(words, query)
    if status in (408, 504):
        return QueryTimeout(_TOO_LONG)
    if status in (413, 414, 431):
        return QueryTooComplex("the query is longer than the SPARQL server takes")
    if status in (406, 500):
        first = next(iter(words.splitlines()), "")[:300]
        return QueryError(f"the SPARQL server cannot answer this: {first}")
    return StoreUnavailable(DOWN)


def _read_refusal(error: Exception) -> tuple[int, str]:
    """Return the status and the text of the response."""
    if isinstance(error, HTTPError):
        with error:
            return error.code, error.read(BLOCK_BYTES).decode(errors="replace")
    # SPARQLWrapper keeps the status in the exception before its own, and the body in its message.
    cause, body = error.__context__, str(error).partition("Response:\n")[2]
    said = literal_eval(body) if body else b""
    if isinstance(cause, HTTPError):
        cause.close()
        return cause.code, said.decode(errors="replace")
    return 0, ""


def _syntax(words: str, query: Rewritten) -> QuerySyntax:
    """Return the server's complaint, at the place in the text that was sent to us."""
    place = _PLACE.search(words)
    line = int(place[1]) - query.lines_before if place else 0
    if place is None or line < 1:
        return QuerySyntax("the SPARQL server reads this as no query of SPARQL 1.1")
    column = int(place[2])
    message = f"line {line}, column {column}: this is not SPARQL 1.1 here or shortly before"
    return QuerySyntax(message, line, column)
