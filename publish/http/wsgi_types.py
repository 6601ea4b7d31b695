"""The types of a WSGI application (PEP 3333), and the keys that our server adds to its
environment."""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

#: The key of a function that tells whether the reader has gone.
HAS_LEFT = "km.has_left"
#: The key of a context in which to wait for something that needs no Python.
ASIDE = "km.aside"
