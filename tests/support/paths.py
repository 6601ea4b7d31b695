"""Where things stand that tests read."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
DATA = TESTS / "data"
BAD = TESTS / "bad"
"""Faulty files such as officers make."""
