"""Everything that speaks HTTP, and the command line.

`cli` is the `km` program; `app` makes the Flask application from a `config`; `resources`, `terms`,
`sparql` and `dumps` are its addresses; `negotiate` and `http` say what RFC 9110 says; `pages` turns
what `graph.describe` collected into the dataclasses that `templates/` show. `publish` imports
`graph`, never the other way.
"""
