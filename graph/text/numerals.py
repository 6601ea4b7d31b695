"""Numbers as people type them, in Arabic or Thai digits."""

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def read_number(text: str) -> int | None:
    """Return a whole number of at most nine digits, None for anything else.

    >>> read_number("๒๕๖๒"), read_number("-1")
    (2562, None)
    """
    digits = text.strip().translate(_THAI_DIGITS)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
