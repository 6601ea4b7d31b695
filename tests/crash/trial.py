"""A site whose publications are killed, and what must hold afterwards.

In: a data folder and two versions of the tables. Out: publications in processes of their own, ended
at a named step or after some time, and `settle`: the release that was current is current still, or
the new one is; every release that is listed is whole; the next publication works and sweeps up.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from graph.builder.build import STEPS, build_release
from graph.builder.inputs import ReleaseInput
from graph.check.check import Checked
from graph.errors import KmError
from graph.release.activate import TMP, publication_lock
from graph.release.manifest import current_id, release_ids
from graph.release.verify import verify_release

KM = (sys.executable, "-c", "from publish.cli.main import main; main()")
STEP_NAMES = tuple(name for name, _ in STEPS)
REFUSED, BROKEN = 2, 70


class Failed(Exception):
    """Something that must hold after a crash does not."""


class Trial:
    """Publishes two versions of a site in turn into one data folder."""

    def __init__(self, data: Path, versions: list[Checked], base: str) -> None:
        self.data = data
        self._editions = cycle(
            ReleaseInput(v.graphs, v.report, v.sources, base, keep=4) for v in versions
        )
        self.took_s = 0.0

    def publish(self, step: Callable[[str], None] = lambda name: None) -> None:
        """Publish the next version in this process."""
        inputs = next(self._editions)
        with publication_lock(self.data):
            build_release(self.data, inputs, step=step)

    def kill_at(self, wanted: str) -> bool:
        """Kill a publication as the step called `wanted` begins; tell whether it was killed."""

        def step(name: str) -> None:
            if name == wanted:
                os.kill(os.getpid(), signal.SIGKILL)

        return os.WIFSIGNALED(self._wait(self._fork(lambda: self.publish(step))))

    def kill_after(self, delay_s: float) -> bool:
        """Kill a publication after a time; tell whether it was killed before it was done."""
        child = self._fork(self.publish)
        time.sleep(delay_s)
        os.kill(child, signal.SIGKILL)
        return os.WIFSIGNALED(self._wait(child))

    def kill_command(self, source: Path, delay_s: float) -> bool:
        """Kill `km publish SOURCE` after a time; tell whether it was killed before it was done."""
        command = (*KM, "publish", str(source))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=settings(self.data), **quiet) as process:
            time.sleep(delay_s)
            process.kill()
        return process.returncode == -signal.SIGKILL

    def run(self, action: Callable[[], None]) -> int:
        """Do something in a process of its own; return its exit code, REFUSED for a KmError."""
        return os.waitstatus_to_exitcode(self._wait(self._fork(action)))

    def settle(self, before: str | None, what: str) -> None:
        """Look at everything that must hold after `what`. Raises Failed."""
        current = current_id(self.data)
        listed = release_ids(self.data)
        if before is not None and (current is None or current < before):
            raise Failed(f"{what}: {before} was current, now it is {current}")
        if self.run(lambda: _verify(self.data, listed)):
            raise Failed(f"{what}: a release is not clean")
        self.succeed(what)

    def succeed(self, what: str) -> None:
        """Publish, and see that it worked and that nothing is left over. Raises Failed."""
        before, start = current_id(self.data), time.monotonic()
        self.next_version()
        if self.run(self.publish):
            raise Failed(f"{what}: the next publication does not work")
        self.took_s = time.monotonic() - start
        if current_id(self.data) == before:
            raise Failed(f"{what}: the next publication is not current")
        left = [*self.data.glob(f"{TMP}*"), *(self.data / "releases").glob(f"{TMP}*")]
        if left:
            raise Failed(f"{what}: left over: {left}")

    def next_version(self) -> None:
        """Let the next publication be of the other version; a fork does not turn the page here."""
        next(self._editions)

    def _fork(self, action: Callable[[], None]) -> int:
        sys.stdout.flush()
        child = os.fork()
        if child:
            return child
        code = BROKEN
        try:
            action()
            code = 0
        except KmError as error:
            print(f"  {error}", file=sys.stderr)
            code = REFUSED
        except BaseException as error:
            print(f"  {type(error).__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(code)

    def _wait(self, child: int) -> int:
        return os.waitpid(child, 0)[1]


def settings(data: Path, **others: str) -> dict[str, str]:
    """Return the environment of a `km` with its data in `data`."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KM_")}
    return {**environ, "KM_DATA": str(data), **others}


def _verify(data: Path, releases: list[str]) -> None:
    """Raise Failed where one of the releases is not clean, byte by byte."""
    for release_id in releases:
        verdict = verify_release(data, release_id)
        if verdict.problems:
            raise Failed("; ".join(verdict.problems))
