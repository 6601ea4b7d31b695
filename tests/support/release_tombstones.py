"""What the tests of graph.release.tombstones share."""

from support.cases import ORG, Tables, read_site

GONE = "sao-301107-p1-5"
"""An entry of the bundled site, the last of its list."""


def without(sheet: str, key: str) -> Tables:
    """Return the bundled site less one row."""
    tables = read_site()
    tables[sheet] = [row for row in tables[sheet] if row["key"] != key]
    return tables


def retired(was: str, replaced_by: str = "") -> dict[str, str]:
    """Return a row of the sheet `retired`."""
    return {
        "key": f"{ORG}-retired-1",
        "owner": ORG,
        "was": was,
        "replaced_by": replaced_by,
        "note_th": "รวมเข้าด้วยกัน",
    }
