"""The one-way street: `publish` imports `graph`, never the other way, and `graph` knows no HTTP."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import graph

FILES = sorted(Path(graph.__path__[0]).glob("*.py"))
FORBIDDEN = {"publish", "flask", "werkzeug", "uvicorn", "click", "rich"}


def imported(path: Path) -> set[str]:
    """Return the top-level names that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=[f.stem for f in FILES])
def test_graph_knows_nothing_of_publish(path: Path) -> None:
    """No module of `graph` imports `publish`, a web framework or the command line."""
    assert imported(path) & FORBIDDEN == set()


def test_serving_starts_without_the_tools_of_checking() -> None:
    """A server imports neither a validator nor a spreadsheet library: they take longer than it."""
    heavy = {"rdflib", "pyshacl", "openpyxl", "SPARQLWrapper", "rich"}
    told = (
        f"import sys, publish.cli.main, publish.server.run; print(*{heavy!r} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
