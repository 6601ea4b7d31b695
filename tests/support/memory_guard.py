"""Ends a test run that takes too much memory, and prints the stack of each thread.

A second process reads the memory of pytest a few times a second. Above the bound it sends SIGABRT,
and pytest's faulthandler prints the stack of each thread. It works even while an extension
blocks all threads. A limit of address space would stop Chromium too: it inherits the limit, and
reserves far more than it uses.
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
    """Start the guard of this process. It ends with this process or when it is terminated."""
    return subprocess.Popen([sys.executable, __file__, str(os.getpid()), str(most_bytes)])


def watch(process: int, most_bytes: int) -> None:
    """Read the memory of the parent process until that ends; abort it above the bound."""
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
