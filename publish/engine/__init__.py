"""The query workers: public queries run in processes of their own.

In: a query that passed the guard. Out: blocks of bytes, or the reason why there are none.
`pool` owns the processes; `worker` is one of them, `process` starts and ends it; `scheduler` says
whose turn it is; `job` is one query under way; `remote` asks a SPARQL server instead; `backends`
chooses between the two.
"""
