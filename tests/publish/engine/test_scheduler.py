"""Slots for queries: who comes next, who has to go, and what a client's use counts."""

import threading
from collections.abc import Iterator

import pytest

from graph.errors import EngineBusy
from publish.engine import scheduler as module
from publish.engine.scheduler import Scheduler, Usage, client_of


class Request(threading.Thread):
    """A request of a client that waits for a slot; `end` tells how that went."""

    def __init__(self, scheduler: Scheduler, client: str) -> None:
        super().__init__(daemon=True)
        self.end = ""
        self._scheduler, self._client = scheduler, client
        self.start()
        self.join(0.2)  # it is in, refused or in the queue by then

    def run(self) -> None:
        try:
            self._scheduler.enter(10, lambda: None, self._client)
            self.end = "in"
        except EngineBusy:
            self.end = "busy"


@pytest.fixture
def full() -> Iterator[Scheduler]:
    """One slot, held by a client that has used much, and two places in the queue."""
    scheduler = Scheduler(quick=1, slow=1, queue=2)
    scheduler.enter(0, lambda: None, "greedy")
    scheduler.leave(False, "greedy", held_s=8.0)
    scheduler.enter(0, lambda: None, "greedy")
    yield scheduler
    scheduler.shut()


def test_who_used_little_comes_first(full: Scheduler) -> None:
    """A slot goes past the greedy one who waits longer."""
    early, late = Request(full, "greedy"), Request(full, "modest")
    full.leave(False, "greedy", held_s=0.0)
    late.join(2)
    assert (early.end, late.end) == ("", "in")
    full.leave(False, "modest", held_s=0.0)
    early.join(2)
    assert early.end == "in"


def test_who_waits_most_has_to_go(full: Scheduler) -> None:
    """Past the queue's bound the newest request of who has the most there is refused."""
    first, second = Request(full, "greedy"), Request(full, "greedy")
    modest = Request(full, "modest")
    second.join(2)
    assert (first.end, second.end, modest.end) == ("", "busy", "")


def test_the_last_slot_is_kept_for_who_used_little() -> None:
    """A greedy client waits though a slot is free; a modest one gets it at once."""
    scheduler = Scheduler(quick=3, slow=1, queue=4)
    scheduler.enter(0, lambda: None, "greedy")
    scheduler.leave(False, "greedy", held_s=8.0)
    for _ in range(2):
        scheduler.enter(0, lambda: None, "greedy")
    waiting = Request(scheduler, "greedy")
    assert (waiting.end, scheduler.state().quick) == ("", 2)
    scheduler.enter(0, lambda: None, "modest")
    assert scheduler.state().quick == 3


def test_use_fades(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a client used counts half after ten seconds; small queries count nothing."""
    now = 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    usage = Usage()
    usage.begin("a")
    assert usage.of("a") == 0.5
    usage.end("a", held_s=4.1)
    assert usage.of("a") == pytest.approx(4.0)
    now += 10
    assert usage.of("a") == pytest.approx(2.0)
    usage.begin("b")
    usage.end("b", held_s=0.05)
    assert usage.of("b") == 0


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1::2%eth0", str(0x20010DB800000001)),
        ("2001:db8:0:1:ffff::", str(0x20010DB800000001)),
        ("no:address", "no:address"),
        ("", ""),
    ],
)
def test_clients(address: str, client: str) -> None:
    """A client is an IPv4 address or an IPv6 network of 64 bits."""
    assert client_of(address) == client
