"""Thai and English words: how they are compared and sorted.

In: words as a person typed or published them. Out: a form in which equal words are equal.
`normalise` evens out spellings, digits and abbreviations (`abbreviations.toml`); `thai` reads Thai
digits and sorts by the Thai alphabet.
"""
