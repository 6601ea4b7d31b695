"""The examples in docstrings: each gives what it says."""

import doctest
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import graph
import publish


def _modules_with_examples() -> Iterator[str]:
    for package in (graph, publish):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            spec = module.module_finder.find_spec(module.name, None)
            source = spec and spec.loader and spec.loader.get_source(module.name)  # type: ignore[attr-defined]
            if ">>> " in (source or ""):
                yield module.name


@pytest.mark.parametrize("name", [*_modules_with_examples()])
def test_examples_give_what_they_say(name: str) -> None:
    """Every example in the docstrings of a module runs and gives the value below it."""
    result = doctest.testmod(import_module(name))
    assert result.attempted
    assert result.failed == 0
