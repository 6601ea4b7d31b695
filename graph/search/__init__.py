"""Full-text search in Thai and English over a release.

In: the things of a release, then words. Out: an SQLite FTS5 index, then ranked hits.
`index_rows` says which words of a thing are indexed; `write` makes the index, `update` changes
that of the release before; `query_words` reads what was typed (`synonyms.toml`); `find` searches;
`hits` ranks and counts; `near_misses` finds words that are almost those asked for.
"""
