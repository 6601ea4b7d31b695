"""The search index of a country: how long it takes to write, and what a look-up costs.

In: the country of `bench.data`, read as often as `--copies` says, each time under other keys, so
that three copies of 500 organisations are three million triples. Out: a line for each query of
`tests/search_queries.csv`, slowest first, and the medians.

    cd tests && python -m bench.search --organisations 500 --copies 3
"""

import argparse
import csv
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox

from bench.data import make_data
from bench.generate import BASE
from graph.search.find import Query, SearchIndex
from graph.search.index_rows import FILE
from graph.search.write import write_index

_ROUNDS = 5


def read_copies(path: Path, copies: int) -> Iterator[ox.Quad]:
    """Yield the quads of a country, and again under other keys."""
    for copy in range(copies):
        with path.open("rb") as lines:
            changed = (line.replace(b"/sao-", f"/sao{copy}-".encode()) for line in lines)
            yield from ox.parse(b"".join(changed), ox.RdfFormat.N_QUADS)


def measure(run: Callable[[], object]) -> float:
    """Return the milliseconds of a call, the best of some."""
    times = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1_000)
    return min(times)


def main() -> None:
    """Write the index and look things up in it."""
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="data and index")
    parser.add_argument("--organisations", type=int, default=500)
    parser.add_argument("--copies", type=int, default=1)
    options = parser.parse_args()
    quads = make_data(options.folder, 1, options.organisations).quads
    path = options.folder / FILE
    path.unlink(missing_ok=True)
    start = time.perf_counter()
    write_index(path, read_copies(quads, options.copies), BASE)
    print(f"written in {time.perf_counter() - start:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    report(SearchIndex(options.folder))


def report(index: SearchIndex) -> None:
    """Print what each query of the table costs."""
    table = Path(__file__).parent.parent / "data" / "search_queries.csv"
    typed = [row["query"] for row in csv.DictReader(table.read_text("utf-8").splitlines())]
    pages, suggestions = [], []
    for words in typed:
        total = index.find(Query(words)).total
        pages.append((measure(lambda w=words: index.find(Query(w))), total, words))
        suggestions.append(measure(lambda w=words: index.suggest(w)))
    for spent, total, words in sorted(pages, reverse=True)[:15]:
        print(f"{spent:8.2f} ms  {total:6,}  {words}")
    print(f"results: median {statistics.median(p[0] for p in pages):.2f} ms")
    middle, most = statistics.median(suggestions), max(suggestions)
    print(f"suggestions: median {middle:.2f} ms, at most {most:.2f} ms")
    index.close()


if __name__ == "__main__":
    main()
