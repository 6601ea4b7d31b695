"""Identifiers: minted from keys, parsed back, and never from anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.rdf.iris import Thing, graph_iri, mint_iri, parse_iri

BASE = "https://km.example.go.th"
SLUGS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,4}", fullmatch=True)


@given(SLUGS, SLUGS)
def test_minting_and_parsing_agree(type: str, slug: str) -> None:
    """What is minted parses back to its parts."""
    assert parse_iri(BASE, mint_iri(BASE, type, slug)) == Thing(type, slug)


@pytest.mark.parametrize(
    "slug", ["", "A", "a_b", "a/b", "-a", "a-", "a--b", "ภาษี", "a b", "a\n", "../a", "a%20b"]
)
def test_no_other_slug_is_minted(slug: str) -> None:
    """Only small Latin letters, digits and single hyphens make an identifier."""
    with pytest.raises(ValueError, match="slug"):
        mint_iri(BASE, "topic", slug)


@given(st.text(max_size=60))
def test_parsing_never_raises(text: str) -> None:
    """Any text is either a thing's IRI or None."""
    found = parse_iri(BASE, f"{BASE}/id/{text}")
    assert found is None or mint_iri(BASE, found.type, found.slug) == f"{BASE}/id/{text}"


@pytest.mark.parametrize(
    "iri",
    ["https://other.example/id/topic/a", f"{BASE}/doc/topic/a", f"{BASE}/id/topic", f"{BASE}/id/"],
)
def test_other_iris_are_no_things(iri: str) -> None:
    """An IRI under another base or path is none of ours."""
    assert parse_iri(BASE, iri) is None


def test_graphs() -> None:
    """A named graph has its own address."""
    assert graph_iri(BASE, "sao-301107") == f"{BASE}/graph/sao-301107"
