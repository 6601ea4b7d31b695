"""Install a built wheel into an empty environment, publish and serve from it, and look at pages.

Run as `python tests/wheel.py dist/NAME.whl`, outside the checkout's own environment: nothing of the
checkout may be needed. Exits with 1 and says what was missing.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from urllib.request import Request, urlopen

PAGES = {
    "/": ("text/html", "องค์การบริหารส่วนตำบลเมืองเกษตร"),
    "/id/plan/sao-301107-km-1": ("text/turtle", "km:Plan"),
    "/ontology/Plan": ("text/html", "แผนการจัดการความรู้"),
    "/dumps": ("text/html", "all.nq"),
    "/dumps/current/all.nq": ("*/*", "/id/plan/sao-301107-km-1>"),
    "/static/site.css": ("*/*", "font"),
}


def main(wheel: Path) -> int:
    """Return 0 where everything answered."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home / "env", with_pip=True)
        binaries = home / "env" / "bin"
        install = [binaries / "python", "-m", "pip", "install", "--quiet", str(wheel.resolve())]
        subprocess.run(install, check=True, cwd=home)
        port = _free_port()
        settings = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("KM_", "PYTHON"))},
            "KM_PORT": str(port),
            "KM_BASE": f"http://127.0.0.1:{port}",
        }
        subprocess.run([binaries / "km", "publish"], check=True, cwd=home, env=settings)
        server = subprocess.Popen([binaries / "km", "serve"], cwd=home, env=settings)
        try:
            return _look(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _look(base: str) -> int:
    _wait_for(f"{base}/readyz")
    for path, (accept, words) in PAGES.items():
        with urlopen(Request(base + path, headers={"Accept": accept}), timeout=10) as answer:
            body = answer.read().decode("utf-8", "replace")
        if words not in body:
            print(f"{path}: no {words!r} in the answer")
            return 1
        print(f"{path}: {len(body)} characters")
    question = "SELECT (COUNT(*) AS ?n) { ?entry a km:Entry }"
    request = Request(
        f"{base}/sparql",
        data=question.encode(),
        headers={
            "Content-Type": "application/sparql-query",
            "Accept": "application/sparql-results+json",
        },
    )
    with urlopen(request, timeout=10) as answer:
        count = json.load(answer)["results"]["bindings"][0]["n"]["value"]
    print(f"/sparql: {count} entries")
    return 0 if count == "20" else 1


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
