"""Validation: the loaded dataset against the shapes.

In: a dataset. Out: findings, and a report that an officer can act on.
`check` runs all the steps. `inference` adds what follows from the data; `validate` asks pySHACL and
turns its results into findings; `report` writes them. A site of many folders is checked in parts:
`country` leads, `folder_check` checks one folder in a process of `pool`, `country_graphs` keeps
the graphs on disk, `fingerprints` tells what has changed, `verdict_store` keeps earlier verdicts.
"""
