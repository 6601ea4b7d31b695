"""Cuts lists into pages: reads the number of the page, and links to the pages beside it.

In: the number of a page and how many pages there are. Out: the words and links of
`templates/pager.html`.
"""

from collections.abc import Callable, Mapping

from flask import abort, request

from graph.text.thai import read_number
from publish.web.page_data import Pager
from publish.web.texts import Texts

MOST_PAGES = 1_000_000  # more than any list has; its start still fits an integer of SQLite


def make_pager(texts: Texts, number: int, pages: int, href: Callable[[int], str]) -> Pager:
    """Return the place of a page; `number` counts from 1, `href` gives the address of a page."""
    return Pager(
        text=texts("browse.pages", page=number, pages=pages) if pages > 1 else "",
        previous=href(number - 1) if number > 1 else "",
        next=href(number + 1) if number < pages else "",
    )


def count_pages(things: int, page_size: int) -> int:
    """Return how many pages a list takes; an empty one takes one."""
    return max(1, -(-things // page_size))


def read_page(arguments: Mapping[str, str], pages: int = MOST_PAGES) -> int | None:
    """Return the page that the parameters of an address ask for, None where there is no such page.

    Thai digits are understood.
    """
    number = read_number(arguments.get("page", "1"))
    return number if number is not None and 1 <= number <= pages else None


def page_number(pages: int = MOST_PAGES) -> int:
    """Return the page that this request asks for; 404 where there is no such page."""
    number = read_page(request.args, pages)
    if number is None:
        abort(404)
    return number


def page_query(number: int) -> dict[str, str]:
    """Return the parameters for the address of a page; page 1 has none."""
    return {"page": str(number)} if number > 1 else {}
