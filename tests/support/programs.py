"""Programs that some tests call.

A test whose program is missing is skipped, and pytest prints the reason.
"""

import shutil
import sys
from pathlib import Path

import pytest


def chromium() -> str | None:
    """Return the path of the system's Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def skip_without(program: str, package: str) -> str:
    """Return the path of a program, and skip the test where it is not installed."""
    found = path_of(program)
    if found is None:
        pytest.skip(f"{program} is not installed ({package})")
    return found


def path_of(program: str) -> str | None:
    """Return the path of a program: in the environment that runs the tests, or in the system."""
    beside = Path(sys.executable).parent / program
    return str(beside) if beside.is_file() else shutil.which(program)


def needs(program: str, package: str) -> pytest.MarkDecorator:
    """Skip a test where a program is not installed, and name the package that brings it."""
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"{program} is not installed ({package})"
    )


needs_chromium = pytest.mark.skipif(
    chromium() is None, reason="chromium is not installed (apt-get install chromium)"
)
needs_rapper = needs("rapper", "apt-get install raptor2-utils")
needs_pdfinfo = needs("pdfinfo", "apt-get install poppler-utils")
