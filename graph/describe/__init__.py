"""What a release says of one thing.

In: the IRI of a thing and a store. Out: the triples and labels that its page and its RDF share.
`resource` collects them; `overview` counts what there is; `source_page` gives the published page
that a thing was quoted from.
"""
