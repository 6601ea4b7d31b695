"""Lists of the things that point to a hub, a thing that very many things point to.

In: the store of a release. Out: `hubs.sqlite`, and pages of it.
`write` makes the lists; `update` changes those of the release before, `lists` changes one list;
`read` serves a page of a list.
"""
