"""The HTTP status of every exception of this program, in one table.

In: an exception. Out: a status code (RFC 9110 section 15; SPARQL 1.1 Protocol section 2.1.7).
"""

from graph.errors import (
    EngineBusy,
    KmError,
    NotSaid,
    QueryError,
    QueryRefused,
    QueryTimeout,
    ReleaseError,
    StoreUnavailable,
)
from publish.http.negotiate import NotAcceptable


class ProtocolError(KmError):
    """A request that its protocol does not allow; `status` is the response's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def status_of(error: KmError) -> int:
    """Return the HTTP status of an exception; 500 for one that no client can cause."""
    match error:
        case ProtocolError():
            return error.status
        case QueryRefused():
            return 403
        case NotAcceptable():
            return 406
        case NotSaid():
            return 409
        case EngineBusy() | StoreUnavailable() | ReleaseError():
            return 503
        case QueryTimeout():
            return 504
        case QueryError():
            return 400
    return 500
