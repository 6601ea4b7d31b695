"""A ZIP made of gzipped files is one that other programs read."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.builder import folder
from graph.builder.folder import add_gzipped, compress

FILES = {"a.csv": b"key\r\n" * 10_000, "empty.csv": b"", "short.csv": b"x"}
Pack = Callable[[], Path]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Make a ZIP of some gzipped files, one of them written in a stream."""
    for name, data in FILES.items():
        (tmp_path / f"{name}.gz").write_bytes(compress(data))
    with (tmp_path / "a.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as file:
        file.write(FILES["a.csv"])

    def make() -> Path:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for name in FILES:
                add_gzipped(archive, tmp_path / f"{name}.gz")
        return tmp_path / "all.zip"

    return make


def read(path: Path) -> dict[str, bytes]:
    """Return the files in a ZIP, whose check sums are right."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_python_reads_it(pack: Pack) -> None:
    """zipfile finds every file with its bytes; the same files give the same archive."""
    first = pack().read_bytes()
    assert read(pack()) == FILES
    assert pack().read_bytes() == first


def test_its_heads_are_those_of_python(pack: Pack) -> None:
    """The heads before the files say what the list at the end says: some programs read those."""
    path = pack()
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            written = path.read_bytes()[info.header_offset :][: len(info.FileHeader())]
            assert written == info.FileHeader()
            assert (info.compress_type, info.external_attr >> 16) == (
                zipfile.ZIP_DEFLATED,
                0o100644,
            )


def test_longer_than_four_gibibytes(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file, or the archive, passes the limit of the first ZIPs, heads are of ZIP64."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 20)  # instead of writing so much
    path = pack()
    assert b"PK\6\6" in path.read_bytes()  # ZIP64's end of the list (APPNOTE 4.3.14)
    assert path.read_bytes()[28:30] == b"\x14\0"  # the extra field of the first file (4.5.3)
    assert read(path) == FILES


def test_the_tail_of_a_long_file_is_not_trusted(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """gzip tells lengths modulo 4 GiB, so a file that may be longer is measured."""
    monkeypatch.setattr(folder, "_MOST_DEFLATED", 1 << 32)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(path.read_bytes()[:-4] + b"\1\0\0\0")
    (tmp_path / "a.csv").write_bytes(FILES["a.csv"])
    with zipfile.ZipFile(pack()) as archive:
        assert archive.getinfo("a.csv").file_size == len(FILES["a.csv"])
        assert archive.getinfo("short.csv").file_size == 1
