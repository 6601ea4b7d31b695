"""The cache in front of the application: what is kept, for whom, how much, and until when."""

import threading
from collections.abc import Iterable, Iterator

import pytest
from support.server_cache import BOUND, KEPT, MEANINGS, Application, Cached
from werkzeug.test import Client

from publish.http.wsgi_types import Environ, StartResponse
from publish.server.cache import ResponseCache
from publish.server.cache_fill import CachingBody, SpaceLimit


@pytest.mark.parametrize("length", ["", str(BOUND)])
def test_what_is_too_long_is_not_held(length: str) -> None:
    """A long answer passes block by block, whether or not it says its length."""
    application = Application(Content_Length=length)
    site = Cached(application)
    sent = 0

    def blocks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += 1
            yield b"x" * (BOUND // 64)

    application.blocks = blocks
    for expected, _ in enumerate(site.client.open("/").response, start=1):
        assert sent == expected
    assert site.cache.answers.held_bytes == 0
    assert site.made_again()


def test_a_stream_is_kept_when_it_was_whole() -> None:
    """An answer whose length nobody knew is kept once it ended well, then with its length."""
    application = Application()
    site = Cached(application)
    application.blocks = lambda: iter([b"a", b"b"])
    assert site.get().get_data() == b"ab"
    assert site.get().headers["Content-Length"] == "2"
    assert application.made == 1


def test_slow_readers_share_a_bound() -> None:
    """What is held of all answers on their way has a bound; who finds no room is answered too."""
    room, kept = SpaceLimit(100_000), list[bytes]()
    blocks = [b"x" * 50_000] * 3
    first, second = (
        CachingBody(200_000, room, kept.append).pass_on(iter(blocks)) for _ in range(2)
    )
    assert [len(next(first)) for _ in range(3)] == [50_000] * 3
    assert [len(block) for block in second] == [50_000] * 3
    assert kept == []
    assert list(first) == []
    assert kept == [b"".join(blocks)]
    for ends_early in (
        CachingBody(200_000, room, kept.append).pass_on(iter(blocks)) for _ in range(3)
    ):
        next(ends_early), next(ends_early), next(ends_early)
        ends_early.close()
    assert list(CachingBody(200_000, room, kept.append).pass_on(iter(blocks))) == blocks
    assert len(kept) == 2


def test_a_cut_answer_is_not_kept() -> None:
    """What broke in the middle, or whose reader left, is made anew, and the application is told."""
    application = Application()
    site = Cached(application)

    def breaks() -> Iterator[bytes]:
        yield b"a"
        raise RuntimeError("broken")

    application.blocks = breaks
    with pytest.raises(RuntimeError, match="broken"):
        site.get()
    application.blocks = lambda: iter([b"a", b"b"])
    left = site.client.open("/")
    assert next(iter(left.response)) == b"a"
    left.close()
    assert application.closed == 2
    assert site.get().get_data() == b"ab"
    assert application.made == 3


def test_nothing_is_kept_where_the_bound_is_nothing() -> None:
    """With no memory allowed the application answers everything."""
    site = Cached(Application(), bound=0)
    assert site.made_again()
    assert site.made_again()


def test_many_threads() -> None:
    """Readers in many threads, past the bound, get whole answers to what they asked."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", list(KEPT.items()))
        return [environ["PATH_INFO"].encode() * 500]

    generation = 0
    cache = ResponseCache(application, lambda: generation, BOUND, MEANINGS)
    wrong: list[bytes] = []

    def read() -> None:
        nonlocal generation
        for number in range(300):
            path = f"/{number % 40}"
            found = Client(cache).get(path).get_data()
            if found != path.encode() * 500:
                wrong.append(found)
            generation += number % 50 == 0

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert cache.answers.held_bytes <= BOUND
