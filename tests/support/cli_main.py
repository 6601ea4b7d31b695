"""What the tests of publish.cli.main share."""

import os
import subprocess
import sys
from pathlib import Path

KM = [sys.executable, "-c", "from publish.cli.main import main; main()"]


def km(*arguments: object, data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `km` in a process of its own, with its data in `data`."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("KM_")}
    return subprocess.run(
        [*KM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=data.parent,
        env={**environ, "KM_DATA": str(data), **variables},
        check=False,
    )
