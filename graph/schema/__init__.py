"""The sheets and columns of the tables, as the SHACL shapes describe them.

In: the Turtle of `shapes/`. Out: frozen descriptions that reading, pages and templates share.
`sheets` reads the shapes; `columns` has the plain records, without rdflib; `layout` gives the
order of rows on a page; `fast_shapes` arranges the shapes so that pySHACL judges faster.
"""
