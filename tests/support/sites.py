"""Sites for tests: published once a run, and served as `km serve` serves them.

In: folders of tables, and settings. Out: a release in the data folder of the settings.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from graph.builder.build import build_release
from graph.check.check import Checked, bundled_site, check
from graph.release.activate import publication_lock
from graph.release.manifest import Release, open_release
from publish.cli.publish import release_input
from publish.config import Config
from publish.engine.backends import open_copies
from publish.server.asgi import Asgi
from publish.server.run import Server, listen


@contextmanager
def serving(application: Asgi, config: Config) -> Iterator[Server]:
    """Run the server of `km serve` in a thread, to the end of the block."""
    running = Server(application, config, listen(config))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    yield running
    running.close()
    thread.join(10)
    assert not thread.is_alive()


@cache
def check_once(base: str, *sources: Path) -> Checked:
    """Check `sources` once a run. A test must not change a folder that it has checked."""
    return check(sources or (bundled_site(),), base, lambda _: None)


def publish(config: Config, *sources: Path) -> Release:
    """Publish `sources`, or the bundled site, as `km publish` does."""
    checked = check_once(config.base, *sources)
    assert checked.report.conforms, checked.report.findings
    with publication_lock(config.data):
        return build_release(config.data, release_input(config, checked), open_copies(config))


def publish_once(config: Config, *sources: Path) -> Release:
    """Publish `sources` in an empty data folder, as `publish` does, but build it once a test run.

    The files are hard links to those of the first such release, so a test must not write into one;
    a test that damages a release uses the fixture `copied`.
    """
    paths = sources or (bundled_site(),)
    files = [f for path in paths for f in (path.rglob("*") if path.is_dir() else [path])]
    told = [f"{f.name} {hashlib.sha256(f.read_bytes()).hexdigest()}" for f in files if f.is_file()]
    key = hashlib.sha256("\n".join([config.base, *sorted(told)]).encode()).hexdigest()
    made = _folder_of_releases() / key
    if not made.exists():
        publish(Config(base=config.base, data=made), *sources)
    shutil.copytree(made, config.data, symlinks=True, copy_function=os.link, dirs_exist_ok=True)
    return open_release(config.data)


@cache
def _folder_of_releases() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="km-tests-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
