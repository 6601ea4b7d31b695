"""Words and links in HTML."""

import pytest

from publish.web.markup import link, together, words
from publish.web.page_data import Label, Link

HOSTILE = "<script>alert('1')</script>\" &"
SAFE = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&#34; &amp;"


def test_words_say_their_language_where_it_is_another() -> None:
    """A Thai name on an English page is marked, and escaped, and keeps "พ.ศ." with its year."""
    assert words(Label("plan")) == "plan"
    assert words(Label(HOSTILE)) == SAFE
    assert words(Label("พ.ศ. 2522", "th")) == '<span lang="th">พ.ศ.\u00a02522</span>'
    assert words(Label("x", HOSTILE)) == f'<span lang="{SAFE}">x</span>'


@pytest.mark.parametrize(
    ("item", "style", "html"),
    [
        (Link(Label("a"), "/b"), "", '<a href="/b">a</a>'),
        (Link(Label("a"), "/b?x=1&y=2"), "", '<a href="/b?x=1&amp;y=2">a</a>'),
        (Link(Label("a"), "/b"), "button", '<a href="/b" class="button">a</a>'),
        (Link(Label("ก", "th"), "/b"), "", '<a href="/b" lang="th">ก</a>'),
        (
            Link(Label("a"), "http://c", external=True),
            "",
            '<a href="http://c" rel="external noopener" data-external>a</a>',
        ),
        (Link(Label("a")), "", "a"),
        (Link(Label("ก", "th")), "", '<span lang="th">ก</span>'),
        (Link(Label("a"), datetime="2018-10-01"), "", '<time datetime="2018-10-01">a</time>'),
        (Link(Label(HOSTILE), HOSTILE), "", f'<a href="{SAFE}">{SAFE}</a>'),
        (Link(Label(HOSTILE), datetime=HOSTILE), "", f'<time datetime="{SAFE}">{SAFE}</time>'),
    ],
)
def test_link(item: Link, style: str, html: str) -> None:
    """A link leads where it says, a date is for machines too, and nothing passes unescaped."""
    assert link(item, style) == html


def test_together_is_escaped_once() -> None:
    """What has been escaped is markup, which a template does not escape again."""
    assert together("a & b").__html__() == "a &amp; b"
