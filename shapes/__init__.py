"""The SHACL shapes: what must hold, what to say when it does not, and how the sheets look."""
