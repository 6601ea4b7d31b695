"""What every page and handler shares.

In: a Flask request. Out: a response in the format and language of the reader.
`context` gives a request its release, words and names; `served_release` watches for a new one;
`formats` sends one resource in all its formats; `page_data` has the dataclasses of templates;
`errors` answers every exception; `not_found` suggests near names; `pager` cuts lists into pages;
`schema_org` tells search engines what a page is; `labels`, `texts`, `dates` and `markup` write
names, interface words, Thai dates and links.
"""
