"""The page benchmark's own arithmetic: the script that wrk runs, and the table."""

from bench.page_servers import FRESH, TRIFID
from bench.pages import Cell, table, targets
from bench.wrk import Load, write_script


def test_each_address_has_its_turn() -> None:
    """The script asks for each path once, with its entity tag, and posts where it has bodies."""
    asked = Load("km", "http://127.0.0.1:80", 1, ["/a", "/b"], {"Accept": "*/*"}, ['"x"', '"y"'])
    script = write_script(asked)
    assert r'requests[1] = wrk.format("GET", "/a"' in script
    assert r'requests[2] = wrk.format("GET", "/b"' in script
    assert r'["If-None-Match"]="\"y\""' in script
    posted = write_script(Load("km", "http://127.0.0.1:80", 1, ["/q"], bodies=["ASK {}", "ก"]))
    assert 'wrk.format("POST", "/q"' in posted
    assert posted.count("requests[") == 3  # two to ask, and where one is taken


def _cell(server: str, per_second: float, failed: int = 0) -> Cell:
    told = {"measure": "HTML afresh", "server": server, "connections": 8}
    return Cell(per_second, 1.0, 2.0, 3.0, 100, failed, **told)


def test_ratios_and_targets() -> None:
    """A row holds ours, theirs and how many times theirs ours is; failures are told."""
    cells = [_cell(FRESH, 600), _cell(TRIFID, 40, failed=3)]
    assert "| HTML afresh | 8 | 600 | 2.00 | 40.0 | 15.00 |" in table(cells)
    assert "Trifid, HTML afresh: 3 failed" in table(cells)
    assert "yes  HTML afresh, of Trifid: 15.00, at least 12" in map(str, targets(cells))
