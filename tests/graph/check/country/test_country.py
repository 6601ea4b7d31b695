"""Many folders, each checked apart: the verdict is that of the whole."""

import shutil
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.cases import BASE, ORG, load_paths, shapes, small_site, write_site
from support.check_country import FAULTS
from support.rule_cases import BROKEN, KEPT, NOWHERE, OTHER, copy_case

from graph.check.check import Checked, check
from graph.check.folder_check import FolderChecker, gather_shared
from graph.check.inference import infer
from graph.check.validate import validate
from graph.check.verdict_store import VerdictStore
from graph.findings import Finding
from graph.intake.load import Loaded, ontology_quads
from graph.rdf.named_graphs import InMemory
from graph.rdf.vocab import SHAPE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(country: Path) -> Loaded:
    """The country as one dataset."""
    return load_paths(country)


def test_verdict_of_the_whole(checked: Checked, whole: Loaded) -> None:
    """Folders checked apart give, finding by finding, what one dataset gives."""
    assert list(checked.report.findings) == validate(whole, shapes())
    assert (checked.report.files, checked.report.triples) == (len(whole.sources), len(whole.quads))


def test_graphs_of_the_whole(checked: Checked, whole: Loaded) -> None:
    """The graphs are those of one dataset, with what follows from it and the vocabulary."""
    as_one = InMemory([*whole.quads, *infer(whole.quads, BASE), *ontology_quads(BASE)])
    assert checked.graphs.names() == as_one.names()
    for name in as_one.names():
        assert checked.graphs.triples(name) == as_one.triples(name)
        assert checked.graphs.sha256(name) == as_one.sha256(name)


def test_few_are_checked_together(checked: Checked) -> None:
    """Only folders that share a key, or refer to each other, are checked as one."""
    assert checked.verdicts is not None
    with closing(VerdictStore(checked.verdicts)) as verdicts:
        alone = [record.name for record in verdicts.records() if record.inputs]
    assert len(alone) == len(FAULTS) + 2 - 13


def test_processes(country: Path, checked: Checked) -> None:
    """Several processes say what one says, and give the same graphs."""
    several = check([country], BASE, lambda _: None, workers=2)
    assert several.report == checked.report
    assert set(several.quads) == set(checked.quads)


def test_unread_sheet(country: Path, tmp_path: Path) -> None:
    """A file that cannot be read silences what refers to it in its folder, and no other."""
    shutil.copytree(country, tmp_path / "country")
    (tmp_path / "country" / "sao-500003" / "documents.csv").write_bytes(b"key,owner\nx,\xff\xfe\n")
    found = check([tmp_path / "country"], BASE, lambda _: None, workers=1).report.findings
    unknown = {f.place.file.split("/")[1] for f in found if f.rule == "reference-unknown"}
    assert "sao-500003" not in unknown
    assert f"sao-{500_002 + list(FAULTS).index('names nobody')}" in unknown


def test_every_rule(tmp_path: Path) -> None:
    """Whatever rule is broken, it is told the same by the shard and by the whole."""
    quads = load_paths(write_site(small_site(), tmp_path / "site")).quads
    shared = [q for q in quads if str(q.graph_name).endswith("/shared>")]
    own = [q for q in quads if q not in shared]
    ours = {str(q.subject).removeprefix(f"<{BASE}/id/").removesuffix(">") for q in own}
    cases = list(enumerate(BROKEN + KEPT))
    common = [*shared, *chain(*(copy_case(c, n, quads) for n, c in cases if c.focus not in ours))]
    theirs = [copy_case(c, n, quads) for n, c in cases if c.focus in ours]
    organisations = [
        _renamed([*own, *chain(*theirs[part::5])], f"sao-50000{part}") for part in range(5)
    ]
    checker = FolderChecker(shapes(), BASE, gather_shared(Loaded(quads=common), shapes()), tmp_path)
    apart = [
        checker.judge([checker.beside(Loaded(quads=part))]) for part in (common, *organisations)
    ]
    everything = [*common, *chain(*organisations)]
    found = validate(Loaded(quads=everything), shapes())
    # A list that is no list belongs to nobody: what stands in it is counted where it is seen.
    astray = {str(q.subject) for q in everything if str(q.object) in (OTHER, NOWHERE, '"text"')}

    def told(findings: Iterable[Finding]) -> list[str]:
        return sorted(str(f) for f in findings if f"<{f.place.subject}>" not in astray)

    assert told(chain(*apart)) == told(found)
    assert len(told(found)) > 500
    assert {f.rule for f in found} >= {SHAPE + case.rule for case in BROKEN}


def _renamed(quads: Iterable[ox.Quad], slug: str) -> list[ox.Quad]:
    text = "".join(f"{quad} .\n" for quad in quads).replace(ORG, slug)
    return list(ox.parse(text, ox.RdfFormat.N_QUADS))
