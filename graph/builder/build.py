"""Building a release: named steps in their order, beside the release that is being served.

In: a `ReleaseInput`. Out: a release that is current. The steps fill the folder `releases/.tmp-ID`,
sync it, rename it, and only then point `current` to it. A crash between two steps leaves the old
release serving, and the next publication removes the leftovers. `STEPS` lists every step.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from graph.builder import build_steps
from graph.builder.folder import ReleaseFolder
from graph.builder.inputs import Build, ReleaseInput
from graph.errors import KmError, ReleaseError
from graph.release.activate import TMP, ReleaseCopies, sweep_leftovers
from graph.release.manifest import Release, open_release, release_ids

STEPS: tuple[tuple[str, Callable[[Build], None]], ...] = (
    ("graphs", build_steps.write_graphs),
    ("whole", build_steps.write_whole),
    ("history", build_steps.write_history),
    ("words", build_steps.begin_search),
    ("store", build_steps.write_store),
    ("hubs", build_steps.write_hub_index),
    ("search", build_steps.write_search),
    ("report", build_steps.write_report),
    ("manifest", build_steps.describe),
    ("sync", build_steps.sync),
    ("copies", build_steps.load_copies),
    ("rename", build_steps.rename),
    ("switch", build_steps.switch),
    ("clean", build_steps.clean),
)


def build_release(
    data: Path,
    inputs: ReleaseInput,
    copies: ReleaseCopies | None = None,
    step: Callable[[str], None] = lambda name: None,
) -> Release:
    """Write a release, make it current and remove all but the newest.

    With a `copies`, the release is put there before it is current. `step` hears the name of each of
    `STEPS` as it begins. Call it inside `publication_lock`. Raises ReleaseError where a file cannot
    be written or a copy cannot be loaded; then nothing has changed for readers.
    """
    sweep_leftovers(data)
    release_id = _new_id(next(iter(release_ids(data)), ""))
    path = data / "releases" / f"{TMP}{release_id}"
    folder = ReleaseFolder(path, inputs.plain_mb * 1024**2)
    build = Build(data, inputs, release_id, folder, _before(data), copies)
    try:
        path.mkdir(parents=True)
        for name, run in STEPS:
            step(name)
            run(build)
    except OSError as error:
        _give_up(build)
        raise ReleaseError(f"cannot write the release: {error}") from error
    except BaseException:
        _give_up(build)
        raise
    assert build.release is not None  # the step `switch` came by
    return build.release


def _give_up(build: Build) -> None:
    if build.indexing is not None:
        build.indexing.stop()
    shutil.rmtree(build.folder.path, ignore_errors=True)


def _new_id(newest: str) -> str:
    """Return the UTC time as an identifier that sorts after `newest`, whatever the clock says.

    A number is added where the second is taken, so that no identifier comes twice.
    """
    stamp = max(datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ"), newest[:18])
    candidates = [stamp, *(f"{stamp}-{n:03}" for n in range(2, 1000))]
    return next(c for c in candidates if c > newest)


def _before(data: Path) -> Release | None:
    """Return the current release; a damaged one is no help, and no hindrance either."""
    try:
        return open_release(data)
    except KmError:
        return None
