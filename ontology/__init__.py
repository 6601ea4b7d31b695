"""The vocabulary and its concept schemes, in Turtle. Read by graph.rdf.vocab."""
