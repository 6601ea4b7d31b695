"""Single pages that belong to no thing.

In: a request. Out: a page.
`home` is /; `quality` shows the report; `ontology` shows the vocabulary and `shapes` the rules;
`wellknown` answers the addresses that machines know.
"""
