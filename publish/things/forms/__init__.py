"""The forms: what the pages of some kinds of thing show beyond the page of every thing.

In: a view of the thing. Out: the parts of its page, and the properties that they show. `by_kind` is
the table of forms. There is one for a line of a list (`entry`), a `law`, a `leaflet`, a plan or
collection (`list`), an `organisation`, a public `service`, a `source` page and a `topic`.
"""
