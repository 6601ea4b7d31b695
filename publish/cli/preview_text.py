"""What a publication will change, as an operator reads it: `km publish --dry-run`.

In: a preview. Out: lines: each organisation with its triples before and after, then the things that
come, go and change, by name.
"""

from collections.abc import Iterator

from graph.release.preview import MAX_SHOWN, GraphPreview, Preview

_SIGNS = {"A": "+", "D": "−", "M": "~"}
_WORDS = {
    "A": "ใหม่ / added",
    "D": "หายไป / removed",
    "M": "เปลี่ยน / changed",
}


def preview_lines(preview: Preview) -> Iterator[str]:
    """Yield a preview as lines of text."""
    if preview.before is None:
        yield "ยังไม่มีรุ่นก่อนหน้า ทั้งหมดเป็นข้อมูลใหม่ / the first release: everything is new"
        return
    yield f"เทียบกับรุ่น / compared with {preview.before}"
    if not preview.graphs:
        yield "ข้อมูลไม่เปลี่ยน / no data changes"
    for graph in preview.graphs:
        yield ""
        yield from _graph_lines(graph, preview)
    if preview.gone:
        yield ""
        yield from _gone_lines(preview)


def _graph_lines(graph: GraphPreview, preview: Preview) -> Iterator[str]:
    name = graph.graph.rpartition("/")[2]
    title = f"{name} · {graph.label}" if graph.label else name
    counts = f"{graph.before:,} → {graph.after:,} triples, +{graph.came:,} −{graph.went:,}"
    yield f"{title}: {counts}"
    for sign, count in graph.things.items():
        yield f"  {_WORDS[sign]}: {count:,}"
        for iri in graph.shown.get(sign, ()):
            yield f"    {_SIGNS[sign]} {_thing(iri, preview)}"
        if count > MAX_SHOWN:
            yield f"    … {count - MAX_SHOWN:,}"


def _gone_lines(preview: Preview) -> Iterator[str]:
    """Yield the things that will answer 410, with what takes their place."""
    yield f"จะตอบ 410 / will answer 410: {len(preview.gone):,}"
    for stone in preview.gone[:MAX_SHOWN]:
        instead = ", ".join(iri.rpartition("/id/")[2] for iri in stone.replaced_by)
        told = f"→ {instead}" if instead else "(ไม่ระบุสิ่งที่ใช้แทน / nothing takes its place)"
        yield f"    {_thing(stone.iri, preview)} {told}"
    if len(preview.gone) > MAX_SHOWN:
        yield f"    … {len(preview.gone) - MAX_SHOWN:,}"


def _thing(iri: str, preview: Preview) -> str:
    path, label = iri.rpartition("/id/")[2], preview.names.get(iri, "")
    return f"{path}  {label}" if label else path
