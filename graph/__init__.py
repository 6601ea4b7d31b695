"""From a table to an answered query. Nothing here serves HTTP; `publish` does.

Data flows one way through the modules of this package:

    tables, Turtle -> load -> check -> build -> store -> describe, search, queries

Reading what is handed in
    `sources` finds the files; `tables` reads sheets whose cells know where they stand, `cells` and
    `mapping` turn rows into quads as the shapes say (`sheets`, `columns`); `rdf_files` and
    `literals` look at RDF at the door; `load` gathers both into one dataset.
Checking it
    `rules` adds what follows from it; `judge` lets pySHACL judge it, with the shapes as `targets`
    arranges them; `validate` turns that into `findings` that name the cell, `report` tells an
    officer; `check` is the whole way. A site of many folders is checked in parts, and only where
    it has changed (`stamps`): `country`, `pool`, `shards`, `ledger`, `country_graphs`. Other
    processes take part in that and in a release: `processes`, `background`.
Making a release
    `preview` says what will change, `refusal` what may not, `tombstones` what is gone for ever.
    `build` runs the `build_steps` for an `edition` in a `release_folder`: dumps (`dumps`,
    `graph_writer`, `turtle`, `table_writer`, `zip_files`), the store (`store_writer`), the history
    (`history`, `compare`, `statistics`), and the indexes for search (`search_index` says of what,
    `search_writer`) and hubs (`hub_index`). Where little has changed, the `difference` tells
    `search_update` and `hub_update` (`hub_mender`) how to mend those of the release before.
    `switch` makes one current, `release` finds and opens it, `verify` looks at every byte of it.
Answering from it
    `store` answers SPARQL from the release, or `remote` from a server (`seam` is what both offer;
    `release_graphs`, `remote_release`, `rewrite` and `wire` are the remote's); `gate` and `syntax`
    stand before public queries. `describe` collects what one thing's page and RDF both say,
    `search` finds things by their words (`fold`, `near`), `hubs` pages what a thousand things point
    to, `queries` holds the saved questions, `history_files` what has changed.
Describing it
    `catalog` has the data sets as records, `dcat` and `void` say them in those vocabularies.
"""
