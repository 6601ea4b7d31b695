"""Programs that some tests call: those tests are skipped, with the reason, where one is missing."""

import shutil

import pytest


def chromium() -> str | None:
    """Return the path of the system's Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


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
