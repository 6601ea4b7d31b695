"""What the tests of graph.intake.tables share."""

from pathlib import Path

from graph.intake.tables import Reading, Sheet, read_tables


def read_folder(path: Path) -> Reading:
    """Read the tables of a file or folder."""
    return read_tables(path, path.name)


def read_sheet(path: Path) -> Sheet:
    """Read a file or folder that holds one sheet."""
    reading = read_folder(path)
    assert len(reading.sheets) == 1
    return reading.sheets[0]
