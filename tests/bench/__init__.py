"""The benchmark: `make bench`.

generate (organisations as N-Quads) -> data (the store and a release) -> servers (ours, the Oxigraph
server, rdflib-endpoint) <- client (fires queries of kinds) -> measure (cells) -> report (ratios).
"""
