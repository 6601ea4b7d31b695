"""How far a page walks through the program: the modules it enters, its calls, and how many cross.

In: a folder of releases and the path of a page. Out: a table. The page is asked for without the
cache of responses, and counted twice: the first time in the process, and again once the process has
made what it makes once. Modules are the files under graph/ and publish/, templates among them. A
call is one event of `sys.setprofile` for a function of such a file; each step of a generator is
one, so a piece of text that passes through three templates is three. A call crosses when the
nearest caller that is ours is in another module. Versions of the program without folders are
counted too: set PYTHONPATH.

    python -m bench.page_calls --data ../var /doc/plan/sao-301107-km-1.html
"""

import argparse
import importlib
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

import publish
from publish.config import Config

PAGE = "/doc/plan/sao-301107-km-1.html"
_ROOT = f"{Path(publish.__path__[0]).parent}/"
_OURS = (f"{_ROOT}graph/", f"{_ROOT}publish/")


@dataclass
class Walk:
    """The calls of one request: by the modules that call and are called, and by function."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    functions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def modules(self) -> set[str]:
        """Return the modules that the request enters."""
        return {called for _, called in self.calls}

    def crossings(self) -> Counter[tuple[str, str]]:
        """Return the calls from one module to another."""
        return Counter({pair: count for pair, count in self.calls.items() if pair[0] != pair[1]})

    def __str__(self) -> str:
        """Return the figures in a line."""
        templates = sum(not module.endswith(".py") for module in self.modules())
        return (
            f"{len(self.modules())} modules ({templates} templates), "
            f"{self.calls.total():,} calls, {self.crossings().total():,} crossing"
        )


def count_calls(client: FlaskClient, path: str) -> Walk:
    """Return the calls of a request. Raises ValueError where it does not answer 200."""
    walk = Walk()

    def note(frame: FrameType, event: str, _: Any) -> None:
        called = _module(frame.f_code.co_filename) if event == "call" else ""
        if called:
            walk.calls[_caller(frame), called] += 1
            walk.functions[called, frame.f_code.co_name] += 1

    sys.setprofile(note)
    try:
        response = client.get(path)
        response.get_data()
    finally:
        sys.setprofile(None)
    if response.status_code != 200:
        raise ValueError(f"{path} answers {response.status}")
    return walk


def _caller(frame: FrameType) -> str:
    """Return the module of the nearest caller that is ours, empty where there is none."""
    before = frame.f_back
    while before is not None and not _module(before.f_code.co_filename):
        before = before.f_back
    return _module(before.f_code.co_filename) if before is not None else ""


@cache
def _module(file: str) -> str:
    """Return a file's path under the root, empty for a file that is not ours."""
    return file.removeprefix(_ROOT) if file.startswith(_OURS) else ""


def make_app(config: Config) -> Flask:
    """Return the site."""
    for name in ("publish.server.stack", "publish.app"):  # the second: before there were folders
        try:
            made = importlib.import_module(name).create_app(config)
        except (ImportError, AttributeError):
            continue
        assert isinstance(made, Flask)
        return made
    raise ImportError("no create_app")


def main() -> None:
    """Count as the command line says."""
    parser = argparse.ArgumentParser(prog="bench.page_calls", description=__doc__)
    parser.add_argument("path", nargs="?", default=PAGE)
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of releases")
    parser.add_argument("--most", type=int, default=20, help="how many lines of a table")
    options = parser.parse_args()
    app = make_app(Config(data=options.data, workers=1, cache_mb=0))
    client = app.test_client()
    print(f"first:  {count_calls(client, options.path)}")
    walk = count_calls(client, options.path)
    app.extensions["km"].current.close()
    print(f"second: {walk}")
    for module in sorted(walk.modules()):
        print(f"  {module}")
    for (caller, called), count in walk.crossings().most_common(options.most):
        print(f"{count:7,}  {caller or '(others)'} -> {called}")
    for (module, function), count in walk.functions.most_common(options.most):
        print(f"{count:7,}  {module}: {function}")


if __name__ == "__main__":
    main()
