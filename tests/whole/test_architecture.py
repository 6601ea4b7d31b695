"""The house rules: which folder may import which, and what each folder says of itself."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import pytest

import graph
import publish

ROOTS = {p.__name__: Path(p.__path__[0]) for p in (graph, publish)}
MOST_MODULES = 20
FLOOR = re.compile(r"^    (\d)   ([a-z_ ]+?)(?:  |$)", re.M)
OUTSIDE_GRAPH = {"publish", "flask", "werkzeug", "jinja2", "uvicorn", "click", "rich"}
ONLY_IN = {  # what only one place may import, since it alone knows the ways of it
    "uvicorn": {"publish.server.http_connection", "publish.server.run"},
    "uvicorn.protocols": {"publish.server.http_connection"},  # nothing there is promised
    "SPARQLWrapper": {"graph.store.sparql_http"},
    "pyshacl": {"graph.check"},
}


@dataclass(frozen=True)
class Module:
    """A module of the program: its dotted name, the names it imports, its parsed text."""

    name: str
    imports: frozenset[str]
    tree: ast.Module

    @property
    def package(self) -> str:
        """Return `graph` or `publish`."""
        return self.name.partition(".")[0]

    @property
    def room(self) -> str:
        """Return what has a floor: the folder of the package, or the file that stands alone."""
        return ".".join(self.name.split(".")[:2])


def read_module(name: str, text: str) -> Module:
    """Parse a module; imports inside functions count too, and relative ones are made whole."""
    tree, found = ast.parse(text), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            whole = resolve_name(start, name.rpartition(".")[0]) if node.level else start
            found |= {f"{whole}.{alias.name}" for alias in node.names}
    return Module(name, frozenset(found), tree)


@cache
def modules() -> tuple[Module, ...]:
    """Return every module below `graph` and `publish`, in sub-folders too."""
    found = []
    for package, root in ROOTS.items():
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join((package, *(p for p in parts if p != "__init__")))
            found.append(read_module(name, path.read_text(encoding="utf-8")))
    return tuple(found)


def floors(docstring: str | None, package: str) -> dict[str, int]:
    """Return the floor of each folder, as the docstring of the package draws them."""
    rows = FLOOR.findall(docstring or "")
    return {f"{package}.{name}": int(floor) for floor, names in rows for name in names.split()}


FLOORS = floors(graph.__doc__, "graph") | floors(publish.__doc__, "publish")


def imports_upwards(module: Module, ranks: dict[str, int]) -> Iterator[str]:
    """Yield what a module imports from its own floor or a higher one, but for its own folder."""
    for name in sorted(module.imports):
        room = ".".join(name.split(".")[:2])
        beside = room.startswith(f"{module.package}.") and room != module.room
        if beside and ranks[room] >= ranks[module.room]:
            yield f"{module.name} (floor {ranks[module.room]}) imports {name} ({ranks[room]})"


def folders() -> list[Path]:
    """Return every folder of modules."""
    return sorted({p.parent for root in ROOTS.values() for p in root.rglob("*.py")})


def name_of(folder: Path) -> str:
    """Return a folder's path in the repository."""
    return folder.relative_to(ROOTS["graph"].parent).as_posix()


def modules_in(folder: Path) -> list[str]:
    """Return the names of the modules and of the folders of modules that stand in a folder."""
    files = [p.stem for p in folder.glob("*.py") if p.stem != "__init__"]
    return sorted(files + [p.parent.name for p in folder.glob("*/__init__.py")])


def not_named(docstring: str, names: list[str]) -> list[str]:
    """Return the names that a docstring leaves out: `name` in backticks, or a row of floors."""
    told = set(re.findall(r"`([a-z_]+)/?`", docstring))
    told |= {name for _, names in FLOOR.findall(docstring) for name in names.split()}
    return [name for name in names if name not in told]


