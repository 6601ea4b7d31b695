"""Words and links as HTML: the two pieces of which every page has a hundred.

In: labels and links, whose texts may be hostile. Out: markup, escaped. Templates call `words` and
`link` wherever one stands; a macro that does the same costs several times as much.
"""

from functools import lru_cache

from markupsafe import Markup, escape

from publish.web.dates import keep_together
from publish.web.page_data import Label, Link


@lru_cache(maxsize=4096)
def together(text: str) -> Markup:
    """Return text, escaped, of which no line may end between words that belong together."""
    return escape(keep_together(text))


def words(label: Label) -> Markup:
    """Return a label, which says its language only where that is not the page's."""
    text = together(label.text)
    return Markup(f'<span lang="{escape(label.lang)}">{text}</span>') if label.lang else text


def link(item: Link, style: str = "") -> Markup:
    """Return a link, or its label alone where it leads nowhere; `style` is a class of the CSS."""
    text = together(item.label.text)
    if item.href:
        named = f' class="{escape(style)}"' if style else ""
        lang = f' lang="{escape(item.label.lang)}"' if item.label.lang else ""
        outward = ' rel="external noopener" data-external' if item.external else ""
        return Markup(f'<a href="{escape(item.href)}"{named}{lang}{outward}>{text}</a>')
    if item.datetime:
        return Markup(f'<time datetime="{escape(item.datetime)}">{text}</time>')
    return words(item.label)
