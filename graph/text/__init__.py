"""Thai and English words: how they are compared and sorted.

In: words as a person typed or published them. Out: a form in which equal words are equal.
`normalise` folds spellings, digits and abbreviations (`abbreviations.toml`); `thai` sorts by the
Thai alphabet; `numerals` reads Thai digits.
"""
