"""A ZIP made of files that are gzipped already, without packing them again.

In: gzip files of one member each. Out: a ZIP with the same under their own names: a member of
either is the same deflate stream (RFC 1951) behind another head, and gzip's tail (RFC 1952, 2.3.1)
has the check sum and the length that a ZIP's head asks for (APPNOTE 6.3.9, 4.3.7 to 4.3.16).
"""

import shutil
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_HEAD = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _UTF_8, _DEFLATED = 20, 0x800, 8
_DAY = (0, (1 << 5) | 1)  # no time of the first day of 1980, the earliest that a ZIP can say
_UNIX, _MODE = 3 << 8, 0o100644 << 16
_GZIP_HEAD_BYTES, _GZIP_TAIL_BYTES = 10, 8
MOST_BYTES = (1 << 32) - 1
"""The longest ZIP, or file in one, that these heads can tell of."""


@dataclass(frozen=True)
class _Member:
    name: bytes
    crc: int
    packed: int
    plain: int
    at: int

    def head(self) -> bytes:
        sizes = (self.crc, self.packed, self.plain, len(self.name), 0)
        head = _HEAD.pack(b"PK\3\4", _VERSION, _UTF_8, _DEFLATED, *_DAY, *sizes)
        return head + self.name

    def entry(self) -> bytes:
        sizes = (self.crc, self.packed, self.plain, len(self.name), 0, 0, 0, 0)
        made = (_UNIX | _VERSION, _VERSION, _UTF_8, _DEFLATED)
        return _ENTRY.pack(b"PK\1\2", *made, *_DAY, *sizes, _MODE, self.at) + self.name


def zip_gzipped(path: Path, files: Iterable[Path]) -> None:
    """Write a ZIP of gzip files, each named without its `.gz`, in a stream. Raises OSError.

    The files have one member each and no name in their heads, as `compress` writes them.
    """
    members = []
    with path.open("wb") as out:
        for file in files:
            packed = file.stat().st_size - _GZIP_HEAD_BYTES - _GZIP_TAIL_BYTES
            with file.open("rb") as data:
                data.seek(-_GZIP_TAIL_BYTES, 2)
                crc, plain = struct.unpack("<2I", data.read())
                name = file.name.removesuffix(".gz").encode()
                members.append(_Member(name, crc, packed, plain, out.tell()))
                out.write(members[-1].head())
                data.seek(_GZIP_HEAD_BYTES)
                shutil.copyfileobj(data, out, 1 << 20)
                out.seek(-_GZIP_TAIL_BYTES, 2)
                out.truncate()
        at = out.tell()
        out.writelines(member.entry() for member in members)
        count, size = len(members), out.tell() - at
        out.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, at, 0))
