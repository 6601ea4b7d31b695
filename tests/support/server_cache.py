"""What the tests of publish.server.cache share."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from werkzeug.test import Client, TestResponse

from publish.http.negotiate import essence, prefer_language
from publish.http.wsgi_types import Environ, StartResponse
from publish.server.cache import ResponseCache

BOUND = 64 * 1024

KEPT = {"ETag": '"a"', "Cache-Control": "public, max-age=0, must-revalidate"}

MEANINGS = {
    "Accept": essence,
    "Accept-Language": partial(prefer_language, languages=("th", "en")),
}


class Application:
    """Answers with a number that grows, so that a second making shows; counts what was closed."""

    def __init__(self, status: str = "200 OK", **headers: str) -> None:
        self.status = status
        self.headers = {**KEPT, **{n.replace("_", "-"): v for n, v in headers.items()}}
        self.blocks: Callable[[], Iterable[bytes]] = lambda: [str(self.made).encode()]
        self.made = self.closed = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.made += 1
        start_response(self.status, [(n, v) for n, v in self.headers.items() if v])
        return Blocks(self)


class Blocks(Iterator[bytes]):
    """The blocks of a response; the application counts how many responses were closed."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._blocks = iter(application.blocks())

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        """Count the end of the response."""
        self._application.closed += 1


class Cached:
    """An application behind a front, a client, and the generation to turn."""

    def __init__(self, application: Application, bound: int = BOUND) -> None:
        self.application = application
        self.generation = 1
        self.cache = ResponseCache(application, lambda: self.generation, bound, MEANINGS)
        self.client = Client(self.cache)

    def get(self, path: str = "/", method: str = "GET", **headers: str) -> TestResponse:
        """Ask for a path and return the whole response."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(path, method=method, headers=named, buffered=True)

    def made_again(self, path: str = "/", method: str = "GET", **headers: str) -> bool:
        """Tell whether the application had to make this answer."""
        before = self.application.made
        self.get(path, method, **headers)
        return self.application.made > before
