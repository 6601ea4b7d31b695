"""Releases as people and programs follow them.

In: the histories that releases keep. Out: pages, feeds and downloads.
`routes` answers /releases; `changes` shows what a release changed; `feeds` has
Atom and the sitemaps; `memento` answers for earlier dates (RFC 7089); `dumps` answers /dumps;
`downloads` lists the files.
"""
