"""The saved questions.

In: the `.rq` files of this folder, and values that a person chose. Out: queries ready to run.
`saved` reads them, `groups` puts them in order, `parameters` checks the values, `choices` lists
the values to choose from. `internal/` holds the queries of pages, `examples/` those of the query
page.
"""
