"""The folders that tests read."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
DATA = TESTS / "data"
BAD = TESTS / "bad"
"""Files with the mistakes that officers make."""
