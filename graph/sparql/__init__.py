"""SPARQL as text, before an engine sees it.

In: the text of a query. Out: its tokens, or the reason why it is refused.
`tokens` cuts it; `guard` refuses SERVICE, updates, deep nesting and oversize text;
`syntax_errors` says where a query is wrong, in words a person can act on; `internal` reads the
queries of our own pages.
"""
