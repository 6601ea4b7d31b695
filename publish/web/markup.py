"""Writes words and links as HTML; a page has a hundred of them.

In: labels and links, whose texts may be hostile. Out: escaped markup. Templates call `words` and
`link`. They are Python because a macro that does the same takes several times as long.
"""

from functools import lru_cache

from markupsafe import Markup, escape

from publish.web.dates import keep_together
from publish.web.page_data import Label, Link


@lru_cache(maxsize=4096)
def together(text: str) -> Markup:
    """Return a text, escaped, in which words that belong together stay on one line."""
    return escape(keep_together(text))


def words(label: Label) -> Markup:
    """Return a label; it has a `lang` only where its language is not that of the page."""
    text = together(label.text)
    return Markup(f'<span lang="{escape(label.lang)}">{text}</span>') if label.lang else text


def link(item: Link, style: str = "") -> Markup:
    """Return a link, or its label where it has no address; `style` is a CSS class."""
    text = together(item.label.text)
    if item.href:
        named = f' class="{escape(style)}"' if style else ""
        lang = f' lang="{escape(item.label.lang)}"' if item.label.lang else ""
        outward = ' rel="external noopener" data-external' if item.external else ""
        return Markup(f'<a href="{escape(item.href)}"{named}{lang}{outward}>{text}</a>')
    if item.datetime:
        return Markup(f'<time datetime="{escape(item.datetime)}">{text}</time>')
    return words(item.label)
