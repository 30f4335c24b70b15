"""Runs the tests that deploy nothing in two processes; arguments are given to both runs.

With ``COVERAGE=1`` it adds up how much of the code they run, which takes up to three times as long.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECOND = ("tests/local", "tests/snapshot", "tests/packaging", "tests/cli")
PARTS = {
    "first": ["tests", "--ignore=tests/e2e", *(f"--ignore={folder}" for folder in SECOND)],
    "second": list(SECOND),
}
"""The first one's output is shown as it comes, the other's when it has ended."""

MEASURED = os.environ.get("COVERAGE", "") not in ("", "0")

NO_TESTS = 5
"""Exit status of pytest where the arguments select none."""


def main(arguments: list[str]) -> int:
    """Run both parts; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        later = Path(folder, "second")
        with later.open("w") as out:
            second = start("second", arguments, stdout=out)
            statuses = [start("first", arguments).wait()]
        try:
            statuses.append(second.wait())
        finally:
            second.terminate()
            sys.stdout.write(later.read_text())
            sys.stdout.flush()
    failed = [status for status in statuses if status not in (0, NO_TESTS)]
    if failed:
        return max(failed)
    return report() if MEASURED else 0


def start(part: str, arguments: list[str], **streams: object) -> subprocess.Popen[bytes]:
    """Start pytest on one part, if need be with coverage in a file of its own."""
    options = ["--cov", "--cov-report=", "--cov-fail-under=0"] if MEASURED else []
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *PARTS[part], *options, *arguments],
        cwd=ROOT,
        env={**os.environ, "COVERAGE_FILE": f".coverage.{part}"},
        **streams,  # type: ignore[call-overload]
    )


def report() -> int:
    """Print the coverage of both; return the exit status, which tells whether it is enough."""
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, check=True)
    return subprocess.run([*coverage, "report"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
