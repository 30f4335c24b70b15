import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site():
    """Return the folder of the site, as ``make docs`` builds it; only changes are built."""
    options = ["--quiet", "--fail-on-warning", "--keep-going", "-d", "build/doctrees"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "docs", "build/docs"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "build" / "docs"
