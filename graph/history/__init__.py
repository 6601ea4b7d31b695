"""The differences between releases: each release records its own, and pages read them.

In: the named graphs of a release and of the one before. Out: files of changes, dates and counts.
`record` writes the history; `read` reads it a page at a time; `diff` compares two graphs;
`counts` counts classes and properties; `delta` yields the quads that came and went.
"""
