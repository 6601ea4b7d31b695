"""What the tests of graph.intake.tables share."""

from pathlib import Path

from graph.intake.tables import Reading, Sheet, read_tables


def read_of(path: Path) -> Reading:
    return read_tables(path, path.name)


def one_of(path: Path) -> Sheet:
    reading = read_of(path)
    assert len(reading.sheets) == 1
    return reading.sheets[0]
