"""An address as a QR code (ISO/IEC 18004), to be scanned from a printed page.

In: an address. Out: a `QrCode`: the path of an SVG, which a template draws, so that no markup is
made here and no image is fetched when a page is printed.
"""

import segno

from publish.web.page_data import QrCode

_QUIET = 4  # modules of white around, as the standard wants
# Any of the eight masks can be scanned. To weigh them all against each other, as the standard
# advises, takes longer than all the rest of a page.
_MASK = 0


def make_qr(address: str) -> QrCode:
    """Return the code of an address; a fifth of it may be smudged (level Q)."""
    code = segno.make_qr(address, error="q", boost_error=False, mask=_MASK)
    rows = [list(row) for row in code.matrix]
    path = "".join(_row(y, row) for y, row in enumerate(rows))
    return QrCode(len(rows) + 2 * _QUIET, path, address)


def _row(y: int, row: list[int]) -> str:
    """Return the dark stretches of a row as squares side by side."""
    drawn, x = "", 0
    while x < len(row):
        length = 1
        while x + length < len(row) and row[x + length] == row[x]:
            length += 1
        if row[x]:
            drawn += f"M{x + _QUIET} {y + _QUIET}h{length}v1h-{length}z"
        x += length
    return drawn
