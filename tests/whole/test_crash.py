"""Publications that are killed or run out of disk, and readers meanwhile: a short form.

`make crash` is the long one, with hundreds of kills and fifty publications under load.
"""

import re
import subprocess
import sys

import pytest
from support.paths import TESTS

pytestmark = pytest.mark.slow

SHORT = ["--kills", "4", "--commands", "1", "--limits", "3", "--fills", "3", "--publications", "3"]


@pytest.fixture(scope="module")
def told() -> str:
    """What the short run prints; it ends with 1 where a release is damaged or a request fails."""
    done = subprocess.run(
        [sys.executable, "-m", "crash", *SHORT],
        cwd=TESTS,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_kills(told: str) -> None:
    """Killed at each named step and at random moments, every release stays whole."""
    assert re.search(r"killed at each of 1\d steps: every release whole", told)
    assert "killed at 4 random moments: every release whole" in told
    assert "killed km publish itself 1 times: every release whole" in told


def test_full_disk(told: str) -> None:
    """A file that cannot grow, and a disk that is full, refuse the publication and nothing else."""
    assert re.search(r"files limited in size 3 times: [1-3] refused, every release whole", told)
    assert re.search(r"disk filled 3 times: [1-3] refused|this user may not mount", told)


def test_no_request_fails(told: str) -> None:
    """Under load, a server moves to each new release without a failed request."""
    found = re.search(r"published 3 times under load: ([\d,]+) requests, 0 failed", told)
    assert found is not None
    assert int(found[1].replace(",", "")) > 20
