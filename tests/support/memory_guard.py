"""Ends a test run that takes too much memory, and shows where its threads stand.

A process beside pytest looks at what that holds, a few times a second. Past the bound it sends
SIGABRT, on which pytest's faulthandler writes where each thread stands, also where all of them wait
for one that runs away inside an extension. A limit of address space would not do: Chromium, which
inherits it, reserves far more than it uses.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

MOST_BYTES = 4 * 1024**3
_LOOK_S = 0.2


def start(most_bytes: int = MOST_BYTES) -> "subprocess.Popen[bytes]":
    """Guard this process; the guard ends with it, or when it is terminated."""
    return subprocess.Popen([sys.executable, __file__, str(os.getpid()), str(most_bytes)])


def watch(process: int, most_bytes: int) -> None:
    """Look at our parent until it is gone, and abort it past the bound."""
    statm = Path(f"/proc/{process}/statm")
    while os.getppid() == process:
        resident = int(statm.read_text().split()[1]) * resource.getpagesize()
        if resident > most_bytes:
            print(f"the tests hold {resident:,} bytes; {most_bytes:,} are allowed", file=sys.stderr)
            os.kill(process, signal.SIGABRT)
            return
        time.sleep(_LOOK_S)


if __name__ == "__main__":
    watch(int(sys.argv[1]), int(sys.argv[2]))
