"""RDF terms and files: the lowest floor, used by everything above.

In: terms, IRIs and literals. Out: the same, named, checked and written.
`vocab` has the prefixes and reads the packages of Turtle; `iris` mints and checks addresses;
`literals` checks lexical forms; `facts` looks up what a dataset says of a thing; `triple_builder`
makes triples; `named_graphs` reads a release's graphs one by one; `formats` has the table of
formats, `serialize` writes RDF; `rdflib_terms` turns terms into those of rdflib, for pySHACL.
"""
