"""A country of organisations that never were, in the shape of the bundled one.

In: a folder, how many organisations, and a seed. Out: tables as officers would hand them in: a
folder of CSV files for each organisation and one for what they share. The same arguments give the
same bytes, and a larger country of a seed holds the smaller ones.

    python -m bench.generate FOLDER --organisations 100
"""

import argparse
from pathlib import Path

from support.cases import Tables, read_site, write_csv

from bench.organisation import make_organisation
from bench.places import choose_places
from bench.shared import make_shared

BASE = "http://localhost:8000"
SHARED_FOLDER = "shared"


def write_country(folder: Path, organisations: int, seed: int = 1) -> Path:
    """Write the tables of a country into `folder`, which is made, and return it."""
    bundled = read_site()
    places = choose_places(organisations, seed)
    shared = make_shared(bundled, places, seed)
    _write_tables(shared.tables, folder / SHARED_FOLDER)
    for place in places:
        tables, page = make_organisation(place, bundled, shared, seed)
        _write_tables(tables, folder / place.slug)
        (folder / place.slug / "page.txt").write_text(page, encoding="utf-8")
    return folder


def slugs(organisations: int, seed: int = 1) -> tuple[str, ...]:
    """Return the keys of the organisations of a country."""
    return tuple(place.slug for place in choose_places(organisations, seed))


def _write_tables(tables: Tables, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", rows)


def main() -> None:
    """Write a country as the command line says."""
    parser = argparse.ArgumentParser(prog="bench.generate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--organisations", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_country(options.folder, options.organisations, options.seed)


if __name__ == "__main__":
    main()
