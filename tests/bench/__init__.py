"""The benchmark: `make bench`.

places, shared, organisation -> generate (a country as tables) -> data (the store and a release)
-> servers (ours, the Oxigraph server, rdflib-endpoint) <- client (fires queries of kinds)
-> measure (cells) -> report (ratios).

The siege: `make hostile`. siege (data, server) -> hostile (cases, attackers, readers) -> counts.

`bench.country` measures `bench.runs` on countries of growing size: checking and publishing.
"""
