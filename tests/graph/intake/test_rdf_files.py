"""RDF files at the door: what is read, in which form, and what is kept from going further."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import BASE, thing
from support.paths import BAD

from graph.intake.rdf_files import MAX_NESTING, RdfDocument, read_rdf
from graph.rdf.vocab import term

HEAD = """@prefix d: <http://localhost:8000/id/document/> .
@prefix km: <https://w3id.org/tambon-km/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def _read(tmp_path: Path, text: str, name: str = "x.ttl") -> RdfDocument:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_rdf(path, name, BASE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.ttl", f'{HEAD}d:a km:verbatim "ก" .'),
        ("x.nt", f'<{BASE}/id/document/a> <https://w3id.org/tambon-km/ns#verbatim> "ก" .'),
        ("X.TTL", f'{HEAD}d:a km:verbatim "ก" .'),
        ("x.ttl", f'\ufeff{HEAD}d:a km:verbatim "ก" .'),
        ("x.ttl", f'{HEAD}d:a km:verbatim "ก" .'.replace("\n", "\r\n")),
    ],
)
def test_read(tmp_path: Path, name: str, text: str) -> None:
    """Each format gives the same quads, with the subjects it speaks of."""
    document = _read(tmp_path, text, name)
    node = thing("document", "a")
    assert document.findings == ()
    assert document.quads == (ox.Quad(node, term("km:verbatim"), ox.Literal("ก")),)
    assert document.subjects == {node.value}


@pytest.mark.parametrize(
    ("graph", "rules"),
    [
        (f"<{BASE}/graph/shared>", []),
        (f"<{BASE}/graph/sao-301107>", []),
        (f"<{BASE}/graph/ontology>", ["rdf-graph"]),
        (f"<{BASE}/graph/inferred>", ["rdf-graph"]),
        (f"<{BASE}/graph/>", ["rdf-graph"]),
        (f"<{BASE}/graph/Sao>", ["rdf-graph"]),
        (f"<{BASE}/id/org/sao-301107>", ["rdf-graph"]),
        ("<http://example.org/graph/shared>", ["rdf-graph"]),
        ("<shared:x>", ["rdf-graph"]),
        ("_:g", ["rdf-graph"]),
    ],
)
def test_graphs(tmp_path: Path, graph: str, rules: list[str]) -> None:
    """Data may name the graph of an organisation or the shared one, never one of the program's."""
    line = f'<{BASE}/id/document/a> <https://w3id.org/tambon-km/ns#verbatim> "ก" {graph} .'
    assert [f.rule for f in _read(tmp_path, line, "x.nq").findings] == rules


@pytest.mark.parametrize(
    ("subject", "rules"),
    [
        (f"<{BASE}/id/document/a>", []),
        (f"<{BASE}/id/document/A>", ["rdf-foreign"]),
        (f"<{BASE}/id/document/a/b>", ["rdf-foreign"]),
        (f"<{BASE}/id/document/a#b>", ["rdf-foreign"]),
        (f"<{BASE}/id/document>", ["rdf-foreign"]),
        (f"<{BASE}/graph/shared>", ["rdf-foreign"]),
        ("<http://localhost:8001/id/document/a>", ["rdf-foreign"]),
        ("<https://w3id.org/tambon-km/kind/act>", ["rdf-foreign"]),
        ("_:a", ["rdf-blank"]),
        ("[]", ["rdf-blank"]),
        ("(1)", ["rdf-blank"]),
    ],
)
def test_subjects(tmp_path: Path, subject: str, rules: list[str]) -> None:
    """Only what has an address under the base may be described."""
    document = _read(tmp_path, f"{HEAD}{subject} km:verbatim 'ก' .")
    assert [f.rule for f in document.findings] == rules


def test_each_thing_is_told_once(tmp_path: Path) -> None:
    """A subject with many triples is one finding, and so are all the blank nodes of a file."""
    text = "<http://x/y> km:verbatim 'a', 'b' ; km:issue [], [] . _:x km:verbatim 'a', 'b' ."
    document = _read(tmp_path, HEAD + text)
    assert sorted(f.rule for f in document.findings) == ["rdf-blank", "rdf-foreign"]


@pytest.mark.parametrize(
    "value",
    [
        '"007"^^xsd:integer',
        '"yes"^^xsd:boolean',
        '"2567-01-01"^^xsd:date',
        '"x"@th--ltr',
        '"a\\u200Bb"',
        "<<( d:a d:b d:c )>>",
    ],
)
def test_kept_out(tmp_path: Path, value: str) -> None:
    """A value that would be stored in another form is reported and goes no further."""
    document = _read(tmp_path, f"{HEAD}d:a km:verbatim 'ก' ; km:issue {value} .")
    assert len(document.findings) == 1
    assert [str(quad.object) for quad in document.quads] == ['"ก"']


@pytest.mark.parametrize(("depth", "rules"), [(MAX_NESTING, []), (MAX_NESTING + 1, ["rdf-syntax"])])
def test_nesting(tmp_path: Path, depth: int, rules: list[str]) -> None:
    """Brackets may stand inside each other up to the limit, and no deeper."""
    document = _read(tmp_path, f"{HEAD}d:a km:issue {'(' * depth}{')' * depth} .")
    assert [f.rule for f in document.findings if f.rule != "rdf-blank"] == rules


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("d:a km:verbatim 'ก'\nd:b km:verbatim 'ข' .", 5),
        ("d:a km:verbatim 'ก .\n", 4),
        ("d:a km:verbatim <x> .", 4),
        ("d:a nope:verbatim 'x' .", 4),
        ("\n\nd:a km:verbatim '\\q' .", 6),
        ("<<<", 4),
        ("@prefix", 4),
    ],
)
def test_syntax(tmp_path: Path, text: str, line: int) -> None:
    """A syntax error names the line where the parser stopped, in the text and for programs."""
    document = _read(tmp_path, HEAD + text)
    assert document.quads == ()
    assert [f.rule for f in document.findings] == ["rdf-syntax"]
    finding = document.findings[0]
    assert finding.place.line == line
    assert f"line {line}" in finding.problem.en
    assert f"บรรทัด {line}" in finding.problem.th


def test_damaged_files(tmp_path: Path) -> None:
    """Turtle cut anywhere is read or refused; nothing is raised."""
    data = (BAD / "literals.ttl").read_bytes()
    path = tmp_path / "x.ttl"
    for at in range(0, len(data), 7):
        path.write_bytes(data[:at])
        document = read_rdf(path, "x.ttl", BASE)
        assert document.quads or not document.subjects or document.findings


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file past the limit is not even opened."""
    monkeypatch.setattr("graph.intake.rdf_files.MAX_FILE_BYTES", 10)
    document = _read(tmp_path, HEAD)
    assert [f.rule for f in document.findings] == ["too-large"]
