"""Making a release from a checked dataset.

In: an input of a release (`inputs`). Out: a release folder that is current.
`build` runs the steps in their order (`build_steps`). `dumps` writes RDF, `parallel_dumps` in
several processes, `turtle` as people read it; `tables` writes the CSV files; `store` writes the
store; `folder` owns the folder while it grows.
"""
