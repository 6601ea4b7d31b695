"""How releases differ: what each release records of itself, and how that is read.

In: the named graphs of a release and of the one before. Out: files of changes, dates and counts.
`record` writes the history; `read` reads it a page at a time; `diff` compares two graphs;
`counts` counts classes and properties; `delta` yields the quads that came and went.
"""
