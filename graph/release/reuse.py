"""Reasons to refuse a publication besides the findings of the check: identifiers, sudden loss.

In: a preview, and the origin of each thing. Out: findings for the officer, each naming its cell;
and the graphs that shrink, for the operator.
"""

from collections.abc import Callable, Iterator

from graph.findings import Finding, Place, find
from graph.rdf.vocab import compact
from graph.release.preview import Preview


def refuse_reuse(preview: Preview, place_of: Callable[[str], Place]) -> Iterator[Finding]:
    """Yield a finding for each identifier that would be given to another thing."""
    for other in preview.others:
        place, value = place_of(other.iri), other.iri.rpartition("/id/")[2]
        if other.before:
            before, after = compact(other.before), compact(other.after)
            yield find("identifier-other-class", place, value=value, before=before, after=after)
        elif other.now:
            before, after = other.label, other.now
            yield find("identifier-renamed", place, value=value, before=before, after=after)
        else:
            yield find("identifier-reused", place, value=value, before=other.label)
