"""The cache in front of the application: what is kept, for whom, how much, and until when."""

from collections.abc import Iterator

import pytest
from support.server_cache import BOUND, Application, Cached
from werkzeug.test import Client


def test_an_answer_is_made_once() -> None:
    """The second reader gets the first one's answer, with the same headers, and it was closed."""
    site = Cached(Application(Content_Language="th", Vary="Accept", Content_Length="1"))
    first, second = site.get(), site.get()
    assert first.get_data() == second.get_data() == b"1"
    assert list(first.headers) == list(second.headers)
    assert site.application.made == site.application.closed == 1


def test_a_date_is_not_kept() -> None:
    """When an answer was made is no header of later ones: the server dates each itself."""
    site = Cached(Application(Date="Thu, 01 Jan 2026 00:00:00 GMT"))
    assert "Date" in site.get().headers
    assert "Date" not in site.get().headers


def test_a_head_is_answered_from_a_get() -> None:
    """HEAD gets the headers without the body; a HEAD by itself leaves nothing to keep."""
    site = Cached(Application())
    assert site.made_again(method="HEAD")
    assert site.made_again()
    head = site.get(method="HEAD")
    assert (head.get_data(), head.headers["Content-Length"]) == (b"", "1")
    assert site.application.made == 2


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ('"a"', 304),
        ('W/"a"', 304),
        ('"b", "a"', 304),
        ("*", 304),
        ('"b"', 200),
        ("a", 304),
        ("", 200),
    ],
)
@pytest.mark.parametrize("etag", ['"a"', 'W/"a"'])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_it_is_told_so(method: str, etag: str, known: str, status: int) -> None:
    """If-None-Match is compared weakly; a 304 keeps validators and loses what is of the body."""
    site = Cached(Application(ETag=etag, Vary="Accept", Content_Type="text/csv"))
    site.get()
    response = site.get(method=method, If_None_Match=known)
    assert response.status_code == status
    assert response.headers["ETag"] == etag
    assert response.headers["Vary"] == "Accept"
    assert ("Content-Type" in response.headers) == (status == 200)
    assert not (status == 304 and response.get_data())
    assert site.application.made == 1


@pytest.mark.parametrize(
    ("vary", "headers", "is_same"),
    [
        ("", {"Accept": "text/csv"}, True),
        ("Accept", {"Accept": "text/csv"}, False),
        ("Accept", {"Accept": " TEXT/html;q=0.8 ,image/webp"}, True),
        ("Accept", {"Accept": "text/html;q=0.8", "Accept_Language": "en"}, True),
        ("Accept, Accept-Language", {"Accept": "text/html;q=0.8", "Accept_Language": "en"}, False),
        ("accept-language", {"Accept_Language": "th-TH,th;q=0.9"}, True),
        ("accept-language", {"Accept_Language": "fr, en;q=0.1"}, False),
        ("X-Mine", {"X_Mine": "1"}, False),
        ("*", {"Accept": "text/html;q=0.8"}, False),
    ],
)
def test_vary(vary: str, headers: dict[str, str], is_same: bool) -> None:
    """Another answer for who differs in what Vary names; spellings of the same wish are one."""
    site = Cached(Application(Vary=vary))
    site.get(Accept="text/html;q=0.8")
    assert site.made_again(**headers) is not is_same


def test_variants_stand_side_by_side() -> None:
    """Each format and each query has an answer of its own, and all are kept."""
    site = Cached(Application(Vary="Accept"))
    asked = [(p, a) for p in ("/", "/?a=1", "/a") for a in ("text/csv", "text/turtle")]
    assert [site.get(p, Accept=a).get_data() for p, a in asked] == [b"%d" % n for n in range(1, 7)]
    assert not any(site.made_again(p, Accept=a) for p, a in asked)


@pytest.mark.parametrize(
    "application",
    [
        Application("404 NOT FOUND"),
        Application("206 PARTIAL CONTENT"),
        Application("303 SEE OTHER"),
        Application("503 SERVICE UNAVAILABLE"),
        Application(ETag=""),
        Application(Cache_Control=""),
        Application(Cache_Control="no-cache"),
        Application(Cache_Control="private"),
        Application(Cache_Control="public, no-store"),
        Application(Set_Cookie="a=b"),
        Application(Content_Length="2"),
    ],
)
def test_what_is_never_kept(application: Application) -> None:
    """Errors, parts, what says so itself, what is one reader's, and what has the wrong length."""
    site = Cached(application)
    assert site.made_again()
    assert site.made_again()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("OPTIONS", {}),
        ("GET", {"Range": "bytes=0-1"}),
        ("GET", {"Authorization": "Basic eDp5"}),
        ("GET", {"If_Match": '"a"'}),
        ("GET", {"If_Modified_Since": "Thu, 01 Jan 2026 00:00:00 GMT"}),
        ("GET", {"If_Unmodified_Since": "Thu, 01 Jan 2026 00:00:00 GMT"}),
    ],
)
def test_who_is_left_to_the_application(method: str, headers: dict[str, str]) -> None:
    """Other methods, parts, other conditions and who says who they are pass by the cache."""
    site = Cached(Application())
    site.get()
    assert site.made_again(method=method, **headers)
    assert not site.made_again(
        If_None_Match='"b"', If_Modified_Since="Thu, 01 Jan 2026 00:00:00 GMT"
    )


def test_a_new_generation_empties_it() -> None:
    """Nothing of the release before is sent or held once the new one serves."""
    site = Cached(Application())
    site.get("/a")
    site.get("/b")
    site.generation += 1
    assert site.made_again("/a")
    assert site.cache.answers.held_bytes < 3 * 1024
    assert site.made_again("/b")


def test_an_answer_made_across_a_change_is_not_kept() -> None:
    """An answer that began in one generation and ended in the next may be of either."""
    application = Application()
    site = Cached(application)

    def change() -> Iterator[bytes]:
        yield b"old"
        site.generation += 1
        Client(site.cache).get("/else")

    application.blocks = change
    site.get()
    application.blocks = lambda: [b"new"]
    assert site.get().get_data() == b"new"


def test_a_late_request_does_not_bring_the_old_back() -> None:
    """Who read the number before it grew neither empties the cache nor finds anything there."""
    site = Cached(Application())
    site.generation = 2
    site.get()
    site.generation = 1
    assert site.made_again()
    site.generation = 2
    assert not site.made_again()


def test_what_was_used_longest_ago_goes_first() -> None:
    """Past the bound the least recently used goes; the bound holds however many come."""
    application = Application(Vary="Accept")
    site = Cached(application)
    application.blocks = lambda: [b"x" * 4000]
    site.get("/first")
    for number in range(200):
        site.get(f"/{number}")
        site.get("/first")
        assert site.cache.answers.held_bytes <= BOUND
    assert not site.made_again("/first")
    assert not site.made_again("/199")
    assert site.made_again("/0")