def same_names(found: list[Module]) -> dict[str, list[str]]:
    """Return the public classes whose name stands in several modules of a package."""
    places = defaultdict(list)
    for module in found:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[f"{module.package}: {node.name}"].append(module.name)
    return {name: where for name, where in places.items() if len(where) > 1}


def is_in(module: str, places: set[str]) -> bool:
    """Say whether a module is one of `places` or stands below one."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_imports_go_down(module: Module) -> None:
    """A module imports only from the floors below its own, and from its own folder."""
    if module.name != module.package:
        assert list(imports_upwards(module, FLOORS)) == []


def test_an_import_upwards_is_seen() -> None:
    """One import of a higher floor, or of another folder of the same floor, is named."""
    module = read_module("graph.store.x", "def f():\n    from graph.check.check import check\n")
    assert list(imports_upwards(module, FLOORS)) == [
        "graph.store.x (floor 3) imports graph.check.check.check (5)"
    ]
    beside = read_module("graph.store.x", "from ..intake import cells\nfrom graph.rdf import iris")
    assert list(imports_upwards(beside, FLOORS)) == [
        "graph.store.x (floor 3) imports graph.intake.cells (3)"
    ]


def test_every_folder_has_a_floor() -> None:
    """Each folder and each file that stands alone has a floor, and no floor is of nothing."""
    assert {m.room for m in modules() if m.name != m.package} == FLOORS.keys()


@pytest.mark.parametrize(
    "module", [m for m in modules() if m.package == "graph"], ids=lambda m: m.name
)
def test_graph_knows_nothing_of_publish(module: Module) -> None:
    """No module of `graph` imports `publish`, a web framework or the command line."""
    assert {name.partition(".")[0] for name in module.imports} & OUTSIDE_GRAPH == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_one_place_knows_a_library(library: str) -> None:
    """What has ways of its own is imported in one place only, and is imported there."""
    users = {m.name for m in modules() if any(is_in(name, {library}) for name in m.imports)}
    assert users
    assert {user for user in users if not is_in(user, ONLY_IN[library])} == set()


@pytest.mark.parametrize("folder", folders(), ids=name_of)
def test_a_folder_says_what_is_in_it(folder: Path) -> None:
    """The docstring of a folder names each of its modules and is short enough to be read."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert not_named(text, modules_in(folder)) == []
    if folder not in ROOTS.values():
        assert 3 <= len(text.splitlines()) <= 9


def test_a_module_without_a_word_is_seen() -> None:
    """A module that the docstring leaves out is named."""
    assert not_named("`one` reads, `two/` writes.", ["one", "three", "two"]) == ["three"]


@pytest.mark.parametrize("folder", folders(), ids=name_of)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    """No folder holds more modules than a reader keeps in mind."""
    assert len(modules_in(folder)) <= MOST_MODULES


def test_no_class_name_means_two_things() -> None:
    """A public class name stands for one thing in a package."""
    assert same_names(list(modules())) == {}


def test_a_second_class_of_a_name_is_seen() -> None:
    """Two public classes of one name are named with both places; private ones are not."""
    text = "class Place: ...\nclass _Own: ...\n"
    found = [read_module(name, text) for name in ("graph.a", "graph.b", "publish.c")]
    assert same_names(found) == {"graph: Place": ["graph.a", "graph.b"]}


def told_by(code: str) -> list[str]:
    """Return the words that a fresh Python prints for a line of code."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_serving_starts_without_the_tools_of_checking() -> None:
    """A server imports neither a validator nor a spreadsheet library: they take longer than it."""
    heavy = {"rdflib", "pyshacl", "openpyxl", "SPARQLWrapper", "rich"}
    start = "import sys, publish.cli.main, publish.server.run"
    assert told_by(f"{start}; print(*{heavy!r} & sys.modules.keys())") == []


def test_columns_need_no_rdflib() -> None:
    """The records of columns, which serving reads, bring no rdflib with them."""
    start = "import sys, graph.schema.columns"
    assert told_by(f"{start}; print(*{{'rdflib', 'pyshacl'}} & sys.modules.keys())") == []
