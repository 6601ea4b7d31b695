"""SPARQL on a release: the one interface that can be swapped.

In: a query and the dataset it is about. Out: results in a media type, or terms for pages.
`interface` says what a store offers; `embedded` answers from the release's own files, `remote`
from a SPARQL 1.1 server. For that server `sparql_http` speaks the protocol, `query_rewrite` puts a
release's graph names into a query, `release_names` makes those names, and `remote_copies` loads
and drops the releases.
"""
