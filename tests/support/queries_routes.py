"""What the tests of publish.queries.routes share."""

from html.parser import HTMLParser

import pytest

from graph.queries.saved import saved_queries
from publish.config import Config

QUERIES = saved_queries(Config.base)

EVERY = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)


class Cells(HTMLParser):
    """Collects the texts of the cells of a page's table, row by row, and the links in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._is_cell = False
        self.feed(page.partition("<tbody>")[2].partition("</tbody>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self._is_cell = True
        elif tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self._is_cell = self._is_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        """Take a cell's words."""
        if self._is_cell:
            self.rows[-1][-1] += data
