"""From a table to an answered query.

Data flows one way through the modules of this package:

    tables ─┐
            ├> load -> rules -> validate -> release -> store -> describe, queries
    Turtle ─┘

`tables` reads sheets whose cells know where they stand, `cells` and `mapping` turn rows into quads
as the shapes say (`sheets`), `rdf_files` and `literals` look at RDF at the door, `load` gathers
both into one dataset, `rules` adds what follows from it,
`country` checks a site of many folders in parts (`sources`, `shards`, `ledger`, `country_graphs`),
`judge` lets pySHACL judge it with the shapes as `targets` arranges them, `validate` turns that into
findings that name the cell, `report` tells an officer, `release` writes an immutable folder
and `history` what has changed in it (`compare`, `statistics`; `history_files` reads it),
`search_index` indexes its names and words for `search`,
`build` makes a release step by step (`graph_writer`: dumps in several processes, `store_writer`),
`store` answers SPARQL from it, or `remote` from a server (`seam` is what both offer), `queries`
holds the saved questions and `describe` collects what one resource's page and RDF both say.
Nothing here serves HTTP; `publish` does.
"""
