"""The entity tags of one response in its two codings: `"a"` as it is, `"a-gzip"` compressed.

A client that has either has the response, so If-None-Match is compared without the ending.
"""

_CODED = '-gzip"'


def coded_tag(etag: str) -> str:
    """Return the tag of the gzipped answer for the tag of the plain one (RFC 9110 8.8.3.3).

    >>> coded_tag('W/"a"')
    'W/"a-gzip"'
    """
    return etag[:-1] + _CODED


def plain_tags(text: str) -> str:
    """Return a tag, or a list of them, without the endings that say gzip.

    >>> plain_tags('"a-gzip", W/"b"')
    '"a", W/"b"'
    """
    return text.replace(_CODED, '"')


def tag_held(etag: str, known: str) -> str:
    """Return the tag for a 304: of the answer's two, the one that the client named.

    >>> tag_held('"a"', '"b", "a-gzip"'), tag_held('"a-gzip"', "*")
    ('"a-gzip"', '"a-gzip"')
    """
    plain = plain_tags(etag)
    for one in (etag, plain, coded_tag(plain)):
        if one.removeprefix("W/") in known:
            return one
    return etag
