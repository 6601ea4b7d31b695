"""What a cell that wants a key probably means, where it holds the name of a row.

In: the text, and what knows the keys of names. Out: the remedy, “write this key”.
"""

import re
from collections.abc import Callable

from graph.findings import Text
from graph.intake.cells import write


def suggest_fix(
    text: str, separator: str | None, key_of: Callable[[str], str | None]
) -> Text | None:
    """Return what to write for a name, or for several with commas between; None if not known.

    `key_of` returns the key that a name, or a key itself, stands for.

    >>> find_meant("waste, Taxes", ";", {"waste": "waste", "Taxes": "local-tax"}.get).en
    'separate them with ; and not a comma: write waste; local-tax'
    """
    key = key_of(text)
    if key:
        return write(key)
    parts = [part for part in (p.strip() for p in re.split("[,،、]", text)) if part]
    if not separator or len(parts) < 2:
        return None
    keys = [key_of(part) for part in parts]
    if None in keys:
        return None
    meant = write(f"{separator} ".join(dict.fromkeys(filter(None, keys))))
    return Text(
        f"คั่นด้วย {separator} ไม่ใช่จุลภาค: {meant.th}",
        f"separate them with {separator} and not a comma: {meant.en}",
    )
