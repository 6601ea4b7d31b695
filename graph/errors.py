"""The exceptions of this program, in one tree.

    KmError
    ├── SettingError        a setting is wrong; names it and the allowed values
    ├── NotSaid             a catalogue asks for what neither settings nor tables say
    ├── SourceError         a source cannot be read at all (exit code 2)
    ├── ReleaseError        a release cannot be built, opened or found
    │   ├── NoRelease       nothing has been published yet
    │   ├── ReleaseBusy     another publication is running
    │   └── ReleaseDamaged  files do not match the manifest
    └── QueryError          a query cannot be answered
        ├── QuerySyntax     with line, column and the text that is wrong
        ├── QueryRefused    an update, SERVICE, or anything that leaves the machine
        ├── QueryTooComplex too long, too deep, too many parts
        ├── QueryTimeout    past its deadline
        ├── QueryTooLarge   past its memory, or the worker died of it
        ├── ReaderLeft      the client has disconnected
        ├── EngineBusy      every worker is taken and the queue is full
        └── StoreUnavailable  the server that holds the store does not answer as it should

`publish/http/status.py` says which HTTP status each becomes.
"""


class KmError(Exception):
    """Any expected failure; its text is written for the user, not for the log."""


class SettingError(KmError):
    """A setting is wrong; the text names the setting and the allowed values."""


class NotSaid(KmError):
    """A catalogue needs a fact that neither settings nor tables state; the text names it."""


class SourceError(KmError):
    """A source does not exist or is no table, workbook or RDF."""


class ReleaseError(KmError):
    """A release cannot be built, opened or found."""


class NoRelease(ReleaseError):
    """Nothing has been published in this folder yet."""


class ReleaseBusy(ReleaseError):
    """Another publication holds the lock."""


class ReleaseDamaged(ReleaseError):
    """A file of a release is missing or differs from the manifest."""


class QueryError(KmError):
    """A query cannot be answered."""


class QuerySyntax(QueryError):
    """The query is not SPARQL 1.1; `line` and `column` count from 1 where the parser told."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryRefused(QueryError):
    """The query asks for something this endpoint never does."""


class QueryTooComplex(QueryError):
    """The query is longer or deeper than the query guard allows."""


class QueryTimeout(QueryError):
    """The query ran past its deadline."""


class QueryTooLarge(QueryError):
    """The query ran past its memory, or its worker died of it."""


class ReaderLeft(QueryError):
    """The client has disconnected, so the query is stopped."""


class EngineBusy(QueryError):
    """Every worker is taken and the queue is full; try again later."""


class StoreUnavailable(QueryError):
    """The SPARQL server that holds the data is down, or does not answer as one."""
