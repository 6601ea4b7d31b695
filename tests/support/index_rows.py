"""Reads the rows of a release's indexes, without the numbers that SQLite gives them.

In: an index. Out: sets of rows. Two indexes say the same if their sets are equal.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

_SEARCH = {
    "node": "SELECT iri, type, kind, weight, links FROM node",
    "text": "SELECT iri, role, lang, text FROM text JOIN node ON id = node",
    "facet": "SELECT iri, name, value FROM facet JOIN node ON id = node",
    "folded": "SELECT iri, names, others, about FROM folded JOIN node ON id = node",
    "tally": "SELECT name, value, type, things FROM tally",
    "trigram": "SELECT term, docs FROM trigram",
}
_HUBS = {
    "relation": "SELECT thing, predicate, total FROM relation",
    "part": "SELECT thing, predicate, key, p.total, listed, place"
    " FROM part p JOIN relation r ON r.id = relation",
    "member": "SELECT r.thing, predicate, key, m.place, m.thing"
    " FROM member m JOIN part p ON p.id = part JOIN relation r ON r.id = relation"
    " WHERE m.place < listed",
    "figure": "SELECT thing, name, value FROM figure",
}


def search_rows(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return the rows of a search index, with IRIs for things; let FTS5 check itself first."""
    with closing(sqlite3.connect(path)) as index:
        index.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        disorder = "SELECT COUNT(*) FROM node WHERE id >> 32 <> CAST(128 - 8 * weight AS INTEGER)"
        assert index.execute(disorder).fetchone() == (0,)
        return {name: set(index.execute(query)) for name, query in _SEARCH.items()}


def hub_rows(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return the rows of a file of hubs, without their numbers."""
    with closing(sqlite3.connect(path)) as file:
        loose = "SELECT COUNT(*) FROM member WHERE part NOT IN (SELECT id FROM part)"
        assert file.execute(loose).fetchone() == (0,)
        return {name: set(file.execute(query)) for name, query in _HUBS.items()}
