"""What the tests of publish.releases.routes share."""

import time
from datetime import timedelta
from pathlib import Path

from werkzeug.http import http_date

from graph.release.manifest import Release
from publish.config import Config
from publish.web.dates import moment_of
from support.sites import publish

LEAFLET = "/doc/leaflet/sao-301107-building-permit"

GONE = "/doc/link/sao-301107-link-3"

OLD, NEW = "ใบอนุญาตก่อสร้าง", "ใบอนุญาตก่อสร้างอาคาร"

ATOM = "{http://www.w3.org/2005/Atom}"


def later(config: Config, folder: Path) -> Release:
    """Publish in another second than before, since moments are told in seconds."""
    time.sleep(1.1)
    return publish(config, folder)


def at(release: Release, seconds: int = 0) -> dict[str, str]:
    """Return the header that asks for a moment: that of a release, or some seconds off."""
    return {"Accept-Datetime": http_date(moment_of(release.id) + timedelta(seconds=seconds))}
