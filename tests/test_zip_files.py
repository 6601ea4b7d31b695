"""A ZIP of gzipped files is one that other programs read."""

import gzip
import zipfile
from pathlib import Path

import pytest

from graph.builder.folder import compress
from graph.builder.zip_files import zip_gzipped

FILES = {"a.csv": b"key\r\n" * 10_000, "empty.csv": b"", "short.csv": b"x"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A ZIP of some gzipped files, one of them written in a stream."""
    for name, data in FILES.items():
        (tmp_path / f"{name}.gz").write_bytes(compress(data))
    with (tmp_path / "a.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as file:
        file.write(FILES["a.csv"])
    zip_gzipped(tmp_path / "all.zip", [tmp_path / f"{name}.gz" for name in FILES])
    return tmp_path / "all.zip"


def test_python_reads_it(archive: Path) -> None:
    """zipfile finds every file with its bytes, and its check sums right."""
    with zipfile.ZipFile(archive) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == FILES


def test_its_heads_are_those_of_python(archive: Path) -> None:
    """The heads before the files say what the list at the end says: some programs read those."""
    with zipfile.ZipFile(archive) as read:
        for info in read.infolist():
            written = archive.read_bytes()[info.header_offset :][: len(info.FileHeader())]
            assert written == info.FileHeader()
            assert (info.compress_type, info.external_attr >> 16) == (
                zipfile.ZIP_DEFLATED,
                0o100644,
            )
