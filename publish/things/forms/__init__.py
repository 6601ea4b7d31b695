"""A form of its own for some kinds of thing.

In: a view of the thing. Out: the parts of its page, and the properties they have used up.
`by_kind` chooses the form: `entry`, `law`, `leaflet`, `list`, `organisation`, `service`, `source`
or `topic`.
"""
